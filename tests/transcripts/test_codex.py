"""Codex: one rule a test, on lines written by hand."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from memex.core.session import Agent, FileTouch, Session, TitleSource, TokenUsage, ToolKind, TouchKind
from memex.transcripts.readers import read_transcript
from tests.transcripts.lines import ROLLOUT, Record, call, calls, event, item, kinds, meta, output, said
from tests.transcripts.lines import read as read_lines

PATCH = (
    "*** Begin Patch\n*** Update File: a.py\n@@ def f():\n x\n-y\n+z\n*** Add File: b.py\n+new\n*** End Patch"
)


def read(*records: Record, path: Path = ROLLOUT) -> Session:
    return read_lines(*records, path=path)


def code(script: str, id: str = "c1") -> Record:
    return item("custom_tool_call", name="exec", input=script, call_id=id)


def answered(value: Any, name: str = "exec_command", arguments: Any = None) -> Any:
    (found,) = calls(read(meta(), call(name, arguments or {"cmd": "make"}), output(value)))
    return found


def test_facts_of_the_session() -> None:
    session = read(
        meta(),
        {
            "timestamp": "2026-01-02T03:05:00Z",
            "type": "turn_context",
            "payload": {"model": "gpt-5.6", "cwd": "/x"},
        },
        said("assistant", "hi"),
        event("thread_name_updated", thread_name="A name"),
    )
    assert (session.agent, session.id) == (Agent.CODEX, ROLLOUT.stem[-36:])
    assert (session.project_path, session.branch, session.agent_version) == (
        "/home/me/app",
        "main",
        "0.144.0",
    )
    assert (session.models, session.turns[0].model) == (("gpt-5.6",), "gpt-5.6")
    assert (session.title, session.title_source) == ("A name", TitleSource.AGENT)
    assert session.ended_at == datetime(2026, 1, 2, 3, 5, tzinfo=UTC)


def test_a_turn_is_one_response_of_the_model() -> None:
    session = read(
        meta(),
        event("user_message", message="go"),
        item("reasoning", summary=[{"type": "summary_text", "text": "think"}]),
        said("assistant", "I will run two."),
        call("exec_command", {"cmd": "a"}, "1"),
        call("exec_command", {"cmd": "b"}, "2"),
        output("A", "1"),
        output("B", "2"),
        item("reasoning", summary=[], encrypted_content="x"),
        call("exec_command", {"cmd": "c"}, "3"),
        output("C", "3"),
        said("assistant", "Done."),
    )
    assert kinds(session) == ["prompt", "reply", "reply", "reply"]
    assert [[c.command for c in turn.tool_calls] for turn in session.turns] == [[], ["a", "b"], ["c"], []]
    assert session.turns[1].thinking == "think"
    assert session.turns[1].span is not None
    assert session.turns[1].span.lines == (3, 4, 5, 6, 7, 8)


@pytest.mark.parametrize("event_first", [True, False])
def test_events_repeat_items_and_count_once(event_first: bool) -> None:
    pairs = [
        (event("user_message", message="go"), said("user", "go")),
        (event("agent_reasoning", text="hm"), item("reasoning", summary=[{"text": "hm"}])),
        (event("agent_message", message="Done."), said("assistant", "Done.")),
    ]
    records = [record for pair in pairs for record in (pair if event_first else pair[::-1])]
    session = read(meta(), *records)
    assert [(turn.kind, turn.text, turn.thinking) for turn in session.turns] == [
        ("prompt", "go", ""),
        ("reply", "Done.", "hm"),
    ]
    assert (session.title, session.title_source) == ("go", TitleSource.FIRST_PROMPT)


def test_the_same_words_twice_are_said_twice() -> None:
    pair = (event("agent_message", message="Continuing."), said("assistant", "Continuing."))
    session = read(meta(), *pair, event("user_message", message="on"), *pair)
    assert [turn.text for turn in session.turns] == ["Continuing.", "on", "Continuing."]


def test_typed_prompts_are_told_from_what_the_harness_put_in() -> None:
    with_events = read(
        meta(), said("user", "injected by a plugin"), said("user", "go"), event("user_message", message="go")
    )
    assert [(turn.kind, turn.text) for turn in with_events.turns] == [
        ("injected", "injected by a plugin"),
        ("prompt", "go"),
    ]
    without = read(meta(), said("user", "go"))
    assert kinds(without) == ["prompt"]


def test_injected_context_is_kept_apart() -> None:
    parts = [
        {"type": "input_text", "text": "# AGENTS.md instructions for /x\nBe kind."},
        {"type": "input_text", "text": "<environment_context>…</environment_context>"},
    ]
    session = read(
        meta(),
        item(
            "message",
            role="developer",
            content=[{"type": "input_text", "text": "<permissions instructions>"}],
        ),
        item("message", role="user", content=parts),
        said("user", '<subagent_notification>{"a": 1}</subagent_notification>'),
    )
    assert kinds(session) == ["injected", "notification"]
    assert session.prompt_count == 0


def test_the_request_is_what_was_typed() -> None:
    text = "# Context from my IDE setup:\n\n## Open tabs\n- a.py\n\n## My request for Codex:\nfix a.py\n"
    session = read(meta(), said("user", text), event("user_message", message=text, images=["data:…"]))
    assert [(turn.text, turn.images) for turn in session.turns] == [("fix a.py", 1)]


@pytest.mark.parametrize(
    ("value", "text", "status", "is_error"),
    [
        (json.dumps({"output": "ok\n", "metadata": {"exit_code": 0}}), "ok\n", 0, False),
        (json.dumps({"output": "bad", "metadata": {"exit_code": 2}}), "bad", 2, True),
        ({"output": "ok", "metadata": {"exit_code": 0}}, "ok", 0, False),
        ("Chunk ID: 1\nWall time: 0.5 seconds\nProcess exited with code 1\nOutput:\nbad\n", "bad\n", 1, True),
        ("Chunk ID: 1f\nWall time: 9 seconds\nProcess running with session ID 7\nOutput:\n", "", None, False),
        ("Exit code: 0\nWall time: 1 seconds\nOutput:\nfine", "fine", 0, False),
        ([{"type": "input_text", "text": "Script completed\nWall time 0.1 seconds\nOutput:\n"},
          {"type": "input_text", "text": "data"}, {"type": "input_image"}], "data\n[image]", None, False),
        ([{"type": "input_text", "text": "Script completed\nWall time 0.1 seconds\nOutput:\n"},
          {"type": "input_text", "text": '{"chunk_id":"1","exit_code":3,"output":"boo"}'}], "boo", 3, True),
        ([{"type": "input_text", "text": "Script failed\nWall time 0.1 seconds\nOutput:\n"},
          {"type": "input_text", "text": "Script error:\nx"}], "Script error:\nx", None, True),
        ("apply_patch verification failed: no", "apply_patch verification failed: no", None, True),
        ("aborted by user after 3.0s", "aborted by user after 3.0s", None, True),
        ("Plan updated", "Plan updated", None, False),
        ('{"status": {}}', '{"status": {}}', None, False),
        ("it printed:\nExit code: 1\n", "it printed:\nExit code: 1\n", None, False),
        (None, "", None, False),
    ],
)  # fmt: skip
def test_outputs_in_every_shape(value: Any, text: str, status: int | None, is_error: bool) -> None:
    found = answered(value)
    assert (found.result, found.exit_status, found.is_error) == (text, status, is_error)


def test_durations_are_read_from_outputs() -> None:
    assert answered("Chunk ID: 1\nWall time: 0.5000 seconds\nOutput:\n").duration_ms == 500
    assert answered("text").duration_ms is None


@pytest.mark.parametrize(
    ("name", "arguments", "command"),
    [
        ("shell", {"command": ["bash", "-lc", "ls | wc"]}, "ls | wc"),
        ("shell", {"command": ["git", "commit", "-m", "a b"]}, "git commit -m 'a b'"),
        ("exec_command", {"cmd": "go test ./..."}, "go test ./..."),
        ("shell_command", {"command": "pwd"}, "pwd"),
        ("write_stdin", {"session_id": 1, "chars": "y"}, None),
    ],
)
def test_shell_calls_of_every_generation(name: str, arguments: Any, command: str | None) -> None:
    found = answered("", name, arguments)
    assert (found.kind, found.command) == (ToolKind.SHELL, command)


def test_local_shell_and_web_search_calls() -> None:
    session = read(
        meta(),
        item(
            "local_shell_call",
            call_id="1",
            status="completed",
            action={"type": "exec", "command": ["ls", "-l"]},
        ),
        output("out", "1"),
        item("web_search_call", id="w", status="completed", action={"type": "search", "query": "q"}),
    )
    shell, search = calls(session)
    assert (shell.command, shell.result) == ("ls -l", "out")
    assert (search.kind, search.input, search.result) == (ToolKind.WEB, {"type": "search", "query": "q"}, "")


@pytest.mark.parametrize(
    ("script", "kind", "command"),
    [
        ('const r = await tools.exec_command({cmd:"cut -f \'1\' \\"a b\\"\\nls", w:"/"});', ToolKind.SHELL,
         "cut -f '1' \"a b\"\nls"),
        ('tools.exec_command({"cmd":"ls"}); tools.exec_command({"cmd":"pwd"})', ToolKind.SHELL, "ls\npwd"),
        ("await tools.exec_command({cmd: `echo \\`hi\\``})", ToolKind.SHELL, "echo `hi`"),
        ('await tools.write_stdin({session_id:1,chars:""})', ToolKind.SHELL, None),
        ("await tools.mcp__github__get_pr({number: 1})", ToolKind.MCP, None),
        ("text(ALL_TOOLS)", ToolKind.OTHER, None),
    ],
)  # fmt: skip
def test_code_mode_scripts(script: str, kind: ToolKind, command: str | None) -> None:
    (found,) = calls(read(meta(), code(script)))
    assert (found.kind, found.command) == (kind, command)


@pytest.mark.parametrize(
    "patching",
    [
        item("custom_tool_call", name="apply_patch", input=PATCH, call_id="c1"),
        call("apply_patch", {"input": PATCH}),
        call("shell", {"command": ["apply_patch", PATCH]}),
        call("shell", {"command": ["bash", "-lc", f"apply_patch <<'EOF'\n{PATCH}\nEOF"]}),
        code(f"const patch = {json.dumps(PATCH)}; text(await tools.apply_patch(patch));"),
    ],
)
def test_a_patch_is_a_diff_wherever_it_stands(patching: Record) -> None:
    (found,) = calls(read(meta(), patching, output("Success. Updated the following files:")))
    assert found.kind is ToolKind.EDIT
    assert found.files == (FileTouch("a.py", TouchKind.EDITED), FileTouch("b.py", TouchKind.CREATED))
    assert [diff.hunks[0].lines for diff in found.diffs] == [(" x", "-y", "+z"), ("+new",)]


def test_the_applied_patch_is_preferred() -> None:
    changes = {
        "/r/a.py": {"type": "update", "unified_diff": "@@ -7,2 +7,2 @@\n x\n-y\n+z\n", "move_path": None},
        "/r/c.py": {"type": "delete", "content": "gone\n"},
    }
    session = read(
        meta(),
        item("custom_tool_call", name="apply_patch", input=PATCH, call_id="c1"),
        event("patch_apply_end", call_id="c1", success=True, changes=changes),
        output("Success."),
        code("await tools.apply_patch(p); await tools.apply_patch(q)", "c2"),
        event(
            "patch_apply_end",
            call_id="exec-1",
            success=True,
            changes={"/r/n": {"type": "add", "content": "1\n2"}},
        ),
        event(
            "patch_apply_end",
            call_id="exec-2",
            success=True,
            changes={"/r/m": {"type": "add", "content": "3"}},
        ),
        output("Script completed", "c2"),
    )
    direct, scripted = calls(session)
    assert direct.diffs[0].path == "/r/a.py"
    assert direct.diffs[0].hunks[0].old_start == 7
    assert [diff.kind for diff in direct.diffs] == [TouchKind.EDITED, TouchKind.DELETED]
    assert [diff.path for diff in scripted.diffs] == ["/r/n", "/r/m"]


def test_a_failed_patch_touches_nothing() -> None:
    (found,) = calls(
        read(
            meta(),
            item("custom_tool_call", name="apply_patch", input=PATCH, call_id="c1"),
            output("apply_patch verification failed: x"),
        )
    )
    assert (found.files, found.diffs, found.is_error) == ((), (), True)


def test_command_events_add_the_exit_status() -> None:
    end = event("exec_command_end", call_id="c1", exit_code=4, duration={"secs": 1, "nanos": 500_000_000})
    (found,) = calls(read(meta(), call("exec_command", {"cmd": "x"}), end, output("plain")))
    assert (found.exit_status, found.duration_ms, found.is_error) == (4, 1500, True)


def test_invalid_arguments_are_kept_as_text() -> None:
    broken = item("function_call", name="exec_command", arguments='{"cmd": "x', call_id="c1")
    (found,) = calls(read(meta(), broken))
    assert (found.input, found.command, found.result) == ('{"cmd": "x', None, None)


def test_plans_are_todo_and_agents_name_their_session() -> None:
    session = read(
        meta(),
        call("update_plan", {"plan": []}, "1"),
        call("spawn_agent", {"message": "go"}, "2"),
        output('{"agent_id": "child-1", "nickname": "Ohm"}', "2"),
    )
    plan, agent = calls(session)
    assert plan.kind is ToolKind.TODO
    assert (agent.kind, agent.child_session) == (ToolKind.SUBAGENT, "child-1")


def tokens(total: int, cached: int = 0, out: int = 0) -> Record:
    usage = {"input_tokens": total, "cached_input_tokens": cached, "output_tokens": out}
    return event("token_count", info={"total_token_usage": usage, "last_token_usage": usage})


def test_running_totals_are_not_summed() -> None:
    session = read(
        meta(),
        event("token_count", info=None),
        tokens(10, 4, 1),
        tokens(10, 4, 1),
        tokens(30, 14, 5),
        tokens(8, 0, 2),
    )
    assert session.tokens == TokenUsage(input=24, output=7, cache_read=14)


def test_copied_history_of_a_fork_is_not_its_own() -> None:
    own, parent = "019f2000-0000-7000-8000-000000000000", "019f1000-0000-7000-8000-000000000000"
    copied_at = "2026-01-02T03:04:05.100Z"
    spawn = {"subagent": {"thread_spawn": {"parent_thread_id": parent, "depth": 1}}}
    session = read(
        meta(id=own, forked_from_id=parent, source=spawn),
        {**meta(id=parent), "timestamp": copied_at},
        event("task_started", copied_at, turn_id="019f1500-0000-7000-8000-000000000000"),
        event("user_message", copied_at, message="the parent's prompt"),
        {**tokens(100), "timestamp": copied_at},
        event("task_started", copied_at, turn_id="019f2000-0001-7000-8000-000000000000"),
        event("user_message", message="review it"),
        tokens(130),
    )
    assert [turn.text for turn in session.turns] == ["review it"]
    assert (session.id, session.parent_id, session.is_subagent) == (own, parent, True)
    assert session.tokens.input == 30


def test_a_resume_writes_its_meta_again() -> None:
    session = read(meta(), said("assistant", "a"), meta(cli_version="0.145.0"), said("assistant", "b"))
    assert len(session.turns) == 1
    assert session.agent_version == "0.145.0"


def test_what_is_no_response_stands_by_itself() -> None:
    session = read(
        meta(),
        said("assistant", "a"),
        event("turn_aborted", reason="interrupted"),
        event("error", message="limit reached"),
        event("thread_rolled_back", num_turns=2),
        {"timestamp": "", "type": "compacted", "payload": {"message": "so far", "replacement_history": []}},
        said("assistant", "b"),
    )
    assert kinds(session) == ["reply", "interrupt", "error", "notification", "summary", "reply"]


def test_unknown_records_are_counted() -> None:
    session = read(
        meta(), item("novel"), event("novel"), {"type": "novel", "payload": {}}, {"x": 1}, output("y", "?")
    )
    assert session.skipped_records == {
        "response_item/novel": 1,
        "event_msg/novel": 1,
        "novel": 1,
        "(no type)": 1,
        "output without its call": 1,
    }


def test_the_bare_shape_of_mid_2025() -> None:
    session = read(
        {"id": "old-1", "timestamp": "2025-06-01T10:00:00Z", "instructions": None, "git": {"branch": "dev"}},
        {"record_type": "state"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hello"}]},
        {"type": "function_call", "name": "shell", "arguments": '{"command": ["ls"]}', "call_id": "c"},
        {
            "type": "function_call_output",
            "call_id": "c",
            "output": '{"output":"f","metadata":{"exit_code":0}}',
        },
    )
    assert (session.id, session.branch, kinds(session)) == ("old-1", "dev", ["prompt", "reply"])
    assert calls(session)[0].result == "f"
    assert session.skipped_records == {}
    assert session.started_at == datetime(2025, 6, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("indent", [None, 2])
def test_the_document_shape_before_that(indent: int | None) -> None:
    document = {
        "session": {"id": "old-0", "timestamp": "2025-04-01T10:00:00Z", "instructions": ""},
        "items": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hello"}]}],
    }
    data = json.dumps(document, indent=indent).encode()
    session = read_transcript(io.BytesIO(data), Path("/rollout-old.json"))
    assert (session.id, [turn.text for turn in session.turns]) == ("old-0", ["hello"])


def test_the_name_gives_the_id_where_no_meta_does() -> None:
    assert read(said("user", "x")).id == ROLLOUT.stem[-36:]


def test_a_roll_back_withdraws_the_last_prompts_and_what_followed() -> None:
    def turn(words: str) -> list[Record]:
        return [event("user_message", message=words), said("assistant", f"re: {words}")]

    session = read(
        meta(),
        *turn("a"),
        *turn("b"),
        *turn("c"),
        event("thread_rolled_back", num_turns=2),
        *turn("d"),
        event("thread_rolled_back", num_turns=1),
        *turn("e"),
    )
    assert [(turn.text, turn.branch) for turn in session.turns if turn.kind != "notification"] == [
        ("a", 0), ("re: a", 0), ("b", 1), ("re: b", 1), ("c", 1), ("re: c", 1),
        ("d", 2), ("re: d", 2), ("e", 0), ("re: e", 0),
    ]  # fmt: skip


def test_more_turns_may_be_withdrawn_than_there_are() -> None:
    session = read(meta(), event("user_message", message="a"), event("thread_rolled_back", num_turns=9))
    assert [turn.branch for turn in session.turns] == [1, 0]
    assert {turn.branch for turn in read(meta(), event("thread_rolled_back", num_turns=9)).turns} == {0}


@pytest.mark.parametrize("id", ["write_stdin", "wait"])
def test_calls_that_go_on_with_a_process_are_joined_to_its_call(id: str) -> None:
    named = {"session_id": 7} if id == "write_stdin" else {"cell_id": "7"}
    running = "Script running with cell ID 7" if id == "wait" else "Process running with session ID 7"
    first, second, third = calls(
        read(
            meta(),
            call("exec_command", {"cmd": "make test"}, "1"),
            output(f"Wall time: 1.0 seconds\n{running}\nOutput:\nstart", "1"),
            call(id, {**named, "chars": ""}, "2"),
            output(f"Wall time: 1.0 seconds\n{running}\nOutput:\nmore", "2"),
            call(id, named, "3"),
            output("Wall time: 1.0 seconds\nProcess exited with code 2\nOutput:\nend", "3"),
        )
    )
    assert (first.continues, second.continues, third.continues) == (None, "1", "1")
    assert (first.exit_status, first.is_error, third.exit_status, third.is_error) == (2, False, 2, True)


def test_a_script_names_the_process_it_goes_on_with() -> None:
    first, second = calls(
        read(
            meta(),
            code("const r = await tools.exec_command({cmd: 'make'})", "1"),
            output(
                [{"text": "Script completed\nOutput:\n"}, {"text": '{"chunk_id":"x","session_id":12}'}], "1"
            ),
            code('await tools.write_stdin({session_id:12,chars:"y"})', "2"),
        )
    )
    assert (first.continues, second.continues) == (None, "1")


def test_files_that_a_command_reads_are_touched() -> None:
    parsed = [
        {"type": "read", "cmd": "cat a", "name": "a", "path": "/x/a"},
        {"type": "search", "cmd": "rg y"},
    ]
    done = event("exec_command_end", call_id="1", exit_code=0, parsed_cmd=parsed)
    (found,) = calls(read(meta(), call("shell", {"command": ["cat", "a"]}, "1"), done, output("x", "1")))
    assert found.files == (FileTouch("/x/a", TouchKind.READ),)


def test_a_plan_stands_once() -> None:
    plan = event("item_completed", item={"type": "Plan", "text": "# Plan"})
    assert [turn.text for turn in read(meta(), plan).turns] == ["# Plan"]
    assert [turn.text for turn in read(meta(), said("assistant", "Here:\n# Plan"), plan).turns] == [
        "Here:\n# Plan"
    ]
