"""Texts as word pieces: what the model sees, and where a text may be cut."""

from collections.abc import Iterator
from pathlib import Path

from tokenizers import Tokenizer

from memex.core.errors import ModelError

STRETCH_CHARS = 65_536
"""Longer texts are taken stretch by stretch: an encoding weighs some hundred bytes a piece."""


class WordPieces:
    def __init__(self, tokenizer_file: Path) -> None:
        self._tokenizer = load_tokenizer_file(tokenizer_file)

    def word_piece_offsets(self, text: str) -> list[tuple[int, int]]:
        """(start, end) in characters of every word piece, without the marks that the model adds around."""
        offsets: list[tuple[int, int]] = []
        for start, end in _stretches(text):
            encoding = self._tokenizer.encode(encodable(text[start:end]), add_special_tokens=False)
            offsets.extend((start + first, start + last) for first, last in encoding.offsets)
        return offsets


def load_tokenizer_file(path: Path) -> Tokenizer:
    """Without the truncation and padding to 128 tokens that the published file asks for."""
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as cause:  # tokenizers raises bare Exception
        raise ModelError(f"{path} is no tokenizer: copy or install the model again ({cause}).") from cause
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def encodable(text: str) -> str:
    """Lone surrogates, which JSON can carry and tokenizers refuse, as `?`; no character moves."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Cut after a blank, where no word piece crosses."""
    start = 0
    while start < len(text):
        end = start + STRETCH_CHARS
        if end < len(text):
            end = max(text.rfind(" ", start, end), text.rfind("\n", start, end)) + 1 or end
        yield start, min(end, len(text))
        start = end
