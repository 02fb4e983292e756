"""Codex writes running totals; what a session used is the sum of their steps."""

from memex.core.session import TokenUsage
from memex.transcripts.codex.payloads import TokenCount

Total = tuple[int, int, int]
"""Tokens of input, of input that the cache served, and of output."""


class TokenMeter:
    def __init__(self) -> None:
        self._input = self._cached = self._output = 0
        self._last = (0, 0, 0)

    def take(self, count: TokenCount) -> None:
        """Repeated totals add nothing; a total that falls began anew, after a resume or a compaction."""
        total = _total(count)
        if total is None or total == self._last:
            return
        base = self._last
        if total[0] < base[0] or total[1] < base[1] or total[2] < base[2]:
            base = (0, 0, 0)
        self._input += total[0] - base[0]
        self._cached += total[1] - base[1]
        self._output += total[2] - base[2]
        self._last = total

    def start_from(self, count: TokenCount) -> None:
        """A total that belongs to copied history."""
        self._last = _total(count) or self._last

    def usage(self) -> TokenUsage:
        """`input_tokens` of Codex includes what the cache served; `output_tokens` includes reasoning."""
        return TokenUsage(max(0, self._input - self._cached), self._output, cache_read=self._cached)


def _total(count: TokenCount) -> Total | None:
    total = count.info.total_token_usage if count.info else None
    if total is None or (total.input_tokens is None and total.output_tokens is None):
        return None
    return total.input_tokens or 0, total.cached_input_tokens or 0, total.output_tokens or 0
