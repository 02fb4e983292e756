"""Which call a result answers."""

from typing import NamedTuple

from memex.core.session import ToolKind
from memex.transcripts.claude_code.calls import take_result
from memex.transcripts.claude_code.user_text import element
from memex.transcripts.draft import CallDraft, TurnDraft
from memex.transcripts.fields import record_of, text_of
from memex.transcripts.records import Line, Record

REDACTED = "REDACTED"
"""Sources that hide secrets by their entropy also hide ids, so that several calls can share this one."""


class _Begun(NamedTuple):
    turn: TurnDraft
    call: CallDraft


class _Result(NamedTuple):
    line: Line
    block: Record
    structured: object


class Pairing:
    """Results mostly follow their calls; after a fork they may stand before them in the file."""

    def __init__(self) -> None:
        self._begun: dict[str, list[_Begun]] = {}
        self._of_line: dict[str, _Begun] = {}
        self._early: dict[str, _Result] = {}

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
        if uuid := text_of(line.record.get("uuid")):
            self._of_line[uuid] = begun
        if early := self._early.pop(call.id, None):
            _answer(begun, early)

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
                _answer(begun, result)
                return
        if not known:
            self._early[call_id] = result

    def link_agent(self, notification: Record) -> None:
        """A background agent's report names the call that started it."""
        content = record_of(notification.get("message")).get("content")
        text = str(content or record_of(notification.get("attachment")).get("prompt"))
        agent = element(text, "task-id")
        for _, call in self._begun.get(element(text, "tool-use-id"), ()):
            if agent and call.kind is ToolKind.SUBAGENT and call.child_session is None:
                call.child_session = f"agent-{agent}"


def _answer(begun: _Begun, result: _Result) -> None:
    take_result(begun.call, result.block, result.structured)
    begun.turn.add_line(result.line.number)
