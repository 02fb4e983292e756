"""How sessions ended and what they were for, by the rules of `outcome.py`."""

import pytest

from memex.core.session import Evidence, Intent, Outcome
from tests.transcripts.lines import Record, assistant, read, result, text, use, user

GO = user("go")
DONE = assistant(text("Done."), id="end")
INTERRUPT = user("[Request interrupted by user]")


def ran(command: str, id: str, failed: bool = False) -> list[Record]:
    answer = result("Exit code 1" if failed else "ok", id, is_error=failed)
    return [assistant(use("Bash", {"command": command}, id), id=f"m{id}"), answer]


def text_reply(words: str) -> Record:
    return assistant(text(words), id=words)


def edited(id: str) -> list[Record]:
    given = {"file_path": "/f", "old_string": "a", "new_string": "b"}
    return [assistant(use("Edit", given, id), id=f"m{id}"), result("updated", id)]


@pytest.mark.parametrize(
    ("records", "outcome"),
    [
        ([GO], Outcome.UNKNOWN),
        ([GO, DONE], Outcome.UNKNOWN),
        ([GO, DONE, INTERRUPT], Outcome.UNRESOLVED),
        ([*ran("pytest -q", "1", failed=True), *edited("2"), *ran("pytest -q", "3"), DONE], Outcome.RESOLVED),
        ([*ran("cargo test", "1"), *ran("cargo test", "2", failed=True), DONE], Outcome.UNRESOLVED),
        ([*ran("npm run build", "1", failed=True), *edited("2"), DONE], Outcome.PARTIAL),
        ([*ran("cd /x && .venv/bin/python -m pytest -q 2>&1 | tail -3", "1"), DONE], Outcome.RESOLVED),
        ([*ran("git commit -m 'make test pass'", "1", failed=True), *ran("ls", "2"), DONE], Outcome.UNKNOWN),
        ([*edited("1"), *ran("make lint", "2"), INTERRUPT], Outcome.PARTIAL),
        ([*ran("make lint", "1"), *edited("2"), INTERRUPT], Outcome.UNRESOLVED),
        ([*edited("1"), DONE, user("thanks, it works now"), text_reply("Good.")], Outcome.RESOLVED),
        ([*edited("1"), DONE, user("still not working"), text_reply("Sorry.")], Outcome.UNRESOLVED),
        ([user("what does it do?"), DONE], Outcome.RESOLVED),
        ([*edited("1"), *ran("git commit -m x", "2"), DONE], Outcome.RESOLVED),
        ([*ran("git commit -m x", "1"), *edited("2"), DONE], Outcome.UNKNOWN),
        ([*ran("cat nothing", "1", failed=True), DONE], Outcome.UNRESOLVED),
        ([*ran("echo making a test of it", "1", failed=True), *ran("ls", "2"), DONE], Outcome.UNKNOWN),
    ],
)
def test_outcomes(records: list[Record], outcome: Outcome) -> None:
    assert read(*records).outcome is outcome


@pytest.mark.parametrize(
    ("prompt", "intent"),
    [
        ("Fix the crash when adding a user", Intent.FIX),
        ("add tests for the broken parser", Intent.BUILD),
        ("docker compose up: the api exits with dial tcp: connection refused", Intent.FIX),
        ("can you update to the latest go version?", Intent.CHORE),
        ("can you review the changes in this branch?", Intent.EXPLORE),
        ("please rename Foo to Bar", Intent.REFACTOR),
        ("what does this function do?", Intent.EXPLAIN),
        ("investigate why the build is slow", Intent.EXPLORE),
        ("bump the version and release", Intent.CHORE),
        ("hello there", Intent.UNKNOWN),
    ],
)
def test_intents(prompt: str, intent: Intent) -> None:
    assert read(user(prompt)).intent is intent
    assert read(user("hello"), user(prompt)).intent is intent


def test_a_pipe_does_not_hide_that_tests_failed() -> None:
    run = assistant(use("Bash", {"command": "pytest -q | tail -3"}))
    assert read(GO, run, result("2 failed, 5 passed in 1s")).outcome is Outcome.UNRESOLVED
    assert read(GO, run, result("7 passed in 1s")).outcome is Outcome.RESOLVED


def test_the_turns_that_decided_are_told() -> None:
    session = read(GO, *ran("pytest", "1", failed=True), *edited("2"), DONE)
    assert session.outcome_evidence == Evidence("The last check failed; files were changed after it.", (1, 2))
    session = read(user("hello"), user("fix the crash"), DONE)
    assert (session.intent, session.intent_evidence.turns) == (Intent.FIX, (1,))


def test_a_question_that_led_to_work_is_the_work() -> None:
    question = user("why does the build fail?")
    assert read(question, DONE).intent is Intent.EXPLAIN
    assert read(question, *edited("1"), DONE).intent is Intent.FIX
    assert read(user("what is this?"), *edited("1"), *edited("2")).intent is Intent.BUILD


def test_of_a_plan_its_title_tells() -> None:
    plan = "Implement the following plan:\n\n# Plan: {}\n\n## Context\nFix the crash."
    assert read(user(plan.format("Rename Foo to Bar"))).intent is Intent.REFACTOR
    assert read(user(plan.format("Foo in Bar"))).intent is Intent.BUILD


def test_pasted_code_and_logs_have_no_vote() -> None:
    assert read(user("```\nfix()\n```\nrename it")).intent is Intent.REFACTOR


def test_an_error_knows_where_the_same_command_passed() -> None:
    session = read(
        GO,
        *ran("cd /a && make test 2>&1 | tail -5", "1", failed=True),
        *ran("make lint", "2", failed=True),
        *edited("3"),
        *ran("make test", "4"),
    )
    errors = [error for turn in session.turns for error in turn.errors]
    assert [(error.call_id, error.solved_at) for error in errors] == [("1", 4), ("2", None)]
    assert errors[0].text == "Exit code 1"
    assert [run.failed for turn in session.turns for run in turn.commands_run] == [True, True, False]
