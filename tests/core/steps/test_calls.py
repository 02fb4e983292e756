"""What each kind of tool call and turn is shown as, by value."""

import pytest

from memex.core.session import ErrorMet, Role, ToolCall, ToolKind, Turn, TurnKind
from memex.core.steps.blocks import (
    CheckItem,
    Checklist,
    CheckState,
    Diff,
    Fact,
    Fold,
    Grammar,
    JsonTree,
    Listing,
    Note,
    Picture,
    Plan,
    Prose,
    Question,
    Questions,
    SubAgent,
    Terminal,
    Tone,
    ToolBlock,
    TurnLink,
    WebLink,
    WebLinks,
)
from memex.core.steps.call import NO_RESULT
from memex.core.steps.context import step_context
from memex.core.steps.turn import WITHDRAWN, render_call, render_turn
from tests.window.replay.sessions import EDIT, MCP, READ, SEARCH, SUBAGENT, prompt, reply, shell

RED = "\x1b[31merror\x1b[0m: no linker\n"


def terminal_of(call: ToolCall) -> Terminal:
    (found,) = [block for block in render_call(call).body if isinstance(block, Terminal)]
    return found


def test_a_shell_call_is_a_terminal_with_its_status() -> None:
    call = shell("cargo build", "error: no linker\n", 101, "Build")
    assert (render_call(call).summary, render_call(call).is_error) == ("Build", True)
    assert render_call(call).facts == (Fact("exit 101", Tone.ERROR),)
    terminal = terminal_of(call)
    assert terminal.command.text == "cargo build"
    assert terminal.output == Listing("error: no linker", Grammar.TERMINAL, "Output")
    assert (terminal.errors, terminal.exit_status) == (None, 101)


def test_a_terminal_prefers_what_was_printed_in_colours() -> None:
    call = ToolCall("1", "Bash", ToolKind.SHELL, command="make", result="error: no linker\n", coloured=RED)
    output = terminal_of(call).output
    assert output is not None
    assert output.text == RED.strip("\n")


def test_standard_error_is_apart_where_the_record_keeps_it_apart() -> None:
    call = ToolCall("1", "Bash", ToolKind.SHELL, command="make", result="built\nslow", stderr="slow")
    terminal = terminal_of(call)
    assert terminal.output is not None
    assert terminal.errors is not None
    assert (terminal.output.text, terminal.errors.text) == ("built", "slow")
    assert terminal.errors.tone is Tone.ERROR


def test_what_a_running_shell_printed_is_told_by_stream() -> None:
    read = "<status>running</status>\n\n<stdout>\nready\n</stdout>\n\n<stderr>\nslow\n</stderr>"
    terminal = terminal_of(ToolCall("1", "BashOutput", ToolKind.SHELL, {"bash_id": "b"}, read))
    assert terminal.output is not None
    assert terminal.errors is not None
    assert (terminal.output.text, terminal.errors.text) == ("ready", "slow")


def test_the_status_that_stands_in_the_text_alone_is_taken_from_there() -> None:
    call = ToolCall("1", "Bash", ToolKind.SHELL, command="ls", result="Exit code 2\nno file", is_error=True)
    assert render_call(call).facts == (Fact("exit 2", Tone.ERROR),)
    assert terminal_of(call).output == Listing("no file", Grammar.TERMINAL, "Output")


def test_a_call_without_a_result_says_so() -> None:
    assert render_call(shell("sleep 9", None, None)).body[-1] == NO_RESULT


def test_an_edit_is_a_diff_in_the_language_of_its_file() -> None:
    block = render_call(EDIT)
    assert block.summary == "/srv/infra/ci/Dockerfile"
    assert block.facts == (Fact("+3", Tone.ADDED), Fact("−1", Tone.REMOVED))
    assert block.body == (Diff(EDIT.diffs[0], "docker"),)


def test_an_edit_that_failed_shows_what_was_wanted_and_why_not() -> None:
    call = ToolCall("1", "Edit", ToolKind.EDIT, {"file_path": "/a"}, "String not found.", is_error=True)
    block = render_call(call)
    assert block.summary == "/a"
    assert block.facts == (Fact("failed", Tone.ERROR),)
    assert block.body == (
        JsonTree({"file_path": "/a"}, "Input"),
        Listing("String not found.", Grammar.TERMINAL, "Result", tone=Tone.ERROR),
    )


def test_a_file_that_was_read_has_its_own_line_numbers_and_no_reminder() -> None:
    (listing,) = render_call(READ).body
    assert isinstance(listing, Listing)
    assert (listing.grammar, listing.language) == (Grammar.NUMBERED, "docker")
    assert "Not part of the file" not in listing.text


@pytest.mark.parametrize(
    ("text", "grammar"),
    [
        ("    7→x = 1\n    8→y = 2", Grammar.NUMBERED),
        ("7. x = 1\n8. y = 2", Grammar.NUMBERED),
        ("    7→x = 1", Grammar.NUMBERED),
        ("1. one\n1. two", Grammar.CODE),
        ("x = 1\ny = 2", Grammar.CODE),
    ],
)
def test_numbers_in_the_text_are_told_from_text_that_begins_with_numbers(text: str, grammar: Grammar) -> None:
    (listing,) = render_call(ToolCall("1", "Read", ToolKind.READ, {"file_path": "a.py"}, text)).body
    assert isinstance(listing, Listing)
    assert listing.grammar is grammar


def test_a_search_shows_what_was_sought_and_the_places_found() -> None:
    block = render_call(SEARCH)
    assert block.summary == "linker.*cc in ci/"
    assert block.facts == (Fact("2 lines"),)
    assert block.body == (Listing(str(SEARCH.result), Grammar.PLACES, "Places found"),)


def test_a_search_that_found_nothing_says_so() -> None:
    call = ToolCall("1", "Grep", ToolKind.SEARCH, {"pattern": "x"}, "")
    assert render_call(call).body == (Note("Nothing was found."),)


@pytest.mark.parametrize(
    "arguments",
    [
        {"todos": [{"content": "one", "status": "completed"}, {"content": "two", "status": "pending"}]},
        {"plan": [{"step": "one", "status": "completed"}, {"step": "two", "status": "pending"}]},
        'await tools.update_plan({plan:[{step:"one",status:"completed"},{"step":"two","status":"pending"}]})',
    ],
)
def test_todos_and_plans_are_checklists(arguments: object) -> None:
    block = render_call(ToolCall("1", "x", ToolKind.TODO, arguments, "saved"))
    items = (CheckItem("one", CheckState.DONE), CheckItem("two", CheckState.OPEN))
    assert block.body == (Checklist(items),)
    assert block.facts == (Fact("1 of 2 done"),)


def test_a_plan_carries_what_the_user_said_to_it() -> None:
    plan = {"plan": "# Do it"}
    approved = render_call(ToolCall("1", "ExitPlanMode", ToolKind.PLAN, plan, "User has approved your plan."))
    assert approved.body == (Plan((Prose("# Do it"),), "approved", is_approved=True),)
    refusal = "The user doesn't want to proceed with this. To tell you how, the user said:\nTests first."
    refused = render_call(ToolCall("1", "ExitPlanMode", ToolKind.PLAN, plan, refusal, is_error=True))
    assert refused.facts == (Fact("sent back"),)
    assert refused.body == (
        Plan((Prose("# Do it"),), "sent back"),
        Prose("Tests first.", keep_lines=True),
    )


ASKED = {"questions": [{"question": "Where?", "header": "Place", "id": "p", "options": [
    {"label": "docs/", "description": "Near the words"}, {"label": "src/"}]}]}  # fmt: skip


@pytest.mark.parametrize(
    ("result", "chosen", "answer"),
    [
        ('User has answered your questions: "Where?"="src/". You can now continue.', "src/", ""),
        ('{"answers":{"p":{"answers":["docs/"]}}}', "docs/", ""),
        ('User has answered your questions: "Where?"="under "my" desk". You can now', "", 'under "my" desk'),
    ],
)
def test_a_question_has_its_chosen_answer(result: str, chosen: str, answer: str) -> None:
    (questions,) = render_call(ToolCall("1", "Ask", ToolKind.QUESTION, ASKED, result)).body
    assert isinstance(questions, Questions)
    (question,) = questions.items
    assert isinstance(question, Question)
    assert [option.label for option in question.options if option.is_chosen] == [chosen] * bool(chosen)
    assert question.answer == answer


def test_a_web_search_lists_its_addresses() -> None:
    result = 'Results for "x"\n\nLinks: [{"title":"A","url":"https://a.example"}]\n\nIt says **so**.'
    links, prose = render_call(ToolCall("1", "WebSearch", ToolKind.WEB, {"query": "x"}, result)).body
    assert links == WebLinks((WebLink("https://a.example", "A"),))
    assert isinstance(prose, Prose)


def test_an_mcp_call_is_two_trees() -> None:
    assert render_call(MCP).body == (
        JsonTree(MCP.input, "Input"),
        JsonTree({"title": "CI fails", "state": "open"}, "Result"),
    )


def test_a_subagent_leads_to_its_session() -> None:
    prompt_fold, link, answer = render_call(SUBAGENT).body
    assert isinstance(prompt_fold, Fold)
    assert isinstance(answer, Prose)
    assert link == SubAgent("agent-7f3a")


@pytest.mark.parametrize(
    "arguments", [None, "not { json", [1, 2], {"todos": 7}, {"questions": [{}]}, {"plan": 1}]
)
@pytest.mark.parametrize("kind", ToolKind)
def test_no_shape_of_arguments_breaks_a_renderer(kind: ToolKind, arguments: object) -> None:
    block = render_call(ToolCall("1", "tool", kind, arguments, None))
    assert block.body[-1] == NO_RESULT


def test_images_are_numbered_through_the_turn() -> None:
    call = ToolCall("1", "Read", ToolKind.READ, {"file_path": "a.png"}, "[image]\n[image]")
    turn = Turn(0, Role.USER, TurnKind.PROMPT, "look", images=1, tool_calls=(call,))
    _, picture, block = render_turn(turn)
    assert picture == Picture(0)
    assert isinstance(block, ToolBlock)
    assert block.body == (Picture(1), Picture(2))


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


def test_a_withdrawn_turn_says_so_first() -> None:
    assert render_turn(Turn(0, Role.USER, TurnKind.PROMPT, "no", branch=1))[0] == WITHDRAWN


def test_links_lead_to_the_solution_and_to_the_work_begun() -> None:
    begun = ToolCall("b", "Bash", ToolKind.SHELL, command="serve", result="", is_error=True)
    later = ToolCall("c", "BashOutput", ToolKind.SHELL, {"bash_id": "1"}, "on", continues="b")
    turns = (
        Turn(
            0, Role.ASSISTANT, TurnKind.REPLY, tool_calls=(begun,), errors=(ErrorMet("x", "b", solved_at=2),)
        ),
        Turn(1, Role.ASSISTANT, TurnKind.REPLY, tool_calls=(later,)),
        Turn(2, Role.USER, TurnKind.NOTIFICATION, "done", reports="b"),
    )
    context = step_context(turns)
    links = [
        [part for part in (*blocks, *(blocks[-1].body if isinstance(blocks[-1], ToolBlock) else ()))
         if isinstance(part, TurnLink)]
        for blocks in (render_turn(turn, context.for_turns([turn])) for turn in turns)
    ]  # fmt: skip
    assert links == [
        [TurnLink(2, "Solved", is_solution=True)],
        [TurnLink(0, "Continues the process begun")],
        [TurnLink(0, "Reports on work begun")],
    ]
