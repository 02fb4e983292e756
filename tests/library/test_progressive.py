"""What can be found while a library is still being taken in: words at once, meaning as its vectors arrive."""

from collections.abc import Callable
from pathlib import Path

import pytest

from memex.core.lenses import Lane
from memex.core.library import Stage
from memex.core.search import SearchRequest
from memex.library import embedding, refresh
from memex.library.library import Library
from memex.library.refresh import Refresh
from memex.library.search import search
from tests.transcript_files import TranscriptFile


def test_words_find_before_the_first_vector_and_lanes_join_as_they_arrive(
    new_library: Callable[[], Library],
    folder: Path,
    three_sessions: list[TranscriptFile],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(embedding, "TEXTS_A_WINDOW", 1)
    monkeypatch.setattr(embedding, "TEXTS_A_SLICE", 1)
    monkeypatch.setattr(refresh, "TEXTS_BETWEEN_UPSERTS", 1)
    library = new_library()
    library.degraded = "Vectors are being loaded."
    indexed = []
    for step in Refresh(library, [folder]).steps():
        if step.stage in (Stage.EMBED, Stage.UPSERT):
            table = search(library.reader, library.vectors, SearchRequest("linker"), library.degraded)
            status = library.status(library.reader)
            assert {card.title for card in table.cards} >= {
                "The Rust build cannot find the linker cc in the container"
            }
            assert status.sessions == 3
            assert status.with_vectors >= status.indexed
            assert table.degraded is None
            lanes = table.matrix[:, [lane is not Lane.WORDS for lane in table.lanes]]
            known = int((lanes == lanes).any(axis=1).sum())
            assert known == status.indexed
            indexed.append(status.indexed)
    assert indexed == sorted(indexed)
    assert {0, 1, 2, 3} == set(indexed)
