"""A session whose file tells it in order: turns, calls answered by id, and facts of the whole.

The readers of Claude Code and Codex, whose files repeat and interleave, have machinery of their own.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct

from memex.core.session import Agent, Role, Session, TitleSource, TokenUsage, TurnKind
from memex.transcripts.draft import CallDraft, SessionDraft, TurnDraft, first_prompt_title, one_line
from memex.transcripts.fields import count_of, records_in, text_of
from memex.transcripts.intent import intent_of
from memex.transcripts.outcome import outcome_of
from memex.transcripts.records import Line, ProblemLog

TITLE_PRECEDENCE = (TitleSource.CUSTOM, TitleSource.AGENT, TitleSource.SUMMARY)
IMAGE_TYPES = ("image", "image_url")
ORPHAN = "result without its call"


class Facts(Struct):
    """Of the session as a whole; empty where its file does not say."""

    agent: Agent
    id: str = ""
    version: str = ""
    project: str = ""
    branch: str = ""
    parent_id: str = ""
    is_subagent: bool = False


class Dialogue:
    def __init__(self, agent: Agent) -> None:
        self.facts = Facts(agent)
        self.draft = SessionDraft()
        self._stretches = 0
        self._titles: dict[TitleSource, tuple[int, str]] = {}
        self._replies: dict[str, TurnDraft] = {}
        self._usages: dict[str, TokenUsage] = {}
        self._calls: dict[str, tuple[TurnDraft, CallDraft]] = {}

    def say(
        self, line: Line, kind: TurnKind, text: str, time: datetime | None, images: int = 0
    ) -> TurnDraft | None:
        """A turn that is no response of the model; nothing where nothing is said."""
        self.draft.saw_time(time)
        if not text.strip() and not images:
            return None
        turn = self.draft.begin_turn(line, _role_of(kind), kind, time)
        turn.images = images
        if text.strip():
            turn.texts.append(text.strip())
        return turn

    def reply(self, line: Line, time: datetime | None, model: str = "", key: str = "") -> TurnDraft:
        """A response of the model; records with the same key are one response."""
        self.draft.saw_time(time)
        turn = self._replies.get(key) if key else None
        if turn is None:
            turn = self.draft.begin_turn(line, Role.ASSISTANT, TurnKind.REPLY, time)
            if key:
                self._replies[key] = turn
        turn.add_line(line.number)
        if model:
            turn.model = model
            self.draft.models[model] = None
        return turn

    def call(self, line: Line, turn: TurnDraft, call: CallDraft) -> None:
        """An id that is known already tells of the same call again."""
        if call.id:
            if call.id in self._calls:
                return
            self._calls[call.id] = (turn, call)
        turn.calls.append(call)
        turn.add_line(line.number)

    def known_call(self, call_id: str) -> CallDraft | None:
        known = self._calls.get(call_id)
        return known[1] if known else None

    def answered(self, line: Line, call_id: str) -> CallDraft | None:
        """The call that a result answers; a result without one is counted, and a second one passed over."""
        known = self._calls.get(call_id)
        if known is None:
            self.draft.skipped[ORPHAN] += 1
            return None
        turn, call = known
        turn.add_line(line.number)
        return call if call.result is None else None

    def spend(self, key: str, usage: TokenUsage) -> None:
        """What one message used; a message that is written again counts as it was written last."""
        self._usages[key] = usage

    def title(self, source: TitleSource, text: object, line: int = 0) -> None:
        """The last of each source counts."""
        if title := one_line(text_of(text)):
            self._titles[source] = line, title

    def withdraw(self, turns: Iterable[TurnDraft]) -> None:
        """The user went back to before these turns: they are a stretch of their own."""
        stretch = [turn for turn in turns if not turn.branch]
        if stretch:
            self._stretches += 1
        for turn in stretch:
            turn.branch = self._stretches

    def withdraw_after(self, line: int) -> None:
        """All that was said and named after this line."""
        self.withdraw(turn for turn in self.draft.turns if turn.line > line)
        self._titles = {source: title for source, title in self._titles.items() if title[0] <= line}

    def finish(self, problems: ProblemLog) -> Session:
        facts, draft = self.facts, self.draft
        turns = draft.finish_turns()
        outcome, outcome_evidence = outcome_of(turns)
        intent, intent_evidence = intent_of(turns)
        source = next((source for source in TITLE_PRECEDENCE if source in self._titles), TitleSource.NONE)
        _, title = self._titles.get(source, (0, ""))
        if not title and (title := first_prompt_title(turns)):
            source = TitleSource.FIRST_PROMPT
        return Session(
            agent=facts.agent,
            id=facts.id,
            title=title,
            title_source=source,
            agent_version=facts.version or None,
            models=tuple(draft.models),
            project_path=facts.project or None,
            branch=facts.branch or None,
            started_at=draft.started_at,
            ended_at=draft.ended_at,
            turns=turns,
            tokens=_sum(self._usages.values()),
            parent_id=facts.parent_id or None,
            is_subagent=facts.is_subagent,
            outcome=outcome,
            outcome_evidence=outcome_evidence,
            intent=intent,
            intent_evidence=intent_evidence,
            skipped_records=dict(draft.skipped),
            problems=problems.all(),
        )


def text_in(content: object) -> str:
    """Of a text, or of a list of parts that may have one."""
    if isinstance(content, str):
        return content
    parts = (part if isinstance(part, str) else text_of(_text_field(part)) for part in _items(content))
    return "\n\n".join(part for part in parts if part.strip())


def elements(text: str, tag: str) -> Iterator[str]:
    """What stands between `<tag>` and `</tag>`; a pattern's time could grow as the square of the text."""
    begin, end = f"<{tag}>", f"</{tag}>"
    start = text.find(begin)
    while start >= 0:
        stop = text.find(end, start)
        if stop < 0:
            return
        yield text[start + len(begin) : stop].strip()
        start = text.find(begin, stop)


def images_in(content: object) -> int:
    return sum(part.get("type") in IMAGE_TYPES or "inlineData" in part for part in records_in(content))


def usage(given: object, output: object, cache_read: object = 0, cache_write: object = 0) -> TokenUsage:
    return TokenUsage(count_of(given), count_of(output), count_of(cache_read), count_of(cache_write))


def _items(content: object) -> Iterator[object]:
    if isinstance(content, list):
        yield from content


def _text_field(part: object) -> object:
    return part.get("text") if isinstance(part, dict) else None


def _role_of(kind: TurnKind) -> Role:
    typed = (TurnKind.PROMPT, TurnKind.SLASH_COMMAND, TurnKind.SHELL, TurnKind.INTERRUPT)
    return Role.USER if kind in typed else Role.SYSTEM


def _sum(usages: Iterable[TokenUsage]) -> TokenUsage:
    every = list(usages)
    return TokenUsage(
        input=sum(one.input for one in every),
        output=sum(one.output for one in every),
        cache_read=sum(one.cache_read for one in every),
        cache_write=sum(one.cache_write for one in every),
    )
