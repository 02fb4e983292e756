"""What a window remembers of a library from one start to the next, in an ini file beside the catalog."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec
from PySide6.QtCore import QByteArray, QSettings

from memex.core.filters import Field, Order
from memex.core.lenses import RankOptions
from memex.core.mixing import SavedMix
from memex.window.arrangement import Grouping
from memex.window.replay.tabs import OpenTab

Value = TypeVar("Value")

PANES = ("lenses", "filters", "details", "replay")


@dataclass(frozen=True, slots=True)
class WindowState:
    geometry: bytes = b""
    splitters: dict[str, bytes] = field(default_factory=dict)
    hidden_panes: frozenset[str] = frozenset()
    options: RankOptions = field(default_factory=RankOptions)
    """Without what was said of sessions, which belongs to one search."""
    shows_more_options: bool = False
    order: Order = Order.RELEVANCE
    grouping: Grouping = Grouping.NONE
    expanded_facets: frozenset[Field] = frozenset()
    query: str = ""
    recent_searches: tuple[str, ...] = ()
    open_sessions: tuple[OpenTab, ...] = ()
    front_session: str | None = None
    """Id of the one whose tab was in front."""
    places: dict[str, int] = field(default_factory=dict)
    """The turn at which each session was left, by its id, the latest last."""
    hides_secrets: bool = False
    marks: SavedMix = field(default_factory=SavedMix)


def load_window_state(path: Path) -> WindowState:
    """What is missing or cannot be understood takes its default: a lost layout must not stop the start."""
    store = QSettings(str(path), QSettings.Format.IniFormat)
    return WindowState(
        geometry=_bytes(store, "layout/geometry"),
        splitters={key: _bytes(store, f"splitters/{key}") for key in _keys(store, "splitters")},
        hidden_panes=frozenset(PANES) & frozenset(_text(store, "layout/hidden").split()),
        options=_value(store, "lenses/options", RankOptions, RankOptions()),
        shows_more_options=_value(store, "lenses/more", bool, otherwise=False),
        order=_value(store, "results/order", Order, Order.RELEVANCE),
        grouping=_value(store, "results/grouping", Grouping, Grouping.NONE),
        expanded_facets=_value(store, "filters/expanded", frozenset[Field], frozenset()),
        query=_text(store, "search/query"),
        marks=_value(store, "mix/marks", SavedMix, SavedMix()),
        recent_searches=_value(store, "search/recent", tuple[str, ...], ()),
        open_sessions=_value(store, "replay/open", tuple[OpenTab, ...], ()),
        front_session=_text(store, "replay/front") or None,
        places=_value(store, "replay/places", dict[str, int], {}),
        hides_secrets=_value(store, "replay/hides_secrets", bool, otherwise=False),
    )


def save_window_state(path: Path, state: WindowState) -> None:
    store = QSettings(str(path), QSettings.Format.IniFormat)
    store.setValue("layout/geometry", QByteArray(state.geometry))
    for key, saved in state.splitters.items():
        store.setValue(f"splitters/{key}", QByteArray(saved))
    store.setValue("layout/hidden", " ".join(sorted(state.hidden_panes)))
    for key, value in (
        ("lenses/options", state.options),
        ("lenses/more", state.shows_more_options),
        ("results/order", state.order),
        ("results/grouping", state.grouping),
        ("filters/expanded", state.expanded_facets),
        ("search/recent", state.recent_searches),
        ("replay/open", state.open_sessions),
        ("replay/places", state.places),
        ("replay/hides_secrets", state.hides_secrets),
        ("mix/marks", state.marks),
    ):
        store.setValue(key, msgspec.json.encode(value).decode())
    store.setValue("search/query", state.query)
    store.setValue("replay/front", state.front_session or "")
    store.sync()


def _keys(store: QSettings, group: str) -> list[str]:
    store.beginGroup(group)
    keys = store.childKeys()
    store.endGroup()
    return keys


def _bytes(store: QSettings, key: str) -> bytes:
    saved = store.value(key)
    return bytes(saved.data()) if isinstance(saved, QByteArray) else b""


def _text(store: QSettings, key: str) -> str:
    return str(store.value(key, ""))


def _value(store: QSettings, key: str, value_type: type[Value], otherwise: Value) -> Value:
    try:
        return msgspec.json.decode(_text(store, key), type=value_type)
    except msgspec.MsgspecError:
        return otherwise
