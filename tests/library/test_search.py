"""One query, one table: what is found, by which lens, at which turn, and what happens without vectors."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
import pytest

from memex.catalog.catalog import Catalog
from memex.core.errors import IndexingError
from memex.core.filters import Field, Filters, one_of
from memex.core.lenses import Lane, Lens, RankOptions, Recency, Weights
from memex.core.ranking import rank
from memex.core.search import LensTable, SearchRequest, SessionCard
from memex.core.session import Outcome
from memex.library.groups import groups
from memex.library.library import Library
from memex.library.search import search
from tests.library.conftest import refresh
from tests.transcript_files import TranscriptFile, session_id


@pytest.fixture
def library(
    new_library: Callable[[], Library], folder: Path, three_sessions: list[TranscriptFile]
) -> Library:
    opened = new_library()
    refresh(opened, folder)
    return opened


def ask(library: Library, text: str, **options: object) -> LensTable:
    return search(library.reader, library.vectors, SearchRequest(text, **options), library.degraded)  # type: ignore[arg-type]


def best(table: LensTable) -> str:
    ranking = rank(table, RankOptions(recency=Recency(0.0)), datetime.now(UTC))
    return table.cards[ranking.order[0]].id


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("linker `cc` not found", 1),
        ("cargo build --release", 1),
        ("compiler toolchain missing in docker", 1),
        ("remember language", 2),
        ("gradients explode during model fitting", 3),
    ],
)
def test_words_commands_errors_and_paraphrases_find_their_session(
    library: Library, text: str, number: int
) -> None:
    assert best(ask(library, text)) == session_id(number)


def test_a_hit_lands_on_the_turn_that_earned_it_with_its_words_marked(library: Library) -> None:
    table = ask(library, "linker cc not found")
    snippet = table.snippets[[card.id for card in table.cards].index(session_id(1))]
    assert snippet is not None
    assert snippet.turn == 1
    assert {snippet.text[start:end] for start, end in snippet.marks} >= {"linker", "cc", "found"}


def test_every_lane_is_scored_for_every_candidate(library: Library) -> None:
    table = ask(library, "linker cc not found")
    assert set(table.lanes) == set(Lane)
    assert np.nanmin(table.matrix) >= 0
    assert np.nanmax(table.matrix) <= 1
    errors = table.matrix[:, table.lanes.index(Lane.ERROR)]
    without_errors = [card.id != session_id(1) for card in table.cards]
    assert list(np.isnan(errors)) == without_errors


def test_turning_up_a_lens_changes_the_order(library: Library) -> None:
    table = ask(library, "cookie linker")
    by_error = rank(
        table,
        RankOptions(Weights(words=0, content=0, late=0, error=2), Recency(0.0)),
        datetime.now(UTC),
    )
    assert table.cards[by_error.order[0]].id == session_id(1)
    part = dict(zip(Lens, by_error.contributions[by_error.order[0]], strict=True))
    assert part[Lens.ERROR] > 0
    assert part[Lens.WORDS] == 0


def test_filters_hold_for_words_and_vectors(library: Library) -> None:
    table = ask(library, "linker cc not found", filters=Filters(one_of(Field.PROJECT, ("shop",))))
    assert {card.project for card in table.cards} == {"shop"}


def test_an_unfinished_word_finds_while_typing(library: Library) -> None:
    words = Lane.WORDS
    table = ask(library, "linke", as_typed=True)
    column = table.matrix[:, table.lanes.index(words)]
    assert table.cards[int(np.nanargmax(column))].id == session_id(1)


def test_an_index_that_fails_leaves_full_text_and_says_why(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise IndexingError("The vector index broke: it is being rebuilt.")

    assert library.vectors is not None
    monkeypatch.setattr(library.vectors.index, "query_batch", fails)
    table = ask(library, "linker")
    assert table.degraded == "The vector index broke: it is being rebuilt."
    assert table.lanes == (Lane.WORDS,)
    assert [card.id for card in table.cards] == [session_id(1)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "the",
        "x",
        "🙂",
        "日本語",
        "שלום",
        '"',
        "((",
        "a" * 100_000,
        "\x00",
        "\ud800",
        "'; DROP TABLE session",
    ],
)
def test_whatever_is_asked_is_answered(library: Library, text: str) -> None:
    table = ask(library, text, as_typed=True)
    assert len(table.snippets) == len(table.cards)
    assert np.isfinite(np.nan_to_num(table.matrix)).all()


def test_what_nothing_holds_is_read_as_the_nearest_words_and_the_answer_says_so(library: Library) -> None:
    table = ask(library, "linkr")
    assert table.corrections == (("linkr", "linker"),)
    assert best(table) == session_id(1)
    assert ask(library, "linker").corrections == ()


def found_by(library: Library, text: str, **options: object) -> set[str]:
    return {card.id for card in ask(library, text, **options).cards}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("linker project:shop", {2, 3}),
        ("cookie -project:shop", {1}),
        ("the language -cookie", {1, 3}),
        ('"learning rate" project:shop', {3}),
        ('"rate learning"', set()),
        ("build cmd:cargo", {1}),
        ("build cmd:npm", {2}),
        ("anything has:error", {1}),
        ("tool:bash", {1, 2}),
        ("-linker", {2, 3}),
        ("project:shop -gradient", {2}),
    ],
)
def test_every_lane_proposes_only_what_the_query_allows(
    library: Library, text: str, numbers: set[int]
) -> None:
    assert found_by(library, text) == {session_id(number) for number in numbers}


def test_conditions_of_the_text_and_beside_it_hold_together(library: Library) -> None:
    beside = Filters(one_of(Field.PROJECT, ("shop",)))
    assert found_by(library, "tool:bash", filters=beside) == {session_id(2)}


def test_where_nothing_is_found_it_says_what_would_help(library: Library) -> None:
    table = ask(library, "linker project:shop cmd:cargo", filters=Filters())
    assert table.cards == ()
    (relaxed,) = table.relaxations
    assert (relaxed.dropped, relaxed.request.text, relaxed.count) == ("project:shop", "linker cmd:cargo", 1)
    assert found_by(library, relaxed.request.text) == {session_id(1)}


def test_a_sessions_id_or_its_beginning_or_its_transcript_stands_first(
    library: Library, folder: Path
) -> None:
    for text in (session_id(2), session_id(2)[:36], str(folder / f"{session_id(2)}.jsonl")):
        table = ask(library, text)
        assert table.named is not None
        assert best(table) == session_id(2)


def test_the_table_says_whether_anything_is_close(library: Library) -> None:
    found, nonsense = ask(library, "linker cc not found"), ask(library, "zygote photosynthesis quaternion")
    assert found.is_close
    assert not nonsense.is_close
    assert found.confidence > nonsense.confidence


def test_an_unfinished_word_is_not_called_nonsense(library: Library) -> None:
    assert ask(library, "linke", as_typed=True).is_close


def test_the_table_carries_content_vectors_for_feedback_and_diversity(library: Library) -> None:
    table = ask(library, "linker cc not found")
    keys = {card.id: card.key for card in table.cards}
    assert table.content_vectors.shape == (len(table.cards), 384)
    assert np.linalg.norm(table.content_vectors, axis=1) == pytest.approx(1.0)
    options = RankOptions(recency=Recency(0.0), liked=(keys[session_id(3)],))
    ranking = rank(table, options, datetime.now(UTC))
    assert ranking.feedback.argmax() == [card.id for card in table.cards].index(session_id(3))
    without = msgspec.structs.replace(table, vectors=b"")
    assert not rank(without, options, datetime.now(UTC)).feedback.any()


def test_sessions_that_open_with_the_same_words_are_a_group_and_others_are_not(
    library: Library, folder: Path
) -> None:
    opening = "Review the staged changes of the payment service for mistakes in rounding. " * 4
    for number in (4, 5):
        TranscriptFile(folder, session_id(number), cwd="/home/ann/shop").prompt(opening).say(f"Is {number}.")
    refresh(library, folder)
    table = ask(library, "review rounding mistakes of the payment service")
    group = {card.id: group for card, group in zip(table.cards, table.groups, strict=True)}
    assert group[session_id(4)] == group[session_id(5)]
    assert len(set(group.values())) == len(group) - 1


def test_a_sub_agent_is_in_its_sessions_group(tmp_path: Path) -> None:
    def card(key: int, name: str, parent: str | None = None) -> SessionCard:
        return SessionCard(
            key, "claude-code", name, "", None, None, None, None, 1, 1, 0, Outcome.UNKNOWN, "/x", parent
        )

    with Catalog(tmp_path / "catalog.db") as catalog:
        cards = [card(1, "other"), card(2, "main"), card(3, "sub", "main"), card(4, "deeper", "sub")]
        assert groups(catalog, cards) == (1, 2, 2, 2)
