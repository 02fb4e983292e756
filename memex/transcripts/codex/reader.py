"""Codex rollouts → `Session`.

`response_item`s are what was said and called; `event_msg`s repeat them for the screen, and add what only they
know: which user texts were typed, diffs, exit codes, tokens, titles. A turn is one response of the model: it
ends when the output of one of its calls has arrived and the model speaks again, or when the user does.

Withdrawn turns (`thread_rolled_back`) stay, as a branch of their own and with a note after them: they were
said and done, and are worth finding.
"""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from msgspec import MsgspecError, Struct

from memex.core.session import Agent, Role, Session, TitleSource, Turn, TurnKind
from memex.transcripts.codex.conversation import Conversation
from memex.transcripts.codex.events import Events
from memex.transcripts.codex.identity import Identity
from memex.transcripts.codex.items import Items
from memex.transcripts.codex.payloads import Compacted, Nothing, SessionMeta, TokenCount, TurnContext
from memex.transcripts.codex.routes import LINE_HEAD, Route, Routes, Take, ignore, route
from memex.transcripts.codex.shapes import items_in
from memex.transcripts.codex.tokens import TokenMeter
from memex.transcripts.draft import AFTER_EVERY_STAMP, first_prompt_title
from memex.transcripts.fitting import fitted
from memex.transcripts.intent import intent_of
from memex.transcripts.outcome import outcome_of
from memex.transcripts.records import Line, ProblemLog, RawLine, decode_lines

QUIET = ("world_state", "inter_agent_communication_metadata")


class Reading:
    def __init__(self, path: Path, problems: ProblemLog) -> None:
        self._problems = problems
        self._identity = Identity(path)
        self._tokens = TokenMeter()
        self._conversation = Conversation()
        self._here = self._conversation.here
        self._draft = self._conversation.draft
        self._events = Events(self._conversation, self._tokens)
        self._routes: dict[tuple[bytes | None, ...], Route] = {
            **_of_envelope(b"response_item", Items(self._conversation).routes()),
            **_of_envelope(b"event_msg", self._events.routes()),
            (b"session_meta", None): route(SessionMeta, self._on_meta),
            (b"turn_context", None): route(TurnContext, self._on_context),
            (b"compacted", None): route(Compacted, self._on_compacted),
            **{(kind.encode(), None): route(Nothing, ignore) for kind in QUIET},
        }

    def feed(self, lines: Iterable[RawLine]) -> None:
        here, routes, head_of, identity = self._here, self._routes, LINE_HEAD.match, self._identity
        earliest, latest = AFTER_EVERY_STAMP, ""
        for number, byte, raw in lines:
            head = head_of(raw)
            known = routes.get(head.groups()) if head else None
            if known is None:
                self._feed_odd((number, byte, raw))
                continue
            decode, take, shape = known
            try:
                record = decode(raw)
            except (MsgspecError, ValueError, RecursionError):
                self._feed_odd((number, byte, raw))
                continue
            here.number, here.byte = number, byte
            here.stamp = stamp = record.timestamp
            if identity.copied_at is not None or shape is SessionMeta:
                self._dispatch(take, record.payload)
                continue
            if stamp > latest:
                latest = stamp
            if stamp < earliest:
                earliest = stamp
            take(record.payload)
        self._draft.saw_stamps(earliest, latest)

    def _feed_odd(self, line: RawLine) -> None:
        """A line of an older shape, of a type that is not known, or with fields of other types."""
        for decoded in decode_lines([line], self._problems):
            self.take(decoded)

    def take(self, line: Line) -> None:
        """A record that was decoded whole: whatever its fields hold."""
        here = self._here
        for item in items_in(line.record):
            here.number, here.byte, here.stamp = line.number, line.byte, item.timestamp
            known = self._routes.get(item.route)
            if known is not None:
                self._dispatch(known.take, fitted(item.payload, known.shape))
            else:
                self._dispatch(partial(self._skip, item.name), Nothing())

    def still_holds(self) -> bool:
        return True  # nothing beside the file is looked at

    def _dispatch(self, take: Take, payload: Struct) -> None:
        if type(payload) is SessionMeta:
            take(payload)
        elif self._identity.copied_at is not None and self._identity.is_copied(payload, self._here.stamp):
            if type(payload) is TokenCount:
                self._tokens.start_from(payload)
        else:
            self._draft.saw_stamp(self._here.stamp)
            take(payload)

    def _skip(self, name: str, _payload: object) -> None:
        self._draft.skipped[name] += 1

    def _on_meta(self, meta: SessionMeta) -> None:
        self._identity.take_meta(meta, self._here.stamp, nothing_said=not self._draft.turns)

    def _on_context(self, context: TurnContext) -> None:
        self._identity.take_context(context)
        self._conversation.use_model(context.model)

    def _on_compacted(self, compacted: Compacted) -> None:
        if summary := compacted.message.strip():
            self._conversation.note(Role.SYSTEM, TurnKind.SUMMARY, summary)

    def session(self) -> Session:
        """As far as it was read; more may be fed after."""
        identity, draft = self._identity, self._draft
        draft.saw_time(identity.started_at)
        turns = self._conversation.turns()
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
            problems=self._problems.all(),
        )

    def _title(self, turns: tuple[Turn, ...]) -> tuple[str, TitleSource]:
        if self._events.thread_name:
            return self._events.thread_name, TitleSource.AGENT
        title = first_prompt_title(turns)
        return title, TitleSource.FIRST_PROMPT if title else TitleSource.NONE


def _of_envelope(envelope: bytes, inner: Routes) -> dict[tuple[bytes | None, ...], Route]:
    return {(envelope, kind.encode()): route(shape, take) for kind, (shape, take) in inner.items()}
