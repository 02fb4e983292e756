"""Whatever is typed has a meaning: conditions, words that only look like conditions, and what is doubtful."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memex.core.filters import KNOWN_VALUES, Condition, Field, Filters
from memex.core.query import FILTER_NAMES, LONGEST_QUERY, SpanKind, parse_query
from memex.core.query_text import quoted, to_text, unfinished, without_filter

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 21, 17, 30, tzinfo=BERLIN)


def parse(text: str):
    return parse_query(text, NOW)


def conditions(text: str) -> list[str]:
    found = parse(text).filters.conditions
    return [f"{'-' if each.is_excluded else ''}{each.field}={each.value}" for each in found]


def test_words_phrases_exclusions_and_conditions_in_one_line() -> None:
    query = parse('linker error project:infra since:2w -musl "not found" -"in CI" has:edits')
    assert query.words == ("linker", "error")
    assert query.phrases == ("not found",)
    assert query.excluded == ("musl", "in CI")
    assert query.text == "linker error not found"
    assert query.filters.conditions == (
        Condition(Field.PROJECT, "infra"),
        Condition(Field.HAS, "edits"),
    )
    assert query.filters.since == datetime(2026, 11, 7, tzinfo=BERLIN)
    assert query.problems == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("project:a,b", ["project=a", "project=b"]),
        ("project:a project:b project:a", ["project=a", "project=b"]),
        ('project:"my app",b', ["project=my app", "project=b"]),
        ("project:“my app”", ["project=my app"]),
        ('project:"the ""best"" one"', ['project=the "best" one']),
        ("-project:a,b", ["-project=a", "-project=b"]),
        ("agent:claude is:UN intent:fix", ["agent=claude-code", "is=unresolved", "intent=fix"]),
        (r"file:C:\src\main.rs", [r"file=C:\src\main.rs"]),
        ("cmd:git error:E1 model:opus month:2026-05", ["cmd=git", "error=E1", "model=opus", "month=2026-05"]),
        ("project:a,", ["project=a"]),
    ],
)  # fmt: skip
def test_conditions(text: str, expected: list[str]) -> None:
    query = parse(text)
    assert conditions(text) == expected
    assert (query.words, query.problems) == ((), ())


@pytest.mark.parametrize(
    "text",
    [
        "std::vector", "http://x", "https://example.org/a?b=c", "Error: foo", r"C:\x", "error : x", "-", ":",
        "error: linker not found", "file:///etc/passwd", "localhost:8080", "a:b", "ERROR:root:boom", "- x",
        "cargo build --release", "-v", "node:fs", "12:30", "SELECT * FROM t; --", "body:x OR NEAR(a b)",
        "project:,", "((", "日本語", "🙂", "foo-bar", "x:y:z", "go test -run TestParse",
        "go tool trace -pprof=net", "target specs require -Zjson-target-spec",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_condition_is_words_and_no_problem(text: str) -> None:
    query = parse(text)
    assert query.text == text
    assert query.filters.is_empty
    assert (query.excluded, query.problems) == ((), ())


@pytest.mark.parametrize(
    ("text", "marked", "part"),
    [
        ("x projct:infra", "projct:", "did you mean “project:”?"),
        ("after:2w", "after:", "did you mean “since:”?"),
        ("Project:infra", "Project:", "did you mean “project:”?"),
        ("is:done", "is:done", "“is:” knows resolved, unresolved and live."),
        ("intent:ex", "intent:ex", "knows build"),
        ("since:sometime", "since:sometime", "“sometime” is no date"),
        ("month:may", "month:may", "write 2026-05"),
        ("-since:2w", "-since:2w", "say “until:”"),
        ("project:", "project:", "needs a value"),
        ("until:", "until:", "needs a date"),
        ('x "not closed', '"not closed', "not closed"),
        ('project:"a b', '"a b', "not closed"),
    ],
)
def test_what_is_doubtful_is_marked_where_it_stands(text: str, marked: str, part: str) -> None:
    (problem,) = parse(text).problems
    assert text[problem.start : problem.end] == marked
    assert part in problem.message


def test_what_is_marked_as_no_filter_is_searched_as_a_word() -> None:
    assert parse("projct:infra").text == "projct:infra"


def test_a_phrase_that_is_not_closed_runs_to_the_end() -> None:
    assert parse('a "b c').phrases == ("b c",)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("since:3d", "2026-11-18", None),
        ("since:today", "2026-11-21", None),
        ("since:yesterday until:yesterday", "2026-11-20", "2026-11-21"),
        ("since:monday", "2026-11-16", None),
        ("since:sat", "2026-11-21", None),
        ('since:"last saturday"', "2026-11-14", None),
        ("since:last month until:last month", "2026-10-01", "2026-11-01"),
        ("since:this week", "2026-11-16", None),
        ("since:last-year until:last-year", "2025-01-01", "2026-01-01"),
        ("since:2mo", "2026-09-21", None),
        ("since:1y", "2025-11-21", None),
        ('since:"2 weeks ago"', "2026-11-07", None),
        ("until:2026-05", None, "2026-06-01"),
        ("until:2026", None, "2027-01-01"),
        ("since:2026-05-03 until:2026/5/3", "2026-05-03", "2026-05-04"),
        ("since:december", "2025-12-01", None),
        ('since:"may 2024"', "2024-05-01", None),
        ("since:2w since:3d", "2026-11-18", None),
        ("since:5h", "2026-11-21T12:30", None),
        ("since:2026-05-03T10:00 until:2026-05-03T10:00", "2026-05-03T10:00", "2026-05-03T10:01"),
    ],
)
def test_dates_are_periods_in_the_local_zone(text: str, since: str | None, until: str | None) -> None:
    query = parse(text)
    filters = query.filters
    assert (query.words, query.problems) == ((), ())
    assert filters.since == (since and datetime.fromisoformat(since).replace(tzinfo=BERLIN))
    assert filters.until == (until and datetime.fromisoformat(until).replace(tzinfo=BERLIN))


@pytest.mark.parametrize(
    "date", ["2026-13", "2026-02-30", "9999y", "0001-01-01", "9999", "٣d", "1" * 50, "last"]
)
def test_dates_that_are_none(date: str) -> None:
    query = parse(f"since:{date}")
    assert query.filters.since is None
    assert "is no date" in query.problems[0].message


def test_a_day_keeps_its_local_midnight_across_a_change_of_clocks() -> None:
    since = parse("since:2026-07-01").filters.since
    assert since is not None
    assert since.astimezone(UTC) == datetime(2026, 6, 30, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("019b2ea4-aaaa-bbbb-cccc-58208e1f0000", "019b2ea4-aaaa-bbbb-cccc-58208e1f0000"),
        (" 019b2ea4 ", "019b2ea4"),
        ("agent-a1b2c3d4", "agent-a1b2c3d4"),
        ("/home/ann/.claude/projects/x/a b.jsonl", "/home/ann/.claude/projects/x/a b.jsonl"),
        ("~/s.jsonl", "~/s.jsonl"),
        (r"C:\Users\ann\s.jsonl", r"C:\Users\ann\s.jsonl"),
        ("file:///home/ann/s.jsonl", "/home/ann/s.jsonl"),
        ("019b2e", None),
        ("fix 019b2ea4", None),
        ("/clear", None),
        ("linker", None),
    ],
)
def test_a_pasted_id_or_path_is_a_reference(text: str, reference: str | None) -> None:
    assert parse(text).reference == reference


def test_a_paste_is_read_as_far_as_it_can_matter() -> None:
    query = parse("x " * 50_000)
    assert query.words == ("x",)
    assert "Only the first 4,000 characters" in query.problems[0].message


def test_spans_cover_what_was_typed() -> None:
    text = ' fix -musl project:"my app" "a b" -tool:Bash'
    spans = [(text[span.start : span.end], span.kind, span.field) for span in parse(text).spans]
    assert spans == [
        ("fix", SpanKind.WORD, None),
        ("-musl", SpanKind.EXCLUDED, None),
        ('project:"my app"', SpanKind.FILTER, "project"),
        ('"a b"', SpanKind.PHRASE, None),
        ("-tool:Bash", SpanKind.FILTER, "tool"),
    ]


@pytest.mark.parametrize(
    ("text", "field", "replaced", "beginning"),
    [
        ("fix proj", None, "proj", "proj"),
        ("-pro", None, "pro", "pro"),
        ("project:", Field.PROJECT, "", ""),
        ("fix project:inf", Field.PROJECT, "inf", "inf"),
        ("project:a,b", Field.PROJECT, "b", "b"),
        ('-project:"my a', Field.PROJECT, '"my a', "my a"),
    ],
)
def test_what_stands_before_the_cursor_can_be_completed(
    text: str, field: Field | None, replaced: str, beginning: str
) -> None:
    found = unfinished(text + " tail", len(text), NOW)
    assert found is not None
    assert (found.field, text[found.start : found.end], found.beginning) == (field, replaced, beginning)


@pytest.mark.parametrize("text", ["", "fix ", '"phrase', "since:2", "std::vec", "project:x "])
def test_where_nothing_can_be_completed(text: str) -> None:
    assert unfinished(text, len(text), NOW) is None


def test_a_condition_can_be_taken_out_of_a_query() -> None:
    assert without_filter("a project:x b -project:y since:2w", "project", NOW) == "a b since:2w"
    assert without_filter("project:x", "project", NOW) == ""


PIECES = st.sampled_from(
    [
        *(f"{name}:" for name in FILTER_NAMES),
        *(
            '"',
            "“",
            "”",
            "-",
            ",",
            ":",
            "//",
            " ",
            "2w",
            "last month",
            "2026-05",
            "\x00",
            "\ud800",
            "\\",
            "a",
        ),
        *("日本", "עברית", "🙂", ".jsonl"),
    ]
)
ANYTHING = st.lists(PIECES | st.text(max_size=8), max_size=30).map("".join)


@settings(max_examples=150)
@given(ANYTHING, st.integers(0, 60), st.sampled_from(FILTER_NAMES))
def test_no_text_is_refused_and_every_mark_lies_within_it(text: str, cursor: int, name: str) -> None:
    query = parse(text)
    unfinished(text, cursor, NOW)
    without_filter(text, name, NOW)
    end = 0
    for span in query.spans:
        assert end <= span.start < span.end <= len(text)
        end = span.end
    assert all(0 <= problem.start < problem.end <= len(text) for problem in query.problems)
    query.text.encode()
    assert "\x00" not in query.text


VALUES = st.text(
    st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), min_size=1, max_size=20
)


def condition(field: Field) -> st.SearchStrategy[Condition]:
    known = KNOWN_VALUES.get(field)
    values = st.sampled_from(known) if known else VALUES.filter(str.strip)
    if field is Field.MONTH:
        values = st.dates().map(lambda day: f"{day.year:04}-{day.month:02}")
    return st.builds(Condition, st.just(field), values, st.booleans())


MOMENTS = st.datetimes(datetime(1981, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))
SECONDS = MOMENTS.map(lambda moment: moment.replace(microsecond=0))
DAYS = MOMENTS.map(lambda moment: moment.replace(hour=0, minute=0, second=0, microsecond=0))
BOUNDS = st.none() | MOMENTS | SECONDS | DAYS
FILTERS = st.builds(
    Filters,
    st.lists(st.sampled_from(Field).flatmap(condition), max_size=6, unique=True).map(tuple),
    BOUNDS,
    BOUNDS,
)


@settings(max_examples=150)
@given(FILTERS)
def test_conditions_written_as_words_are_the_same_conditions(filters: Filters) -> None:
    text = to_text(filters, UTC)
    query = parse_query(text, NOW.astimezone(UTC))
    assert len(text) < LONGEST_QUERY
    assert (query.filters, query.problems, query.text) == (filters, (), "")


def test_values_are_quoted_only_where_they_must_be() -> None:
    assert [quoted(value) for value in ("infra", "my app", "a,b", 'a"b', "//x")] == [
        "infra",
        '"my app"',
        '"a,b"',
        '"a""b"',
        '"//x"',
    ]
