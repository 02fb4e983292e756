"""What clicks on filters write into the box."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memex.core.filters import Field
from memex.core.query import parse_query
from memex.window.query_editing import with_value, without_filters
from tests.window.values import NOW


@pytest.mark.parametrize(
    ("text", "value", "is_wanted", "after"),
    [
        ("", "infra", True, "project:infra"),
        ("linker", "infra", True, "linker project:infra"),
        ("linker project:infra cc", "edge", True, "linker project:infra,edge cc"),
        ("linker project:infra,edge cc", "infra", False, "linker project:edge cc"),
        ("linker project:infra cc", "infra", False, "linker cc"),
        ("project:a x project:b", "b", False, "project:a x"),
        ("-project:old x", "new", True, "-project:old x project:new"),
        ("x", "two words", True, 'x project:"two words"'),
        ('x project:"two words"', "two words", False, "x"),
        ("x", 'a"b,c', True, 'x project:"a""b,c"'),
    ],
)
def test_a_value_is_put_in_and_taken_out(text: str, value: str, is_wanted: bool, after: str) -> None:
    assert with_value(text, Field.PROJECT, value, is_wanted=is_wanted, now=NOW) == after


def test_all_filters_are_cleared_and_words_stay() -> None:
    text = 'linker -docker project:infra "not found" since:2w has:error'
    assert without_filters(text, NOW) == 'linker -docker "not found"'


@given(st.text(max_size=60), st.text(min_size=1, max_size=12).filter(lambda value: value.strip() == value))
def test_what_was_put_in_is_read_again_and_can_be_taken_out(text: str, value: str) -> None:
    if parse_query(text, NOW).problems or "\x00" in value or not value.isprintable():
        return
    put_in = with_value(text, Field.BRANCH, value, is_wanted=True, now=NOW)
    assert value in parse_query(put_in, NOW).filters.of(Field.BRANCH)
    taken_out = with_value(put_in, Field.BRANCH, value, is_wanted=False, now=NOW)
    assert value not in parse_query(taken_out, NOW).filters.of(Field.BRANCH)
