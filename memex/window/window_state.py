"""What a window remembers of a library from one start to the next, in an ini file beside the catalog."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec
from PySide6.QtCore import QByteArray, QSettings

from memex.core.filters import Field, Order
from memex.core.lenses import RankOptions
from memex.window.arrangement import Grouping

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
    session: str | None = None
    """Id of the session that was open in the replay."""
    turn: int = 0


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
        recent_searches=_value(store, "search/recent", tuple[str, ...], ()),
        session=_text(store, "replay/session") or None,
        turn=_value(store, "replay/turn", int, 0),
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
    ):
        store.setValue(key, msgspec.json.encode(value).decode())
    store.setValue("search/query", state.query)
    store.setValue("replay/session", state.session or "")
    store.setValue("replay/turn", str(state.turn))
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
