"""What an outline tells of a session before any of its turns is asked for."""

import json
from collections.abc import Callable
from pathlib import Path

from memex.core.replay import SessionOutline, TouchedFile, WithdrawnBranch
from memex.core.session import (
    FileTouch,
    Outcome,
    ToolCall,
    ToolKind,
    TouchKind,
    Turn,
    TurnKind,
)
from memex.library.library import Library
from memex.library.replay.opened import OpenedSessions
from memex.library.replay.outline import touched_files, withdrawn_branches
from tests.library.replay.conftest import take_in
from tests.sessions import prompt, reply, session
from tests.transcript_files import TranscriptFile, session_id

SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def test_each_turn_says_what_it_was(outline_now: Callable[[], SessionOutline]) -> None:
    first, second, third = outline_now().turns
    assert (first.kind, first.gist) == (TurnKind.PROMPT, "Why does the build fail?")
    assert (second.tools, second.has_error, second.gist) == ((ToolKind.SHELL,), True, "Bash make")
    assert (third.has_error, third.gist) == (False, "A header is missing.")


def test_the_header_is_of_what_was_read_now(
    outline_now: Callable[[], SessionOutline], file: TranscriptFile
) -> None:
    before = outline_now()
    file.run("make", "done").say("Fixed.")
    after = outline_now()
    assert after.card == before.card  # the catalog's, until the file is indexed again
    assert before.ended_at is not None
    assert after.ended_at is not None
    assert after.ended_at > before.ended_at
    assert (before.outcome, after.outcome) == (Outcome.UNRESOLVED, Outcome.RESOLVED)
    assert after.outcome_evidence.turns
    assert after.resume_command == f"cd /home/ann/infra && claude --resume {session_id(1)}"


def test_files_are_counted_by_what_was_done_to_them() -> None:
    def touching(index: int, *touches: tuple[str, TouchKind]) -> Turn:
        call = ToolCall(f"call-{index}", "Edit", files=tuple(FileTouch(*touch) for touch in touches))
        return reply(index, "", call)

    told = session(
        "s",
        touching(0, ("a.py", TouchKind.READ), ("b.py", TouchKind.CREATED)),
        touching(1, ("a.py", TouchKind.EDITED)),
        touching(2, ("a.py", TouchKind.EDITED)),
    )
    assert touched_files(told) == (TouchedFile("a.py", read=1, edited=2), TouchedFile("b.py", created=1))


def test_withdrawn_stretches_are_told_with_the_turn_they_left() -> None:
    def branched(index: int, branch: int) -> Turn:
        return Turn(index, prompt(index, "").role, TurnKind.PROMPT, "x", branch=branch)

    told = session("s", *(branched(index, branch) for index, branch in enumerate([0, 1, 1, 0, 2, 0])))
    assert withdrawn_branches(told) == (WithdrawnBranch(1, (1, 2), 0), WithdrawnBranch(2, (4,), 3))


def test_parent_and_sub_agents_are_found_in_the_catalog(
    library: Library, sessions: OpenedSessions, folder: Path, file: TranscriptFile
) -> None:
    TranscriptFile(folder / session_id(1) / "subagents", session_id(1)).prompt("Look into it")
    child = folder / session_id(1) / "subagents" / "agent-abc123.jsonl"
    written = (folder / session_id(1) / "subagents" / f"{session_id(1)}.jsonl").read_text()
    record = json.loads(written) | {"isSidechain": True, "agentId": "abc123"}
    child.write_text(json.dumps(record) + "\n")
    (folder / session_id(1) / "subagents" / f"{session_id(1)}.jsonl").unlink()
    take_in(library, folder)
    of_parent = sessions.outline(sessions.open(session_id(1)), hide_secrets=False)
    of_child = sessions.outline(sessions.open("agent-abc123"), hide_secrets=False)
    assert [card.id for card in of_parent.children] == ["agent-abc123"]
    assert of_child.parent == of_parent.card
    assert of_child.resume_command is None


def test_secrets_can_be_hidden_from_turns_and_gists(
    library: Library, sessions: OpenedSessions, folder: Path, file: TranscriptFile
) -> None:
    file.prompt(f"The token is {SECRET}").run(f"curl -H {SECRET}", "200")
    take_in(library, folder)
    opened = sessions.open(session_id(1))
    assert SECRET in str(opened.session(hide_secrets=False).turns)
    hidden = opened.session(hide_secrets=True)
    assert SECRET not in str(hidden)
    assert "[redacted: github-token]" in hidden.turns[3].text
    assert hidden is opened.session(hide_secrets=True)
    assert hidden.turns[0] is opened.session(hide_secrets=False).turns[0]
    assert SECRET not in str(sessions.outline(opened, hide_secrets=True).turns)
    assert sessions.outline(opened, hide_secrets=True).redactions == {"github-token": 3}
