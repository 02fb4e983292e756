"""The evaluation's queries keep their promises: shape, anchors, splits, and what each class claims."""

import csv
import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("MEMEX_CORPUS") or ROOT.parent / "shared" / "corpus")
QUERIES: list[dict[str, Any]] = [
    json.loads(line) for line in Path(__file__).with_name("queries.jsonl").read_text("utf-8").splitlines()
]
CLASSES = {"topic", "paraphrase", "identifier", "path", "command", "error", "deep", "negative"}
INJECTED = re.compile(r"\s*(# AGENTS|<environment_context>|This session is being continued|<command-)")
STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a about across again all always an and any are as at be but by can did do does every for
        from had has have how i if in into is it its just me my no not of on one only or our out
        same should so still than that the their them then there they this through to too up was we
        what when where which who whose why will with you your
        """,
    )
)


def of_class(name: str) -> list[Any]:
    return [pytest.param(query, id=query["id"]) for query in QUERIES if query["class"] == name]


@cache
def manifest() -> dict[str, dict[str, str]]:
    with (CORPUS / "MANIFEST.csv").open(encoding="utf-8", newline="") as rows:
        return {row["path"]: row for row in csv.DictReader(rows)}


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)


@cache
def records(path: str) -> tuple[Any, ...]:
    """One decoded value a line; a line that is not JSON stays text."""

    def decoded(line: str) -> object:
        try:
            return json.loads(line)
        except ValueError:
            return line

    return tuple(decoded(line) for line in (CORPUS / path).read_text("utf-8", "replace").splitlines())


@cache
def lines(path: str) -> tuple[str, ...]:
    return tuple("\n".join(strings(record)) for record in records(path))


def blocks(record: Any) -> Iterator[dict[str, Any]]:
    """Content blocks of a Claude or Codex record, a bare text as a text block."""
    payload = record.get("payload") or record.get("message") if isinstance(record, dict) else None
    if not isinstance(payload, dict) or record.get("isMeta"):
        return
    content = payload.get("content")
    if isinstance(content, list):
        yield from (block for block in content if isinstance(block, dict))
    elif isinstance(content, str):
        yield {"type": "text", "text": content}
    elif "payload" in record:
        yield payload


def is_output(block: dict[str, Any]) -> bool:
    kind = str(block.get("type"))
    return kind == "tool_result" or kind.endswith("_call_output")


def prose(path: str) -> str:
    """What the engineer and the agent wrote to one another, without what was injected."""
    texts = (
        block["text"]
        for record in records(path)
        for block in blocks(record)
        if block.get("type") in {"text", "input_text", "output_text"}
    )
    return "\n".join(text for text in texts if not INJECTED.match(text))


def content_words(text: str) -> set[str]:
    """Words of three letters or more, crudely stemmed, stop words dropped."""
    found = (word for word in re.findall(r"[a-z]{3,}", text.lower()) if word not in STOP_WORDS)
    return {re.sub(r"(?<=...)(ings|ing|ied|ies|ed|es|s|ly)$", "", word) for word in found}


def test_each_line_has_the_documented_shape() -> None:
    for query in QUERIES:
        assert set(query) == {"id", "class", "query", "relevant", "split", "note"}
        assert query["class"] in CLASSES
        assert query["split"] in {"tune", "test"}
        assert query["query"].strip()
        assert query["note"].strip()
        for entry in query["relevant"]:
            assert set(entry) == {"session", "path", "grade", "turn_text", "turns"}
            assert entry["turns"] == sorted(set(entry["turns"]))
            assert entry["turns"]
            assert entry["grade"] in {1, 2}
            assert 0 < len(entry["turn_text"]) <= 80


def test_fresh_queries_are_asked_nowhere_else_and_of_no_session_of_the_corpus() -> None:
    lines = (Path(__file__).with_name("fresh.jsonl")).read_text("utf-8").splitlines()
    fresh: list[dict[str, Any]] = [json.loads(line) for line in lines]
    known = {entry["session"] for query in QUERIES for entry in query["relevant"]}
    assert {query["split"] for query in fresh} == {"fresh"}
    assert {query["class"] for query in fresh} == CLASSES
    assert {query["query"].casefold() for query in fresh}.isdisjoint(q["query"].casefold() for q in QUERIES)
    assert {entry["session"] for query in fresh for entry in query["relevant"]}.isdisjoint(known)


def test_ids_and_queries_are_unique() -> None:
    assert len({query["id"] for query in QUERIES}) == len(QUERIES)
    assert len({query["query"].casefold() for query in QUERIES}) == len(QUERIES)


def test_there_are_enough_queries_of_each_class_in_each_split() -> None:
    counts = Counter((query["class"], query["split"]) for query in QUERIES)
    assert len(QUERIES) >= 176
    assert all(counts[name, split] >= 11 for name in CLASSES for split in ("tune", "test"))


def test_sessions_are_varied() -> None:
    assert len({entry["path"] for query in QUERIES for entry in query["relevant"]}) >= 70


def test_only_negatives_have_no_answer_and_every_other_has_a_best_one() -> None:
    for query in QUERIES:
        grades = [entry["grade"] for entry in query["relevant"]]
        assert (2 in grades) == (query["class"] != "negative"), query["id"]
        assert bool(grades) == (query["class"] != "negative"), query["id"]


def test_no_repository_is_in_both_splits() -> None:
    splits = defaultdict(set)
    for query in QUERIES:
        for entry in query["relevant"]:
            splits[manifest()[entry["path"]]["source"]].add(query["split"])
    assert {source for source, of in splits.items() if len(of) > 1} == set()


def test_every_session_is_a_real_main_session_of_the_corpus() -> None:
    for query in QUERIES:
        paths = [entry["path"] for entry in query["relevant"]]
        assert len(set(paths)) == len(paths), query["id"]
        for path in paths:
            assert (manifest()[path]["kind"], manifest()[path]["role"]) == ("real", "main"), query["id"]


def test_every_anchor_occurs_in_its_session() -> None:
    for query in QUERIES:
        for entry in query["relevant"]:
            assert any(entry["turn_text"] in line for line in lines(entry["path"])), (query["id"], entry)


def test_session_ids_are_those_of_the_files() -> None:
    for query in QUERIES:
        for entry in query["relevant"]:
            in_name = entry["session"] in entry["path"]
            assert in_name or any(entry["session"] in line for line in lines(entry["path"])), query["id"]


@pytest.mark.parametrize("query", of_class("paraphrase"))
def test_a_paraphrase_shares_at_most_a_third_of_its_words_with_the_prose(query: dict[str, Any]) -> None:
    asked = content_words(query["query"])
    for entry in query["relevant"]:
        shared = asked & content_words(prose(entry["path"]))
        assert len(shared) <= len(asked) / 3, shared


@pytest.mark.parametrize("query", of_class("deep"))
def test_a_deep_fact_comes_after_the_first_third(query: dict[str, Any]) -> None:
    for entry in query["relevant"]:
        text = lines(entry["path"])
        first = next(at for at, line in enumerate(text) if entry["turn_text"] in line)
        assert first >= len(text) / 3


@pytest.mark.parametrize("query", of_class("error"))
def test_an_error_occurs_in_tool_output_alone(query: dict[str, Any]) -> None:
    for entry in query["relevant"]:
        holding = [
            is_output(block)
            for record in records(entry["path"])
            for block in blocks(record)
            if any(entry["turn_text"] in text for text in strings(block))
        ]
        assert holding
        assert all(holding)


def test_an_error_occurs_in_no_session_that_is_not_marked() -> None:
    errors = {
        (entry["turn_text"], tuple(sorted(e["path"] for e in query["relevant"])))
        for query in QUERIES
        if query["class"] == "error"
        for entry in query["relevant"]
    }
    for path, row in manifest().items():
        if row["role"] == "main":
            text = "\n".join(lines(path))
            assert [anchor for anchor, marked in errors if anchor in text and path not in marked] == [], path
