"""What a session is embedded by, judged by value."""

from itertools import pairwise

import msgspec

from memex.core.lenses import Lens
from memex.core.session import FileTouch, Role, ToolCall, ToolKind, TouchKind, Turn, TurnKind
from memex.core.settings import Budgets
from memex.library.lens_documents import TITLE, content_passages, lens_texts, pieces
from tests.sessions import prompt, reply, session, shell


def text_of(lens: Lens, *turns: Turn) -> str:
    return "\n".join(text.body for text in lens_texts(session("s", *turns)) if text.lens is lens)


def test_a_passage_knows_its_turn() -> None:
    texts = lens_texts(session("s", prompt(0, "Find the slow query"), reply(1, "It lacks an index")))
    assert [(t.first_turn, t.body) for t in texts if t.lens is Lens.CONTENT and t.ordinal != TITLE] == [
        (0, "Find the slow query"),
        (1, "It lacks an index"),
    ]


def test_the_title_comes_before_the_passages() -> None:
    titled = msgspec.structs.replace(session("s", prompt(0, "Find the slow query")), title="Slow query")
    first, second = (text for text in lens_texts(titled) if text.lens is Lens.CONTENT)
    assert (first.ordinal, first.body) == (TITLE, "Slow query")
    assert (second.ordinal, second.body) == (TITLE + 1, "Find the slow query")


def test_withdrawn_turns_are_in_no_passage() -> None:
    withdrawn = msgspec.structs.replace(prompt(0, "Delete the cache"), branch=1)
    texts = lens_texts(session("s", withdrawn, prompt(1, "Keep the cache")))
    assert [text.body for text in texts if text.ordinal != TITLE] == ["Keep the cache"]


def test_injected_text_and_summaries_are_in_no_lens() -> None:
    turns = [
        Turn(0, Role.USER, TurnKind.INJECTED, "AGENTS.md says so"),
        Turn(1, Role.USER, TurnKind.SUMMARY, "This session continues"),
        Turn(2, Role.USER, TurnKind.NOTIFICATION, "A task ended"),
    ]
    assert lens_texts(session("s", *turns)) == []


def test_the_passages_of_a_long_session_cover_all_of_it_within_the_budget() -> None:
    turns = [prompt(i, f"Question number{i} about topic{i} and detail{i}") for i in range(200)]
    passages = content_passages(session("s", *turns), Budgets(passages=10))
    covered = [passage.turn for passage in passages]
    assert len(covered) == 10
    assert (covered[0], covered[-1]) == (0, 199)
    assert max(later - earlier for earlier, later in pairwise(covered)) < 60


def test_the_same_words_are_one_passage() -> None:
    passages = content_passages(
        session("s", prompt(0, "Run it again"), prompt(1, "run it again!")), Budgets()
    )
    assert len(passages) == 1


def test_long_text_is_cut_at_sentences() -> None:
    cut = list(pieces("One sentence here. " * 30, 100))
    assert all(len(piece) <= 110 for piece in cut)
    assert all(piece.endswith(".") for piece in cut)


def test_failed_calls_and_error_lines_of_others_are_the_error_lens() -> None:
    failed = shell("make", "cc: fatal error: no input\n" + "noise\n" * 50, is_error=True)
    passed = shell("./run", "starting\nERROR: port 80 is taken\ndone")
    assert text_of(Lens.ERROR, reply(0, "", failed, passed)).splitlines() == [
        "cc: fatal error: no input",
        "ERROR: port 80 is taken",
    ]


def test_a_session_without_errors_has_no_error_text() -> None:
    assert text_of(Lens.ERROR, reply(0, "fine", shell("ls", "a.txt"))) == ""


def test_tools_stand_with_their_commands_and_paths_without_the_project() -> None:
    read = ToolCall(
        "r", "Read", ToolKind.READ, files=(FileTouch("/home/ann/infra/src/main.rs", TouchKind.READ),)
    )
    turn = reply(0, "", shell("cargo test"), read)
    assert "Bash cargo test" in text_of(Lens.TOOL, turn)
    assert text_of(Lens.PATH, turn) == "src/main.rs"


def test_fenced_blocks_are_code_and_not_content() -> None:
    turn = reply(0, "Use this:\n```python\ndef frobnicate(): ...\n```\nIt is enough.")
    assert "frobnicate" in text_of(Lens.CODE, turn)
    assert "frobnicate" not in text_of(Lens.CONTENT, turn)
