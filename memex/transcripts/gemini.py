"""Gemini CLI: `~/.gemini/tmp/<project>/chats/session-<date>-<id8>.json`, since 2026 `.jsonl`.

The latter is a log: a message is written again, under its id, whenever it changes; `$set` changes what the
first line says, and `$rewindTo` withdraws a message and all after it. `$set.messages` is what the model is
shown after a compression, not what was said: it only adds.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from memex.core.session import Agent, Session, TitleSource, ToolKind, TurnKind
from memex.transcripts.calls import file_was_new, new_call, take_hunks
from memex.transcripts.dialogue import Dialogue, images_in, text_in, usage
from memex.transcripts.diffs import unified_hunks
from memex.transcripts.draft import CallDraft, TurnDraft
from memex.transcripts.fields import count_of, record_of, records_in, text_of, time_of
from memex.transcripts.records import Line, ProblemLog, Record

KINDS = {
    "run_shell_command": ToolKind.SHELL,
    "replace": ToolKind.EDIT,
    "write_file": ToolKind.WRITE,
    "read_many_files": ToolKind.READ,
    "list_directory": ToolKind.SEARCH,
    "glob": ToolKind.SEARCH,
    "grep_search": ToolKind.SEARCH,
    "search_file_content": ToolKind.SEARCH,
    "google_web_search": ToolKind.WEB,
    "web_fetch": ToolKind.WEB,
    "write_todos": ToolKind.TODO,
    "enter_plan_mode": ToolKind.PLAN,
    "exit_plan_mode": ToolKind.PLAN,
    "ask_user": ToolKind.QUESTION,
    "delegate_to_agent": ToolKind.SUBAGENT,
    "codebase_investigator": ToolKind.SUBAGENT,
}
REPLIES = ("gemini", "model", "assistant")
NOTES = {
    "user": TurnKind.PROMPT,
    "error": TurnKind.ERROR,
    "warning": TurnKind.NOTIFICATION,
    "info": TurnKind.NOTIFICATION,
}
CANCELLED = "Request cancelled"
FAILED = ("error", "cancelled")
CREATED = ("Successfully created", "Created new file")
EXIT_CODE = re.compile(r"^Exit Code: (\d{1,9})$", re.MULTILINE)
MAX_ROOT_BYTES = 1 << 12


def roots() -> tuple[Path, ...]:
    """The same on every platform: below the home folder, or where `GEMINI_CLI_HOME` says."""
    home = os.environ.get("GEMINI_CLI_HOME")
    return ((Path(home).expanduser() if home else Path.home()) / ".gemini" / "tmp",)


def recognises(head: Sequence[Record]) -> bool:
    return any(_is_header(record) for record in head)


def read(lines: Iterator[Line], path: Path, problems: ProblemLog) -> Session:
    log = _ChangeLog()
    for line in lines:
        log.take(line)
    return _session(log, path, problems)


def _is_header(record: Record) -> bool:
    if not isinstance(record.get("sessionId"), str) or not isinstance(record.get("startTime"), str):
        return False
    return "projectHash" in record or _is_message(next(records_in(record.get("messages")), {}))


def _is_message(record: Record) -> bool:
    kind = text_of(record.get("type"))
    return (kind in REPLIES or kind in NOTES) and "content" in record


class _ChangeLog:
    def __init__(self) -> None:
        self.withdrawn: list[list[str]] = []
        self.header: Record = {}
        self.messages: dict[str, tuple[Line, Record]] = {}
        self.unknown: Counter[str] = Counter()

    def take(self, line: Line) -> None:
        record = line.record
        if "$rewindTo" in record:
            self._rewind(text_of(record["$rewindTo"]))
        elif "$set" in record:
            self._update(line, record_of(record["$set"]))
        elif _is_message(record) or "toolCalls" in record:
            self._add(line, record)
        elif "sessionId" in record:
            self._update(line, record)
        else:
            self.unknown[text_of(record.get("type")) or "(no type)"] += 1

    def _update(self, line: Line, fields: Record) -> None:
        self.header = {**self.header, **{key: value for key, value in fields.items() if key != "messages"}}
        for message in records_in(fields.get("messages")):
            self._add(line, message)

    def _add(self, line: Line, message: Record) -> None:
        """A message stays where it was first written."""
        key = text_of(message.get("id")) or f"{line.number}.{len(self.messages)}"
        first, _ = self.messages.get(key, (line, message))
        self.messages[key] = (first, message)

    def _rewind(self, target: str) -> None:
        if target in self.messages:
            keys = list(self.messages)
            self.withdrawn.append(keys[keys.index(target) :])


def _session(log: _ChangeLog, path: Path, problems: ProblemLog) -> Session:
    dialogue = Dialogue(Agent.GEMINI)
    header, facts = log.header, dialogue.facts
    facts.id = text_of(header.get("sessionId")) or path.stem
    facts.is_subagent = header.get("kind") == "subagent"
    if facts.is_subagent and path.parent.parent.name == "chats":
        facts.parent_id = path.parent.name
    facts.project = _project(path)
    dialogue.title(TitleSource.SUMMARY, header.get("summary"))
    dialogue.draft.saw_time(time_of(header.get("startTime")))
    dialogue.draft.saw_time(time_of(header.get("lastUpdated")))
    dialogue.draft.skipped.update(log.unknown)
    turns_of: dict[str, list[TurnDraft]] = {}
    for key, (line, message) in log.messages.items():
        before = len(dialogue.draft.turns)
        _take_message(dialogue, line, key, message)
        turns_of[key] = dialogue.draft.turns[before:]
    for keys in log.withdrawn:
        dialogue.withdraw(turn for key in keys for turn in turns_of[key])
    return dialogue.finish(problems)


def _project(path: Path) -> str:
    """The records hold only a hash of it; newer versions write the path itself beside `chats`."""
    for folder in list(path.parents)[1:3]:
        try:
            with (folder / ".project_root").open("rb") as stream:
                return stream.read(MAX_ROOT_BYTES).decode("utf-8", errors="replace").strip()
        except (OSError, ValueError):
            continue
    return ""


def _take_message(dialogue: Dialogue, line: Line, key: str, message: Record) -> None:
    time = time_of(message.get("timestamp"))
    kind = text_of(message.get("type"))
    content = message.get("content")
    if kind in REPLIES or (kind not in NOTES and "toolCalls" in message):
        _take_reply(dialogue, line, key, message, time)
    elif kind in NOTES:
        text = text_in(message.get("displayContent")) or text_in(content)
        stopped = kind == "info" and text.startswith(CANCELLED)
        dialogue.say(line, TurnKind.INTERRUPT if stopped else NOTES[kind], text, time, images_in(content))
    else:
        dialogue.draft.skipped[kind or "(no type)"] += 1


def _take_reply(dialogue: Dialogue, line: Line, key: str, message: Record, time: datetime | None) -> None:
    turn = dialogue.reply(line, time, text_of(message.get("model")))
    if text := text_in(message.get("content")).strip():
        turn.texts.append(text)
    for thought in records_in(message.get("thoughts")):
        _think(turn, text_of(thought.get("subject")), text_of(thought.get("description")))
    tokens = record_of(message.get("tokens"))
    cached = count_of(tokens.get("cached"))
    given = max(0, count_of(tokens.get("input")) - cached)
    output = count_of(tokens.get("output")) + count_of(tokens.get("thoughts"))
    dialogue.spend(key, usage(given, output, cached))
    for record in records_in(message.get("toolCalls")):
        dialogue.call(line, turn, _call(record))


def _think(turn: TurnDraft, subject: str, description: str) -> None:
    if thought := "\n".join(filter(None, (subject, description))):
        turn.thoughts.append(thought)


def _call(record: Record) -> CallDraft:
    """Written with its result; the time is of its end, so there is no duration."""
    call = new_call(text_of(record.get("id")), text_of(record.get("name")), record.get("args"), KINDS)
    call.child_session = text_of(record.get("agentId")) or None
    status, shown = text_of(record.get("status")), record.get("resultDisplay")
    if status or record.get("result"):
        finish_call(call, _result_text(record.get("result")) or text_of(shown), status)
    if call.kind in (ToolKind.EDIT, ToolKind.WRITE):
        take_hunks(call, unified_hunks(text_of(record_of(shown).get("fileDiff"))))
    return call


def finish_call(call: CallDraft, result: str, status: str) -> None:
    printed = call.take_output(result)
    call.is_error = status in FAILED
    if call.kind is ToolKind.SHELL and (code := EXIT_CODE.search(printed)):
        call.exit_status = int(code[1])
        call.is_error = call.is_error or call.exit_status != 0
    elif call.kind is ToolKind.WRITE and printed.startswith(CREATED):
        file_was_new(call)


def _result_text(result: object) -> str:
    return "\n".join(filter(None, (response_text(part) for part in records_in(result)))) or text_of(result)


def response_text(part: Record) -> str:
    """Of a part that holds a `functionResponse`, or what stands in its place."""
    if "inlineData" in part:
        return "[image]"
    response = record_of(record_of(part.get("functionResponse")).get("response"))
    for field in ("output", "error"):
        if text := text_of(response.get(field)):
            return text
    if not response:
        return text_of(part.get("text"))
    try:
        return msgspec.json.encode(response).decode()
    except (ValueError, RecursionError):
        return ""
