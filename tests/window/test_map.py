"""The map in the window: opened, read, chosen from, grown, exported, and what it says when there is none."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest

from memex.core.lenses import Lens
from memex.core.topology import (
    Bridge,
    Cluster,
    Duplicates,
    Outlier,
    Topology,
    TopologyEdge,
    TopologyLayouts,
)
from memex.engine.protocol import Done, Failed, Reply, Request
from memex.engine.topology_messages import CancelTopology, GetTopology, TopologyMade, TopologyProgressed
from memex.window.app import App
from memex.window.map.labels import labels, paint_labels
from memex.window.map.pane import MapPane
from memex.window.mix.marks import LIKE, UNLIKE
from memex.window.theme import LIGHT
from tests.window.fakes import FakeEngine
from tests.window.values import CARDS

IDS = [card.id for card in CARDS]
COUNT = len(CARDS)


def made(count: int = COUNT, remark: str | None = None) -> TopologyMade:
    """A chain of sessions on a circle."""
    angles = np.linspace(0, 2 * np.pi, max(count, 1), endpoint=False)[:count]
    circle = np.column_stack((np.cos(angles), np.sin(angles))).astype(np.float32)
    edges = tuple(TopologyEdge(a, b, 0.9) for a, b in pairwise(IDS[:count]))
    whole = count == COUNT
    topology = Topology(
        Lens.CONTENT,
        CARDS[:count],
        edges,
        clusters=(Cluster("linker, docker · infra", ("linker", "docker"), ("infra",), tuple(IDS[:4])),)
        if whole
        else (),
        bridges=(Bridge(IDS[0], IDS[1], 0.9, ("infra", "web")),) if whole else (),
        duplicates=(Duplicates((IDS[2], IDS[3]), 0.98),) if whole else (),
        outliers=(Outlier(IDS[5], IDS[4], 0.1),) if whole else (),
        total=count,
        remark=remark,
    )
    return TopologyMade(topology, TopologyLayouts((circle / 2).tobytes(), circle.tobytes()))


class Answering:
    """An engine that answers a request for a map when it is told to."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.asked: list[Request] = []
        self.waiting: list[Callable[[Reply], None]] = []
        others = FakeEngine.ask

        def ask(engine: FakeEngine, request: Request, answer: Callable[[Reply], None]) -> None:
            self.ask(request, answer)
            if not isinstance(request, GetTopology | CancelTopology):
                others(engine, request, answer)

        patch.setattr(FakeEngine, "ask", ask)

    def ask(self, request: Request, answer: Callable[[Reply], None]) -> None:
        self.asked.append(request)
        if isinstance(request, GetTopology):
            self.waiting.append(answer)
        elif isinstance(request, CancelTopology):
            answer(Done())


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Answering:
    return Answering(monkeypatch)


def open_map(app: App, engine: Answering, reply: Reply, qtbot) -> MapPane:
    app.window.results.setFocus()
    app.actions["map.toggle"].trigger()
    qtbot.waitUntil(lambda: app.mapping.pane is not None)
    engine.waiting.pop()(reply)
    assert app.mapping.pane is not None
    return app.mapping.pane


@pytest.fixture
def pane(app: App, engine: Answering, qtbot) -> MapPane:
    return open_map(app, engine, made(), qtbot)


def test_m_opens_it_in_place_of_results_and_esc_leaves(app: App, pane: MapPane) -> None:
    assert pane.isVisible()
    assert app.window.results.isHidden() or not app.window.results.isVisible()
    assert not app.window.replay.isVisible()
    app.actions["results.focus"].trigger()
    assert app.window.results.isVisible()
    assert app.window.replay.isVisible()
    app.actions["map.toggle"].trigger()
    assert pane.isVisible()


def test_the_map_is_asked_for_once_until_the_library_grows(
    app: App, pane: MapPane, engine: Answering
) -> None:
    def asked() -> int:
        return sum(isinstance(request, GetTopology) for request in engine.asked)

    app.actions["map.toggle"].trigger()
    app.actions["map.toggle"].trigger()
    assert asked() == 1
    app.watch.grown.emit()
    app.actions["map.toggle"].trigger()
    app.actions["map.toggle"].trigger()
    assert asked() == 2


def point(pane: MapPane, place: int) -> QPoint:
    return QPoint(*(round(number) for number in pane.canvas.pixels()[place]))


def test_a_click_shows_details_and_a_double_click_the_replay(app: App, pane: MapPane, qtbot) -> None:
    viewport = pane.canvas.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=point(pane, 6))
    assert pane.canvas.selected == (6,)
    assert app.window.inspector.title == " ".join(CARDS[6].title.split())
    assert pane.table.tabText(pane.table.currentIndex()).startswith("Sessions")
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=point(pane, 6))
    qtbot.waitUntil(app.window.replay.isVisible)
    assert pane.isVisible()


def test_rows_choose_on_the_map_and_enter_opens(app: App, pane: MapPane, qtbot) -> None:
    table = pane.table.currentWidget()
    table.setFocus()
    table.selectRow(0)
    assert pane.canvas.selected == (0, 1, 2, 3)
    assert pane.search_button.isEnabled()
    pane.table.setCurrentIndex(4)
    outliers = pane.table.currentWidget()
    outliers.selectRow(0)
    assert pane.canvas.selected == (5,)
    opened: list[object] = []
    pane.opened.connect(opened.append)
    QTest.keyClick(outliers, Qt.Key.Key_Return)
    assert opened == [CARDS[5]]


def test_every_tab_says_how_many_it_has(pane: MapPane) -> None:
    titles = [pane.table.tabText(tab) for tab in range(pane.table.count())]
    assert titles == [
        "Clusters 1", "Bridges 1", "Gaps 0", "Duplicates 1", "Outliers 1", f"Sessions {COUNT}",
    ]  # fmt: skip
    assert all(pane.table.widget(tab).accessibleName() for tab in range(pane.table.count()))


def test_a_lasso_becomes_a_filter_and_positives(app: App, pane: MapPane) -> None:
    viewport = pane.canvas.viewport()
    around = point(pane, 3)
    corners = [around + QPoint(x, y) for x, y in ((-9, -9), (9, -9), (9, 9), (-9, 9))]
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, corners[0])
    for corner in corners[1:]:
        QTest.mouseMove(viewport, corner)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, corners[-1])
    assert pane.canvas.selected == (3,)
    pane.like_button.click()
    assert app.window.marks.signs == {IDS[3]: LIKE}
    app.actions["mix.unlike"].trigger()
    assert app.window.marks.signs == {IDS[3]: UNLIKE}
    app.window.search_box.set_text("linker")
    pane.search_button.click()
    assert app.window.search_box.text == f"linker session:{IDS[3]}"
    assert not app.window.shows_map


def test_it_grows_from_the_first_session_to_the_last(pane: MapPane) -> None:
    pane.growth.setValue(3)
    assert pane.canvas.is_grown.sum() == 3
    assert pane.canvas.is_grown[-3:].all()
    assert pane.until.text().startswith("3 to ")
    assert pane.canvas.place_at(point(pane, 0).toPointF()) is None


def test_both_layouts(pane: MapPane) -> None:
    pane.canvas.glides = False
    before = pane.canvas.pixels()
    pane.layouts.setCurrentIndex(1)
    pane.layouts.activated.emit(1)
    assert np.abs(pane.canvas.pixels() - before).max() > 10


def test_what_the_search_found_is_lit(app: App, pane: MapPane) -> None:
    pane.light({CARDS[1].key})
    assert pane.canvas.lit == {1}
    pane.light(None)
    assert pane.canvas.lit is None


def test_exports(pane: MapPane, tmp_path: Path) -> None:
    for ending in ("png", "svg", "graphml", "json"):
        pane.save(tmp_path / f"map.{ending}")
    assert QImage(str(tmp_path / "map.png")).width() == 2 * pane.canvas.width()
    svg = (tmp_path / "map.svg").read_text("utf-8")
    assert svg.count("<circle") + svg.count("<ellipse") >= COUNT
    assert nx.read_graphml(tmp_path / "map.graphml").number_of_nodes() == COUNT
    assert len(json.loads((tmp_path / "map.json").read_bytes())["nodes"]) == COUNT
    failures: list[object] = []
    pane.failed.connect(failures.append)
    pane.save(tmp_path / "map.bmp")
    pane.save(tmp_path / "nowhere" / "map.png")
    assert [str(failure).split(":")[1].strip()[:6] for failure in failures] == ["end it", "choose"]


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (made(0, "There are no sessions to map yet: index some first."), "no sessions to map yet"),
        (Failed("TopologyError", "There are no vectors."), "There are no vectors."),
    ],
)
def test_no_map_is_a_sentence(app: App, engine: Answering, qtbot, reply: Reply, sentence: str) -> None:
    pane = open_map(app, engine, reply, qtbot)
    assert sentence in pane.sentence.text()
    assert pane.again.isVisible()
    pane.again.click()
    engine.waiting.pop()(made())
    assert pane.canvas.isVisible()


@pytest.mark.parametrize("count", [1, 2])
def test_one_and_two_sessions_are_drawn(app: App, engine: Answering, qtbot, count: int) -> None:
    pane = open_map(app, engine, made(count, "A map needs two." if count == 1 else None), qtbot)
    assert pane.canvas.isVisible()
    assert len(pane.canvas.pixels()) == count
    assert pane.note.isVisible() == (count == 1)


def test_progress_and_stop(app: App, engine: Answering, qtbot) -> None:
    app.actions["map.toggle"].trigger()
    qtbot.waitUntil(lambda: app.mapping.pane is not None)
    pane = app.mapping.pane
    assert pane is not None
    asked = next(request for request in engine.asked if isinstance(request, GetTopology))
    app.engine.topology_progressed.emit(TopologyProgressed(asked.ticket, "Laying out", 50, 150))
    assert pane.sentence.text() == "Laying out…"
    assert (pane.bar.value(), pane.bar.maximum()) == (50, 150)
    app.engine.topology_progressed.emit(TopologyProgressed("another's", "Reading sessions", 0, 0))
    assert pane.sentence.text() == "Laying out…"
    pane.stop.click()
    assert engine.asked[-1] == CancelTopology(asked.ticket)
    engine.waiting.pop()(Failed("JobCancelledError", "The map was not finished: it was stopped."))
    assert pane.again.isVisible()


def test_labels_do_not_overlap(pane: MapPane) -> None:
    pixels = pane.canvas.pixels()
    image = QImage(pane.canvas.size(), QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    wanted = list(labels(pane.data, pixels, np.full(COUNT, True), (0,)))
    taken = paint_labels(painter, wanted, QRectF(image.rect()), LIGHT, beside=pixels)
    painter.end()
    assert 1 < len(taken) <= len(wanted)
    assert not any(a.intersects(b) for number, a in enumerate(taken) for b in taken[:number])
