"""Facts of a whole session that Claude Code's lines repeat or only hint at: who, where, what it is called."""

from collections import Counter
from collections.abc import Container
from pathlib import Path

from memex.core.session import TitleSource, Turn
from memex.transcripts.claude_code.places import is_subagent_name, meta_of
from memex.transcripts.draft import first_prompt_title, one_line
from memex.transcripts.fields import text_of
from memex.transcripts.records import Record

DETACHED = "HEAD"


class Identity:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.is_named_subagent = is_subagent_name(path)
        self._meta: Record = {}
        self._folders: Counter[str] = Counter()
        self._branches: Counter[str] = Counter()
        self._sessions: Counter[str] = Counter()
        self._sidechain_lines = 0
        self._main_lines = 0
        self._titles: dict[TitleSource | str, str] = {}
        self._summaries: list[tuple[str, str]] = []
        self._envelope: tuple[object, ...] = (None,) * 5
        self._run = 0
        self.version: str | None = None

    def see(self, record: Record) -> None:
        """Note the envelope of a conversation line.

        Most lines repeat the envelope of the line before, so equal ones are counted and noted together.
        """
        get = record.get
        envelope = (get("cwd"), get("gitBranch"), get("sessionId"), get("version"), get("isSidechain"))
        if envelope != self._envelope:
            self._count_run()
            self._envelope = envelope
        self._run += 1

    def look_up(self) -> None:
        """To be called after the last line so far, before anything is asked."""
        self._count_run()
        if self.is_named_subagent:
            self._meta = meta_of(self._path)

    def _count_run(self) -> None:
        folder, branch, session, version, sidechain = self._envelope
        seen = ((folder, self._folders), (branch, self._branches), (session, self._sessions))
        for value, counts in seen:
            if isinstance(value, str) and value and self._run:
                counts[value] += self._run
        if sidechain is True:
            self._sidechain_lines += self._run
        else:
            self._main_lines += self._run
        self.version = text_of(version) or self.version
        self._run = 0

    def see_title(self, record: Record) -> None:
        """Titles are written again and again; the last of each source counts."""
        match record.get("type"):
            case "custom-title":
                self._note(TitleSource.CUSTOM, record.get("customTitle"))
            case "ai-title":
                self._note(TitleSource.AGENT, record.get("aiTitle"))
            case "agent-name":
                self._note("agent-name", record.get("agentName"))
            case "summary":
                self._summaries.append((text_of(record.get("leafUuid")), text_of(record.get("summary"))))

    def see_session(self, record: Record) -> None:
        """The session named by a record that is no conversation line."""
        if session := text_of(record.get("sessionId")):
            self._sessions.setdefault(session, 0)

    @property
    def is_subagent(self) -> bool:
        return self.is_named_subagent or (self._sidechain_lines > 0 and not self._main_lines)

    @property
    def session_id(self) -> str:
        """The file's stem: a resumed session copies lines that carry the older session's id."""
        return self._path.stem

    @property
    def parent_id(self) -> str | None:
        """A sub-agent's lines carry the id of the main session; its side file may name a nearer parent."""
        if not self.is_subagent:
            return None
        if agent := text_of(self._meta.get("parentAgentId")):
            return f"agent-{agent}"
        parent = _most_frequent(self._sessions)
        return parent if parent != self.session_id else None

    @property
    def folder(self) -> str | None:
        """The folder that most lines name, so that a passing `cd` changes nothing.

        Where that lies below the first one, the first: going down into a folder does not change the project.
        """
        main = _most_frequent(self._folders)
        first = next(iter(self._folders), None)
        if main and first and main.startswith((first.rstrip("/") + "/", first.rstrip("\\") + "\\")):
            return first
        return main

    @property
    def branch(self) -> str | None:
        """The branch that most lines name; `HEAD` means that none was checked out."""
        named = Counter({branch: count for branch, count in self._branches.items() if branch != DETACHED})
        return _most_frequent(named)

    def title(self, uuids: Container[str], turns: tuple[Turn, ...]) -> tuple[str, TitleSource]:
        for source in (TitleSource.CUSTOM, TitleSource.AGENT):
            if title := self._titles.get(source):
                return title, source
        if name := self._titles.get("agent-name") or one_line(text_of(self._meta.get("description"))):
            return name, TitleSource.AGENT
        for leaf, summary in reversed(self._summaries):
            if summary and leaf in uuids:
                return one_line(summary), TitleSource.SUMMARY
        if title := first_prompt_title(turns):
            return title, TitleSource.FIRST_PROMPT
        return "", TitleSource.NONE

    def _note(self, source: TitleSource | str, title: object) -> None:
        if line := one_line(text_of(title)):
            self._titles[source] = line


def _most_frequent(counts: Counter[str]) -> str | None:
    """On a tie, the first that was seen."""
    return max(counts, key=counts.__getitem__, default=None)
