"""The timeline in the window: brushed, travelled and cleared, and what it writes into the box."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from memex.core.timeline import TimeBar, Timeline, TimeStep
from memex.engine.protocol import CountByTime, CountedByTime, Reply, Request
from memex.window.app import App
from memex.window.query_editing import with_period, with_sessions
from tests.window.fakes import FakeEngine
from tests.window.values import NOW

FIRST = date(2026, 11, 2)


def weeks(count: int, sessions: int = 3) -> Timeline:
    starts = [FIRST + timedelta(days=7 * number) for number in range(count)]
    bars = (TimeBar(start, start + timedelta(days=7), (sessions, 1), 1) for start in starts)
    return Timeline(TimeStep.WEEK, ("ferry",), tuple(bars))


@pytest.fixture
def timed(app: App, monkeypatch: pytest.MonkeyPatch, qtbot) -> App:
    """With three weeks of sessions."""

    def ask(_engine: FakeEngine, request: Request, answer: Callable[[Reply], None]) -> None:
        if isinstance(request, CountByTime):
            answer(CountedByTime(request, weeks(3)))

    monkeypatch.setattr(FakeEngine, "ask", ask)
    app.finder.refresh()
    app.timing._on_grown()
    qtbot.waitUntil(app.window.timeline.isVisible)
    return app


def middle(app: App, bar: int) -> QPoint:
    return app.window.timeline.bar_rect(bar).center()


def test_a_brush_writes_the_period_and_escape_takes_it_out(timed: App) -> None:
    strip, box = timed.window.timeline, timed.window.search_box
    box.set_text("linker since:2w")
    QTest.mousePress(strip, Qt.MouseButton.LeftButton, pos=middle(timed, 0))
    QTest.mouseMove(strip, middle(timed, 1))
    QTest.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=middle(timed, 1))
    assert box.text == "linker since:2026-11-02 until:2026-11-15"
    assert strip.period == (date(2026, 11, 2), date(2026, 11, 15))
    strip.setFocus()
    QTest.keyClick(strip, Qt.Key.Key_Escape)
    assert box.text == "linker"


def test_arrow_keys_travel_and_widen(timed: App) -> None:
    strip, box = timed.window.timeline, timed.window.search_box
    timed.actions["timeline.focus"].trigger()
    assert strip.hasFocus()
    QTest.keyClick(strip, Qt.Key.Key_Left)
    assert box.text == "since:2026-11-16 until:2026-11-22"
    QTest.keyClick(strip, Qt.Key.Key_Left)
    assert box.text == "since:2026-11-09 until:2026-11-15"
    QTest.keyClick(strip, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert box.text == "since:2026-11-02 until:2026-11-15"
    QTest.keyClick(strip, Qt.Key.Key_End)
    assert box.text == "since:2026-11-16 until:2026-11-22"
    assert "16 Nov – 22 Nov 2026: 4 sessions, 1 with errors" in strip.accessibleDescription()


def test_what_is_typed_is_what_it_shows(timed: App) -> None:
    timed.window.search_box.set_text("since:2026-11-09")
    assert timed.window.timeline.period == (date(2026, 11, 9), None)
    timed.window.search_box.set_text("")
    assert timed.window.timeline.period == (None, None)
    assert "12 sessions from 02 Nov 2026 to 22 Nov 2026, by week" in (
        timed.window.timeline.accessibleDescription()
    )


def test_it_is_counted_again_only_when_conditions_change(
    timed: App, monkeypatch: pytest.MonkeyPatch, qtbot
) -> None:
    asked: list[Request] = []
    monkeypatch.setattr(FakeEngine, "ask", lambda _engine, request, _answer: asked.append(request))
    shown: list[object] = []
    timed.finder.shown.connect(shown.append)
    for text in ("linker", "since:2w", "project:infra", "project:infra since:2w"):
        before = len(shown)
        timed.window.search_box.set_text(text)
        qtbot.waitUntil(lambda before=before: len(shown) > before)
    assert [request.text for request in asked if isinstance(request, CountByTime)] == ["project:infra"]


def test_without_sessions_there_is_no_strip(app: App) -> None:
    app.window.timeline.show_timeline(Timeline())
    assert app.window.timeline.isHidden()


@pytest.mark.parametrize(
    ("text", "first", "last", "after"),
    [
        ("", date(2026, 1, 2), date(2026, 1, 3), "since:2026-01-02 until:2026-01-03"),
        ("a until:2w b since:3w c", date(2026, 1, 2), None, "a since:2026-01-02 b c"),
        ("a since:2w", None, None, "a"),
    ],
)
def test_a_period_replaces_the_one_before(
    text: str, first: date | None, last: date | None, after: str
) -> None:
    assert with_period(text, first, last, NOW) == after


def test_sessions_replace_the_ones_before() -> None:
    assert with_sessions("a session:x,y b", ["z", "w"], NOW) == "a session:z,w b"
    assert with_sessions("a session:x", [], NOW) == "a"
