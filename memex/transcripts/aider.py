"""Aider's `.aider.chat.history.md`: every session held in one folder, one after the other, as Markdown.

`# aider chat started at …` begins a session; `#### ` is what the user typed, `> ` what Aider itself said, and
the rest is the model's. There are no ids; a session's is made of the time in its first line. What stands
before the first such line has lost its beginning, and is left out.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from memex.core.session import Agent, FileDiff, FileTouch, Session, TokenUsage, ToolKind, TouchKind, TurnKind
from memex.transcripts.dialogue import Dialogue
from memex.transcripts.diffs import hunk_between
from memex.transcripts.draft import CallDraft, TurnDraft
from memex.transcripts.fields import time_of
from memex.transcripts.records import Line, ProblemLog, RawLine

HISTORY = ".aider.chat.history.md"
START = re.compile(rb"# aider chat started at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\s*$")
TYPED, NOTED = "#### ", "> "
VERSION = re.compile(r"Aider v(\S+)$")
MODEL = re.compile(r"(?:Main m|M)odels?: (\S+)(?: with |,|$)")
FOLDER = re.compile(r"(?:Git w|W)orking dir: (.+)$")
APPLIED = re.compile(r"Applied edit to (.+)$")
SPENT = re.compile(r"Tokens: (.+?)\.(?:\s|$)")
AMOUNT = re.compile(r"([\d.,]+)([kM]?) (sent|received|cache write|cache hit)")
SCALE = {"": 1, "k": 1_000, "M": 1_000_000}
FAILURES = ("The LLM did not conform", "litellm.", "Unexpected error", "# 1 SEARCH/REPLACE block failed")
STARTUP = ("Git repo: ", "Repo-map: ", "Use /help <question>", "Weak model: ", "Editor model: ")
INTERRUPT = "^C KeyboardInterrupt"
REFLECTED = "# Fix any errors below, if possible."
BLOCK_MARK = re.compile(r"(?:(<{5,9}) SEARCH|(={5,9})|(>{5,9}) REPLACE)\s*$")


def roots() -> tuple[Path, ...]:
    """Aider writes where it is run; only the home folder's own is known."""
    return (Path.home() / HISTORY,)


def recognises(head: Sequence[RawLine]) -> bool:
    return any(START.match(raw) for _, _, raw in head)


def read(lines: Iterator[RawLine], path: Path, problems: ProblemLog) -> Iterator[Session]:
    started: dict[str, int] = {}
    history: _History | None = None
    for number, byte, raw in lines:
        start = START.match(raw)
        if start is None:
            if history is not None:
                text = raw.decode("utf-8", errors="replace").replace("\0", "").rstrip()
                history.take(Line(number, byte, {}), text)
            continue
        if history is not None:
            yield history.finish(ProblemLog())
        stamp = start[1].decode()
        started[stamp] = started.get(stamp, 0) + 1
        history = _History(path, stamp, started[stamp])
    if history is not None:
        yield history.finish(problems)


class _History:
    """One session. A run of lines of one kind is a turn; an empty line ends what the user typed."""

    def __init__(self, path: Path, stamp: str, ordinal: int) -> None:
        self._dialogue = Dialogue(Agent.AIDER)
        facts = self._dialogue.facts
        facts.id = stamp.replace(" ", "T") + (f"-{ordinal}" if ordinal > 1 else "")
        facts.project = str(path.parent) if path.name == HISTORY else ""
        self._dialogue.draft.saw_time(time_of(stamp))
        self._model = ""
        self._typed: list[str] = []
        self._said: list[str] = []
        self._noted: list[str] = []
        self._begin = Line(1, 0, {})
        self._reply: TurnDraft | None = None
        self._exchanges = 0

    def take(self, line: Line, text: str) -> None:
        if text.startswith(TYPED) or text == TYPED.strip():
            self._add(self._typed, line, text.removeprefix(TYPED.strip()).removeprefix(" "))
        elif text.startswith(NOTED) or text == NOTED.strip():
            self._add(self._noted, line, text.removeprefix(NOTED.strip()).removeprefix(" "))
        elif text or self._said:
            self._add(self._said, line, text)
        else:
            self._close()

    def finish(self, problems: ProblemLog) -> Session:
        self._close()
        return self._dialogue.finish(problems)

    def _add(self, run: list[str], line: Line, text: str) -> None:
        if not run:
            self._close()
            self._begin = line
        run.append(text)

    def _close(self) -> None:
        typed, said, noted = ("\n".join(run).strip() for run in (self._typed, self._said, self._noted))
        for run in (self._typed, self._said, self._noted):
            run.clear()
        if typed:
            self._take_typed(typed)
        elif said:
            self._reply = self._dialogue.reply(self._begin, None, self._model)
            self._reply.texts.append(said)
        elif noted:
            self._take_noted(noted)

    def _take_typed(self, text: str) -> None:
        self._reply = None
        if text.startswith(REFLECTED):
            kind = TurnKind.INJECTED
        elif text.startswith(("/run ", "!")):
            kind = TurnKind.SHELL
        else:
            kind = TurnKind.SLASH_COMMAND if re.match(r"/\w+(\s|$)", text) else TurnKind.PROMPT
        self._dialogue.say(self._begin, kind, text, None)

    def _take_noted(self, text: str) -> None:
        rest = [line for line in text.split("\n") if not self._is_fact(line)]
        remark = "\n".join(rest).strip()
        kind = TurnKind.NOTIFICATION
        if INTERRUPT in remark:
            kind = TurnKind.INTERRUPT
        elif any(line.startswith(FAILURES) for line in rest):
            kind = TurnKind.ERROR
        self._dialogue.say(self._begin, kind, remark, None)

    def _is_fact(self, line: str) -> bool:
        """Whether a line was taken as a fact of the session or of its last reply."""
        facts = self._dialogue.facts
        if version := VERSION.match(line):
            facts.version = version[1]
        elif model := MODEL.match(line):
            self._model = model[1]
        elif folder := FOLDER.match(line):
            facts.project = folder[1]
        elif spent := SPENT.match(line):
            self._exchanges += 1
            self._dialogue.spend(str(self._exchanges), _usage(spent[1]))
        elif applied := APPLIED.match(line):
            self._apply(applied[1].strip())
        else:
            return line.startswith(STARTUP)
        return True

    def _apply(self, path: str) -> None:
        """Aider tells of an edit that it made; the model wrote it as a block in its text."""
        if self._reply is None:
            self._reply = self._dialogue.reply(self._begin, None, self._model)
        text = "\n".join(self._reply.texts)
        hunks = tuple(hunk for old, new in _blocks(text, path) for hunk in hunk_between(old, new))
        call = CallDraft("", "Applied edit", ToolKind.EDIT, {"path": path}, result="")
        call.files = (FileTouch(path, TouchKind.EDITED),)
        call.diffs = (FileDiff(path, TouchKind.EDITED, hunks),)
        self._dialogue.call(self._begin, self._reply, call)


def _blocks(text: str, path: str) -> Iterator[tuple[str, str]]:
    """The old and the new text of a file's blocks: its path stands alone in one of the two lines before."""
    before: list[str] = []
    old: list[str] | None = None
    new: list[str] | None = None
    for line in text.split("\n"):
        mark = BLOCK_MARK.match(line)
        if mark and mark[1]:
            old, new = [], None
        elif mark and mark[2] and old is not None and new is None:
            new = []
        elif mark and mark[3] and old is not None and new is not None:
            if any(name.strip().strip("`*#: ") == path for name in before[-2:]):
                yield "\n".join([*old, ""]), "\n".join([*new, ""])
            old, before = None, []
        elif old is None:
            before = [*before[-1:], line]
        else:
            (old if new is None else new).append(line)


def _usage(amounts: str) -> TokenUsage:
    """As Aider shows them, rounded to hundreds from a thousand on."""
    counts = dict.fromkeys(("sent", "received", "cache write", "cache hit"), 0)
    for number, scale, name in AMOUNT.findall(amounts):
        try:
            counts[name] += round(float(number.replace(",", "")) * SCALE[scale])
        except ValueError:
            continue
    cached = counts["cache write"] + counts["cache hit"]
    given = max(0, counts["sent"] - cached)
    return TokenUsage(given, counts["received"], counts["cache hit"], counts["cache write"])
