"""The box: conditions marked, errors said, completions that never take the keyboard."""

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QHelpEvent, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QListView, QMainWindow, QToolTip

from memex.core.filters import FacetValue, Field
from memex.window.query_line import QueryLine
from memex.window.recent_searches import MOST, RecentSearches
from memex.window.search_box import SearchBox
from memex.window.theme import LIGHT
from tests.window import values
from tests.window.test_journey import press


@pytest.fixture
def window(qtbot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(900, 400)
    return window


@pytest.fixture
def box(window: QMainWindow, qtbot) -> SearchBox:
    box = SearchBox(LIGHT, lambda: values.NOW, window)
    box.resize(880, 60)
    window.show()
    box.focus_all()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is line_of(box))
    box.completion.values_wanted.connect(
        lambda word: box.completion.take_values(word, known(word.field, word.beginning))
    )
    return box


def known(field: Field, beginning: str) -> tuple[FacetValue, ...]:
    facet = next(facet for facet in values.FACETS if facet.field is field)
    return tuple(value for value in facet.values if value.value.startswith(beginning))


def line_of(box: SearchBox) -> QueryLine:
    return box.findChild(QueryLine)


def colour_at(line: QueryLine, x: int) -> QColor:
    """Above the letters, where only a tint can be."""
    top = (line.height() - line.fontMetrics().height()) // 2
    return line.grab().toImage().pixelColor(x, top)


def test_conditions_are_tinted_where_they_stand_and_words_are_not(box: SearchBox, qtbot) -> None:
    box.set_text("🙂 linker project:infra")
    line = line_of(box)
    plain = QColor(LIGHT.surface)
    assert colour_at(line, line.x_of(5)) == plain
    assert colour_at(line, line.x_of(14)) != plain
    assert line.x_of(len("🙂 linker ")) - line.x_of(0) == pytest.approx(
        line.fontMetrics().horizontalAdvance("🙂 linker "), abs=2
    )


def test_marks_move_with_a_text_that_is_longer_than_the_box(box: SearchBox, qtbot) -> None:
    box.set_text("project:infra " + "linker " * 80)
    line = line_of(box)
    line.end(False)
    line.grab()
    assert line.x_of(0) < 0
    line.home(False)
    line.grab()
    assert line.x_of(0) > 0
    assert colour_at(line, line.x_of(2)) != QColor(LIGHT.surface)


def test_an_error_is_said_below_the_box_after_a_pause_and_not_while_typing(
    box: SearchBox, qtbot, monkeypatch
) -> None:
    press(qtbot, "outcome:sunny")
    assert box.problem == ""
    qtbot.waitUntil(lambda: "“outcome:” knows" in box.problem)
    line = line_of(box)
    assert "“outcome:” knows" in line.accessibleDescription()
    said: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _place, text, _widget: said.append(text))
    place = QPoint(line.x_of(3), line.height() // 2)
    QApplication.sendEvent(line, QHelpEvent(QEvent.Type.ToolTip, place, line.mapToGlobal(place)))
    assert "knows" in said[0]
    box.set_text("linker")
    qtbot.waitUntil(lambda: box.problem == "")


def test_enter_says_errors_at_once(box: SearchBox, qtbot) -> None:
    press(qtbot, "since:someday")
    press(qtbot, Qt.Key.Key_Return)
    assert "is no date" in box.problem


def test_a_name_is_completed_by_tab_and_then_its_values(box: SearchBox, qtbot) -> None:
    press(qtbot, "linker pro")
    assert box.choices.titles == ["project:"]
    press(qtbot, Qt.Key.Key_Tab)
    assert box.text == "linker project:"
    assert box.choices.titles == ["edge-agent", "infra", "ledger", "storefront", "payments"]
    press(qtbot, "in")
    assert box.choices.titles == ["infra"]
    press(qtbot, Qt.Key.Key_Down)
    press(qtbot, Qt.Key.Key_Return)
    assert line_of(box).text() == "linker project:infra "
    assert box.choices.titles == []
    assert QApplication.focusWidget() is line_of(box)


def test_a_word_that_is_a_whole_name_is_left_alone(box: SearchBox, qtbot) -> None:
    press(qtbot, "fix the error")
    assert box.choices.titles == []
    with qtbot.waitSignal(box.moved):
        press(qtbot, Qt.Key.Key_Down)


def test_enter_searches_when_nothing_was_chosen(box: SearchBox, qtbot) -> None:
    press(qtbot, "branch:ma")
    with qtbot.waitSignal(box.search_wanted) as wanted:
        press(qtbot, Qt.Key.Key_Return)
    assert wanted.args == ["branch:ma", False]
    assert box.choices.titles == []


def test_escape_closes_the_choices_and_typing_goes_on(box: SearchBox, qtbot) -> None:
    press(qtbot, "agent:")
    assert box.choices.titles
    press(qtbot, Qt.Key.Key_Escape)
    assert box.choices.titles == []
    press(qtbot, "codex")
    assert box.text == "agent:codex"


def test_choices_go_with_the_keyboard(box: SearchBox, qtbot) -> None:
    press(qtbot, "agent:")
    line_of(box).clearFocus()
    assert box.choices.titles == []


def test_a_click_takes_a_choice(box: SearchBox, qtbot) -> None:
    press(qtbot, "agent:")
    rows = box.choices.findChild(QListView)
    middle = rows.visualRect(rows.model().index(1, 0)).center()
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert box.text == "agent:codex"


def test_dates_are_offered(box: SearchBox, qtbot) -> None:
    press(qtbot, "since:la")
    assert box.choices.titles == ["last month"]
    press(qtbot, Qt.Key.Key_Tab)
    assert box.text == 'since:"last month"'


def test_values_that_typing_has_overtaken_are_dropped(box: SearchBox, qtbot) -> None:
    box.completion.values_wanted.disconnect()
    asked = []
    box.completion.values_wanted.connect(asked.append)
    press(qtbot, "agent:co")
    box.completion.take_values(asked[0], known(Field.AGENT, ""))
    assert box.choices.titles == []
    box.completion.take_values(asked[-1], known(Field.AGENT, "co"))
    assert box.choices.titles == ["codex"]


def test_a_choice_can_be_undone(box: SearchBox, qtbot) -> None:
    press(qtbot, "agent:co")
    press(qtbot, Qt.Key.Key_Tab)
    assert box.text == "agent:codex"
    line_of(box).undo()
    assert box.text == "agent:co"


def test_recent_searches_are_offered_in_the_empty_box(box: SearchBox, qtbot) -> None:
    for text in ("first search", "second search"):
        box.set_text(text)
        box.remember()
    box.clear()
    press(qtbot, Qt.Key.Key_Down)
    assert box.choices.titles == ["second search", "first search"]
    press(qtbot, Qt.Key.Key_Down, times=2)
    press(qtbot, Qt.Key.Key_Return)
    assert box.text == "first search"


def test_recent_searches_are_each_there_once_and_not_for_ever() -> None:
    recent = RecentSearches()
    for number in range(2 * MOST):
        recent.add(f"search {number}")
    recent.add("")
    recent.add("search 30")
    assert recent.searches[0] == "search 30"
    assert len(recent.searches) == len(set(recent.searches)) == MOST


def test_what_an_input_method_composes_is_not_disturbed(box: SearchBox, qtbot) -> None:
    press(qtbot, "agent:codex ")
    line = line_of(box)
    QApplication.sendEvent(line, QInputMethodEvent("ㅎ", []))
    line.grab()
    commit = QInputMethodEvent("ㄱ", [])
    commit.setCommitString("한")
    QApplication.sendEvent(line, commit)
    line.grab()
    commit = QInputMethodEvent("", [])
    commit.setCommitString("국")
    QApplication.sendEvent(line, commit)
    assert line.text() == "agent:codex 한국"


@pytest.mark.parametrize(
    "text", ["x" * 100_000, "א" * 3_000 + " project:infra", '"' * 999, "\ud83d", "🙂" * 500]
)
def test_whatever_is_pasted_the_line_is_drawn(box: SearchBox, text: str) -> None:
    box.set_text(text)
    line_of(box).grab()
    line_of(box).end(False)
    line_of(box).grab()
