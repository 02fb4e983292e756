"""Words that find turns: identifiers in any form, hostile text, and no exception whatever is typed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memex.catalog import fulltext
from memex.catalog.catalog import Catalog
from memex.catalog.fulltext import FullText
from memex.catalog.word_forms import match_expression, parts_of, query_words

TURNS = {
    (1, 0): "please make getUserData faster",
    (1, 1): "def get_order_total(cart): ...",
    (2, 0): "the linker `cc` was not found; see Cargo.toml and src/build-plan.rs",
    (2, 7): "HTTPServerError raised by parse_JSONBody",
    (3, 0): "naïve café 日本語のテストは失敗しました, 使用Qt库渲染窗口",
    (3, 1): "شغّل الاختبارات ثم أصلح الرابط, הרץ את הבדיקות",
    (3, 2): "deployed 🚀 and all checks ✅",
    (3, 3): "ทดสอบระบบค้นหาแล้ว",
}


@pytest.fixture(scope="module")
def full_text(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FullText]:
    with Catalog(tmp_path_factory.mktemp("library") / "catalog.db") as catalog:
        for session in (1, 2, 3):
            catalog.full_text.replace(session, [(t, body) for (s, t), body in TURNS.items() if s == session])
        yield catalog.full_text


def found(full_text: FullText, text: str, *, as_typed: bool = False) -> list[tuple[int, int]]:
    expression = match_expression(query_words(text), last_is_prefix=as_typed)
    return [(hit.session, hit.turn) for hit in full_text.search(expression, 10)]


@pytest.mark.parametrize(
    "query", ["getUserData", "get_user_data", "getuserdata", "get-user-data", "UserData"]
)
def test_a_camel_case_name_is_found_in_every_form(full_text: FullText, query: str) -> None:
    assert found(full_text, query)[0] == (1, 0)


@pytest.mark.parametrize("query", ["get_order_total", "getOrderTotal", "getordertotal", "order_total"])
def test_a_snake_case_name_is_found_in_every_form(full_text: FullText, query: str) -> None:
    assert found(full_text, query)[0] == (1, 1)


@pytest.mark.parametrize(
    ("query", "turn"),
    [("HTTPServerError", (2, 7)), ("server error", (2, 7)), ("build-plan.rs", (2, 0)), ("cafe", (3, 0))],
)
def test_parts_paths_and_accents(full_text: FullText, query: str, turn: tuple[int, int]) -> None:
    assert found(full_text, query)[0] == turn


@pytest.mark.parametrize(
    ("query", "turn"),
    [
        ("本語", (3, 0)),
        ("語", (3, 0)),
        ("テスト", (3, 0)),
        ("渲染", (3, 0)),
        ("使用Qt", (3, 0)),
        ("Qt", (3, 0)),
        ("テストが失敗しました", (3, 0)),
        ("cafe\u0301", (3, 0)),
        ("الرابط", (3, 1)),
        ("הבדיקות", (3, 1)),
        ("🚀", (3, 2)),
        ("checks ✅", (3, 2)),
        ("ค้นหา", (3, 3)),
    ],
)
def test_every_script_is_found_where_it_stands(
    full_text: FullText, query: str, turn: tuple[int, int]
) -> None:
    assert found(full_text, query)[0] == turn


@pytest.mark.parametrize(
    ("phrase", "sessions"),
    [
        ("linker `cc` was not found", {2}),
        ("linker cc was not found", {2}),
        ("found not was", set()),
        ("see Cargo.toml", {2}),
        ("get_user_data", {1}),
        ("日本語のテスト", {3}),
        ("語日", set()),
        ('" OR *', set()),
        ("…", set()),
    ],
)
def test_a_phrase_stands_side_by_side_across_punctuation(
    full_text: FullText, phrase: str, sessions: set[int]
) -> None:
    assert full_text.sessions_holding(phrase) == sessions


def test_words_and_phrases_are_alternatives(full_text: FullText) -> None:
    expression = match_expression(["getUserData"], ["was not found", "***"])
    assert {(hit.session, hit.turn) for hit in full_text.search(expression, 9)} == {(1, 0), (2, 0)}


def test_a_pasted_log_is_cut_to_its_first_words(full_text: FullText) -> None:
    words = query_words(" ".join(f"word{number}" for number in range(20_000)))
    assert len(words) == 64
    assert query_words("x" * 100_000) == ["x" * 256]
    found(full_text, "linker " + "日本" * 50_000)


def test_an_unfinished_word_is_found_only_while_typing(full_text: FullText) -> None:
    assert found(full_text, "link") == []
    assert found(full_text, "link", as_typed=True) == [(2, 0)]


def test_stop_words_are_left_out_unless_there_is_nothing_else(full_text: FullText) -> None:
    assert query_words("why was the linker not found") == ["linker", "found"]
    assert query_words("the") == ["the"]


def test_a_replaced_session_is_found_by_its_new_words_only(tmp_path: Path) -> None:
    with Catalog(tmp_path / "catalog.db") as catalog:
        catalog.full_text.replace(1, [(0, "before")])
        catalog.full_text.replace(2, [(0, "neighbour")])
        catalog.full_text.replace(1, [(0, "after")])
        assert found(catalog.full_text, "before") == []
        assert found(catalog.full_text, "after neighbour") == [(1, 0), (2, 0)]


def test_search_among_given_sessions_finds_no_other(full_text: FullText) -> None:
    assert [hit.session for hit in full_text.search('"linker" OR "getuserdata"', 10, [1])] == [1]


@settings(deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_search_and_no_error(full_text: FullText, text: str) -> None:
    found(full_text, text, as_typed=True)
    full_text.sessions_holding(text)
    words = query_words(text)
    full_text.best_turns(words, [text], last_is_prefix=True)
    full_text.corrections(words, last_is_prefix=True)


@pytest.mark.parametrize(
    "query",
    ["", '"', "a OR NOT (", "NEAR(x y)", "body:x", "col*", "x\x00y", "'; DROP TABLE session; --", "🙂", "*"],
)
def test_query_syntax_is_only_words(full_text: FullText, query: str) -> None:
    found(full_text, query)


@pytest.mark.parametrize("run", ["x", "aB", "a_", "a.b", "_", "A"])
def test_an_endless_run_is_no_identifier(run: str) -> None:
    """At a quadratic cost this would take hours."""
    assert parts_of(run * 500_000) == ""


def test_identifier_parts_are_what_the_tokenizer_cannot_know() -> None:
    assert parts_of("getUserData get_user plain") == "get User Data getuser"
    assert parts_of("x" * 500 + "_" + "y" * 500) == ""


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("linkr", "linker"),
        ("lniker", "linker"),
        ("Lnker", "linker"),
        ("ilnker", "linker"),
        ("xlinker", "linker"),
        ("getUsrData", "getuserdata"),
        ("get_usr_data", "getuserdata"),
        ("src/biuld-plan.rs", "src/build-plan.rs"),
        ("HTTPServrEror", "httpservererror"),
        ("naive", None),
        ("linker", None),
        ("getUserData", None),
        ("caft", "cafe"),
        ("lin", None),
        ("12345", None),
        ("entirelydifferent", None),
        ("日語", None),
        ("🙂", None),
    ],
)
def test_a_word_that_occurs_nowhere_is_read_as_the_nearest(
    full_text: FullText, typed: str, read: str | None
) -> None:
    assert full_text.corrections([typed]) == ({typed: read} if read else {})


def rare_and_common(catalog: Catalog) -> FullText:
    """100 turns hold “everywhere”, 10 of those “often” and one “rarely”; session 3 holds it most often."""
    for session, turns in ((1, 20), (2, 30), (3, 50)):
        bodies = ["everywhere" + " often" * (turn % 10 == 0) for turn in range(turns)]
        catalog.full_text.replace(session, enumerate(bodies))
    catalog.full_text.replace(4, [(0, "everywhere often rarely")])
    return catalog.full_text


def test_common_words_only_add_to_what_rarer_ones_find(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What FTS5 ranks is bounded, whatever the words: a larger library does not make it slower."""
    monkeypatch.setattr(fulltext, "RANKED", 5)
    monkeypatch.setattr(fulltext, "COMMON", 50)
    with Catalog(tmp_path / "catalog.db") as catalog:
        full_text = rare_and_common(catalog)
        few = full_text.best_turns(["everywhere", "rarely", "often"])
        assert [hit.session for hit in few.hits] == [4]
        assert few.idf[1] > few.idf[2] > few.idf[0]
        often = full_text.best_turns(["often"], sessions=[2, 3])
        assert [hit.session for hit in often.hits] == [3] * 5 + [2] * 3
        assert {hit.session for hit in full_text.best_turns(["everywhere"]).hits} <= {1, 2}
        assert full_text.best_turns(["everywhere"], limit=7).hits[6].score > 0


def test_a_small_library_is_ranked_as_fts5_does(full_text: FullText) -> None:
    words = ["linker", "getUserData", "parse_JSONBody", "テスト"]
    expression = match_expression(words, ["not found"])
    found = full_text.best_turns(words, ["not found"]).hits
    assert [(hit.session, hit.turn) for hit in found] == [
        (hit.session, hit.turn) for hit in full_text.search(expression, 9)
    ]


def test_an_unfinished_word_is_no_mistake(full_text: FullText) -> None:
    assert full_text.corrections(["linke"], last_is_prefix=True) == {}
    assert full_text.corrections(["linke"]) == {"linke": "linker"}


def test_words_are_corrected_only_where_nothing_matches(full_text: FullText) -> None:
    assert full_text.corrections(["linkr", "found"]) == {}
    assert full_text.corrections(["linkr", "fond"]) == {"linkr": "linker", "fond": "found"}
