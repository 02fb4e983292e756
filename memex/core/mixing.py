"""Mix & Match: sessions like some and unlike others, and why each is one of them."""

from datetime import datetime

from msgspec import Struct

from memex.core.filters import Filters
from memex.core.lenses import Lens
from memex.core.search import LensTable, SessionCard

MIX_LENSES = (Lens.CONTENT, Lens.TOOL, Lens.PATH, Lens.ERROR, Lens.CODE)
"""Those that see a whole session at once, and so can compare one with another."""


class MixRequest(Struct, frozen=True):
    """Sessions are named by id, which outlives the key that a library gives them."""

    likes: tuple[str, ...] = ()
    unlikes: tuple[str, ...] = ()
    target: str | None = None
    """What answers are to be nearest to; else the first of `likes`."""
    lens: Lens | None = None
    """None: all of `MIX_LENSES`, by their weights."""
    filters: Filters = Filters()
    candidates: int = 50
    """How many sessions each lane may propose."""


class MixReason(Struct, frozen=True):
    """Why a session is among the answers. Likeness is a cosine; marks are named by their keys."""

    lenses: tuple[Lens, ...]
    """That proposed it."""
    nearest: int | None = None
    """The like that it is nearest to."""
    likeness: float | None = None
    away_from: int | None = None
    """The unlike that comes nearest to it, if it is less like that than like `nearest`."""
    unlikeness: float | None = None
    """How like it is to the unlike that comes nearest."""
    files: tuple[str, ...] = ()
    """That it and any of the likes have touched; the shortest first."""
    errors: tuple[str, ...] = ()
    """That it and any of the likes have met."""


class PlanePoint(Struct, frozen=True):
    """Where a session lies: `x` towards the likes, away from the unlikes; `y` what else varies most."""

    key: int
    x: float
    y: float


class Mix(Struct, frozen=True):
    """The answers as a table that is ranked as a search's, with a reason per card."""

    request: MixRequest
    table: LensTable
    reasons: tuple[MixReason, ...]
    likes: tuple[SessionCard, ...]
    unlikes: tuple[SessionCard, ...]
    target: int | None
    plane: tuple[PlanePoint, ...]
    """Of marks and answers, those that have a vector under the lens (with all lenses: of their content)."""
    notes: tuple[str, ...] = ()
    """A sentence for each mark that could not be used as it was meant."""


class MarkedSession(Struct, frozen=True):
    """A mark, with the words that name it should the session be forgotten."""

    id: str
    title: str = ""


class SavedMix(Struct, frozen=True):
    likes: tuple[MarkedSession, ...] = ()
    unlikes: tuple[MarkedSession, ...] = ()
    target: str | None = None
    lens: Lens | None = None


class SavedSearch(Struct, frozen=True):
    """A query under a name, or a mix of marks."""

    name: str
    text: str = ""
    mix: SavedMix | None = None
    is_listed: bool = True
    """Whether the search box offers it; a mix that is not is found in its own dialog."""
    saved_at: datetime | None = None
