"""OpenCode's `tool` part: a call with its state."""

from memex.core.session import ToolKind
from memex.transcripts.calls import file_was_new, new_call, take_hunks
from memex.transcripts.diffs import unified_hunks
from memex.transcripts.draft import CallDraft
from memex.transcripts.fields import record_of, text_of, time_of, whole_number
from memex.transcripts.records import Record

KINDS = {
    "bash": ToolKind.SHELL,
    "edit": ToolKind.EDIT,
    "multiedit": ToolKind.EDIT,
    "patch": ToolKind.EDIT,
    "write": ToolKind.WRITE,
    "read": ToolKind.READ,
    "list": ToolKind.SEARCH,
    "glob": ToolKind.SEARCH,
    "grep": ToolKind.SEARCH,
    "codesearch": ToolKind.SEARCH,
    "lsp": ToolKind.SEARCH,
    "webfetch": ToolKind.WEB,
    "websearch": ToolKind.WEB,
    "todowrite": ToolKind.TODO,
    "todoread": ToolKind.TODO,
    "plan_enter": ToolKind.PLAN,
    "plan_exit": ToolKind.PLAN,
    "question": ToolKind.QUESTION,
    "task": ToolKind.SUBAGENT,
    "view": ToolKind.READ,  # from here on: of the forerunner in Go
    "ls": ToolKind.SEARCH,
    "sourcegraph": ToolKind.SEARCH,
    "fetch": ToolKind.WEB,
    "agent": ToolKind.SUBAGENT,
}
UNFINISHED = ("pending", "running")
FAILED = "error"


def call_of(part: Record) -> CallDraft:
    state = record_of(part.get("state"))
    facts = record_of(state.get("metadata"))
    call = new_call(text_of(part.get("callID")), text_of(part.get("tool")), state.get("input"), KINDS)
    call.child_session = text_of(facts.get("sessionId")) or text_of(facts.get("sessionID")) or None
    status = state.get("status")
    if status in UNFINISHED or not status:
        return call
    call.take_output(text_of(state.get("error") if status == FAILED else state.get("output")))
    call.is_error = status == FAILED
    call.duration_ms = _duration(record_of(state.get("time")))
    if call.kind is ToolKind.SHELL:
        call.exit_status = whole_number(facts.get("exit"))
        call.is_error = call.is_error or bool(call.exit_status)
    if call.kind in (ToolKind.EDIT, ToolKind.WRITE):
        take_hunks(call, unified_hunks(text_of(facts.get("diff"))))
        if facts.get("exists") is False:
            file_was_new(call)
    return call


def _duration(times: Record) -> int | None:
    start, end = time_of(times.get("start")), time_of(times.get("end"))
    return round((end - start).total_seconds() * 1000) if start and end and end >= start else None
