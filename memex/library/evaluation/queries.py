"""Judged queries as lines of JSON, and the sessions of a library that they mean (docs/evaluation.md)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from memex.catalog.catalog import Catalog
from memex.core.errors import EvaluationError, SessionNotFoundError
from memex.core.search import SessionCard

NEGATIVE = "negative"


class Relevant(Struct, frozen=True):
    """A right answer, by its session's id or by the end of its file's path; `turns` are the right ones.

    The id also tells apart the sessions of one file.
    """

    session: str = ""
    path: str = ""
    grade: Annotated[int, Meta(ge=1, le=10)] = 1
    turns: tuple[int, ...] = ()


class Query(Struct, frozen=True, rename={"kind": "class"}):
    """Without any relevant session it is a negative: nothing in the library answers it."""

    id: str
    query: str
    relevant: tuple[Relevant, ...]
    kind: str = "all"
    split: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    grade: int
    turns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A query and its answers by session key."""

    query: Query
    answers: Mapping[int, Answer]

    @property
    def is_negative(self) -> bool:
        return not self.answers


def read_queries(path: Path, split: str | None = None) -> list[Query]:
    """Those of one split if it is named."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as cause:
        raise EvaluationError(f"{path} cannot be read: {cause.strerror}.") from cause
    queries = [_query(path, number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    chosen = [query for query in queries if split is None or query.split == split]
    if not chosen:
        of_split = f" of the split “{split}”" if split is not None else ""
        raise EvaluationError(f"{path} has no queries{of_split}: give one JSON object a line.")
    return chosen


def judged(catalog: Catalog, queries: Iterable[Query]) -> list[Judged]:
    cards = catalog.sessions.cards(catalog.sessions.keys_newest_first())
    return [
        Judged(query, {_key(catalog, cards, query, right): _answer(right) for right in query.relevant})
        for query in queries
    ]


def main_sessions(cards: Mapping[int, SessionCard]) -> dict[int, int]:
    """Key of a sub-agent's session → of the session that started it, where that is known."""
    by_id = {(card.agent, card.id): key for key, card in cards.items()}
    parents = {key: by_id.get((card.agent, card.parent_id or "")) for key, card in cards.items()}
    return {key: parent for key, parent in parents.items() if parent is not None}


def _query(path: Path, number: int, line: bytes) -> Query:
    try:
        return msgspec.json.decode(line, type=Query)
    except msgspec.MsgspecError as cause:
        raise EvaluationError(f"Line {number} of {path} is no query: {cause}.") from cause


def _key(catalog: Catalog, cards: Mapping[int, SessionCard], query: Query, right: Relevant) -> int:
    if right.path:
        return _by_path(cards, query, right)
    try:
        return catalog.sessions.resolve(right.session)
    except SessionNotFoundError as cause:
        raise EvaluationError(f"Query {query.id}: {cause}") from cause


def _by_path(cards: Mapping[int, SessionCard], query: Query, right: Relevant) -> int:
    ending = "/" + right.path.lstrip("/")
    in_file = [
        key for key, card in cards.items() if f"/{card.source_path}".replace("\\", "/").endswith(ending)
    ]
    named = [key for key in in_file if cards[key].id.startswith(right.session)]
    found = named if len(in_file) > 1 else in_file
    if len(found) == 1:
        return found[0]
    problem = "No session" if not found else "More than one session"
    raise EvaluationError(f"Query {query.id}: {problem} of this library is in “{right.path}”.")


def _answer(right: Relevant) -> Answer:
    return Answer(right.grade, right.turns)
