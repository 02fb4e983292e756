"""GitHub Copilot CLI: `~/.copilot/session-state/<id>/events.jsonl`, a stream of events `{type, data, …}`."""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from memex.core.session import Agent, Session, TitleSource, TokenUsage, ToolKind, TurnKind
from memex.transcripts.calls import decoded_arguments, file_was_new, new_call
from memex.transcripts.dialogue import Dialogue, usage
from memex.transcripts.draft import CallDraft, TurnDraft
from memex.transcripts.fields import count_of, record_of, records_in, text_of, time_of
from memex.transcripts.records import Line, ProblemLog, Record

KINDS = {
    "bash": ToolKind.SHELL,
    "powershell": ToolKind.SHELL,
    "read_bash": ToolKind.SHELL,
    "write_bash": ToolKind.SHELL,
    "stop_bash": ToolKind.SHELL,
    "run_in_terminal": ToolKind.SHELL,
    "edit": ToolKind.EDIT,
    "str_replace_editor": ToolKind.EDIT,
    "create": ToolKind.WRITE,
    "create_file": ToolKind.WRITE,
    "view": ToolKind.READ,
    "rg": ToolKind.SEARCH,
    "grep": ToolKind.SEARCH,
    "glob": ToolKind.SEARCH,
    "web_fetch": ToolKind.WEB,
    "web_search": ToolKind.WEB,
    "update_todo": ToolKind.TODO,
    "exit_plan_mode": ToolKind.PLAN,
    "ask_user": ToolKind.QUESTION,
    "task": ToolKind.SUBAGENT,
}
OWN_EVENTS = ("session.start", "user.message", "assistant.message", "assistant.turn_start")
QUIET = frozenset(
    [
        "assistant.intent",
        "assistant.turn_end",
        "assistant.turn_start",
        "assistant.usage",
        "hook.end",
        "hook.start",
        "permission.completed",
        "permission.requested",
        "session.auto_mode_resolved",
        "session.compaction_start",
        "session.handoff",
        "session.idle",
        "session.info",
        "session.mode_changed",
        "session.plan_changed",
        "session.snapshot_rewind",
        "session.truncation",
        "session.usage_checkpoint",
        "session.usage_info",
        "session.warning",
        "session.workspace_file_changed",
        "subagent.completed",
        "subagent.failed",
        "subagent.selected",
        "subagent.started",
        "system.message",
        "tool.execution_partial_result",
        "tool.execution_progress",
        "tool.user_requested",
    ]
)
EXIT_CODE = re.compile(r"<(?:shellId: \S+ )?(?:completed|exited) with exit code (-?\d{1,9})>\s*$")
CREATING = ("create", "create_file")


def roots() -> tuple[Path, ...]:
    """The same on every platform: below the home folder, or where `COPILOT_HOME` says."""
    named = os.environ.get("COPILOT_HOME")
    return ((Path(named).expanduser() if named else Path.home() / ".copilot") / "session-state",)


def recognises(head: Sequence[Record]) -> bool:
    return any(record.get("type") in OWN_EVENTS and isinstance(record.get("data"), dict) for record in head)


def read(lines: Iterator[Line], path: Path, problems: ProblemLog) -> Session:
    events = _Events(path)
    for line in lines:
        events.take(line)
    return events.finish(problems)


class _Events:
    def __init__(self, path: Path) -> None:
        self._dialogue = Dialogue(Agent.COPILOT)
        self._dialogue.facts.id = path.parent.name if path.name == "events.jsonl" else path.stem
        self._model = ""
        self._written = 0
        self._runs: list[TokenUsage] = []
        self._ran_by: dict[str, datetime] = {}
        self._handlers: dict[str, Callable[[Line, Record, datetime | None], None]] = {
            "session.start": self._on_start,
            "session.resume": self._on_context,
            "session.context_changed": self._on_context,
            "session.model_change": self._on_model,
            "session.title_changed": self._on_title,
            "session.error": self._on_error,
            "session.shutdown": self._on_shutdown,
            "session.compaction_complete": self._on_compaction,
            "user.message": self._on_prompt,
            "assistant.message": self._on_reply,
            "assistant.reasoning": self._on_reasoning,
            "tool.execution_start": self._on_call,
            "tool.execution_complete": self._on_result,
            "system.notification": self._on_notification,
            "skill.invoked": self._on_skill,
            "abort": self._on_abort,
        }

    def take(self, line: Line) -> None:
        record = line.record
        kind = text_of(record.get("type"))
        time = time_of(record.get("timestamp"))
        self._dialogue.draft.saw_time(time)
        if handle := self._handlers.get(kind):
            handle(line, record_of(record.get("data")), time)
        elif kind not in QUIET:
            self._dialogue.draft.skipped[kind or "(no type)"] += 1

    def finish(self, problems: ProblemLog) -> Session:
        """The end of each run tells what it used; before that, only what each message wrote is known."""
        for number, run in enumerate(self._runs):
            self._dialogue.spend(f"run {number}", run)
        if not self._runs:
            self._dialogue.spend("so far", usage(0, self._written))
        return self._dialogue.finish(problems)

    def _on_start(self, line: Line, data: Record, time: datetime | None) -> None:
        facts = self._dialogue.facts
        facts.id = text_of(data.get("sessionId")) or facts.id
        facts.version = text_of(data.get("copilotVersion"))
        self._on_context(line, record_of(data.get("context")), time)

    def _on_context(self, _line: Line, data: Record, _time: datetime | None) -> None:
        """The project is where the session began; the branch is the last that was checked out."""
        facts = self._dialogue.facts
        context = record_of(data.get("context")) or data
        facts.project = facts.project or text_of(context.get("cwd"))
        facts.branch = text_of(context.get("branch")) or facts.branch

    def _on_model(self, _line: Line, data: Record, _time: datetime | None) -> None:
        self._model = text_of(data.get("newModel")) or self._model

    def _on_title(self, _line: Line, data: Record, _time: datetime | None) -> None:
        self._dialogue.title(TitleSource.AGENT, data.get("title"))

    def _on_error(self, line: Line, data: Record, time: datetime | None) -> None:
        self._dialogue.say(line, TurnKind.ERROR, text_of(data.get("message")), time)

    def _on_abort(self, line: Line, data: Record, time: datetime | None) -> None:
        self._dialogue.say(line, TurnKind.INTERRUPT, text_of(data.get("reason")) or "aborted", time)

    def _on_notification(self, line: Line, data: Record, time: datetime | None) -> None:
        self._dialogue.say(line, TurnKind.NOTIFICATION, text_of(data.get("content")), time)

    def _on_skill(self, line: Line, data: Record, time: datetime | None) -> None:
        self._dialogue.say(line, TurnKind.INJECTED, text_of(data.get("content")), time)

    def _on_compaction(self, line: Line, data: Record, time: datetime | None) -> None:
        self._dialogue.say(line, TurnKind.SUMMARY, text_of(data.get("summaryContent")), time)

    def _on_shutdown(self, _line: Line, data: Record, _time: datetime | None) -> None:
        """`inputTokens` includes what the cache served."""
        for metrics in record_of(data.get("modelMetrics")).values():
            spent = record_of(record_of(metrics).get("usage"))
            cached = count_of(spent.get("cacheReadTokens"))
            given = max(0, count_of(spent.get("inputTokens")) - cached)
            self._runs.append(usage(given, spent.get("outputTokens"), cached, spent.get("cacheWriteTokens")))

    def _on_prompt(self, line: Line, data: Record, time: datetime | None) -> None:
        """`transformedContent` is what was typed, with what the harness put around it."""
        text = text_of(data.get("content"))
        images = sum(
            text_of(item.get("mimeType") or item.get("type")).startswith("image")
            for item in records_in(data.get("attachments"))
        )
        injected = data.get("source") not in (None, "user")
        kind = TurnKind.INJECTED if injected else TurnKind.PROMPT
        self._dialogue.say(line, kind, text, time, images)

    def _on_reply(self, line: Line, data: Record, time: datetime | None) -> None:
        """A long message comes in chunks of one id."""
        turn = self._reply(line, data, time)
        if text := text_of(data.get("content")).strip():
            turn.texts.append(text)
        if thought := text_of(data.get("reasoningText")).strip():
            turn.thoughts.append(thought)
        self._written += count_of(data.get("outputTokens"))
        for request in records_in(data.get("toolRequests")):
            call = _call(request.get("toolCallId"), request.get("name"), request.get("arguments"))
            self._dialogue.call(line, turn, call)

    def _on_reasoning(self, line: Line, data: Record, time: datetime | None) -> None:
        if thought := text_of(data.get("content")).strip():
            self._reply(line, data, time).thoughts.append(thought)

    def _reply(self, line: Line, data: Record, time: datetime | None) -> TurnDraft:
        model = text_of(data.get("model")) or self._model
        turn = self._dialogue.reply(line, time, model, text_of(data.get("messageId")))
        self._mark_subagent(turn, text_of(data.get("parentToolCallId")))
        return turn

    def _mark_subagent(self, turn: TurnDraft, parent_call: str) -> None:
        """A sub-agent's turns stand among those of its parent, and name the call that started it."""
        if parent_call:
            turn.subagent = parent_call
            if (call := self._dialogue.known_call(parent_call)) is not None:
                call.child_session = parent_call

    def _on_call(self, line: Line, data: Record, time: datetime | None) -> None:
        """Mostly repeats what the message requested; a sub-agent's and a user's calls stand only here."""
        call_id = text_of(data.get("toolCallId"))
        if time is not None:
            self._ran_by[call_id] = time
        if self._dialogue.known_call(call_id) is None:
            turn = self._dialogue.reply(line, time, text_of(data.get("model")) or self._model)
            self._mark_subagent(turn, text_of(data.get("parentToolCallId")))
            self._dialogue.call(line, turn, _call(call_id, data.get("toolName"), data.get("arguments")))

    def _on_result(self, line: Line, data: Record, time: datetime | None) -> None:
        call_id = text_of(data.get("toolCallId"))
        call = self._dialogue.answered(line, call_id)
        if call is None:
            return
        result, error = record_of(data.get("result")), record_of(data.get("error"))
        call.is_error = data.get("success") is False or bool(error)
        call.take_output(
            text_of(error.get("message"))
            or text_of(result.get("content"))
            or text_of(result.get("text_result_for_llm"))
        )
        began = self._ran_by.get(call_id)
        if began and time and time >= began:
            call.duration_ms = round((time - began).total_seconds() * 1000)
        if call.kind is ToolKind.SHELL and (code := EXIT_CODE.search((call.result or "")[-200:])):
            call.exit_status = int(code[1])
            call.is_error = call.is_error or call.exit_status != 0


def _call(call_id: object, name: object, arguments: object) -> CallDraft:
    call = new_call(text_of(call_id), text_of(name), decoded_arguments(arguments), KINDS)
    if call.name in CREATING:
        file_was_new(call)
    return call
