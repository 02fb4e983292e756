"""What to know of the results that are shown, beyond what they say themselves."""

from collections.abc import Iterator

from memex.window.emptiness import Situation, offers_of
from memex.window.remark_strip import Offer, Remark


def remark(situation: Situation) -> Remark:
    """Empty when they speak for themselves."""
    if not (situation.text and situation.count and situation.is_search):
        return Remark()
    sentences = tuple(_sentences(situation))
    return Remark(" ".join(sentences), _offers(situation) if sentences else ())


def _sentences(situation: Situation) -> Iterator[str]:
    for typed, read in situation.corrections:
        yield f"Nothing has “{typed}”: showing “{read}”."
    if not situation.is_close:
        yield "Nothing close. The nearest misses are below."
    elif not situation.has_words:
        yield "No session holds these words; the nearest in meaning come first."
    if situation.is_by_recency:
        yield "All weights are zero: ordered by recency."
    if situation.left_out:
        yield f"{situation.left_out:,} that come less close are left out of this order."
    status = situation.status
    if status and 0 < status.with_vectors < status.sessions:
        share = 100 * status.with_vectors // status.sessions
        yield f"{share} % have vectors; results may change."


def _offers(situation: Situation) -> tuple[Offer, ...]:
    return () if situation.is_close else offers_of(situation.relaxations)
