"""Which call a result answers, and which calls and reports belong to work in the background."""

import re
from typing import NamedTuple

from memex.core.session import ToolKind
from memex.transcripts.claude_code.calls import take_result
from memex.transcripts.claude_code.side_files import SideFiles
from memex.transcripts.claude_code.user_text import element
from memex.transcripts.draft import CallDraft, TurnDraft
from memex.transcripts.fields import record_of, text_of
from memex.transcripts.records import Line, Record

REDACTED = "REDACTED"
"""Sources that hide secrets by their entropy also hide ids, so that several calls can share this one."""
TASK_FIELDS = ("bash_id", "shell_id", "task_id")
"""Of calls that read on, wait for or stop what another call left running."""
EXIT_CODE = re.compile(r"exit code (-?\d{1,9})\b")


class _Begun(NamedTuple):
    turn: TurnDraft
    call: CallDraft


class _Result(NamedTuple):
    line: Line
    block: Record
    structured: object


class Pairing:
    """Results mostly follow their calls; after a fork they may stand before them in the file."""

    def __init__(self, files: SideFiles) -> None:
        self._files = files
        self._begun: dict[str, list[_Begun]] = {}
        self._subagents: list[_Begun] = []
        self._of_line: dict[str, _Begun] = {}
        self._early: dict[str, _Result] = {}
        self._background: dict[str, str] = {}
        """Id of a background task → id of the call that started it."""

    @property
    def unpaired_results(self) -> int:
        return len(self._early)

    def begin(self, line: Line, turn: TurnDraft, call: CallDraft) -> None:
        """A call that is known already is a resumed session's copy."""
        known = self._begun.setdefault(call.id, [])
        if known and call.id != REDACTED and call.id:
            return
        begun = _Begun(turn, call)
        known.append(begun)
        turn.calls.append(call)
        if call.kind is ToolKind.SUBAGENT:
            self._subagents.append(begun)
        if self._background:
            call.continues = self._continued(call)
        if uuid := text_of(line.record.get("uuid")):
            self._of_line[uuid] = begun
        if early := self._early.pop(call.id, None):
            self._answer(begun, early)

    def answer(self, line: Line, block: Record, structured: object) -> None:
        """By the call's id; where that was redacted, by the line that the result says it answers.

        Failing both, the oldest of the calls that share a redacted id and still wait.
        """
        call_id = text_of(block.get("tool_use_id"))
        result = _Result(line, block, structured)
        known = self._begun.get(call_id, [])
        if not known or call_id == REDACTED:
            source = self._of_line.get(text_of(line.record.get("sourceToolAssistantUUID")))
            known = [source] if source else known
        for begun in known:
            if begun.call.result is None:
                self._answer(begun, result)
                return
        if not known:
            self._early[call_id] = result

    def report(self, notification: Record) -> str | None:
        """The id of the call whose background work a notification reports; that call learns its end."""
        content = record_of(notification.get("message")).get("content")
        text = str(content or record_of(notification.get("attachment")).get("prompt"))
        agent, call_id = element(text, "task-id"), element(text, "tool-use-id")
        call_id = call_id if call_id in self._begun else self._background.get(agent, "")
        ended = EXIT_CODE.search(element(text, "summary"))
        for _, call in self._begun.get(call_id, ()):
            if agent and call.kind is ToolKind.SUBAGENT and call.child_session is None:
                call.child_session = f"agent-{agent}"
            if ended and call.exit_status is None:
                call.exit_status = int(ended[1])
        return call_id or None

    def link_subagent(self, call_id: str, prompt: str, session: str) -> None:
        """A sub-agent whose turns stand in this file: named by its call's id, or known by its prompt."""
        for begun in self._begun.get(call_id) or self._subagents:
            call = begun.call
            if call.kind is ToolKind.SUBAGENT and call.child_session is None:
                given = text_of(record_of(call.input).get("prompt")).strip()
                if call.id == call_id or (prompt and given == prompt.strip()):
                    call.child_session = session
                    return

    def _continued(self, call: CallDraft) -> str | None:
        given = record_of(call.input)
        for field in TASK_FIELDS:
            if task := text_of(given.get(field)):
                return self._background.get(task)
        return None

    def _answer(self, begun: _Begun, result: _Result) -> None:
        take_result(begun.call, result.block, result.structured, self._files)
        begun.turn.add_line(result.line.number)
        facts = result.structured
        if isinstance(facts, dict) and (task := facts.get("backgroundTaskId") or facts.get("agentId")):
            self._background[text_of(task)] = begun.call.id
