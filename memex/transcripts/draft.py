"""Turns and calls while they are being read: results and later blocks arrive after the turn began."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec import Struct

from memex.core.session import (
    ErrorMet,
    FileDiff,
    FileTouch,
    Role,
    SourceSpan,
    ToolCall,
    ToolKind,
    Turn,
    TurnKind,
)
from memex.transcripts.diffs import patch_diffs
from memex.transcripts.errors_met import errors_met
from memex.transcripts.fields import COLOUR, time_of, without_ansi
from memex.transcripts.records import Place

TITLE_LENGTH = 120
STAMP_LENGTH = len("2026-01-02T03:04:05.000Z")
AFTER_EVERY_STAMP = "~"


def never(_turn: "TurnDraft") -> bool:
    return False


class CallDraft(Struct, gc=False):
    """`files` is what the input says the call would touch; it counts once the call has succeeded."""

    id: str
    name: str
    kind: ToolKind
    input: Any
    command: str | None = None
    result: str | None = None
    is_error: bool = False
    exit_status: int | None = None
    duration_ms: int | None = None
    files: tuple[FileTouch, ...] = ()
    diffs: tuple[FileDiff, ...] = ()
    child_session: str | None = None
    continues: str | None = None
    patch: str = ""
    """The text of an `apply_patch`: read at the end, and only when no better diff has come."""
    coloured: str = ""
    stderr: str = ""
    results_unwritten: bool = False
    """Its format never writes a result: what the call asked for counts as done."""

    @property
    def succeeded(self) -> bool:
        return (self.result is not None or self.results_unwritten) and not self.is_error

    def take_output(self, text: str) -> str:
        """What the call gave back, as it was printed; returned without its escapes."""
        self.result = plain = without_ansi(text)
        self.coloured = text if plain is not text and COLOUR.search(text) else ""
        return plain

    def take_diffs(self, diffs: tuple[FileDiff, ...]) -> None:
        self.diffs = diffs
        self.files = _touches(diffs)

    def finish(self) -> ToolCall:
        """As far as it is known; the draft stays as it is, and may learn more."""
        done = self.succeeded
        files, diffs = (self.files, self.diffs) if done else ((), ())
        if done and self.patch and not diffs:
            diffs = patch_diffs(self.patch)
            files = _touches(diffs)
        return ToolCall(
            id=self.id,
            name=self.name,
            kind=self.kind,
            input=self.input,
            result=self.result,
            is_error=self.is_error,
            command=self.command,
            exit_status=self.exit_status,
            duration_ms=self.duration_ms,
            files=files,
            diffs=diffs,
            child_session=self.child_session,
            continues=self.continues,
            coloured=self.coloured,
            stderr=self.stderr,
        )


class TurnDraft(Struct, gc=False):
    role: Role
    kind: TurnKind
    line: int
    byte: int
    lines: list[int]
    texts: list[str]
    thoughts: list[str]
    calls: list[CallDraft]
    time: datetime | None = None
    model: str | None = None
    images: int = 0
    inline_sidechain: bool = False
    """Said to or by a sub-agent whose lines stand in its parent's file (Claude Code 1.0)."""
    uuid: str = ""
    """Of the line that began it, where lines form a tree."""
    branch: int = 0
    subagent: str | None = None
    reports: str | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.texts or self.thoughts or self.calls or self.images)

    def add_line(self, number: int) -> None:
        if self.lines[-1] != number:
            self.lines.append(number)

    def finish(
        self, index: int, calls: tuple[ToolCall, ...], errors: tuple[ErrorMet, ...], is_injected: bool
    ) -> Turn:
        return Turn(
            index=index,
            role=Role.SYSTEM if is_injected else self.role,
            kind=TurnKind.INJECTED if is_injected else self.kind,
            text="\n\n".join(self.texts),
            thinking="\n\n".join(self.thoughts),
            time=self.time,
            model=self.model,
            tool_calls=calls,
            span=SourceSpan(self.line, self.byte, tuple(self.lines)),
            images=self.images,
            errors=errors,
            branch=self.branch,
            subagent=self.subagent,
            reports=self.reports,
        )


class SessionDraft:
    """What every reader gathers on its way through a file."""

    def __init__(self) -> None:
        self.turns: list[TurnDraft] = []
        self.skipped: Counter[str] = Counter()
        self.models: dict[str, None] = {}
        self.started_at: datetime | None = None
        self.ended_at: datetime | None = None
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._earliest = AFTER_EVERY_STAMP
        self._latest = ""

    def begin_turn(self, place: Place, role: Role, kind: TurnKind, time: datetime | None) -> TurnDraft:
        turn = TurnDraft(role, kind, place.number, place.byte, [place.number], [], [], [], time)
        self.turns.append(turn)
        return turn

    def add_text(
        self, place: Place, role: Role, kind: TurnKind, text: str, time: datetime | None
    ) -> TurnDraft:
        turn = self.begin_turn(place, role, kind, time)
        turn.texts.append(text)
        return turn

    def saw_time(self, time: datetime | None) -> None:
        """Files are not in the order of time, so the span is of the earliest and the latest."""
        if time is None:
            return
        if self._first is None or time < self._first:
            self._first = time
        if self._last is None or time > self._last:
            self._last = time

    def saw_stamp(self, stamp: object) -> None:
        """As `saw_time`; the stamps that all agents write sort as texts, so only two need to be parsed."""
        if type(stamp) is str and len(stamp) == STAMP_LENGTH and stamp[-1] == "Z":
            if stamp > self._latest:
                self._latest = stamp
            if stamp < self._earliest:
                self._earliest = stamp
        elif stamp is not None:
            self.saw_time(time_of(stamp))

    def saw_stamps(self, earliest: str, latest: str) -> None:
        """Of many records at once, each a stamp that sorts as a text."""
        self._earliest = min(self._earliest, earliest)
        self._latest = max(self._latest, latest)

    def finish_turns(self, is_injected: Callable[[TurnDraft], bool] = never) -> tuple[Turn, ...]:
        """All as far as they are known. `is_injected`: of a prompt, whether it turned out to be no user's."""
        kept = [turn for turn in self.turns if not turn.is_empty]
        self._find_span(kept)
        calls = [tuple([call.finish() for call in turn.calls]) for turn in kept]
        found = zip(kept, calls, errors_met(calls), strict=True)
        return tuple(
            [
                turn.finish(index, some, errors, turn.kind is TurnKind.PROMPT and is_injected(turn))
                for index, (turn, some, errors) in enumerate(found)
            ]
        )

    def _find_span(self, kept: list[TurnDraft]) -> None:
        times = [time_of(stamp) for stamp in (self._earliest, self._latest)]
        if None in times:  # none was seen, or one of them is no time
            times += [turn.time for turn in kept]
        seen = [time for time in (self._first, self._last, *times) if time is not None]
        self.started_at, self.ended_at = min(seen, default=None), max(seen, default=None)


def _touches(diffs: tuple[FileDiff, ...]) -> tuple[FileTouch, ...]:
    return tuple([FileTouch(diff.path, diff.kind) for diff in diffs])


def first_prompt_title(turns: tuple[Turn, ...]) -> str:
    """The first prompt, else the first slash command, on one line."""
    for kind in (TurnKind.PROMPT, TurnKind.SLASH_COMMAND):
        for turn in turns:
            if turn.kind is kind and turn.text.strip():
                return one_line(turn.text)
    return ""


def one_line(text: str) -> str:
    line = " ".join(text[: TITLE_LENGTH * 8].split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"
