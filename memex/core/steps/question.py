"""Questions put to the user, with what was chosen."""

import re
from collections.abc import Iterator
from typing import Any

from memex.core.safe_text import one_line
from memex.core.session import ToolCall
from memex.core.steps.blocks import Block, Fact, Option, Question, Questions, ToolBlock
from memex.core.steps.call import argument, error_fact, input_blocks, result_blocks, tool_block
from memex.core.steps.json_tree import parsed_json

MAX_QUESTIONS = 20
_ANSWER_END = re.compile(r'"(?:, "|\. You can now|\.?\s*$| user notes:| selected preview:)')


def render_question(call: ToolCall) -> ToolBlock:
    asked = argument(call, "questions")
    entries = [entry for entry in asked if isinstance(entry, dict)] if isinstance(asked, list) else []
    if not entries:
        return tool_block(call, "", (*input_blocks(call), *result_blocks(call)), error_fact(call))
    items = tuple(_question(entry, call.result or "") for entry in entries[:MAX_QUESTIONS])
    is_answered = any(item.answer or any(option.is_chosen for option in item.options) for item in items)
    body: list[Block] = [Questions(items)]
    if not is_answered:
        body.extend(result_blocks(call))
    facts = () if is_answered or call.result is None else (Fact("not answered"),)
    return tool_block(call, items[0].header, tuple(body), error_fact(call) or facts)


def _question(entry: dict[str, Any], result: str) -> Question:
    text = _text(entry, "question")
    answers = list(_answers(text, _text(entry, "id"), result))
    given = entry.get("options")
    listed = given if isinstance(given, list) else []
    options = tuple(_option(option, answers) for option in listed if isinstance(option, dict))
    chosen = any(option.is_chosen for option in options)
    return Question(text, _text(entry, "header"), options, "" if chosen else "\n".join(answers))


def _option(option: dict[str, Any], answers: list[str]) -> Option:
    label = _text(option, "label")
    return Option(label, _text(option, "description"), _is_among(label, answers))


def _is_among(label: str, answers: list[str]) -> bool:
    """Several chosen options stand in one answer, with commas between."""
    return bool(label) and any(answer == label or f", {label}, " in f", {answer}, " for answer in answers)


def _answers(question: str, name: str, result: str) -> Iterator[str]:
    """`"question"="answer"` as Claude Code writes it, `{answers: {id: {answers: […]}}}` as Codex does."""
    parsed = parsed_json(result)
    if isinstance(parsed, dict) and isinstance(parsed.get("answers"), dict):
        given = parsed["answers"].get(name or question)
        texts = given.get("answers") if isinstance(given, dict) else [given]
        yield from (text for text in texts or () if isinstance(text, str))
        return
    mark = f'"{question}"="'
    start = result.find(mark)
    if question and start >= 0:
        rest = result[start + len(mark) :]
        end = _ANSWER_END.search(rest)
        yield rest[: end.start()] if end else rest


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    return one_line(value, 2_000) if isinstance(value, str) else ""
