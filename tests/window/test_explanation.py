"""The numbers behind a place add up, whatever the options."""

import pytest

from memex.core.lenses import Fusion, Lane, RankOptions, Weights
from memex.core.ranking import rank
from memex.window.explanation import explain_score
from memex.window.score_table import ScoreTable
from memex.window.theme import LIGHT
from tests.window import values

TABLE = values.make_table("linker")
OPTIONS = [
    RankOptions(),
    RankOptions(Weights(content=0, words=2), fusion=Fusion.RRF, error_boost=0.2, diversity=0.4),
    RankOptions(Weights(error=1.5), fusion=Fusion.DBSF),
    RankOptions(Weights(0, 0, 0, 0, 0, 0, 0)),
]


@pytest.mark.parametrize("options", OPTIONS)
def test_what_is_added_sums_to_the_score(options: RankOptions) -> None:
    ranking = rank(TABLE, options, values.NOW)
    for place in range(len(TABLE.cards)):
        told = explain_score(TABLE, ranking, place)
        added = sum(part.adds for part in told.lanes) + told.recency + told.errors + told.feedback
        assert added == pytest.approx(told.total)
        assert told.total == pytest.approx(ranking.score[place])
        for part in told.lanes:
            assert part.score is None or part.score * part.weight == pytest.approx(part.adds)


def test_the_tooltip_has_a_row_for_every_lane_and_says_where_the_words_are() -> None:
    told = explain_score(TABLE, rank(TABLE, OPTIONS[0], values.NOW), 0)
    html = told.as_html("A <b> title", "2026-11-18 12:00")
    assert html.count("<tr>") == len(Lane) + 3  # head, recency, sum
    assert "A &lt;b&gt; title" in html
    assert "matches linker, cc, not found in turn 4" in html
    assert f"{told.total:.3f}" in html


def test_the_details_speak_the_numbers(qtbot) -> None:
    table = ScoreTable(LIGHT)
    qtbot.addWidget(table)
    told = explain_score(TABLE, rank(TABLE, OPTIONS[0], values.NOW), 0)
    table.show_explanation(told)
    assert table.accessibleName().startswith(f"Score {told.total:.3f}: ")
    assert table.words == "matches linker, cc, not found"
    table.resize(220, table.sizeHint().height())
    blank = table.grab().toImage()
    table.show_explanation(None)
    assert table.grab().toImage() != blank
