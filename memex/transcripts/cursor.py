"""Cursor's CLI: `~/.cursor/projects/<slug>/agent-transcripts/<id>/<id>.jsonl`.

It holds what was said and which calls were made: no times, no models, and none of the results.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from memex.core.session import Agent, FileTouch, Session, ToolKind, TouchKind, TurnKind
from memex.transcripts.calls import new_call
from memex.transcripts.dialogue import Dialogue, elements, images_in
from memex.transcripts.draft import CallDraft
from memex.transcripts.fields import record_of, records_in, text_of
from memex.transcripts.records import Line, ProblemLog, Record

KINDS = {
    "Shell": ToolKind.SHELL,
    "StrReplace": ToolKind.EDIT,
    "Delete": ToolKind.EDIT,
    "EditNotebook": ToolKind.EDIT,
    "ReadLints": ToolKind.READ,
    "SemanticSearch": ToolKind.SEARCH,
    "AskQuestion": ToolKind.QUESTION,
    "CreatePlan": ToolKind.PLAN,
    "SwitchMode": ToolKind.PLAN,
    "CallMcpTool": ToolKind.MCP,
    "CallDynamicTool": ToolKind.MCP,
}
ROLES = ("user", "assistant")
WORKSPACE = re.compile(r"^Workspace Path: (.+)$", re.MULTILINE)
HIDDEN = "[REDACTED]"
"""Stands where the model's thinking was."""


def roots() -> tuple[Path, ...]:
    """The same on every platform."""
    return (Path.home() / ".cursor" / "projects",)


def recognises(head: Sequence[Record]) -> bool:
    return any(
        record.get("role") in ROLES and "type" not in record and _has_content(record.get("message"))
        for record in head
    )


def _has_content(message: object) -> bool:
    return isinstance(message, dict) and isinstance(message.get("content"), list)


def read(lines: Iterator[Line], path: Path, problems: ProblemLog) -> Session:
    transcript = _Transcript(path)
    for line in lines:
        transcript.take(line)
    return transcript.finish(problems)


class _Transcript:
    def __init__(self, path: Path) -> None:
        self._dialogue = Dialogue(Agent.CURSOR)
        self._waiting: list[CallDraft] = []
        facts = self._dialogue.facts
        facts.id = path.stem
        if path.parent.name == "subagents":
            facts.is_subagent = True
            facts.parent_id = path.parent.parent.name

    def take(self, line: Line) -> None:
        record = line.record
        blocks = list(records_in(record_of(record.get("message")).get("content")))
        if record.get("role") == "user":
            self._take_user(line, blocks)
        elif record.get("role") == "assistant":
            self._take_reply(line, blocks)
        elif record.get("type") == "turn_ended":
            self._take_end(line, record)
        else:
            self._dialogue.draft.skipped[text_of(record.get("type")) or "(no type)"] += 1

    def finish(self, problems: ProblemLog) -> Session:
        return self._dialogue.finish(problems)

    def _take_user(self, line: Line, blocks: list[Record]) -> None:
        texts = []
        for block in blocks:
            if text_of(block.get("type")).replace("-", "_") == "tool_result":
                self._take_result(line, block)
            else:
                texts.append(text_of(block.get("text")))
        said = "\n\n".join(filter(str.strip, texts))
        if workspace := WORKSPACE.search(said):
            self._dialogue.facts.project = workspace[1].strip()
        typed = "\n\n".join(elements(said, "user_query")) or said
        self._dialogue.say(line, TurnKind.PROMPT, typed, None, images_in(blocks))

    def _take_result(self, line: Line, block: Record) -> None:
        """Only some exporters write results; calls have no ids, so the order pairs them."""
        if not self._waiting:
            self._dialogue.draft.skipped["result without its call"] += 1
            return
        call = self._waiting.pop(0)
        content = block.get("content")
        texts = [text_of(part.get("text")) for part in records_in(content)]
        call.result = text_of(content) or "\n".join(filter(None, texts))
        call.is_error = block.get("is_error") is True
        self._dialogue.draft.turns[-1].add_line(line.number)

    def _take_reply(self, line: Line, blocks: list[Record]) -> None:
        turn = self._dialogue.reply(line, None)
        self._waiting = []
        for block in blocks:
            match block.get("type"):
                case "thinking":
                    turn.thoughts.extend(filter(str.strip, [text_of(block.get("thinking"))]))
                case "tool_use" | "tool_call":
                    call = new_call("", text_of(block.get("name")), block.get("input"), KINDS)
                    call.results_unwritten = True
                    if call.name == "Delete":
                        call.files = tuple([FileTouch(file.path, TouchKind.DELETED) for file in call.files])
                    turn.calls.append(call)
                    self._waiting.append(call)
                case _:
                    text = text_of(block.get("text")).strip().removesuffix(HIDDEN).strip()
                    turn.texts.extend([text] if text else [])

    def _take_end(self, line: Line, record: Record) -> None:
        status, error = text_of(record.get("status")), text_of(record.get("error"))
        if status in ("error", "failed"):
            self._dialogue.say(line, TurnKind.ERROR, error or status, None)
        elif status in ("aborted", "cancelled"):
            self._dialogue.say(line, TurnKind.INTERRUPT, error or status, None)
