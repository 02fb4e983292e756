"""Discovery that cannot be meant is refused before any index is asked. What it finds is in `test_parity`."""

from collections.abc import Callable

import pytest

from memex.core.lenses import Lane
from memex.index.discovery_plans import Judged, Strategy, diverse, recommended, with_feedback
from memex.index.errors import PlanError
from tests.index.builders import number, question

ASKED = question(1)
CONTENT = ASKED[Lane.CONTENT]
BAG = ASKED[Lane.PATH_SPARSE]


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        (lambda: recommended(Lane.CONTENT, [], [], 5), "an example that is liked"),
        (lambda: recommended(Lane.CONTENT, [], [CONTENT], 5, Strategy.AVERAGE), "an example that is liked"),
        (lambda: recommended(Lane.CONTENT, [CONTENT * 0], [], 5), "no direction"),
        (lambda: diverse(Lane.PATH_SPARSE, BAG, 5, diversity=0.5, among=9), "choose a dense lane"),
        (lambda: diverse(Lane.CONTENT, CONTENT, 5, diversity=1.5, among=9), "from 0 to 1"),
        (lambda: with_feedback(Lane.TOOL_SPARSE, BAG, [Judged(number(1), 1.0)], 5), "choose a dense lane"),
    ],
    ids=range(6),
)
def test_what_cannot_be_meant_is_refused(plan: Callable[[], object], reason: str) -> None:
    with pytest.raises(PlanError, match=reason):
        plan()
