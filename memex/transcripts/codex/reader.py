"""Codex rollouts → `Session`.

`response_item`s are what was said and called; `event_msg`s repeat them for the screen, and add what only they
know: which user texts were typed, diffs, exit codes, tokens, titles. A turn is one response of the model: it
ends when the output of one of its calls has arrived and the model speaks again, or when the user does.

Withdrawn turns (`thread_rolled_back`) stay, as a branch of their own and with a note after them: they were
said and done, and are worth finding.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from memex.core.session import Agent, Role, Session, TitleSource, Turn, TurnKind
from memex.transcripts.codex.conversation import Conversation
from memex.transcripts.codex.events import Events
from memex.transcripts.codex.identity import Identity
from memex.transcripts.codex.items import Items
from memex.transcripts.codex.shapes import Item, items_in
from memex.transcripts.codex.tokens import TokenMeter
from memex.transcripts.draft import first_prompt_title
from memex.transcripts.fields import text_of
from memex.transcripts.intent import intent_of
from memex.transcripts.outcome import outcome_of
from memex.transcripts.records import Line, ProblemLog

QUIET = {"world_state", "inter_agent_communication_metadata"}


def read(lines: Iterable[Line], path: Path, problems: ProblemLog) -> Session:
    reading = _Reading(path)
    for item in items_in(lines):
        reading.take(item)
    return reading.finish(problems)


class _Reading:
    def __init__(self, path: Path) -> None:
        self._identity = Identity(path)
        self._tokens = TokenMeter()
        self._conversation = Conversation()
        self._items = Items(self._conversation)
        self._events = Events(self._conversation, self._tokens)
        self._draft = self._conversation.draft
        self._handlers: dict[str, Callable[[Item], None]] = {
            "response_item": self._items.take,
            "event_msg": self._events.take,
            "turn_context": self._on_context,
            "compacted": self._on_compacted,
        }

    def take(self, item: Item) -> None:
        if item.type == "session_meta":
            self._identity.take_meta(item, nothing_said=not self._draft.turns)
        elif self._identity.may_be_copied and self._identity.is_copied(item):
            self._tokens.start_from(item.payload)
        else:
            self._draft.saw_stamp(item.timestamp)
            if handle := self._handlers.get(item.type):
                handle(item)
            elif item.type not in QUIET:
                self._draft.skipped[item.type] += 1

    def _on_context(self, item: Item) -> None:
        self._identity.take_context(item.payload)
        self._conversation.use_model(text_of(item.payload.get("model")))

    def _on_compacted(self, item: Item) -> None:
        if summary := text_of(item.payload.get("message")).strip():
            self._conversation.note(item, Role.SYSTEM, TurnKind.SUMMARY, summary)

    def finish(self, problems: ProblemLog) -> Session:
        identity = self._identity
        draft = self._conversation.finish()
        draft.saw_time(identity.started_at)
        turns = draft.finish_turns()
        outcome, outcome_evidence = outcome_of(turns)
        intent, intent_evidence = intent_of(turns)
        title, title_source = self._title(turns)
        return Session(
            agent=Agent.CODEX,
            id=identity.session_id,
            title=title,
            title_source=title_source,
            agent_version=identity.version,
            models=tuple(draft.models),
            project_path=identity.folder,
            branch=identity.branch,
            started_at=draft.started_at,
            ended_at=draft.ended_at,
            turns=turns,
            tokens=self._tokens.usage(),
            parent_id=identity.parent_id,
            is_subagent=identity.is_subagent,
            is_helper=identity.is_helper,
            outcome=outcome,
            outcome_evidence=outcome_evidence,
            intent=intent,
            intent_evidence=intent_evidence,
            skipped_records=dict(draft.skipped),
            problems=problems.all(),
        )

    def _title(self, turns: tuple[Turn, ...]) -> tuple[str, TitleSource]:
        if self._events.thread_name:
            return self._events.thread_name, TitleSource.AGENT
        title = first_prompt_title(turns)
        return title, TitleSource.FIRST_PROMPT if title else TitleSource.NONE
