"""What each kind of tool call and turn is shown as, by value."""

import pytest

from memex.core.session import Role, ToolCall, ToolKind, Turn, TurnKind
from memex.window.replay.blocks import (
    CheckItem,
    Checklist,
    CheckState,
    Fact,
    Fold,
    Grammar,
    Listing,
    Note,
    Prose,
    SessionLink,
    Tone,
    ToolBlock,
)
from memex.window.replay.listing import HEAD, MAX_LINES, TAIL, Line, folded, line_count, opened
from memex.window.replay.renderers import RENDERERS, render_call
from memex.window.replay.renderers.prose import prose_blocks
from memex.window.replay.renderers.tool_block import NO_RESULT
from memex.window.replay.renderers.turn import render_turn
from tests.window.replay.sessions import EDIT, MCP, READ, SEARCH, SUBAGENT, prompt, reply, shell


def test_every_kind_of_tool_has_a_renderer() -> None:
    assert set(RENDERERS) == set(ToolKind)


def test_a_shell_call_shows_command_output_and_status() -> None:
    block = render_call(shell("cargo build", "\x1b[31merror\x1b[0m: no linker\n", 101, "Build"))
    assert (block.summary, block.is_error) == ("Build", True)
    assert block.facts == (Fact("exit 101", Tone.ERROR),)
    command, output = block.body
    assert isinstance(command, Listing)
    assert isinstance(output, Listing)
    assert folded(command).head == (Line("cargo build", gutter="$"),)
    assert folded(output).head == (Line("error: no linker"),)


def test_the_status_that_stands_in_the_text_alone_is_taken_from_there() -> None:
    call = ToolCall(
        "1", "Bash", ToolKind.SHELL, command="ls", result="Exit code 2\nno such file", is_error=True
    )
    block = render_call(call)
    assert block.facts == (Fact("exit 2", Tone.ERROR),)
    assert block.body[1] == Listing("no such file", label="Output")


def test_a_call_without_a_result_says_so() -> None:
    assert render_call(shell("sleep 9", None, None)).body[-1] == NO_RESULT


def test_an_edit_is_a_diff_with_numbers_of_both_sides() -> None:
    block = render_call(EDIT)
    assert block.summary == "/srv/infra/ci/Dockerfile"
    assert block.facts == (Fact("+3", Tone.ADDED), Fact("−1", Tone.REMOVED))
    (listing,) = block.body
    assert isinstance(listing, Listing)
    lines = folded(listing).head
    assert lines[0] == Line("@@ -1,4 +1,5 @@", Tone.MUTED)
    assert lines[2] == Line("RUN apt-get update", Tone.REMOVED, "2 −")
    assert lines[3] == Line("RUN apt-get update \\", Tone.ADDED, "2 +")
    assert lines[5] == Line("WORKDIR /src", gutter="4  ")
    assert lines[9] == Line("ENV CC=gcc", Tone.ADDED, "42 +")


def test_an_edit_that_failed_shows_why() -> None:
    call = ToolCall("1", "Edit", ToolKind.EDIT, {"file_path": "/a"}, "String not found.", is_error=True)
    block = render_call(call)
    assert block.summary == "/a"
    assert block.facts == (Fact("failed", Tone.ERROR),)
    assert block.body[-1] == Listing("String not found.", label="Result")


def test_a_file_that_was_read_has_its_own_line_numbers_and_no_reminder() -> None:
    block = render_call(READ)
    (listing,) = block.body
    assert isinstance(listing, Listing)
    assert block.facts == (Fact("4 lines"),)
    assert folded(listing).head[1] == Line("RUN apt-get update", gutter="2")
    assert "Not part of the file" not in listing.text


def test_a_search_shows_what_was_sought_and_where() -> None:
    block = render_call(SEARCH)
    assert block.summary == "linker.*cc in ci/"
    assert block.facts == (Fact("2 lines"),)


def test_a_search_that_found_nothing_says_so() -> None:
    call = ToolCall("1", "Grep", ToolKind.SEARCH, {"pattern": "x"}, "")
    assert render_call(call).body == (Note("Nothing was found."),)


@pytest.mark.parametrize(
    "arguments",
    [
        {"todos": [{"content": "one", "status": "completed"}, {"content": "two", "status": "pending"}]},
        {"plan": [{"step": "one", "status": "completed"}, {"step": "two", "status": "pending"}]},
    ],
)
def test_todos_and_plans_are_checklists(arguments: object) -> None:
    block = render_call(ToolCall("1", "x", ToolKind.TODO, arguments, "saved"))
    items = (CheckItem("one", CheckState.DONE), CheckItem("two", CheckState.OPEN))
    assert block.body == (Checklist(items),)
    assert block.facts == (Fact("1 of 2 done"),)


def test_a_proposed_plan_is_prose() -> None:
    call = ToolCall("1", "ExitPlanMode", ToolKind.PLAN, {"plan": "# Do it"}, "approved")
    assert render_call(call).body == (Prose("# Do it"), Listing("approved", label="Result"))


def test_a_subagent_leads_to_its_session() -> None:
    prompt_fold, answer, link = render_call(SUBAGENT).body
    assert isinstance(prompt_fold, Fold)
    assert isinstance(answer, Prose)
    assert link == SessionLink("agent-7f3a")


@pytest.mark.parametrize("arguments", [None, "not { json", [1, 2], {"todos": 7}, {"plan": None}])
@pytest.mark.parametrize("kind", ToolKind)
def test_no_shape_of_arguments_breaks_a_renderer(kind: ToolKind, arguments: object) -> None:
    block = render_call(ToolCall("1", "tool", kind, arguments, None))
    assert block.body[-1] == NO_RESULT


def test_an_unknown_tool_shows_its_arguments_as_json() -> None:
    listing, result = render_call(MCP).body
    assert isinstance(listing, Listing)
    assert '"id": "CI-98"' in listing.text
    assert result == Listing(str(MCP.result), label="Result")


def test_a_turn_is_thinking_then_words_then_tools() -> None:
    blocks = render_turn(reply(0, "words", MCP, thinking="hm"))
    assert [type(block) for block in blocks] == [Fold, Prose, ToolBlock]


def test_injected_text_is_folded_and_agent_errors_are_errors() -> None:
    (injected,) = render_turn(Turn(0, Role.USER, TurnKind.INJECTED, "reminder"))
    (failure,) = render_turn(Turn(1, Role.SYSTEM, TurnKind.ERROR, "529"))
    assert isinstance(injected, Fold)
    assert isinstance(failure, ToolBlock)
    assert failure.is_error


def test_an_empty_turn_says_so() -> None:
    assert render_turn(prompt(0, " ")) == (Note("This turn holds nothing to show."),)


def test_fenced_code_becomes_a_listing_even_when_it_never_ends() -> None:
    assert prose_blocks("a\n```py\nx = 1\n\n```\nb\n~~~\n```\n") == (
        Prose("a"),
        Listing("x = 1\n", label="Code"),
        Prose("b"),
        Listing("```\n", label="Code"),
    )


def test_long_output_is_folded_in_the_middle() -> None:
    listing = Listing("\n".join(f"line {n}" for n in range(100)))
    excerpt = folded(listing)
    assert (len(excerpt.head), excerpt.hidden, len(excerpt.tail)) == (HEAD, 100 - HEAD - TAIL, TAIL)
    assert excerpt.tail[0].text == "line 90"
    assert excerpt.tail[-1].text == "line 99"


def test_a_numbered_listing_is_folded_at_its_end() -> None:
    excerpt = folded(Listing("\n".join(f"{n}\tx" for n in range(100)), Grammar.NUMBERED))
    assert (len(excerpt.head), excerpt.hidden, excerpt.tail) == (HEAD, 100 - HEAD, ())


def test_a_million_lines_are_never_all_read() -> None:
    listing = Listing("a line\n" * 1_000_000)
    assert line_count(listing.text) == 1_000_000
    assert len(folded(listing).head) == HEAD
    assert (len(opened(listing).head), opened(listing).hidden) == (MAX_LINES, 1_000_000 - MAX_LINES)
