"""Qwen Code: `~/.qwen/projects/<slug>/chats/<id>.jsonl`; Claude Code's envelopes around Gemini's parts."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from memex.core.session import Agent, Session, TitleSource, ToolKind, TurnKind
from memex.transcripts.calls import new_call, take_hunks
from memex.transcripts.dialogue import Dialogue, images_in, text_in, usage
from memex.transcripts.diffs import unified_hunks
from memex.transcripts.draft import TurnDraft
from memex.transcripts.fields import count_of, record_of, records_in, text_of, time_of
from memex.transcripts.gemini import KINDS as GEMINI_KINDS
from memex.transcripts.gemini import finish_call, response_text
from memex.transcripts.records import Line, ProblemLog, Record

KINDS = {
    **GEMINI_KINDS,
    "edit": ToolKind.EDIT,
    "todo_write": ToolKind.TODO,
    "web_search": ToolKind.WEB,
    "task": ToolKind.SUBAGENT,
    "agent": ToolKind.SUBAGENT,
    "ask_user_question": ToolKind.QUESTION,
}
TYPES = ("user", "assistant", "tool_result", "system")
QUIET_SYSTEM = frozenset(
    [
        "ui_telemetry",
        "slash_command",
        "rewind",
        "session_artifact_snapshot",
        "file_history_snapshot",
        "at_command",
    ]
)
TITLE_SOURCES = {"manual": TitleSource.CUSTOM}
HOOK_CONTEXT = re.compile(
    r"<qwen:user-prompt-submit-context>.*?(?:</qwen:user-prompt-submit-context>|\Z)", re.DOTALL
)


def roots() -> tuple[Path, ...]:
    """The same on every platform."""
    return (Path.home() / ".qwen" / "projects", Path.home() / ".qwen" / "tmp")


def recognises(head: Sequence[Record]) -> bool:
    return any(_is_ours(record) for record in head)


def _is_ours(record: Record) -> bool:
    ids = (record.get("uuid"), record.get("sessionId"))
    if record.get("type") not in TYPES or not all(isinstance(value, str) for value in ids):
        return False
    if record.get("type") == "system":
        return "systemPayload" in record
    return isinstance(record_of(record.get("message")).get("parts"), list)


def read(lines: Iterator[Line], path: Path, problems: ProblemLog) -> Session:
    records = _Records(path)
    for line in lines:
        records.take(line)
    return records.finish(problems)


class _Records:
    def __init__(self, path: Path) -> None:
        self._dialogue = Dialogue(Agent.QWEN)
        self._path = path
        self._line_of: dict[str, int] = {}
        self._handlers: dict[str, Callable[[Line, Record, datetime | None], None]] = {
            "user": self._on_user,
            "assistant": self._on_assistant,
            "tool_result": self._on_result,
            "system": self._on_system,
        }

    def take(self, line: Line) -> None:
        record = line.record
        facts = self._dialogue.facts
        facts.id = facts.id or text_of(record.get("sessionId"))
        facts.project = facts.project or text_of(record.get("cwd"))
        facts.branch = text_of(record.get("gitBranch")) or facts.branch
        facts.version = text_of(record.get("version")) or facts.version
        time = time_of(record.get("timestamp"))
        self._dialogue.draft.saw_time(time)
        self._line_of.setdefault(text_of(record.get("uuid")), line.number)
        kind = text_of(record.get("type"))
        if handle := self._handlers.get(kind):
            handle(line, record, time)
        else:
            self._dialogue.draft.skipped[kind or "(no type)"] += 1

    def finish(self, problems: ProblemLog) -> Session:
        facts = self._dialogue.facts
        facts.id = facts.id or self._path.stem
        return self._dialogue.finish(problems)

    def _on_user(self, line: Line, record: Record, time: datetime | None) -> None:
        """`displayText` is what was typed; the parts add what hooks and mentions put in."""
        parts = record_of(record.get("message")).get("parts")
        shown = text_of(record_of(record.get("systemPayload")).get("displayText"))
        text = shown or HOOK_CONTEXT.sub("", text_in(parts))
        kind = TurnKind.NOTIFICATION if record.get("subtype") == "notification" else TurnKind.PROMPT
        self._dialogue.say(line, kind, text, time, images_in(parts))

    def _on_assistant(self, line: Line, record: Record, time: datetime | None) -> None:
        key = text_of(record.get("uuid"))
        turn = self._dialogue.reply(line, time, text_of(record.get("model")), key)
        for part in records_in(record_of(record.get("message")).get("parts")):
            self._take_part(line, turn, part)
        spent = record_of(record.get("usageMetadata"))
        if spent:
            cached = count_of(spent.get("cachedContentTokenCount"))
            given = max(0, count_of(spent.get("promptTokenCount")) - cached)
            output = count_of(spent.get("candidatesTokenCount")) + count_of(spent.get("thoughtsTokenCount"))
            self._dialogue.spend(key or f"line {line.number}", usage(given, output, cached))

    def _take_part(self, line: Line, turn: TurnDraft, part: Record) -> None:
        text = text_of(part.get("text"))
        if isinstance(call := part.get("functionCall"), dict):
            name = text_of(call.get("name"))
            self._dialogue.call(line, turn, new_call(text_of(call.get("id")), name, call.get("args"), KINDS))
        elif text.strip():
            (turn.thoughts if part.get("thought") is True else turn.texts).append(text)

    def _on_result(self, line: Line, record: Record, _time: datetime | None) -> None:
        facts = record_of(record.get("toolCallResult"))
        shown = facts.get("resultDisplay")
        for part in records_in(record_of(record.get("message")).get("parts")):
            response = record_of(part.get("functionResponse"))
            call = self._dialogue.answered(line, text_of(response.get("id")) or text_of(facts.get("callId")))
            if call is None:
                continue
            failed = bool(record_of(response.get("response")).get("error"))
            finish_call(call, response_text(part) or text_of(shown), text_of(facts.get("status")))
            call.is_error = call.is_error or failed
            if call.kind in (ToolKind.EDIT, ToolKind.WRITE):
                take_hunks(call, unified_hunks(text_of(record_of(shown).get("fileDiff"))))

    def _on_system(self, line: Line, record: Record, time: datetime | None) -> None:
        payload = record_of(record.get("systemPayload"))
        match text_of(record.get("subtype")):
            case "custom_title":
                source = TITLE_SOURCES.get(text_of(payload.get("titleSource")), TitleSource.AGENT)
                self._dialogue.title(source, payload.get("customTitle"), line.number)
            case "rewind" if target := self._line_of.get(text_of(payload.get("targetUuid"))):
                self._dialogue.withdraw_after(target)
            case "slash_command" if payload.get("phase") != "result":
                command = text_of(payload.get("rawCommand"))
                self._dialogue.say(line, TurnKind.SLASH_COMMAND, command, time)
            case "chat_compression":
                self._dialogue.say(line, TurnKind.SUMMARY, text_of(payload.get("summary")), time)
            case other if other not in QUIET_SYSTEM:
                self._dialogue.draft.skipped[f"system/{other}"] += 1
