"""Where a script is performed: its clock, its files as the tools leave them, and ids that never vary."""

import re
from datetime import UTC, datetime, time, timedelta
from difflib import SequenceMatcher, unified_diff
from fnmatch import fnmatch
from hashlib import sha256
from textwrap import indent
from uuid import NAMESPACE_URL, UUID, uuid5

from msgspec import Struct

from memex.demo.script import Project, Script, block

NAMESPACE = uuid5(NAMESPACE_URL, "memex:demo")
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789"
CONTEXT_LINES = 3


class PatchHunk(Struct, frozen=True):
    """A hunk as Claude Code writes it in `structuredPatch`; 1-based line numbers."""

    oldStart: int  # noqa: N815
    oldLines: int  # noqa: N815
    newStart: int  # noqa: N815
    newLines: int  # noqa: N815
    lines: tuple[str, ...]


class Change(Struct, frozen=True):
    """A file before and after; `before is None`: it was created. `old` and `new` are the texts exchanged."""

    path: str
    before: str | None
    after: str
    old: str = ""
    new: str = ""

    def hunks(self) -> tuple[PatchHunk, ...]:
        """None for a new file, as Claude Code has it."""
        if self.before is None:
            return ()
        before, after = self.before.splitlines(), self.after.splitlines()
        groups = SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(CONTEXT_LINES)
        return tuple(_hunk(group, before, after) for group in groups)

    def unified(self) -> str:
        """The hunks alone, without the lines that name the file."""
        before, after = (self.before or "").splitlines(True), self.after.splitlines(True)
        return "".join(list(unified_diff(before, after, n=CONTEXT_LINES))[2:])


class Stage:
    def __init__(self, project: Project, script: Script, now: datetime) -> None:
        self.session_id = str(session_id(project, script))
        self.root = project.path
        self.files = {path: block(text) + "\n" for path, text in script.files.items()}
        day = (now.astimezone(UTC) - timedelta(days=script.days_ago)).date()
        self.time = datetime.combine(day, time.fromisoformat(script.at), UTC)
        self._made = 0

    def wait(self, seconds: float) -> None:
        self.time += timedelta(milliseconds=round(seconds * 1000))

    @property
    def timestamp(self) -> str:
        return self.time.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def uuid(self) -> str:
        self._made += 1
        return str(uuid5(UUID(self.session_id), str(self._made)))

    def token(self, length: int, letters: str = LETTERS) -> str:
        """Looks random, and is the same on every run."""
        digest = int.from_bytes(sha256(self.uuid().encode()).digest(), "big")
        return "".join(letters[digest // len(letters) ** place % len(letters)] for place in range(length))

    def absolute(self, path: str) -> str:
        return f"{self.root}/{path}" if path else self.root

    def lines(self, path: str, first: int, last: int | None) -> list[str]:
        return self.files[path].splitlines()[first - 1 : last]

    def matches(self, pattern: str, path: str) -> list[tuple[str, int, str]]:
        """(path, line number, line) of every line below `path` that matches."""
        wanted = re.compile(pattern)
        return [
            (name, number, line)
            for name, text in sorted(self.files.items())
            if name.startswith(path)
            for number, line in enumerate(text.splitlines(), start=1)
            if wanted.search(line)
        ]

    def names(self, pattern: str) -> list[str]:
        return [name for name in sorted(self.files) if fnmatch(name, pattern)]

    def write(self, path: str, content: str) -> Change:
        change = Change(path, self.files.get(path), content)
        self.files[path] = content
        return change

    def edit(self, path: str, old: str, new: str) -> Change:
        before = self.files[path]
        old, new = _as_it_stands(before, old, new, path)
        self.files[path] = before.replace(old, new, 1)
        return Change(path, before, self.files[path], old, new)


def session_id(project: Project, script: Script) -> UUID:
    return uuid5(NAMESPACE, f"{project.name}/{script.name}")


def tokens_in(text: str) -> int:
    """A rough count: four characters to a token."""
    return len(text) // 4 + 1


def _as_it_stands(content: str, old: str, new: str, path: str) -> tuple[str, str]:
    """Both texts, indented as `old` is in the file: scripts are written at the margin."""
    first = old.split("\n", 1)[0]
    for line in content.splitlines():
        margin = line.removesuffix(first)
        if line.endswith(first) and not margin.strip() and indent(old, margin) in content:
            return indent(old, margin), indent(new, margin)
    if old not in content:
        raise ValueError(f"the script edits what is not in {path}: {old!r}")
    return old, new


def _hunk(group: list[tuple[str, int, int, int, int]], before: list[str], after: list[str]) -> PatchHunk:
    lines: list[str] = []
    for tag, old_from, old_to, new_from, new_to in group:
        if tag == "equal":
            lines += [" " + line for line in before[old_from:old_to]]
        else:
            lines += ["-" + line for line in before[old_from:old_to]]
            lines += ["+" + line for line in after[new_from:new_to]]
    old_start, old_end, new_start, new_end = group[0][1], group[-1][2], group[0][3], group[-1][4]
    return PatchHunk(old_start + 1, old_end - old_start, new_start + 1, new_end - new_start, tuple(lines))
