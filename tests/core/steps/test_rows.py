"""Rows of listings and diffs: read one at a time, safe, coloured."""

import pytest

from memex.core.session import FileDiff, Hunk, TouchKind
from memex.core.steps.ansi import printed_line
from memex.core.steps.blocks import Diff, Grammar, Listing, Tone
from memex.core.steps.diff import changed_words, side_by_side_rows, unified_rows
from memex.core.steps.listing import ListingRows, Place, lines_of, place_in
from memex.core.steps.rows import Ink, Line, Run, all_rows, line_text
from memex.core.steps.syntax import LONG_LINE, language_named, language_of
from memex.core.steps.text_lines import TextLines


def line_of(listing: Listing, number: int) -> Line:
    (line,) = lines_of(listing).row(number)
    assert line is not None
    return line


def coloured(rows: ListingRows) -> ListingRows:
    while rows.colour(len(rows) - 1):
        pass
    return rows


@pytest.mark.parametrize("text", ["", "a", "a\n", "\n", "a\nb", "é\n\n漢\n", "\n\n"])
def test_lines_are_those_that_a_split_gives(text: str) -> None:
    lines = TextLines(text)
    expected = text.removesuffix("\n").split("\n") if text else []
    assert [lines.line(number, 100) for number in range(len(lines))] == expected


def test_any_line_of_a_million_is_read_without_the_others() -> None:
    rows = lines_of(Listing("".join(f"line {n}\n" for n in range(1_000_000)), Grammar.TERMINAL))
    assert len(rows) == 1_000_000
    assert line_text(rows.row(999_999)) == "line 999999"


def test_one_line_of_five_megabytes_is_cut() -> None:
    line = line_of(Listing("x" * 5_000_000, Grammar.TERMINAL), 0)
    assert len(line.text) < 10_000
    assert line.text.endswith("…")


def test_colours_of_a_terminal_are_runs_and_other_escapes_are_gone() -> None:
    runs = printed_line(
        "\x1b[1;31merror\x1b[0m\x1b[2K: \x1b]0;title\x07no \x1b[38;5;208mlinker\x1b[38;2;1;2;3m!"
    )
    assert runs == (
        Run("error", colour=1, is_bold=True),
        Run(": no "),
        Run("linker", colour="#ff8700"),
        Run("!", colour="#010203"),
    )


def test_a_colour_holds_over_the_lines_that_follow() -> None:
    listing = Listing("\x1b[32mone\ntwo\x1b[0m\nthree", Grammar.TERMINAL)
    assert [line_of(listing, number).runs[0].colour for number in range(3)] == [2, 2, None]


def test_an_ansi_bomb_stays_a_line() -> None:
    line = line_of(Listing("\x1b[31m" * 1_000_000 + "end", Grammar.TERMINAL), 0)
    assert len(line.runs) < 100


@pytest.mark.parametrize("grammar", Grammar)
def test_what_could_hide_or_reorder_text_is_shown(grammar: Grammar) -> None:
    line = line_of(Listing("abc\u202edef\x00 \x07", grammar, language="python"), 0)
    assert line.text == "abc<U+202E>def␀ ␇"


def test_numbers_of_a_file_stand_in_the_gutter() -> None:
    listing = Listing("   12→def f():\n   13→    pass", Grammar.NUMBERED, language="python")
    assert (line_of(listing, 1).gutter, line_of(listing, 1).text) == ("13", "    pass")
    assert line_of(Listing("x\ny", Grammar.CODE, first_line=7), 1).gutter == "8"


def test_code_is_coloured_when_it_was_asked_for() -> None:
    rows = lines_of(Listing("def f():\n    return 'x'", Grammar.CODE, language="python"))
    assert {run.ink for run in rows.row(0)[0].runs} == {Ink.PLAIN}  # type: ignore[union-attr]
    (line,) = coloured(rows).row(0)
    assert line is not None
    assert (line.text, line.runs[0]) == ("def f():", Run("def", Ink.KEYWORD))


def test_a_text_with_an_endless_line_is_not_lexed_behind_it() -> None:
    text = f"x = 1\n{'(' * (LONG_LINE + 1)}\ny = 2"
    rows = coloured(lines_of(Listing(text, Grammar.CODE, language="python")))
    inks = [{run.ink for run in line.runs} for (line,) in all_rows(rows, 3) if line is not None]
    assert (Ink.NUMBER in inks[0], inks[2]) == (True, {Ink.PLAIN})


@pytest.mark.parametrize(
    ("path", "language"),
    [("a/b.py", "python"), ("Dockerfile", "docker"), ("x.TSX", "tsx"), ("Makefile", "make"), ("notes", "")],
)
def test_a_file_s_name_tells_its_language(path: str, language: str) -> None:
    assert language_of(path) == language


def test_a_fence_s_word_tells_its_language() -> None:
    named = [language_named(word) for word in ("python", "sh", "ts title=x", "nonsense", "")]
    assert named == ["python", "bash", "ts", "", ""]


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        ("src/a.py:12:def f():", Place("src/a.py", 12, "def f():")),
        ("C:\\x\\a.py:3:y", Place("C:\\x\\a.py", 3, "y")),
        ("/a/b.md", Place("/a/b.md", 0, "")),
        ("No files found", None),
    ],
)
def test_places_are_told_from_words(raw: str, place: Place | None) -> None:
    assert place_in(raw) == place


CHANGE = FileDiff(
    "a.py",
    TouchKind.EDITED,
    (
        Hunk(4, 4, (" def f():", "-    return old_name", "+    return new_name", "+    # end", " ")),
        Hunk(9, 10, ("-x",)),
    ),
)


def test_a_unified_diff_has_numbers_signs_and_words() -> None:
    rows = unified_rows(Diff(CHANGE, ""))
    lines = [row[0] for row in all_rows(rows, 20)]
    assert [(line.gutter, line.tone, line.text) for line in lines if line] == [
        ("", Tone.MUTED, "Line 4"),
        ("4  ", Tone.PLAIN, "def f():"),
        ("5 −", Tone.REMOVED, "    return old_name"),
        ("5 +", Tone.ADDED, "    return new_name"),
        ("6 +", Tone.ADDED, "    # end"),
        ("7  ", Tone.PLAIN, ""),
        ("", Tone.MUTED, "Line 10"),
        ("9 −", Tone.REMOVED, "x"),
    ]
    removed = lines[2]
    assert removed is not None
    assert [run.text for run in removed.runs if run.is_changed] == ["old_name"]


def test_side_by_side_the_same_place_is_on_the_same_row() -> None:
    texts = [
        tuple(line.text if line else None for line in row)
        for row in all_rows(side_by_side_rows(Diff(CHANGE)), 20)
    ]
    assert texts == [
        ("Line 4", None),
        ("def f():", "def f():"),
        ("    return old_name", "    return new_name"),
        (None, "    # end"),
        ("", ""),
        ("Line 10", None),
        ("x", None),
    ]


def test_lines_with_little_in_common_have_no_words_marked() -> None:
    assert changed_words("import os", "class Reader(Protocol):") == ((), ())


def test_a_diff_keeps_its_colours_and_its_marks() -> None:
    rows = unified_rows(Diff(CHANGE, "python"))
    while rows.colour(len(rows) - 1):
        pass
    line = rows.row(3)[0]
    assert line is not None
    assert line.text == "    return new_name"
    assert Run("return", Ink.KEYWORD) in line.runs
    assert any(run.is_changed and run.text == "new_name" for run in line.runs)
