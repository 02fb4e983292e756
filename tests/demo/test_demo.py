"""The demo library, as the readers see it: every session clean, and all the variety that is promised."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from memex.core.session import Agent, Outcome, Session, TitleSource, ToolKind, TurnKind
from memex.demo.generate import write_demo
from memex.demo.projects import PROJECTS
from memex.demo.script import (
    Edit,
    Failed,
    Project,
    Prompt,
    Script,
    Shell,
    Step,
    SubAgent,
    Think,
    Together,
    Write,
)
from memex.demo.stage import session_id
from memex.transcripts.readers import open_transcript

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SCRIPTS = [(project, script) for project in PROJECTS for script in project.scripts]

every_script = pytest.mark.parametrize(
    ("project", "script"), SCRIPTS, ids=[f"{project.name}/{script.name}" for project, script in SCRIPTS]
)

BOTH_AGENTS = {Agent.CLAUDE_CODE, Agent.CODEX}
SessionOf = Callable[[Project, Script], Session]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder, NOW)
    return folder


@pytest.fixture(scope="session")
def sessions(folder: Path) -> dict[str, Session]:
    """By id, sub-agents included."""
    read = [open_transcript(path) for path in folder.rglob("*.jsonl")]
    return {session.id: session for session in read}


@pytest.fixture(scope="session")
def session_of(sessions: dict[str, Session]) -> SessionOf:
    return lambda project, script: sessions[str(session_id(project, script))]


def steps_of(steps: tuple[Step, ...]) -> Iterator[Step]:
    """The steps of the session itself, those that are done together one by one."""
    for step in steps:
        if isinstance(step, Together):
            yield from step.calls
        else:
            yield step


def count(script: Script, *kinds: type) -> int:
    return sum(isinstance(step, kinds) for step in steps_of(script.steps))


def failures(script: Script) -> int:
    steps = list(steps_of(script.steps))
    return sum(isinstance(step, Failed) or (isinstance(step, Shell) and step.exit != 0) for step in steps)


@every_script
def test_a_session_reads_without_a_problem(session_of: SessionOf, project: Project, script: Script) -> None:
    session = session_of(project, script)
    assert session.problems == ()
    assert session.skipped_records == {}
    assert session.agent is script.agent
    assert session.project_path == project.path
    assert session.branch == script.branch


@every_script
def test_a_session_says_what_its_script_says(session_of: SessionOf, project: Project, script: Script) -> None:
    session = session_of(project, script)
    prompts = [turn.text for turn in session.turns if turn.kind is TurnKind.PROMPT]
    calls = [call for turn in session.turns for call in turn.tool_calls]
    assert prompts == [step.text for step in script.steps if isinstance(step, Prompt)]
    assert session.error_count == failures(script)
    assert sum(len(call.diffs) for call in calls) == count(script, Edit, Write)
    assert all(call.result is not None for call in calls)
    assert len({call.id for call in calls}) == len(calls)


@every_script
def test_a_title_is_the_agents_or_else_the_first_prompt(
    session_of: SessionOf, project: Project, script: Script
) -> None:
    session = session_of(project, script)
    if script.title is None:
        assert session.title_source is TitleSource.FIRST_PROMPT
    else:
        assert session.title == script.title


@every_script
def test_sub_agents_are_linked_both_ways(
    session_of: SessionOf, sessions: dict[str, Session], project: Project, script: Script
) -> None:
    session = session_of(project, script)
    children = [
        call.child_session for turn in session.turns for call in turn.tool_calls if call.child_session
    ]
    assert len(children) == count(script, SubAgent)
    for child in children:
        assert sessions[child].parent_id == session.id
        assert sessions[child].is_subagent
        assert sessions[child].problems == ()


@every_script
def test_a_session_counts_its_tokens(session_of: SessionOf, project: Project, script: Script) -> None:
    session = session_of(project, script)
    assert session.tokens.output > 0
    assert session.tokens.cache_read > session.tokens.input


def test_times_lie_in_the_fourteen_weeks_before_now_and_files_are_dated_by_them(folder: Path) -> None:
    starts = []
    for path in folder.rglob("*.jsonl"):
        session = open_transcript(path)
        assert session.started_at
        assert session.ended_at
        assert NOW - timedelta(weeks=14) < session.started_at < session.ended_at < NOW
        assert abs(path.stat().st_mtime - session.ended_at.timestamp()) < 1
        starts.append(session.started_at)
    assert max(starts) - min(starts) > timedelta(weeks=12)


def test_the_same_now_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    began = time.process_time()
    again = write_demo(tmp_path, NOW)
    assert time.process_time() - began < 1
    twice = write_demo(tmp_path, NOW)
    assert again == twice
    assert {path.relative_to(tmp_path): path.read_bytes() for path in again} == {
        path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_another_day_moves_the_sessions_and_leaves_none_behind(tmp_path: Path) -> None:
    first = write_demo(tmp_path, NOW)
    second = write_demo(tmp_path, NOW + timedelta(days=3))
    assert len(first) == len(second)
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == set(second)


def records_of(path: Path) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]


def blocks_of(records: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    contents = [record.get("message", {}).get("content") for record in records]
    return [
        block
        for content in contents
        if isinstance(content, list)
        for block in content
        if block["type"] == kind
    ]


def test_claude_code_results_name_their_calls(folder: Path) -> None:
    """Checked in the records: the reader also pairs by other marks."""
    for path in folder.rglob("claude/**/*.jsonl"):
        records = records_of(path)
        calls = {block["id"] for block in blocks_of(records, "tool_use")}
        assert {block["tool_use_id"] for block in blocks_of(records, "tool_result")} == calls
        uuids = {record["uuid"] for record in records if "uuid" in record}
        assert {record.get("parentUuid") for record in records} <= uuids | {None}
        for meta in path.with_suffix("").glob("subagents/*.meta.json"):
            assert msgspec.json.decode(meta.read_bytes())["toolUseId"] in calls


def test_codex_says_the_exit_status_twice_and_the_same(folder: Path) -> None:
    ran = 0
    for path in folder.rglob("codex/**/*.jsonl"):
        payloads = [record["payload"] for record in records_of(path)]
        outputs = {p["call_id"]: p["output"] for p in payloads if p.get("type") == "function_call_output"}
        for payload in payloads:
            if payload.get("type") == "exec_command_end":
                assert f"exited with code {payload['exit_code']}\n" in outputs[payload["call_id"]]
                ran += 1
    assert ran > 30


def test_a_recorded_patch_leads_from_the_old_file_to_the_new(folder: Path) -> None:
    patched = 0
    for path in folder.rglob("claude/**/*.jsonl"):
        for record in records_of(path):
            result = record.get("toolUseResult")
            if isinstance(result, dict) and result.get("structuredPatch"):
                before = result["originalFile"]
                after = result.get("content") or before.replace(result["oldString"], result["newString"], 1)
                assert apply(before.splitlines(), result["structuredPatch"]) == after.splitlines()
                patched += 1
    assert patched > 30


def apply(lines: list[str], hunks: list[dict[str, Any]]) -> list[str]:
    """As `patch` does, refusing context that does not fit."""
    for hunk in reversed(hunks):
        start, length, changes = hunk["oldStart"], hunk["oldLines"], hunk["lines"]
        old = [change[1:] for change in changes if change[0] != "+"]
        assert lines[start - 1 : start - 1 + length] == old
        lines[start - 1 : start - 1 + length] = [change[1:] for change in changes if change[0] != "-"]
    return lines


def test_there_are_enough_sessions_of_both_agents_in_six_projects() -> None:
    agents = Counter(script.agent for _, script in SCRIPTS)
    assert agents[Agent.CLAUDE_CODE] >= 18
    assert agents[Agent.CODEX] >= 10
    assert len(PROJECTS) == 6
    assert len({script.branch for _, script in SCRIPTS}) > 15
    assert all({script.agent for script in project.scripts} == BOTH_AGENTS for project in PROJECTS)


def test_every_kind_of_tool_and_turn_is_there(sessions: dict[str, Session]) -> None:
    turns = [turn for session in sessions.values() for turn in session.turns]
    tools = {call.kind for turn in turns for call in turn.tool_calls}
    assert tools >= set(ToolKind) - {ToolKind.PLAN, ToolKind.OTHER}
    assert {turn.kind for turn in turns} >= {
        TurnKind.PROMPT,
        TurnKind.REPLY,
        TurnKind.SUMMARY,
        TurnKind.INTERRUPT,
        TurnKind.SLASH_COMMAND,
    }
    assert sum(bool(turn.thinking) for turn in turns) >= 10


def test_some_output_is_coloured(folder: Path) -> None:
    coloured = [path for path in folder.rglob("*.jsonl") if rb"\u001b[31m" in path.read_bytes()]
    assert {path.relative_to(folder).parts[0] for path in coloured} == {"claude", "codex"}


def test_there_is_a_long_an_unresolved_and_an_explaining_session(sessions: dict[str, Session]) -> None:
    assert max(len(session.turns) for session in sessions.values()) >= 60
    assert any(session.outcome is Outcome.UNRESOLVED for session in sessions.values())
    readers = [
        script for _, script in SCRIPTS if not count(script, Edit, Write) and count(script, Prompt) > 2
    ]
    assert readers
    assert sum(failures(script) > 0 for _, script in SCRIPTS) >= 15
    assert sum(count(script, SubAgent) for _, script in SCRIPTS) >= 5
    assert sum(count(script, Think) > 0 for _, script in SCRIPTS) >= 8
    assert {script.agent for _, script in SCRIPTS if script.title is None} == BOTH_AGENTS


@pytest.mark.parametrize(
    ("error", "projects"),
    [
        ("linker `cc` not found", {"ferry", "skylark"}),
        ("ECONNREFUSED", {"lantern-shop", "fieldnotes"}),
        ("connection refused", {"tollgate"}),
        ("deadlock", {"ferry", "tollgate"}),
        ("nan", {"skylark", "hearth"}),
        ("flaky", {"lantern-shop", "tollgate"}),
        ("zone", {"lantern-shop", "tollgate"}),
    ],
)
def test_a_similar_error_meets_several_projects(
    sessions: dict[str, Session], error: str, projects: set[str]
) -> None:
    hit = {
        session.project_name
        for session in sessions.values()
        for turn in session.turns
        for text in (turn.text, *(call.result or "" for call in turn.tool_calls))
        if error in text
    }
    assert projects <= hit


def test_nothing_of_the_demo_is_in_the_corpus(corpus: Path) -> None:
    """Its sessions were written for Memex, not copied."""
    prompts = {
        msgspec.json.encode(step.text[:60])[1:-1]
        for _, script in SCRIPTS
        for step in script.steps
        if isinstance(step, Prompt) and len(step.text) > 40
    }
    ids = {str(session_id(project, script)) for project, script in SCRIPTS}
    for path in corpus.rglob("*.jsonl"):
        text = path.read_bytes()
        assert not any(identity in path.name for identity in ids)
        assert not [prompt for prompt in prompts if prompt in text]
