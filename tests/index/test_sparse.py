"""Bags of tokens: how names are split, and what a token weighs."""

from zlib import crc32

import pytest

from memex.index.sparse import path_tokens, query_vector, sparse_vector, tool_tokens


@pytest.mark.parametrize(
    ("path", "tokens"),
    [
        ("src/auth/user_service.py", ["src", "auth", "user", "service", "userservice", "py"]),
        ("UserService.tsx", ["user", "service", "userservice", "tsx"]),
        ("my-lib/HTTPServer2", ["my", "lib", "mylib", "http", "server2", "httpserver2"]),
        (r"C:\work\getUserData.ts", ["c", "work", "get", "user", "data", "getuserdata", "ts"]),
        ("docs/2026/notes.md", ["docs", "2026", "notes", "md"]),
        ("Straße/データ.csv", ["strasse", "データ", "csv"]),
        ("", []),
        ("///..--__", []),
    ],
)
def test_names_are_split_at_case_and_punctuation(path: str, tokens: list[str]) -> None:
    assert path_tokens([path]) == tokens


def test_one_name_in_two_spellings_is_the_same_token() -> None:
    shared = (
        set(path_tokens(["get_user_data"]))
        & set(path_tokens(["getUserData"]))
        & set(path_tokens(["get-user-data"]))
    )
    assert shared == {"get", "user", "data", "getuserdata"}


def test_a_decomposed_accent_is_the_same_letter() -> None:
    assert path_tokens(["cafe\u0301.py"]) == path_tokens(["caf\u00e9.py"])


def test_line_numbers_and_pids_are_no_tool_tokens() -> None:
    assert tool_tokens(["sed -n 1,200p src/app.py", "kill 4711"]) == [
        "sed",
        "n",
        "200p",
        "src",
        "app",
        "py",
        "kill",
    ]


def test_blobs_are_dropped() -> None:
    assert tool_tokens(["echo " + "a" * 5000]) == ["echo"]


def test_numbers_are_the_same_in_every_run() -> None:
    vector = sparse_vector(["pytest"])
    assert vector is not None
    assert vector.indices == (crc32(b"pytest"),)


def test_repetition_saturates() -> None:
    once, often = sparse_vector(["pytest"]), sparse_vector(["pytest"] * 500)
    assert once is not None
    assert often is not None
    assert once.values == (1.0,)
    assert 2.0 < often.values[0] < 2.2


def test_tokens_that_collide_are_counted_together() -> None:
    assert crc32(b"plumless") == crc32(b"buckeroo")
    assert sparse_vector(["plumless", "buckeroo"]) == sparse_vector(["plumless"] * 2)


def test_a_query_counts_every_token_once() -> None:
    vector = query_vector(["git", "push", "git"])
    assert vector is not None
    assert vector.values == (1.0, 1.0)
    assert list(vector.indices) == sorted({crc32(b"git"), crc32(b"push")})


def test_no_tokens_make_no_vector() -> None:
    assert sparse_vector([]) is None
    assert query_vector([]) is None
