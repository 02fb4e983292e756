"""The list of turns: a lawful model, rows that are told apart, keys that move."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from memex.core.session import ToolKind
from memex.window.replay.glyphs import Glyph
from memex.window.replay.turn_list_delegate import marks
from memex.window.replay.turn_list_model import TurnListModel, TurnRole, offset
from memex.window.replay.turn_list_view import TurnListView
from memex.window.theme import LIGHT
from tests.window.replay.sessions import BEGAN, STORY, long_session, outline_of

ROWS = outline_of(STORY).turns


@pytest.fixture
def view(qtbot: QtBot) -> TurnListView:
    view = TurnListView(LIGHT)
    qtbot.addWidget(view)
    view.show_turns(ROWS)
    view.follow(0)
    return view


def test_the_model_is_lawful(qtmodeltester: ModelTester) -> None:
    model = TurnListModel()
    model.show(ROWS)
    qtmodeltester.check(model)
    row = model.index(2).data(TurnRole.ROW)
    assert (row.turn, row.offset) == (ROWS[2], "+1:14")
    spoken = model.index(2).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Turn 3, assistant, error, cargo build --release --locked"


def test_a_withdrawn_turn_says_so_and_looks_it(qtbot: QtBot, view: TurnListView) -> None:
    as_it_went = view.grab().toImage()
    withdrawn = replace(ROWS[0], is_withdrawn=True)
    view.show_turns((withdrawn, *ROWS[1:]))
    view.follow(0)
    first = view.model().index(0, 0)
    assert "withdrawn" in first.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "went back" in first.data(Qt.ItemDataRole.ToolTipRole)
    assert view.grab().toImage() != as_it_went


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "+0:00"), (192, "+3:12"), (3_725, "+1:02:05"), (200_000, "+2 d 7 h"), (-5, "−0:05")],
)
def test_times_are_offsets(seconds: int, shown: str) -> None:
    assert offset(BEGAN + timedelta(seconds=seconds), BEGAN) == shown


def test_marks_keep_the_error_in_its_own_column() -> None:
    assert marks(ROWS[2]) == [Glyph.ERROR, Glyph.SHELL]
    assert marks(ROWS[4]) == [None, Glyph.EDIT]
    assert ToolKind.EDIT in ROWS[4].tools


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        ("jjj", 3),
        ("jjk", 1),
        ("k", 0),
        ((Qt.Key.Key_Down, Qt.Key.Key_End), 11),
        ((Qt.Key.Key_End, Qt.Key.Key_Home), 0),
    ],
)
def test_keys_move_and_letters_do_not_search(
    qtbot: QtBot, view: TurnListView, keys: str | tuple[Qt.Key, ...], row: int
) -> None:
    for key in keys:
        (qtbot.keyClicks if isinstance(key, str) else qtbot.keyClick)(view, key)
    qtbot.keyClicks(view, "cg")
    assert view.currentIndex().row() == row


def test_following_asks_for_nothing(qtbot: QtBot, view: TurnListView) -> None:
    with qtbot.assertNotEmitted(view.turn_wanted):
        view.follow(5)
    with qtbot.waitSignal(view.turn_wanted) as wanted:
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert wanted.args == [6]


@pytest.mark.parametrize("is_rail", [True, False])
def test_rows_are_drawn_wide_and_as_a_rail(qtbot: QtBot, view: TurnListView, is_rail: bool) -> None:
    view.resize(view.minimumWidth() if is_rail else 300, 400)
    picture = view.viewport().grab(view.visualRect(view.model().index(2, 0))).toImage()
    colours = {
        picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())
    }
    assert LIGHT.error in colours


def test_following_past_an_edge_moves_by_half_a_page_and_then_stays(qtbot: QtBot) -> None:
    view = TurnListView(LIGHT)
    qtbot.addWidget(view)
    view.resize(300, 400)
    view.show_turns(outline_of(long_session(100)).turns)
    view.show()
    scrolled = []
    view.verticalScrollBar().valueChanged.connect(scrolled.append)
    for row in range(60):
        view.follow(row)
        rect = view.visualRect(view.currentIndex())
        assert 0 <= rect.top() <= rect.bottom() < view.viewport().height()
    assert 3 <= len(scrolled) <= 10
