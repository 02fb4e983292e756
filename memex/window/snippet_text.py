"""A passage as a card shows it: one line of runs, matched and not."""

import re

from memex.core.search import Snippet

LEAD = 32
"""Characters kept before a snippet's first mark."""


def snippet_runs(snippet: Snippet) -> tuple[tuple[str, bool], ...]:
    """On one line and beginning shortly before the first match, so that a narrow card shows it."""
    runs: list[tuple[str, bool]] = []
    at = 0
    for start, end in sorted(snippet.marks):
        if start >= at:
            runs += [(snippet.text[at:start], False), (snippet.text[start:end], True)]
            at = end
    runs.append((snippet.text[at:], False))
    if snippet.marks and len(runs[0][0]) > LEAD:
        runs[0] = ("…" + runs[0][0][-LEAD:].split(maxsplit=1)[-1], False)
    return tuple((re.sub(r"\s+", " ", text), marked) for text, marked in runs if text)
