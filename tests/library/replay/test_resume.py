"""The command that goes on with a session, safe to paste into a shell."""

import shlex
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

from memex.core.session import Agent
from memex.library.replay.resume import resume_command
from tests.sessions import session

FILE = Path("/home/ann/.pi/s 1.jsonl")


@pytest.mark.parametrize(
    ("agent", "command"),
    [
        (Agent.CLAUDE_CODE, "cd /home/ann/infra && claude --resume abc-1"),
        (Agent.CODEX, "cd /home/ann/infra && codex resume abc-1"),
        (Agent.GEMINI, "cd /home/ann/infra && gemini --resume abc-1"),
        (Agent.OPENCODE, "cd /home/ann/infra && opencode --session abc-1"),
        (Agent.COPILOT, "cd /home/ann/infra && copilot --resume=abc-1"),
        (Agent.CURSOR, "cd /home/ann/infra && cursor-agent --resume=abc-1"),
        (Agent.QWEN, "cd /home/ann/infra && qwen --resume abc-1"),
        (Agent.PI, "cd /home/ann/infra && pi --session '/home/ann/.pi/s 1.jsonl'"),
        (Agent.OH_MY_PI, "cd /home/ann/infra && omp --resume '/home/ann/.pi/s 1.jsonl'"),
        (Agent.CLINE, None),
        (Agent.AIDER, None),
    ],
)
def test_each_agent_has_its_own(agent: Agent, command: str | None) -> None:
    assert resume_command(replace(session("abc-1"), agent=agent), FILE) == command


@pytest.mark.parametrize(
    "folder", ["/tmp/it's; rm -rf ~", "/tmp/$(touch x)", "-P", "/tmp/a b", "~", "/tmp/`x`"]
)
def test_a_folder_is_one_word_whatever_it_holds(folder: str) -> None:
    command = resume_command(session("abc", project_path=folder), FILE)
    assert command is not None
    words = shlex.split(command)
    assert words[-4:] == ["&&", "claude", "--resume", "abc"]
    assert words[-5] == folder
    shown = subprocess.run(
        ["sh", "-c", f'cd() {{ for last; do :; done; printf %s "$last"; }}; {command.split(" && ")[0]}'],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert shown.stdout == folder


@pytest.mark.parametrize("name", ["--dangerously-skip-permissions", "a b", "x;y", "", "a\nb"])
def test_an_id_that_is_none_gives_no_command(name: str) -> None:
    assert resume_command(session(name), FILE) is None


def test_no_command_for_sub_agents_and_for_folders_that_would_break_a_line() -> None:
    assert resume_command(session("abc", is_subagent=True), FILE) is None
    assert resume_command(session("abc", project_path="/tmp/a\nb"), FILE) is None


def test_without_a_folder_the_agent_alone() -> None:
    assert resume_command(session("abc", project_path=None), FILE) == "claude --resume abc"
