"""Codex writes running totals; what a session used is the sum of their steps."""

from memex.core.session import TokenUsage
from memex.transcripts.fields import count_of
from memex.transcripts.records import Record


class TokenMeter:
    def __init__(self) -> None:
        self._input = self._cached = self._output = 0
        self._last = (0, 0, 0)

    def take(self, payload: Record) -> None:
        """Repeated totals add nothing; a total that falls began anew, after a resume or a compaction."""
        total = _total(payload)
        if total is None or total == self._last:
            return
        base = self._last
        if total[0] < base[0] or total[1] < base[1] or total[2] < base[2]:
            base = (0, 0, 0)
        self._input += total[0] - base[0]
        self._cached += total[1] - base[1]
        self._output += total[2] - base[2]
        self._last = total

    def start_from(self, payload: Record) -> None:
        """A total that belongs to copied history."""
        self._last = _total(payload) or self._last

    def usage(self) -> TokenUsage:
        """`input_tokens` of Codex includes what the cache served; `output_tokens` includes reasoning."""
        return TokenUsage(max(0, self._input - self._cached), self._output, cache_read=self._cached)


def _total(payload: Record) -> tuple[int, int, int] | None:
    info = payload.get("info")
    total = info.get("total_token_usage") if type(info) is dict else None
    if type(total) is not dict or not total:
        return None
    return (
        count_of(total.get("input_tokens")),
        count_of(total.get("cached_input_tokens")),
        count_of(total.get("output_tokens")),
    )
