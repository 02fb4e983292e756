"""Markdown as harmless HTML, and JSON as trees."""

import json

import pytest

from memex.core.steps.blocks import Grammar, Listing, Prose
from memex.core.steps.json_tree import CHILDREN, children_of, parsed_json, preview
from memex.core.steps.markdown import MAX_CHARACTERS, prose_blocks, to_html
from memex.core.steps.pictures import pictures_in

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def test_tables_and_emphasis_are_rendered() -> None:
    html = to_html(Prose("| a | b |\n|---|--:|\n| **1** | ~~2~~ |"))
    assert "<table>" in html
    assert "<strong>1</strong>" in html
    assert "<s>2</s>" in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![a](https://example.org/x.png)",
        "![a](file:///etc/passwd)",
        "[x](javascript:alert(1))",
        "a <iframe src='https://example.org'></iframe>",
    ],
)
def test_nothing_of_the_text_can_run_or_be_fetched(text: str) -> None:
    html = to_html(Prose(text))
    assert not any(
        mark in html for mark in ("<script", "<img", "<iframe", 'javascript:"', 'href="javascript')
    )


def test_an_image_is_named_and_a_reversed_text_is_shown() -> None:
    assert to_html(Prose("![alt <b>](https://x.example/p.png)")) == "<p>[image: alt &lt;b&gt;]</p>\n"
    assert "&lt;U+202E&gt;" in to_html(Prose("abc\u202edef"))


def test_a_typed_line_break_stays_one() -> None:
    assert "<br" in to_html(Prose("one\ntwo", keep_lines=True))
    assert "<br" not in to_html(Prose("one\ntwo"))


def test_fenced_code_becomes_a_listing_even_when_it_never_ends() -> None:
    assert prose_blocks("a\n```py\nx = 1\n\n```\nb\n~~~\n```\n") == (
        Prose("a"),
        Listing("x = 1\n", Grammar.CODE, "Code", "py"),
        Prose("b"),
        Listing("```\n", Grammar.CODE, "Code"),
    )


@pytest.mark.parametrize("text", ["x" * (MAX_CHARACTERS + 1), "|a" * 1_000, "> " * 40 + "deep"])
def test_what_is_too_heavy_to_render_is_shown_as_lines(text: str) -> None:
    assert prose_blocks(text) == (Listing(text, label="Text"),)


def test_json_is_told_from_text_that_looks_like_it() -> None:
    assert parsed_json(' {"a": [1]}') == {"a": [1]}
    assert [parsed_json(text) for text in ("{a}", "12", "[", "{}", "[" * 100_000)] == [None] * 5


def test_a_branch_is_named_a_part_at_a_time_in_its_own_order() -> None:
    value = {f"k{n:05}": n for n in reversed(range(1_000))}
    first = children_of(value)
    assert (len(first), first[0]) == (CHILDREN, ("k00999", 999))
    assert children_of(value, 990)[-1] == ("k00000", 0)
    assert [preview(item) for item in (value, [1], {}, None, True, "a\nb")] == [
        "{1,000}", "[1]", "{}", "null", "true", "a b",
    ]  # fmt: skip


def test_images_are_found_in_every_shape_and_once() -> None:
    source = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
    beside = {"file": {"base64": PIXEL, "type": "image/png"}}
    link = {"type": "input_image", "image_url": f"data:image/gif;base64,{PIXEL}A"}
    records = [
        {"message": {"content": [source]}, "toolUseResult": beside},
        {"payload": {"content": [link]}},
        {"parts": [{"inlineData": {"mimeType": "image/jpeg", "data": "!!"}}]},
    ]
    lines = [*map(json.dumps, records), "no json"]
    found = list(pictures_in(lines))
    assert [picture.media_type for picture in found] == ["image/png", "image/gif", "image/jpeg"]
    assert found[0].data.startswith(b"\x89PNG")
    assert (found[1].data, found[2].data) == (b"", b"")
