"""How sessions ended and what they were for, by the rules of `outcome.py`."""

import pytest

from memex.core.session import Intent, Outcome
from tests.transcripts.lines import Record, assistant, read, result, text, use, user

GO = user("go")
DONE = assistant(text("Done."), id="end")
INTERRUPT = user("[Request interrupted by user]")


def ran(command: str, id: str, failed: bool = False) -> list[Record]:
    answer = result("Exit code 1" if failed else "ok", id, is_error=failed)
    return [assistant(use("Bash", {"command": command}, id), id=f"m{id}"), answer]


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
