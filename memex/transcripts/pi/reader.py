"""Entries as turns: what is said, calls and results, names, and what else stands between."""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from memex.core.session import Agent, Session, TitleSource, ToolKind, TurnKind
from memex.transcripts.calls import new_call
from memex.transcripts.dialogue import Dialogue, images_in, text_in, usage
from memex.transcripts.draft import CallDraft, TurnDraft
from memex.transcripts.fields import record_of, records_in, text_of, time_of, whole_number, without_ansi
from memex.transcripts.pi.tree import EntryTree
from memex.transcripts.records import Line, ProblemLog, Record

KINDS = {
    "bash": ToolKind.SHELL,
    "edit": ToolKind.EDIT,
    "write": ToolKind.WRITE,
    "read": ToolKind.READ,
    "grep": ToolKind.SEARCH,
    "find": ToolKind.SEARCH,
    "glob": ToolKind.SEARCH,
    "ls": ToolKind.SEARCH,
    "fetch": ToolKind.WEB,
    "todo": ToolKind.TODO,
    "ask": ToolKind.QUESTION,
    "task": ToolKind.SUBAGENT,
}
ENTRIES = ("message", "model_change", "thinking_level_change", "compaction", "custom", "custom_message")
OH_MY_PI_ENTRIES = ("title", "title_change", "session_init", "credential_pin")
QUIET = frozenset(
    [
        "thinking_level_change",
        "custom",
        "label",
        "credential_pin",
        "ttsr_injection",
        "mode_change",
        "service_tier_change",
    ]
)
EXIT_CODE = re.compile(r"^Command exited with code (\d{1,9})\s*$", re.MULTILINE)
LINE_RANGE = re.compile(r"(?::(?:raw|conflicts|\d[\d,+-]*))+$")
MAX_PATH = 4096
PARENT = re.compile(r"_([0-9a-f-]{32,36})$")


def pi_roots() -> tuple[Path, ...]:
    """The same on every platform: below the home folder, or where `PI_CODING_AGENT_DIR` says."""
    named = os.environ.get("PI_CODING_AGENT_DIR")
    return ((Path(named).expanduser() if named else Path.home() / ".pi" / "agent") / "sessions",)


def oh_my_pi_roots() -> tuple[Path, ...]:
    return (Path.home() / ".omp" / "agent" / "sessions",)


def recognises(head: Sequence[Record]) -> bool:
    """A session's header, and nothing but its entries after it."""
    return any(_is_header(record) for record in head[:3]) and (
        len(head) < 3 or any(record.get("type") in ENTRIES for record in head)
    )


def recognises_oh_my_pi(head: Sequence[Record]) -> bool:
    return recognises(head) and any(record.get("type") in OH_MY_PI_ENTRIES for record in head)


def _is_header(record: Record) -> bool:
    texts = (record.get("id"), record.get("timestamp"), record.get("cwd"))
    return record.get("type") == "session" and all(isinstance(text, str) for text in texts)


def read(lines: Iterator[Line], path: Path, problems: ProblemLog, agent: Agent = Agent.PI) -> Session:
    entries = _Entries(agent, path)
    for line in lines:
        entries.take(line)
    return entries.finish(problems)


read_oh_my_pi = partial(read, agent=Agent.OH_MY_PI)


class _Entries:
    def __init__(self, agent: Agent, path: Path) -> None:
        self._dialogue = Dialogue(agent)
        self._dialogue.facts.id = path.stem
        self._path = path
        self._tree = EntryTree()
        self._handlers: dict[str, Callable[[Line, Record, datetime | None], None]] = {
            "session": self._on_session,
            "session_init": self._on_subagent,
            "session_info": self._on_name,
            "title": self._on_title,
            "title_change": self._on_title,
            "message": self._on_message,
            "model_change": self._on_model,
            "compaction": self._on_summary,
            "compactionSummary": self._on_summary,
            "branch_summary": self._on_summary,
            "branchSummary": self._on_summary,
            "custom_message": self._on_injected,
        }
        self._roles: dict[str, Callable[[Line, Record, datetime | None], None]] = {
            "user": self._on_user,
            "assistant": self._on_assistant,
            "toolResult": self._on_result,
            "bashExecution": self._on_shell,
            "developer": self._on_injected,
            "system": self._on_injected,
            "custom": self._on_injected,
            "hookMessage": self._on_injected,
        }

    def take(self, line: Line) -> None:
        record = line.record
        kind = text_of(record.get("type"))
        time = time_of(record.get("timestamp"))
        turns = self._dialogue.draft.turns
        before = len(turns)
        self._dialogue.draft.saw_time(time)
        if handle := self._handlers.get(kind):
            handle(line, record, time)
        elif kind not in QUIET:
            self._dialogue.draft.skipped[kind or "(no type)"] += 1
        self._tree.add(record, turns[before:])

    def finish(self, problems: ProblemLog) -> Session:
        for stretch in self._tree.abandoned():
            self._dialogue.withdraw(stretch)
        return self._dialogue.finish(problems)

    def _on_session(self, _line: Line, record: Record, _time: datetime | None) -> None:
        facts = self._dialogue.facts
        facts.id = text_of(record.get("id")) or facts.id
        facts.project = text_of(record.get("cwd"))
        self._titled(record, "titleSource")

    def _on_subagent(self, _line: Line, _record: Record, _time: datetime | None) -> None:
        """Oh My Pi keeps it in a folder that is named as its parent's file is."""
        facts = self._dialogue.facts
        facts.is_subagent = True
        if parent := PARENT.search(self._path.parent.name):
            facts.parent_id = parent[1]

    def _on_name(self, _line: Line, record: Record, _time: datetime | None) -> None:
        self._dialogue.title(TitleSource.CUSTOM, record.get("name"))

    def _on_title(self, _line: Line, record: Record, _time: datetime | None) -> None:
        self._titled(record, "source")

    def _titled(self, record: Record, source_field: str) -> None:
        source = TitleSource.CUSTOM if record.get(source_field) == "user" else TitleSource.AGENT
        self._dialogue.title(source, record.get("title"))

    def _on_model(self, _line: Line, _record: Record, _time: datetime | None) -> None:
        """Every reply names its model."""

    def _on_summary(self, line: Line, record: Record, time: datetime | None) -> None:
        self._dialogue.say(line, TurnKind.SUMMARY, text_of(record.get("summary")), time)

    def _on_injected(self, line: Line, record: Record, time: datetime | None) -> None:
        self._dialogue.say(line, TurnKind.INJECTED, text_in(record.get("content")), time)

    def _on_message(self, line: Line, record: Record, time: datetime | None) -> None:
        message = record_of(record.get("message"))
        role = text_of(message.get("role"))
        if handle := self._roles.get(role):
            handle(line, message, time or time_of(message.get("timestamp")))
        else:
            self._dialogue.draft.skipped[f"message/{role}"] += 1

    def _on_user(self, line: Line, message: Record, time: datetime | None) -> None:
        """What a sub-agent is told comes from its parent, and is its prompt all the same."""
        content = message.get("content")
        injected = message.get("attribution") == "agent" and not self._dialogue.facts.is_subagent
        kind = TurnKind.INJECTED if injected else TurnKind.PROMPT
        self._dialogue.say(line, kind, text_in(content), time, images_in(content))

    def _on_assistant(self, line: Line, message: Record, time: datetime | None) -> None:
        turn = self._dialogue.reply(line, time, text_of(message.get("model")))
        content = message.get("content")
        if isinstance(content, str):
            turn.texts.append(content)
        for block in records_in(content):
            self._take_block(line, turn, block)
        spent = record_of(message.get("usage"))
        fields = (spent.get(name) for name in ("input", "output", "cacheRead", "cacheWrite"))
        self._dialogue.spend(f"line {line.number}.{line.byte}", usage(*fields))
        failure = text_of(message.get("errorMessage"))
        if message.get("stopReason") == "aborted":
            self._dialogue.say(line, TurnKind.INTERRUPT, failure or "aborted", time)
        elif message.get("stopReason") == "error":
            self._dialogue.say(line, TurnKind.ERROR, failure or "error", time)

    def _take_block(self, line: Line, turn: TurnDraft, block: Record) -> None:
        match block.get("type"):
            case "text":
                turn.texts.extend(filter(str.strip, [text_of(block.get("text"))]))
            case "thinking":
                turn.thoughts.extend(filter(str.strip, [text_of(block.get("thinking"))]))
            case "toolCall":
                self._dialogue.call(line, turn, _call(block))
            case "image":
                turn.images += 1
            case kind:
                self._dialogue.draft.skipped[f"assistant/{text_of(kind)}"] += 1

    def _on_result(self, line: Line, message: Record, _time: datetime | None) -> None:
        call = self._dialogue.answered(line, text_of(message.get("toolCallId")))
        if call is None:
            return
        details = record_of(message.get("details"))
        content = message.get("content")
        call.take_output(text_in(content) or ("[image]" if images_in(content) else ""))
        call.is_error = message.get("isError") is True
        call.child_session = text_of(details.get("sessionId")) or None
        if call.kind is ToolKind.SHELL:
            call.exit_status = _exit_status(call, details)
        wall = details.get("wallTimeMs")
        if isinstance(wall, int | float) and 0 <= wall < 1e12:
            call.duration_ms = round(wall)

    def _on_shell(self, line: Line, message: Record, time: datetime | None) -> None:
        """A `!` line that the user ran."""
        turn = self._dialogue.say(line, TurnKind.SHELL, f"! {text_of(message.get('command'))}", time)
        if turn is not None:
            turn.texts.extend(filter(str.strip, [without_ansi(text_of(message.get("output")))]))


def _call(block: Record) -> CallDraft:
    call = new_call(text_of(block.get("id")), text_of(block.get("name")), block.get("arguments"), KINDS)
    files = [file for file in call.files if "://" not in file.path]
    call.files = tuple([type(file)(LINE_RANGE.sub("", file.path[:MAX_PATH]), file.kind) for file in files])
    if not files:
        call.diffs = ()
    return call


def _exit_status(call: CallDraft, details: Record) -> int | None:
    """Written of failures only; a success says nothing of it."""
    status = whole_number(details.get("exitCode"))
    if status is None and call.is_error and (code := EXIT_CODE.search((call.result or "")[-200:])):
        status = int(code[1])
    return status
