"""Where a text may be cut."""

from pathlib import Path

import pytest

from memex.core.errors import ModelError
from memex.embedding.minilm import open_word_pieces
from memex.embedding.word_pieces import STRETCH_CHARS, WordPieces


@pytest.fixture(scope="module")
def word_pieces(prepared_cache: Path) -> WordPieces:
    return open_word_pieces(prepared_cache)


def test_offsets_are_in_characters_not_bytes(word_pieces: WordPieces) -> None:
    text = "Größe ändern, 🚀 tokenization"
    pieces = [text[start:end] for start, end in word_pieces.word_piece_offsets(text)]
    assert "".join(pieces) == text.replace(" ", "")
    assert pieces[-2:] == ["token", "ization"]


def test_long_texts_are_not_cut_to_the_models_window(word_pieces: WordPieces) -> None:
    assert len(word_pieces.word_piece_offsets("word " * 1000)) == 1000


def test_an_empty_text_has_no_pieces(word_pieces: WordPieces) -> None:
    assert word_pieces.word_piece_offsets("") == []


def test_stretches_of_a_huge_text_join_without_a_seam(word_pieces: WordPieces) -> None:
    text = "reconnecting " * (2 * STRETCH_CHARS // 13)
    offsets = word_pieces.word_piece_offsets(text)
    assert [text[start:end] for start, end in offsets] == ["rec", "onne", "cting"] * (len(offsets) // 3)


def test_a_huge_text_without_blanks_still_ends(word_pieces: WordPieces) -> None:
    text = "x" * (STRETCH_CHARS + 10)
    assert word_pieces.word_piece_offsets(text)[-1][1] == len(text)


def test_lone_surrogates_move_no_offset(word_pieces: WordPieces) -> None:
    assert word_pieces.word_piece_offsets("\ud83d word") == [(0, 1), (2, 6)]


def test_a_file_that_is_no_tokenizer_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError, match=r"is no tokenizer: copy or install the model again"):
        WordPieces(tmp_path / "tokenizer.json")
