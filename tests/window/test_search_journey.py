"""Filters, orders, groups, families, marks and commands, through the whole window and by its keys."""

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from memex.core.filters import Field, Order
from memex.core.lenses import Weights
from memex.core.search import LensTable, Relaxation, SearchRequest
from memex.engine.protocol import CountFacets, ListSessions
from memex.window.app import App
from memex.window.arrangement import Grouping, Header
from memex.window.results_model import ResultRow, Verdict
from memex.window.worker import EngineState
from tests.window import values
from tests.window.conftest import QUERY
from tests.window.test_journey import found, press

assert found


def families(text: str) -> LensTable:
    """Sessions 2 and 3 are copies of the first, 5 is its sub-agent, 16 is a copy of the second."""
    table = values.make_table(text)
    cards = list(table.cards)
    cards[5] = msgspec.structs.replace(cards[5], parent_id=cards[0].id)
    groups = tuple({2: 0, 3: 0, 16: 1}.get(place, place) for place in range(len(cards)))
    return msgspec.structs.replace(table, cards=tuple(cards), groups=groups)


@pytest.fixture
def folded(app: App, qtbot) -> App:
    app.engine.library.tables[QUERY] = families(QUERY)
    app.window.search_box.set_text(QUERY)
    qtbot.waitUntil(lambda: app.finder.is_answered)
    app.window.focus_results()
    return app


def cards(app: App) -> list[int]:
    rows = (app.window.model.row(number) for number in range(app.window.model.rowCount()))
    return [row.card.key for row in rows if isinstance(row, ResultRow)]


def headers(app: App) -> list[Header]:
    rows = (app.window.model.row(number) for number in range(app.window.model.rowCount()))
    return [row for row in rows if isinstance(row, Header)]


def shift(qtbot, key: Qt.Key) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key, Qt.KeyboardModifier.ShiftModifier)


def asked(app: App, kind: type) -> list:
    return [request for request in app.engine.log if isinstance(request, kind)]


def test_a_facet_that_is_chosen_by_keys_is_a_condition_in_the_box(app: App, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Escape)
    press(qtbot, "f")
    assert QApplication.focusWidget() is app.window.facet_panel.tree
    press(qtbot, Qt.Key.Key_Home)
    press(qtbot, Qt.Key.Key_Right)
    press(qtbot, Qt.Key.Key_Down, times=2)
    press(qtbot, Qt.Key.Key_Space)
    assert app.window.search_box.text == "project:infra"
    assert not app.window.replay.active.player.is_playing
    press(qtbot, Qt.Key.Key_Down)
    press(qtbot, Qt.Key.Key_Space)
    assert app.window.search_box.text == "project:infra,ledger"
    assert asked(app, ListSessions)[-1].text == "project:infra,ledger"
    shift(qtbot, Qt.Key.Key_F)
    assert app.window.search_box.text == ""


def test_a_condition_that_is_typed_is_checked_in_the_panel(app: App, qtbot) -> None:
    press(qtbot, "agent:codex ")
    press(qtbot, Qt.Key.Key_Return)
    index = app.window.facet_panel.model.find(Field.AGENT, "codex")
    assert index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    app.window.facet_panel.clear_button.click()
    assert app.window.search_box.text == ""
    assert index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked


def test_facets_of_a_search_are_counted_among_what_its_words_find(app: App, qtbot) -> None:
    narrowed = f"{QUERY} project:infra"
    app.engine.library.tables |= {narrowed: values.make_table(narrowed, 5)}
    for text in (QUERY, narrowed):
        app.window.search_box.set_text(text)
        qtbot.waitUntil(lambda: app.finder.is_answered)
    everything = tuple(range(20))
    assert asked(app, CountFacets)[-2:] == [
        CountFacets(among=everything, text=QUERY),
        CountFacets(among=everything, text=narrowed),
    ]


def test_a_list_that_conditions_have_overtaken_is_not_shown(app: App, qtbot) -> None:
    app.engine.library.cards = values.CARDS[:3]
    app.window.search_box.set_text("project:in")
    app.engine.library.cards = values.CARDS[:7]
    app.window.search_box.set_text("project:infra")
    qtbot.waitUntil(lambda: cards(app) == list(range(7)))


def test_a_list_is_sorted_by_the_engine_and_a_search_here(app: App, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Escape)
    press(qtbot, "ss")
    assert app.window.results_bar.order is Order.OLDEST
    assert asked(app, ListSessions)[-1] == ListSessions(order=Order.OLDEST)
    app.window.search_box.set_text(QUERY)
    qtbot.waitUntil(lambda: app.finder.is_answered)
    searches = len(asked(app, SearchRequest))
    shown = cards(app)
    assert shown == sorted(shown, reverse=True)
    assert len(shown) < 20
    assert "left out of this order" in app.window.remark_strip.remark.sentence
    app.window.results_bar.choose_order(Order.RELEVANCE)
    assert len(cards(app)) == 20
    assert len(asked(app, SearchRequest)) == searches


def test_groups_have_headers_with_counts_that_fold(found: App, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Escape)
    shift(qtbot, Qt.Key.Key_S)
    assert headers(found)[0] == Header("infra", 5, is_collapsed=False)
    assert sum(header.count for header in headers(found)) == 20
    assert found.window.results.current_row.card.key == 0
    press(qtbot, "k")
    assert found.window.results.current_row is None
    press(qtbot, Qt.Key.Key_Left)
    assert headers(found)[0].is_collapsed
    assert len(cards(found)) == 15
    press(qtbot, Qt.Key.Key_Return)
    assert len(cards(found)) == 20
    assert found.window.results.currentIndex().row() == 0
    found.window.grab()
    shift(qtbot, Qt.Key.Key_S)
    assert headers(found) == []


def test_a_group_s_header_is_lower_than_a_card_and_opens_at_a_click(found: App, qtbot) -> None:
    results = found.window.results
    found.window.results_bar.choose_grouping(Grouping.PROJECT)
    heights = [results.rowHeight(row) for row in (0, 1)]
    assert heights[0] < heights[1]
    header = results.visualRect(found.window.model.index(0))
    qtbot.mouseClick(results.viewport(), Qt.MouseButton.LeftButton, pos=header.center())
    assert headers(found)[0].is_collapsed
    assert results.rowHeight(1) == heights[0]


def test_a_listing_is_grouped_as_its_pages_come(app: App, qtbot) -> None:
    app.engine.library.cards = tuple(values.make_card(key) for key in range(450))
    app.finder.refresh()
    qtbot.waitUntil(lambda: app.window.model.loaded_count == 200)
    app.window.results_bar.choose_grouping(Grouping.PROJECT)
    while app.window.model.loaded_count < 450:
        app.window.results.scrollToBottom()
        QApplication.processEvents()
    assert sum(header.count for header in headers(app)) == 450


def test_copies_and_sub_agents_are_folded_and_unfold_by_key_and_click(folded: App, qtbot) -> None:
    lead = folded.window.results.current_row
    assert (lead.card.key, lead.fold.copies, lead.fold.subagents) == (0, 2, 1)
    assert len(cards(folded)) == 16
    press(qtbot, Qt.Key.Key_Right)
    assert set(cards(folded)[1:4]) == {2, 3, 5}
    assert folded.window.results.current_row.card.key == 0
    assert all(folded.window.model.row(number).is_member for number in (1, 2, 3))
    press(qtbot, Qt.Key.Key_Down)
    inside = folded.window.results.current_row.card.key
    folded.window.lens_panel.set_options(
        msgspec.structs.replace(folded.window.lens_panel.options, weights=Weights(path=2, words=0))
    )
    assert folded.window.results.current_row.card.key == inside
    press(qtbot, "kkkkk")
    folded.window.results.setCurrentIndex(folded.window.model.find(0))
    press(qtbot, "u")
    assert len(cards(folded)) == 16

    results = folded.window.results
    index = folded.window.model.find(1)
    results.scrollTo(index)
    card = results.visualRect(index)
    qtbot.mouseClick(
        results.viewport(), Qt.MouseButton.LeftButton, pos=card.bottomRight() - _from_right(100, 16)
    )
    assert 16 in cards(folded)


def _from_right(left: int, up: int):
    from PySide6.QtCore import QPoint

    return QPoint(left, up)


def test_marks_feed_the_order_and_are_undone(folded: App, qtbot) -> None:
    bar, feedback = folded.window.results_bar, folded.searching.feedback
    press(qtbot, "l")
    press(qtbot, "jd")
    assert feedback.verdicts == {0: Verdict.LIKED, 1: Verdict.DISLIKED}
    assert bar.signals_in_words == "2 signals ·"
    assert folded.window.model.row(0).verdict is Verdict.LIKED
    press(qtbot, "d")
    assert feedback.verdicts == {0: Verdict.LIKED}
    qtbot.keyClick(folded.window.results, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(feedback.verdicts) == 2
    bar.reset_button.click()
    assert feedback.verdicts == {}
    assert bar.reset_button.isHidden()
    qtbot.keyClick(folded.window.results, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(feedback.verdicts) == 2
    folded.window.search_box.clear()
    assert feedback.verdicts == {}


def test_a_mark_is_given_with_the_pointer_too(folded: App, qtbot) -> None:
    results = folded.window.results
    card = results.visualRect(folded.window.model.index(0))
    thumb = card.bottomRight() - _from_right(16 + 14 + 8 + 7, 8 + 8)
    qtbot.mouseClick(results.viewport(), Qt.MouseButton.LeftButton, pos=thumb)
    assert folded.searching.feedback.verdicts == {0: Verdict.LIKED}
    qtbot.mouseDClick(results.viewport(), Qt.MouseButton.LeftButton, pos=thumb)
    assert not [entry for entry in folded.engine.log if isinstance(entry, tuple) and entry[0] == "open"]


def test_near_misses_say_so_and_offer_what_would_find_more(app: App, qtbot) -> None:
    text = f"{QUERY} project:nowhere"
    wider = Relaxation("project:nowhere", SearchRequest(QUERY), 12)
    table = msgspec.structs.replace(values.make_table(text, 3), is_close=False, relaxations=(wider,))
    app.engine.library.tables[text] = table
    app.window.search_box.set_text(text)
    qtbot.waitUntil(lambda: app.finder.is_answered)
    strip = app.window.remark_strip
    assert strip.remark.sentence.startswith("Nothing close.")
    (link,) = strip.findChildren(QPushButton)
    assert link.text() == "without project:nowhere → 12"
    link.click()
    assert app.window.search_box.text == QUERY


def test_nothing_found_offers_the_search_without_a_condition(app: App, qtbot) -> None:
    text = "toaster project:infra"
    empty = LensTable(
        SearchRequest(text),
        (),
        values.LANES,
        b"",
        values.TRUST,
        relaxations=(Relaxation("project:infra", SearchRequest("toaster"), 3),),
    )
    app.engine.library.tables[text] = empty
    app.window.search_box.set_text(text)
    qtbot.waitUntil(lambda: app.window.empty_state.isVisible())
    link = next(link for link in app.window.empty_state.findChildren(QPushButton) if "→ 3" in link.text())
    link.click()
    assert app.window.search_box.text == "toaster"


def test_what_is_known_of_an_answer_is_remarked(app: App, qtbot) -> None:
    app.window.search_box.set_text(QUERY)
    qtbot.waitUntil(lambda: app.finder.is_answered)
    remark = app.window.remark_strip
    assert remark.isHidden()
    app.window.lens_panel.set_options(
        msgspec.structs.replace(app.window.lens_panel.options, weights=Weights(0, 0, 0, 0, 0, 0, 0))
    )
    assert remark.remark.sentence == "All weights are zero: ordered by recency."
    app.window.lens_panel.reset()
    corrected = msgspec.structs.replace(values.make_table(QUERY), corrections=(("linkr", "linker"),))
    app.engine.searched.emit(corrected)
    assert remark.remark.sentence == "Nothing has “linkr”: showing “linker”."
    app.engine.searched.emit(values.make_table(QUERY))
    partly = msgspec.structs.replace(values.INDEXED, with_vectors=750)
    app.engine.status_changed.emit(partly)
    assert remark.remark.sentence == "62 % have vectors; results may change."


def test_a_pasted_id_opens_its_session_and_the_box_keeps_the_keyboard(app: App, qtbot) -> None:
    text = values.CARDS[4].id
    app.engine.library.tables[text] = msgspec.structs.replace(values.make_table(text), named=4)
    app.window.search_box.set_text(text)
    qtbot.waitUntil(lambda: app.window.replay.current is not None)
    assert app.window.replay.current[0] == text
    assert app.window.search_box.isAncestorOf(QApplication.focusWidget())
    opened = len(app.engine.log)
    app.engine.status_changed.emit(msgspec.structs.replace(values.INDEXED, with_vectors=7))
    app.finder.refresh()
    qtbot.wait(1)
    assert ("open", text) not in app.engine.log[opened:]


def test_commands_are_found_by_typing_and_run(app: App, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Escape)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = app.window.command_palette
    assert palette.isVisible()
    press(qtbot, "group proj")
    assert [choice.title for choice in palette.list.choices] == ["View: Group by Project"]
    press(qtbot, Qt.Key.Key_Return)
    assert app.window.results_bar.grouping is Grouping.PROJECT
    assert not palette.isVisible()
    assert QApplication.focusWidget() is app.window.results
    app.actions["help.commands"].trigger()
    press(qtbot, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_the_order_s_options_are_reached_by_keys(found: App, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Escape)
    press(qtbot, "o")
    shift(qtbot, Qt.Key.Key_O)
    assert found.window.lens_panel.order_options.is_open
    assert found.window.lens_panel.options.fusion == "rrf"
    before = found.window.results.current_row.parts
    press(qtbot, "0")
    assert found.window.lens_panel.options.fusion == "lens"
    assert found.window.results.current_row.parts != before


def test_the_keyboard_goes_round_as_the_eye_does(app: App, qtbot) -> None:
    app.replaying.opener.open_id(values.CARDS[0].id)
    qtbot.waitUntil(lambda: app.window.replay.current is not None)
    stops = []
    app.window.search_box.focus_all()
    for _ in range(60):
        press(qtbot, Qt.Key.Key_Tab)
        widget = QApplication.focusWidget()
        if app.window.search_box.isAncestorOf(widget):
            break
        stops.append(widget)
    parts = [
        next(name for name, part in _parts(app).items() if widget is part or part.isAncestorOf(widget))
        for widget in stops
    ]
    assert list(dict.fromkeys(parts)) == ["lenses", "filters", "details", "bar", "results", "tray", "replay"]


def _parts(app: App) -> dict[str, object]:
    window = app.window
    return {
        "lenses": window.lens_panel,
        "filters": window.facet_panel,
        "details": window.inspector,
        "bar": window.results_bar,
        "results": window.results,
        "tray": window.tray,
        "replay": window.replay,
        "status": window.status_bar,
    }


def test_the_engine_s_restart_leaves_list_filters_and_place(found: App, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Escape)
    press(qtbot, "jj")
    chosen = found.window.results.current_row.card.key
    found.engine.state_changed.emit(EngineState.RESTARTING)
    assert len(cards(found)) == 20
    found.engine.state_changed.emit(EngineState.READY)
    qtbot.waitUntil(lambda: found.finder.is_answered)
    assert found.window.results.current_row.card.key == chosen
