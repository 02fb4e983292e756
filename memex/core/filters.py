"""What narrows a search or a list: conditions on sessions, and what the catalog counts under each."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from memex.core.session import Agent, Intent, Outcome


class Field(StrEnum):
    """A session's property that a query names as `field:value`."""

    PROJECT = "project"
    AGENT = "agent"
    BRANCH = "branch"
    FILE = "file"
    COMMAND = "cmd"
    TOOL = "tool"
    ERROR = "error"
    MODEL = "model"
    INTENT = "intent"
    OUTCOME = "outcome"
    MONTH = "month"
    """`2026-05`, of the session's last turn, in UTC."""
    HAS = "has"
    """A `Content`."""
    IS = "is"
    """A `State`."""
    SESSION = "session"
    """A session's id; several are a set that was picked by hand or on the map."""


class Content(StrEnum):
    """What a session has, as in `has:edits`."""

    ERROR = "error"
    EDITS = "edits"
    IMAGES = "images"
    SUBAGENTS = "subagents"


class State(StrEnum):
    """What a session is, as in `is:live`."""

    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"
    """Not solved, or only in part."""
    LIVE = "live"
    """Its agent may still be at work."""


KNOWN_VALUES: dict[Field, tuple[str, ...]] = {
    Field.AGENT: tuple(Agent),
    Field.INTENT: tuple(Intent),
    Field.OUTCOME: tuple(Outcome),
    Field.HAS: tuple(Content),
    Field.IS: tuple(State),
}
"""Of the fields that take no others."""


class Condition(Struct, frozen=True):
    field: Field
    value: str
    is_excluded: bool = False


class Filters(Struct, frozen=True):
    """Several conditions on one field widen, on several fields narrow; excluded ones always narrow."""

    conditions: tuple[Condition, ...] = ()
    since: datetime | None = None
    """The first moment included; with a time zone."""
    until: datetime | None = None
    """The first moment no longer included; with a time zone."""

    @property
    def is_empty(self) -> bool:
        return self == Filters()

    def of(self, field: Field) -> tuple[str, ...]:
        """The values that the field may have."""
        return tuple(c.value for c in self.conditions if c.field is field and not c.is_excluded)


def one_of(field: Field, values: tuple[str, ...]) -> tuple[Condition, ...]:
    return tuple(Condition(field, value) for value in values)


class FacetValue(Struct, frozen=True):
    value: str
    count: int


class Facet(Struct, frozen=True):
    """How many sessions have each value of the field, the most frequent first.

    Counted under the conditions on the other fields, so that a second value of this one can be chosen.
    """

    field: Field
    values: tuple[FacetValue, ...]


class Order(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    LONGEST = "longest"
