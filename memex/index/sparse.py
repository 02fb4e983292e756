"""Bags of path and tool tokens as sparse vectors; the engine's IDF modifier weighs rare tokens up.

The same functions serve sessions and queries, so both sides are split alike.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zlib import crc32

SATURATION = 1.2
"""BM25's k₁."""
LONGEST_TOKEN = 64

_NAME = re.compile(r"\w+(?:-+\w+)*")
_PART = re.compile(r"[_\-]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class SparseVector:
    """`values[i]` stands at `indices[i]`; indices are distinct u32 numbers, ascending."""

    indices: tuple[int, ...]
    values: tuple[float, ...]


def path_tokens(paths: Iterable[str]) -> list[str]:
    """Names split at case, `_`, `-`, `/`, `.`, and each compound name in one piece as well:

    `src/UserService.py` → src, user, service, userservice, py.
    """
    return [token for path in paths for token in _tokens(path)]


def tool_tokens(texts: Iterable[str]) -> list[str]:
    """As `path_tokens`, of tool names, commands, queries and URLs; bare numbers (lines, pids) say nothing."""
    return [token for text in texts for token in _tokens(text) if not token.isdecimal()]


def sparse_vector(tokens: Iterable[str]) -> SparseVector | None:
    """A session's bag, or None if it is empty. Value: tf · (k₁ + 1) / (tf + k₁), BM25 without length.

    It stays below 2.2 however often a token comes, so a command run 500 times does not outweigh a second
    word of the query that matches (1 + log tf would: 7.2). Long sessions are not marked down for their
    length: a bag grows with the number of different files and commands, which is what is being asked for.
    """
    counts = _counts(tokens)
    return _vector({index: tf * (SATURATION + 1) / (tf + SATURATION) for index, tf in counts.items()})


def query_vector(tokens: Iterable[str]) -> SparseVector | None:
    """Every token of a query counts once; None if there is none."""
    return _vector(dict.fromkeys(_counts(tokens), 1.0))


def _counts(tokens: Iterable[str]) -> Counter[int]:
    """Token → u32 by CRC-32, the same on every machine; tokens that collide are counted together."""
    return Counter(crc32(token.encode("utf-8", "surrogatepass")) for token in tokens)


def _vector(weights: dict[int, float]) -> SparseVector | None:
    if not weights:
        return None
    indices = tuple(sorted(weights))
    return SparseVector(indices, tuple(weights[index] for index in indices))


def _tokens(text: str) -> Iterator[str]:
    for match in _NAME.finditer(unicodedata.normalize("NFC", text)):
        parts = [part.casefold() for part in _PART.split(match[0]) if part]
        if len(parts) > 1:
            parts.append("".join(parts))
        yield from (part for part in parts if len(part) <= LONGEST_TOKEN)
