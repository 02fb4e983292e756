"""Claude Code: one rule a test, on lines written by hand."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from memex.core.session import Agent, FileTouch, Role, TitleSource, TokenUsage, ToolKind, TouchKind
from memex.transcripts.readers import open_transcript
from tests.transcripts.lines import MAIN, assistant, calls, jsonl, kinds, only, read, result, text, use, user

PROGRESS = {
    "parentUuid": None,
    "isSidechain": False,
    "cwd": "/x",
    "type": "progress",
    "data": {"fullOutput": "x"},
}


def test_lines_of_one_message_are_one_turn_though_results_stand_between() -> None:
    session = read(
        user("go"),
        assistant({"type": "thinking", "thinking": "hm", "signature": "s"}),
        assistant(text("I will look.")),
        assistant(use("Bash", {"command": "ls"}, "a")),
        result("out a", "a"),
        PROGRESS,
        assistant(use("Read", {"file_path": "/f"}, "b")),
        result("out b", "b"),
        assistant(text("Done."), id="msg_2"),
    )
    assert kinds(session) == ["prompt", "reply", "reply"]
    turn = session.turns[1]
    assert (turn.thinking, turn.text) == ("hm", "I will look.")
    assert [call.result for call in turn.tool_calls] == ["out a", "out b"]
    assert turn.span is not None
    assert turn.span.lines == (2, 3, 4, 5, 7, 8)
    assert [turn.index for turn in session.turns] == [0, 1, 2]


def test_usage_counts_once_a_message_with_its_last_value() -> None:
    first, last = {"input_tokens": 3, "output_tokens": 1}, {"input_tokens": 3, "output_tokens": 40}
    session = read(
        assistant(text("a"), usage=first),
        assistant(text("b"), usage=last | {"cache_read_input_tokens": 9, "cache_creation_input_tokens": 2}),
        assistant(text("c"), id="msg_2", usage=first),
    )
    assert session.tokens == TokenUsage(input=6, output=41, cache_read=9, cache_write=2)


def test_a_uuid_counts_once() -> None:
    session = read(user("hi", uuid="u1"), user("hi", uuid="u1"), user("hi", uuid="u2"))
    assert len(session.turns) == 2


def test_facts_of_the_session() -> None:
    session = read(
        user("hi", timestamp="2026-01-02T05:00:00.000Z"),
        assistant(text("x"), timestamp="2026-01-02T03:00:00.000Z", version="2.1.10"),
        assistant(text("y"), id="m2", model="claude-haiku-4-5"),
    )
    assert (session.agent, session.id) == (Agent.CLAUDE_CODE, MAIN.stem)
    assert session.models == ("claude-opus-4-5", "claude-haiku-4-5")
    assert (session.project_path, session.project_name, session.branch) == ("/home/me/app", "app", "main")
    assert session.started_at == datetime(2026, 1, 2, 3, tzinfo=UTC)
    assert session.ended_at == datetime(2026, 1, 2, 5, tzinfo=UTC)
    assert session.agent_version == "2.1.9"


@pytest.mark.parametrize(
    ("folders", "project"),
    [
        (["/a/app", "/a/app/sub", "/a/app/sub"], "/a/app"),
        (["/old", "/new", "/new"], "/new"),
        (["/a/app", "/a/app-two", "/a/app-two"], "/a/app-two"),
        (["C:\\app", "C:\\app\\src", "C:\\app\\src"], "C:\\app"),
    ],
)
def test_the_project_is_where_most_lines_stand(folders: list[str], project: str) -> None:
    assert read(*(user("x", cwd=folder) for folder in folders)).project_path == project


@pytest.mark.parametrize(
    ("branches", "branch"), [(["HEAD"], None), ([""], None), (["HEAD", "HEAD", "fix"], "fix")]
)
def test_a_detached_head_is_no_branch(branches: list[str], branch: str | None) -> None:
    assert read(*(user("x", gitBranch=name) for name in branches)).branch == branch


def test_titles_by_precedence() -> None:
    records: list[dict[str, Any]] = [user("please fix\nthe bug", uuid="leaf")]
    assert read(*records).title_source is TitleSource.FIRST_PROMPT
    assert read(*records).title == "please fix the bug"
    records.append({"type": "summary", "summary": "Elsewhere", "leafUuid": "not here"})
    assert read(*records).title_source is TitleSource.FIRST_PROMPT
    records.append({"type": "summary", "summary": "A summary", "leafUuid": "leaf"})
    assert (read(*records).title, read(*records).title_source) == ("A summary", TitleSource.SUMMARY)
    records.append({"type": "agent-name", "agentName": "namer"})
    assert read(*records).title == "namer"
    records += [{"type": "ai-title", "aiTitle": "Old"}, {"type": "ai-title", "aiTitle": "New"}]
    assert (read(*records).title, read(*records).title_source) == ("New", TitleSource.AGENT)
    records.insert(0, {"type": "custom-title", "customTitle": "Mine"})
    assert (read(*records).title, read(*records).title_source) == ("Mine", TitleSource.CUSTOM)


@pytest.mark.parametrize(
    ("content", "more", "kind", "said"),
    [
        ("plain", {}, "prompt", "plain"),
        ([text("blocks"), text("two")], {}, "prompt", "blocks\n\ntwo"),
        ("<b>bold</b> typed", {}, "prompt", "<b>bold</b> typed"),
        ("<command-message>x</command-message><command-name>/rev</command-name><command-args>16</command-args>",
         {}, "slash-command", "/rev 16"),
        ("<command-name>clear</command-name>", {}, "slash-command", "/clear"),
        ("<bash-input>git status</bash-input>", {}, "shell", "! git status"),
        ("[Request interrupted by user]", {}, "interrupt", "[Request interrupted by user]"),
        ("<task-notification><summary>ended</summary><result>42</result></task-notification>",
         {}, "notification", "ended\n\n42"),
        ("from another", {"origin": {"kind": "peer"}}, "notification", "from another"),
        ("This session is continued", {"isCompactSummary": True}, "summary", "This session is continued"),
        ("a skill's body", {"isMeta": True}, "injected", "a skill's body"),
        ("hi\n<system-reminder>\nbe good\n</system-reminder>", {}, "prompt", "hi"),
        ([text("<ide_opened_file>f</ide_opened_file>"), text("look")], {}, "prompt", "look"),
        ("what is `<system-reminder>x</system-reminder>`?", {}, "prompt",
         "what is `<system-reminder>x</system-reminder>`?"),
    ],
)  # fmt: skip
def test_user_lines(content: Any, more: dict[str, Any], kind: str, said: str) -> None:
    turn = only(read(user(content, **more)))
    assert (turn.kind, turn.text) == (kind, said)


@pytest.mark.parametrize(
    "content",
    [
        "<local-command-caveat>Caveat: …</local-command-caveat>",
        "Caveat: The messages below were generated by the user while running local commands.",
        "<system-reminder>only this</system-reminder>",
        "",
        [],
    ],
)
def test_text_of_the_harness_alone_is_no_turn(content: Any) -> None:
    assert read(user(content)).turns == ()


def test_output_joins_its_command() -> None:
    session = read(
        user("<bash-input>ls</bash-input>"),
        user("<bash-stdout>\x1b[2mfile\x1b[0m</bash-stdout><bash-stderr>warned</bash-stderr>"),
        user("<command-name>/cost</command-name>"),
        {
            "type": "system",
            "subtype": "local_command",
            "content": "<local-command-stdout>$1</local-command-stdout>",
        },
    )
    assert [turn.text for turn in session.turns] == ["! ls\n\nfile\nwarned", "/cost\n\n$1"]


def test_a_queued_prompt_that_is_only_an_attachment_is_a_prompt() -> None:
    def queued(prompt: Any, mode: str) -> dict[str, Any]:
        attachment = {"type": "queued_command", "prompt": prompt, "commandMode": mode}
        return {**user(""), "type": "attachment", "attachment": attachment}

    session = read(
        queued("also this", "prompt"),
        queued([text("and"), {"type": "image"}], "prompt"),
        queued("<task-notification><summary>s</summary></task-notification>", "task-notification"),
        {**user(""), "type": "attachment", "attachment": {"type": "task_reminder"}},
    )
    assert kinds(session) == ["prompt", "prompt", "notification"]
    assert session.turns[1].images == 1
    assert session.skipped_records == {}


def test_failures_of_the_agent_itself() -> None:
    session = read(
        assistant(text("API Error: 500"), model="<synthetic>", isApiErrorMessage=True),
        assistant(text("No response requested."), model="<synthetic>", id="m2"),
        user("again"),
        {**user(""), "type": "system", "subtype": "api_error", "error": {"status": 529}},
        {**user(""), "type": "system", "subtype": "api_error", "error": {"status": 529}},
    )
    assert kinds(session) == ["error", "prompt", "error"]
    assert session.turns[2].text == "API error 529"
    assert session.models == ()


def test_bash_calls_and_exit_status() -> None:
    session = read(
        assistant(use("Bash", {"command": "make"}, "a"), use("Bash", {"command": "ls"}, "b")),
        assistant(use("Bash", {"command": "grep x f"}, "c"), use("Bash", {"command": "sleep 9"}, "d")),
        result("Exit code 2\nno rule", "a", is_error=True, structured="Error: Exit code 2\nno rule"),
        result("f", "b", structured={"stdout": "f", "stderr": "", "interrupted": False}),
        result("", "c", structured={"stdout": "", "returnCodeInterpretation": "No matches found"}),
    )
    make, ls, grep, sleep = calls(session)
    assert (make.kind, make.command, make.is_error, make.exit_status) == (ToolKind.SHELL, "make", True, 2)
    assert (ls.exit_status, ls.is_error, ls.result) == (0, False, "f")
    assert (grep.exit_status, sleep.exit_status, sleep.result) == (None, None, None)
    assert session.error_count == 1


@pytest.mark.parametrize(
    ("content", "structured", "expected"),
    [
        ("plain", None, "plain"),
        ([{"type": "text", "text": "a"}, {"type": "image"}], None, "a\n[image]"),
        ([{"type": "tool_reference", "tool_name": "X"}], None, "[tool X]"),
        ({"type": "text", "text": "dict"}, None, "dict"),
        (None, "Error: gone", "Error: gone"),
        ("<tool_use_error>not read yet</tool_use_error>", None, "not read yet"),
        ("body\n\n<system-reminder>\nx\n</system-reminder>", None, "body"),
        (
            "   1→<system-reminder>in a file</system-reminder>",
            None,
            "   1→<system-reminder>in a file</system-reminder>",
        ),
        (17, None, ""),
    ],
)
def test_results_in_every_form(content: Any, structured: Any, expected: str) -> None:
    session = read(assistant(use("X", {})), result(content, structured=structured))
    assert calls(session)[0].result == expected


def test_results_find_their_calls_out_of_order_and_under_redacted_ids() -> None:
    session = read(
        result("early", "late"),
        assistant(use("A", {}, "late")),
        assistant(use("B", {}, "REDACTED"), uuid="line-b"),
        assistant(use("C", {}, "REDACTED"), uuid="line-c"),
        assistant(use("D", {}, "kept"), uuid="line-d"),
        result("for c", "REDACTED", sourceToolAssistantUUID="line-c"),
        result("for b", "REDACTED"),
        result("for d", "REDACTED", sourceToolAssistantUUID="line-d"),
        result("for none", "elsewhere"),
    )
    assert [call.result for call in calls(session)] == ["early", "for b", "for c", "for d"]
    assert session.skipped_records == {"tool_result without its call": 1}


def test_a_patch_is_a_diff() -> None:
    patch = [{"oldStart": 4, "oldLines": 2, "newStart": 4, "newLines": 2, "lines": [" a", "-b", "+c"]}]
    session = read(
        assistant(use("Edit", {"file_path": "/f.py", "old_string": "b", "new_string": "c"})),
        result("updated", structured={"filePath": "/f.py", "structuredPatch": patch, "originalFile": None}),
    )
    (call,) = calls(session)
    assert call.files == (FileTouch("/f.py", TouchKind.EDITED),)
    (diff,) = call.diffs
    assert (diff.hunks[0].old_start, diff.hunks[0].lines) == (4, (" a", "-b", "+c"))


def test_without_a_patch_the_exchanged_texts_are_the_diff() -> None:
    session = read(
        assistant(use("Edit", {"file_path": "/f", "old_string": "a\nb\nd", "new_string": "a\nc\nd"})),
        result("updated"),
    )
    assert calls(session)[0].diffs[0].hunks[0].lines == (" a", "-b", "+c", " d")


def test_a_write_creates_or_edits() -> None:
    session = read(
        assistant(use("Write", {"file_path": "/n", "content": "x\ny\n"}, "a")),
        assistant(use("Write", {"file_path": "/o", "content": "x\n"}, "b")),
        result("File created", "a", structured={"type": "create", "filePath": "/n", "content": "x\ny\n"}),
        result(
            "updated",
            "b",
            structured={"type": "update", "filePath": "/o", "originalFile": "y\n", "content": "x\n"},
        ),
    )
    new, old = (call.diffs[0] for call in calls(session))
    assert (new.kind, new.hunks[0].lines) == (TouchKind.CREATED, ("+x", "+y"))
    assert (old.kind, old.hunks[0].lines) == (TouchKind.EDITED, ("-y", "+x"))


def test_a_failed_edit_touches_nothing() -> None:
    session = read(
        assistant(use("Edit", {"file_path": "/f", "old_string": "a", "new_string": "b"})),
        result("String to replace not found", is_error=True),
    )
    (call,) = calls(session)
    assert (call.files, call.diffs, call.is_error) == ((), (), True)


def test_sub_agent_files_belong_to_their_parent(tmp_path: Path) -> None:
    folder = tmp_path / "parent-id" / "subagents"
    folder.mkdir(parents=True)
    path = folder / "agent-abc.jsonl"
    sidechain = {"isSidechain": True, "sessionId": "parent-id", "agentId": "abc"}
    path.write_bytes(jsonl(user("explore", **sidechain), assistant(text("ok"), **sidechain)))
    session = open_transcript(path)
    assert (session.id, session.parent_id, session.is_subagent) == ("agent-abc", "parent-id", True)
    assert (session.prompt_count, session.title, session.is_helper) == (1, "explore", False)
    side = {"agentType": "Explore", "description": "Look around", "parentAgentId": "xyz"}
    (folder / "agent-abc.meta.json").write_text(json.dumps(side))
    session = open_transcript(path)
    assert (session.parent_id, session.title) == ("agent-xyz", "Look around")


@pytest.mark.parametrize("kind", ["aprompt_suggestion", "acompact", "aside_question"])
def test_the_harness_own_agents_are_helpers(kind: str) -> None:
    session = read(user("x", isSidechain=True), path=Path(f"/p/s/subagents/agent-{kind}-12ab.jsonl"))
    assert session.is_helper


def test_a_task_names_the_session_it_started() -> None:
    ids = "<task-id>late</task-id><tool-use-id>b</tool-use-id>"
    session = read(
        assistant(use("Task", {"prompt": "p"}, "a"), use("Agent", {"prompt": "p"}, "b")),
        result([text("done")], "a", structured={"agentId": "abc", "totalDurationMs": 1500}),
        result("started", "b"),
        user(f"<task-notification>{ids}<summary>s</summary></task-notification>"),
    )
    task, agent = calls(session)
    assert (task.kind, task.child_session, task.duration_ms) == (ToolKind.SUBAGENT, "agent-abc", 1500)
    assert agent.child_session == "agent-late"


def test_prompts_of_inline_sub_agents_are_not_the_users() -> None:
    session = read(user("mine"), user("the agent's", isSidechain=True))
    assert [(turn.kind, turn.role) for turn in session.turns] == [
        ("prompt", Role.USER),
        ("injected", Role.SYSTEM),
    ]


def test_unknown_records_are_counted_and_known_noise_is_not() -> None:
    session = read(
        user("x"),
        {"type": "brand-new", "x": 1},
        {"type": "brand-new"},
        {"type": ["odd"]},
        {"type": "file-history-snapshot", "snapshot": {}},
        {"type": "last-prompt", "lastPrompt": "x"},
        PROGRESS,
        {**user(""), "type": "system", "subtype": "turn_duration"},
        {**user(""), "type": "system", "subtype": "novel"},
    )
    assert session.skipped_records == {"brand-new": 2, "(no type)": 1, "system/novel": 1}


def test_a_progress_record_inside_a_message_is_not_noise() -> None:
    given = {"type": "progress", "data": 1}
    line = json.dumps({**assistant(use("X", given))}, separators=(",", ":")).encode()
    assert line.index(b'"type":"progress"') < 1000
    assert len(calls(read(line))) == 1


def test_metadata_alone_is_a_session_without_turns() -> None:
    session = read({"type": "ai-title", "aiTitle": "T", "sessionId": "s"}, {"type": "last-prompt"})
    assert (session.title, session.turns, session.started_at) == ("T", (), None)


@pytest.mark.parametrize("stamp", [None, "soon", 1705315200, 1705315200000, [], "2024-01-15T10:40:00", 1e300])
def test_times_are_aware_or_absent(stamp: Any) -> None:
    session = read(user("x", timestamp=stamp))
    assert session.started_at is None or session.started_at == datetime(2024, 1, 15, 10, 40, tzinfo=UTC)
