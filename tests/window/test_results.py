"""The list: a lawful model, cards that are formatted when seen, a selection that stays."""

from datetime import timedelta

import pytest
from PySide6.QtCore import QModelIndex, Qt

from memex.core.lenses import Lens, RankOptions, Weights
from memex.core.ranking import rank
from memex.core.search import Snippet
from memex.window import fonts
from memex.window.explanation import LANE_NAMES
from memex.window.pen import Pen
from memex.window.result_card import fitted
from memex.window.results_model import ResultsModel
from memex.window.results_view import ResultsView
from memex.window.snippet_text import snippet_runs
from memex.window.theme import LIGHT
from tests.window import values

PATHS_ONLY = Weights(content=0, tool=0, path=2, error=0, code=0, words=0, late=0)
TABLE = values.make_table("linker")


def ranked(weights: Weights, table=TABLE):
    return rank(table, RankOptions(weights), values.NOW)


def show(model: ResultsModel, table, weights: Weights) -> None:
    ranking = ranked(weights, table)
    model.show_table(table, ranking, ranking.order, values.NOW)


@pytest.fixture
def model() -> ResultsModel:
    model = ResultsModel()
    show(model, TABLE, Weights())
    return model


@pytest.fixture
def view(model: ResultsModel, qtbot) -> ResultsView:
    view = ResultsView(model, LIGHT)
    qtbot.addWidget(view)
    view.resize(480, 600)
    view.set_glides(False)
    view.show()
    show(model, values.make_table("other", seed=3), Weights())
    show(model, TABLE, Weights())
    return view


def test_it_is_a_lawful_model(model: ResultsModel, qtmodeltester) -> None:
    qtmodeltester.check(model)
    show(model, TABLE, PATHS_ONLY)
    model.show_sessions(values.CARDS[:5], 20, values.NOW)
    model.add_sessions(values.CARDS[5:9], 20)
    assert model.rowCount() == 9


def test_a_row_has_what_the_ranking_says(model: ResultsModel) -> None:
    ranking = ranked(Weights())
    best = int(ranking.order[0])
    row = model.row(0)
    assert row.card == TABLE.cards[best]
    assert row.score == ranking.score[best]
    assert dict(row.parts)[Lens.ERROR] == ranking.contributions[best, list(Lens).index(Lens.ERROR)]
    assert [part for _, part in row.parts] == sorted((part for _, part in row.parts), reverse=True)


def test_re_ranking_moves_rows_and_keeps_the_selection_on_its_session(view: ResultsView) -> None:
    view.move(3)
    chosen = view.current_row.card
    show(view.model(), TABLE, PATHS_ONLY)
    assert view.current_row.card == chosen
    assert [index.row() for index in view.selectedIndexes()] == [view.currentIndex().row()]


def test_a_chosen_session_stays_chosen_while_results_refine(view: ResultsView) -> None:
    view.move(3)
    chosen = view.current_row.card
    refined = values.make_table("linker cc", seed=11)
    show(view.model(), refined, Weights())
    assert view.current_row.card == chosen


def test_the_best_is_current_until_one_is_chosen(view: ResultsView) -> None:
    refined = values.make_table("linker cc", seed=11)
    show(view.model(), refined, PATHS_ONLY)
    assert view.currentIndex().row() == 0


def test_a_chosen_session_that_is_gone_leaves_the_best_current(view: ResultsView) -> None:
    view.move(19)
    view.model().show_sessions(values.CARDS[:2], 2, values.NOW)
    assert view.currentIndex().row() in (0, 1)
    view.model().show_sessions((), 0, values.NOW)
    assert view.current_row is None


def test_glides_end_where_the_ranking_says(view: ResultsView, qtbot) -> None:
    view.set_glides(True)
    before = view.grab().toImage()
    show(view.model(), TABLE, PATHS_ONLY)
    with qtbot.waitSignal(view.glide_finished):
        under_way = view.grab().toImage()
    after = view.grab().toImage()
    view.set_glides(False)
    show(view.model(), TABLE, Weights())
    show(view.model(), TABLE, PATHS_ONLY)
    assert view.grab().toImage() == after
    assert under_way not in (before, after)


def test_a_long_list_comes_in_pages(qtbot) -> None:
    model = ResultsModel()
    model.show_sessions(values.CARDS[:10], 20, values.NOW)
    assert model.canFetchMore(QModelIndex())
    with qtbot.waitSignal(model.more_wanted) as wanted:
        model.fetchMore(QModelIndex())
    assert wanted.args == [10]
    model.add_sessions(values.CARDS[8:], 20)  # two of them moved between the pages
    assert [model.row(number).card.key for number in range(model.rowCount())] == list(range(20))
    assert not model.canFetchMore(QModelIndex())


def test_a_hundred_thousand_rows_are_formatted_only_where_seen(qtbot) -> None:
    cards = tuple(values.make_card(key) for key in range(100_000))
    model = ResultsModel()
    view = ResultsView(model, LIGHT)
    qtbot.addWidget(view)
    view.resize(480, 600)
    view.show()
    model.show_sessions(cards, len(cards), values.NOW)
    view.grab()
    view.scrollToBottom()
    view.grab()
    assert model.formatted_count < 100


def test_the_tooltip_tells_all_numbers(model: ResultsModel) -> None:
    tip = model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert f"{model.row(0).score:.3f}" in tip
    assert all(LANE_NAMES.get(lane, lane.value) in tip for lane in TABLE.lanes)


def test_a_card_is_spoken_as_a_sentence(model: ResultsModel) -> None:
    spoken = model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("The Rust CI job fails when linking, infra")
    assert "2 errors" in spoken


def test_a_snippet_begins_shortly_before_its_first_match_on_one_line() -> None:
    text = "x " * 60 + "error:\n  linker `cc` not found"
    start = text.index("linker")
    runs = snippet_runs(Snippet(4, text, ((start, start + 6), (start + 2, start + 4))))
    assert runs[0][0].startswith("…")
    assert runs[1] == ("linker", True)
    assert "".join(run for run, _ in runs).endswith("x error: linker `cc` not found")
    assert snippet_runs(Snippet(0, "plain")) == (("plain", False),)


def test_ages_are_of_the_session_not_of_the_list() -> None:
    model = ResultsModel()
    model.show_sessions(values.CARDS, 20, values.NOW + timedelta(days=400))
    assert model.row(0).text.age == "1 y ago"


def test_nothing_of_a_snippet_follows_what_was_cut(qapp) -> None:
    pen = Pen(fonts.ui_font(12))
    runs = (("the linker is ", False), ("missing", True), (" in the slim image ", False), ("1", True))
    room = pen.width("the linker is missing in")
    shown = list(fitted(runs, pen, room))
    assert [text for text, _, _ in shown[:2]] == ["the linker is ", "missing"]
    assert shown[-1][0].endswith("…")
    assert len(shown) == 3
    assert sum(width for _, _, width in shown) <= room
    assert [text for text, _, _ in fitted(runs, pen, 10_000)] == [text for text, _ in runs]
