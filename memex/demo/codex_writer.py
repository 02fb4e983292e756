"""Performs a script as Codex 0.142 records it: what the model says and calls, with the events."""

from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

import msgspec

from memex.demo.claude_writer import READING_SPEED, DemoFile
from memex.demo.codex_tools import as_command, patch_text
from memex.demo.script import (
    Edit,
    Fetch,
    Grep,
    Interrupt,
    Project,
    Prompt,
    Read,
    Response,
    Script,
    Shell,
    Think,
    Todo,
    Tool,
    UserStep,
    Words,
    Write,
    responses,
)
from memex.demo.stage import Change, Stage, tokens_in

VERSION = "0.142.5"
MODEL = "gpt-5.5"
CONTEXT_WINDOW = 258_400
SYSTEM_TOKENS = 11_800
HEX = "0123456789abcdef"
PLAN_STATUS = ("completed", "in_progress", "pending")
ABORTED = "<turn_aborted>\nThe user interrupted the previous turn on purpose.\n</turn_aborted>"
PERMISSIONS = (
    "<permissions instructions>\nFilesystem sandboxing: workspace-write. Approval policy: on-request.\n"
    "</permissions instructions>"
)


def codex_file(project: Project, script: Script, now: datetime) -> DemoFile:
    """The session's rollout, below `codex/sessions`."""
    rollout = _Rollout(project, script, Stage(project, script, now))
    return rollout.perform()


class _Rollout:
    def __init__(self, project: Project, script: Script, stage: Stage) -> None:
        self.project = project
        self.script = script
        self.stage = stage
        self.began = stage.time
        self.records: list[dict[str, Any]] = []
        self.turn_id = ""
        self.turn_began = stage.time
        self.last_words = ""
        self.context = SYSTEM_TOKENS
        self.made = 0
        self.total = dict.fromkeys(
            ("input_tokens", "cached_input_tokens", "output_tokens", "total_tokens"), 0
        )

    def perform(self) -> DemoFile:
        self.begin()
        for step in responses(self.script.steps):
            self.step(step)
        self.close_turn()
        content = b"\n".join(map(msgspec.json.encode, self.records)) + b"\n"
        return DemoFile(self.path, content, self.stage.time)

    @property
    def path(self) -> PurePosixPath:
        day = self.began.strftime("%Y/%m/%d")
        name = f"rollout-{self.began:%Y-%m-%dT%H-%M-%S}-{self.stage.session_id}.jsonl"
        return PurePosixPath("codex/sessions", day, name)

    def add(self, kind: str, payload: dict[str, Any]) -> None:
        self.records.append({"timestamp": self.stage.timestamp, "type": kind, "payload": payload})

    def event(self, kind: str, **fields: Any) -> None:
        self.add("event_msg", {"type": kind, **fields})

    def item(self, kind: str, **fields: Any) -> None:
        self.add("response_item", {"type": kind, **fields})

    def message(self, role: str, *texts: str, **fields: Any) -> None:
        part = "output_text" if role == "assistant" else "input_text"
        self.item("message", role=role, content=[{"type": part, "text": text} for text in texts], **fields)

    def begin(self) -> None:
        meta = {
            "session_id": self.stage.session_id,
            "id": self.stage.session_id,
            "timestamp": self.stage.timestamp,
            "cwd": self.stage.root,
            "originator": "codex-tui",
            "cli_version": VERSION,
            "source": "cli",
            "thread_source": "user",
            "model_provider": "openai",
            "base_instructions": {
                "text": "You are Codex, a coding agent. You share a workspace with the user."
            },
            "git": {
                "commit_hash": self.stage.token(40, HEX),
                "branch": self.script.branch,
                "repository_url": self.project.repository,
            },
        }
        self.add("session_meta", meta)
        place = f"  <cwd>{self.stage.root}</cwd>\n  <shell>bash</shell>"
        self.message("developer", PERMISSIONS)
        self.message("user", f"<environment_context>\n{place}\n</environment_context>")
        if self.script.title:
            self.event("thread_name_updated", thread_id=self.stage.session_id, thread_name=self.script.title)

    def step(self, step: UserStep | Response) -> None:
        match step:
            case Response():
                self.respond(step)
            case Prompt():
                self.ask(step)
            case Interrupt():
                self.stage.wait(4)
                self.message("user", ABORTED)
                self.event("turn_aborted", turn_id=self.turn_id, reason="interrupted")
                self.turn_id = ""
            case _:
                raise TypeError(f"Codex has no {type(step).__name__}")

    def ask(self, step: Prompt) -> None:
        """What the user types begins a turn."""
        self.close_turn()
        self.stage.wait(step.after * 60)
        self.turn_id, self.turn_began = self.stage.uuid(), self.stage.time
        self.context += tokens_in(step.text)
        self.event(
            "task_started",
            turn_id=self.turn_id,
            started_at=int(self.stage.time.timestamp()),
            model_context_window=CONTEXT_WINDOW,
            collaboration_mode_kind="default",
        )
        self.add("turn_context", self.turn_context())
        self.message("user", step.text)
        self.event("user_message", message=step.text, images=[], local_images=[], text_elements=[])

    def turn_context(self) -> dict[str, Any]:
        return {
            "turn_id": self.turn_id,
            "cwd": self.stage.root,
            "current_date": f"{self.stage.time:%Y-%m-%d}",
            "timezone": "Etc/UTC",
            "approval_policy": "on-request",
            "sandbox_policy": {"type": "workspace-write"},
            "model": MODEL,
            "effort": "medium",
            "summary": "auto",
        }

    def close_turn(self) -> None:
        if self.turn_id:
            took = round((self.stage.time - self.turn_began).total_seconds() * 1000)
            self.event(
                "task_complete",
                turn_id=self.turn_id,
                last_agent_message=self.last_words,
                completed_at=int(self.stage.time.timestamp()),
                duration_ms=took,
            )
            self.turn_id = ""

    def respond(self, response: Response) -> None:
        given, self.made = self.context, 0
        for words in response.words:
            self.stage.wait(2 + len(words.text) / READING_SPEED)
            self.utter(words, "commentary" if response.calls else "final_answer")
        for call in response.calls:
            self.stage.wait(1.2)
            self.call(call, "call_" + self.stage.token(24))
        self.count(given)

    def utter(self, words: Words, phase: str) -> None:
        self.spend(words.text)
        if isinstance(words, Think):
            self.event("agent_reasoning", text=words.text)
            summary = [{"type": "summary_text", "text": words.text}]
            self.item(
                "reasoning", id="rs_" + self.stage.token(48, HEX), summary=summary, encrypted_content=""
            )
            return
        self.last_words = words.text
        self.event("agent_message", message=words.text, phase=phase, memory_citation=None)
        self.message("assistant", words.text, id="msg_" + self.stage.token(48, HEX), phase=phase)

    def call(self, call: Tool, call_id: str) -> None:
        match call:
            case Shell() | Read() | Grep():
                self.execute(as_command(call, self.stage), call_id)
            case Edit(path=path, old=old, new=new):
                self.patch(self.stage.edit(path, old, new), call_id)
            case Write(path=path, content=content):
                self.patch(self.stage.write(path, content), call_id)
            case Todo(items=items, done=done):
                plan = [
                    {"step": item, "status": PLAN_STATUS[(place >= done) + (place > done)]}
                    for place, item in enumerate(items)
                ]
                self.function("update_plan", {"plan": plan}, call_id)
                self.item("function_call_output", call_id=call_id, output="Plan updated")
            case Fetch(url=url):
                action = {"type": "open_page", "url": url}
                web_id = "ws_" + self.stage.token(48, HEX)
                self.event("web_search_end", call_id=web_id, query=url, action=action)
                self.item("web_search_call", id=web_id, status="completed", action=action)
            case _:
                raise TypeError(f"Codex has no {type(call).__name__}")

    def function(self, name: str, arguments: dict[str, Any], call_id: str) -> None:
        text = msgspec.json.encode(arguments).decode()
        self.spend(text)
        self.item(
            "function_call", id="fc_" + self.stage.token(48, HEX), name=name, arguments=text, call_id=call_id
        )

    def execute(self, call: Shell, call_id: str) -> None:
        arguments = {"cmd": call.command, "workdir": self.stage.root, "yield_time_ms": 10_000}
        self.function("exec_command", arguments, call_id)
        self.stage.wait(call.seconds)
        output = call.output + "\n" if call.output else ""
        self.context += tokens_in(output)
        self.event(
            "exec_command_end",
            call_id=call_id,
            turn_id=self.turn_id,
            command=["/bin/bash", "-lc", call.command],
            cwd=self.stage.root,
            parsed_cmd=[{"type": "unknown", "cmd": call.command}],
            stdout=output,
            stderr="",
            aggregated_output=output,
            exit_code=call.exit,
            duration={"secs": int(call.seconds), "nanos": round(call.seconds % 1 * 1e9)},
            status="failed" if call.exit else "completed",
        )
        head = f"Chunk ID: {self.stage.token(6, HEX)}\nWall time: {call.seconds:.4f} seconds\n"
        code = f"Process exited with code {call.exit}\nOriginal token count: {tokens_in(output)}\n"
        self.item("function_call_output", call_id=call_id, output=f"{head}{code}Output:\n{output}")

    def patch(self, change: Change, call_id: str) -> None:
        path = self.stage.absolute(change.path)
        sent = patch_text(change, path)
        self.spend(sent)
        self.item("custom_tool_call", status="completed", call_id=call_id, name="apply_patch", input=sent)
        if change.before is None:
            letter = "A"
            made: dict[str, Any] = {"type": "add", "content": change.after}
        else:
            letter = "M"
            made = {"type": "update", "unified_diff": change.unified(), "move_path": None}
        done = f"Success. Updated the following files:\n{letter} {path}\n"
        self.event(
            "patch_apply_end",
            call_id=call_id,
            turn_id=self.turn_id,
            stdout=done,
            stderr="",
            success=True,
            changes={path: made},
            status="completed",
        )
        output = f"Exit code: 0\nWall time: 0 seconds\nOutput:\n{done}"
        self.item("custom_tool_call_output", call_id=call_id, output=output)

    def spend(self, text: str) -> None:
        """Tokens that the model made; they are context from here on."""
        self.made += tokens_in(text)
        self.context += tokens_in(text)

    def count(self, given: int) -> None:
        made = self.made
        last = {
            "input_tokens": given,
            "cached_input_tokens": given * 9 // 10,
            "output_tokens": made,
            "total_tokens": given + made,
        }
        self.total = {name: self.total[name] + amount for name, amount in last.items()}
        info = {
            "total_token_usage": self.total,
            "last_token_usage": last,
            "model_context_window": CONTEXT_WINDOW,
        }
        self.event("token_count", info=info, rate_limits=None)
