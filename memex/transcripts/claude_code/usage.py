"""Tokens: every line of a message repeats its usage, mostly grown, so each message counts once."""

from memex.core.session import TokenUsage
from memex.transcripts.fields import count_of
from memex.transcripts.records import Record


class UsageMeter:
    def __init__(self) -> None:
        self._usages: dict[str, Record] = {}

    def take(self, message: str, usage: Record) -> None:
        """The largest counts; where they are equal, the last."""
        known = self._usages.get(message)
        if known is None or count_of(usage.get("output_tokens")) >= count_of(known.get("output_tokens")):
            self._usages[message] = usage

    def total(self) -> TokenUsage:
        return TokenUsage(
            input=self._sum("input_tokens"),
            output=self._sum("output_tokens"),
            cache_read=self._sum("cache_read_input_tokens"),
            cache_write=self._sum("cache_creation_input_tokens"),
        )

    def _sum(self, field: str) -> int:
        return sum([count_of(usage.get(field)) for usage in self._usages.values()])
