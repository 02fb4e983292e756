"""Performs a script as Claude Code 2.1 records it: one block a line, a sub-agent in a file of its own."""

import re
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import msgspec

from memex.demo.claude_tools import Json, Result, perform, tool_use
from memex.demo.script import (
    Compact,
    Interrupt,
    Project,
    Prompt,
    Response,
    Script,
    SlashCommand,
    Step,
    SubAgent,
    Think,
    Tool,
    UserStep,
    responses,
)
from memex.demo.stage import Stage, tokens_in

VERSION = "2.1.220"
MODEL = "claude-opus-4-8"
SYSTEM_TOKENS = 17_400
HEX = "0123456789abcdef"
READING_SPEED = 90
"""Characters a second at which words appear."""
CONTINUED = (
    "This session is being continued from a previous conversation that ran out of context. "
    "The summary below covers the earlier portion of the conversation.\n\n"
)


class DemoFile(NamedTuple):
    path: PurePosixPath
    content: bytes
    ended_at: datetime


def claude_files(project: Project, script: Script, now: datetime) -> list[DemoFile]:
    """The session's file and its sub-agents', below `claude/projects`."""
    stage = Stage(project, script, now)
    folder = PurePosixPath("claude/projects", re.sub(r"[^A-Za-z0-9]", "-", project.path))
    session = _Thread(stage, script, folder / stage.session_id)
    session.begin()
    session.perform(script.steps)
    session.end()
    return [*session.side_files, session.file(folder / f"{stage.session_id}.jsonl")]


class _Thread:
    """The records of one file: a session's, or a sub-agent's when `agent_id` is given."""

    def __init__(
        self, stage: Stage, script: Script, folder: PurePosixPath, agent_id: str | None = None
    ) -> None:
        self.stage = stage
        self.script = script
        self.folder = folder
        self.agent_id = agent_id
        self.records: list[Json] = []
        self.side_files: list[DemoFile] = []
        self.parent: str | None = None
        self.prompt_id = stage.uuid()
        self.last_prompt = ""
        self.last_words = ""
        self.context = SYSTEM_TOKENS
        self.cached = 0
        self.turn_began = stage.time

    def begin(self) -> None:
        self.note("mode", mode="normal")
        self.note("permission-mode", permissionMode="default")

    def end(self) -> None:
        self.close_turn()
        if self.script.title:
            self.note("ai-title", aiTitle=self.script.title)
        self.note("last-prompt", lastPrompt=self.last_prompt, leafUuid=self.parent)

    def file(self, path: PurePosixPath) -> DemoFile:
        return DemoFile(path, b"\n".join(map(msgspec.json.encode, self.records)) + b"\n", self.stage.time)

    def note(self, kind: str, **fields: Any) -> None:
        """A record outside of the chain of messages."""
        self.records.append({"type": kind, **fields, "sessionId": self.stage.session_id})

    def add(self, kind: str, **fields: Any) -> str:
        """A record of the chain; its parent is the one before, unless `parentUuid` says otherwise."""
        uuid = self.stage.uuid()
        record = {
            "parentUuid": self.parent,
            "isSidechain": self.agent_id is not None,
            **({"agentId": self.agent_id} if self.agent_id else {}),
            "type": kind,
            **fields,
            "uuid": uuid,
            "timestamp": self.stage.timestamp,
            "userType": "external",
            "entrypoint": "cli",
            "cwd": self.stage.root,
            "sessionId": self.stage.session_id,
            "version": VERSION,
            "gitBranch": self.script.branch,
        }
        self.records.append(record)
        self.parent = uuid
        return uuid

    def perform(self, steps: tuple[Step, ...]) -> None:
        for step in responses(steps):
            if isinstance(step, Response):
                self.respond(step)
            else:
                self.hear(step)

    def hear(self, step: UserStep) -> None:
        match step:
            case Prompt():
                self.ask(step)
            case SlashCommand(name=name, output=output):
                self.close_turn()
                self.stage.wait(60)
                echo = f"<command-name>/{name}</command-name>\n<command-message>{name}</command-message>\n"
                self.say_as_user(echo + "<command-args></command-args>")
                self.say_as_user(f"<local-command-stdout>{output}</local-command-stdout>")
            case Interrupt():
                self.stage.wait(4)
                self.say_as_user([{"type": "text", "text": "[Request interrupted by user]"}])
            case Compact(summary=summary):
                self.compact(summary)

    def ask(self, step: Prompt) -> None:
        """What the user types begins a turn."""
        self.close_turn()
        self.stage.wait(step.after * 60)
        self.turn_began = self.stage.time
        self.prompt_id = self.stage.uuid()
        self.last_prompt = step.text
        self.say_as_user(step.text, permissionMode="default", origin={"kind": "human"}, promptSource="typed")

    def say_as_user(self, content: object, **fields: Any) -> str:
        self.context += tokens_in(str(content))
        message = {"role": "user", "content": content}
        return self.add("user", message=message, promptId=self.prompt_id, **fields)

    def close_turn(self) -> None:
        if self.records and self.records[-1]["type"] == "assistant":
            took = round((self.stage.time - self.turn_began).total_seconds() * 1000)
            self.add("system", subtype="turn_duration", durationMs=took, isMeta=False)

    def compact(self, summary: str) -> None:
        before = self.parent
        spent = {"trigger": "auto", "preTokens": self.context}
        self.parent = None
        self.add(
            "system",
            subtype="compact_boundary",
            content="Conversation compacted",
            logicalParentUuid=before,
            isMeta=False,
            level="info",
            compactMetadata=spent,
        )
        self.context, self.cached = SYSTEM_TOKENS, 0
        self.say_as_user(CONTINUED + summary, isCompactSummary=True, isVisibleInTranscriptOnly=True)

    def respond(self, response: Response) -> None:
        """One message of the model: a line a block, and each call's result after its line."""
        envelope = _Message(self, response)
        for words in response.words:
            self.stage.wait(2 + len(words.text) / READING_SPEED)
            envelope.line(_words_block(words))
            self.last_words = words.text
        asked = self.parent
        for call in response.calls:
            self.parent = asked
            asked, result = self.call(envelope, call)
            self.parent = result

    def call(self, envelope: "_Message", call: Tool) -> tuple[str, str]:
        """The uuids of the call's line and of its result's."""
        self.stage.wait(1.2)
        call_id = "toolu_01" + self.stage.token(22)
        name, given = tool_use(call, self.stage)
        if isinstance(call, SubAgent):
            line = envelope.call(call_id, name, given)
            result = self.delegate(call, call_id)
        else:
            given, result = perform(call, self.stage)
            line = envelope.call(call_id, name, given)
        self.stage.wait(result.seconds)
        block: Json = {"tool_use_id": call_id, "type": "tool_result", "content": result.text}
        if result.is_error:
            block["is_error"] = True
        answer = self.say_as_user([block], toolUseResult=result.structured, sourceToolAssistantUUID=line)
        return line, answer

    def delegate(self, call: SubAgent, call_id: str) -> Result:
        """Perform a sub-agent's steps in its own file beside the session."""
        agent_id = "a" + self.stage.token(16, HEX)
        began = self.stage.time
        thread = _Thread(self.stage, self.script, self.folder, agent_id)
        thread.say_as_user(call.prompt)
        thread.perform(call.steps)
        self._keep(thread, call, call_id)
        took = round((self.stage.time - began).total_seconds() * 1000)
        done = {
            "status": "completed",
            "prompt": call.prompt,
            "agentId": agent_id,
            "agentType": call.kind,
            "content": [{"type": "text", "text": thread.last_words}],
            "totalDurationMs": took,
            "totalTokens": thread.context,
            "totalToolUseCount": sum("toolUseResult" in record for record in thread.records),
        }
        return Result(thread.last_words, done)

    def _keep(self, thread: "_Thread", call: SubAgent, call_id: str) -> None:
        path = self.folder / "subagents" / f"agent-{thread.agent_id}.jsonl"
        meta = {"agentType": call.kind, "description": call.about, "toolUseId": call_id, "spawnDepth": 1}
        self.side_files += [
            thread.file(path),
            DemoFile(path.with_suffix(".meta.json"), msgspec.json.encode(meta), self.stage.time),
        ]


class _Message:
    """What the lines of one API message share; its usage is repeated on each of them."""

    def __init__(self, thread: _Thread, response: Response) -> None:
        self.thread = thread
        self.id = "msg_01" + thread.stage.token(22)
        self.request_id = "req_011C" + thread.stage.token(20)
        self.stop_reason = "tool_use" if response.calls else "end_turn"
        spoken = sum(tokens_in(words.text) for words in response.words)
        called = sum(tokens_in(str(tool_use(call, thread.stage))) for call in response.calls)
        self.usage = {
            "input_tokens": 3,
            "cache_creation_input_tokens": thread.context - thread.cached,
            "cache_read_input_tokens": thread.cached,
            "output_tokens": spoken + called,
            "service_tier": "standard",
        }
        thread.cached = thread.context
        thread.context += spoken + called

    def call(self, call_id: str, name: str, given: Json) -> str:
        return self.line({"type": "tool_use", "id": call_id, "name": name, "input": given})

    def line(self, block: Json) -> str:
        message = {
            "model": MODEL,
            "id": self.id,
            "type": "message",
            "role": "assistant",
            "content": [block],
            "stop_reason": self.stop_reason,
            "stop_sequence": None,
            "usage": self.usage,
        }
        return self.thread.add("assistant", message=message, requestId=self.request_id)


def _words_block(words: Any) -> Json:
    if isinstance(words, Think):
        return {"type": "thinking", "thinking": words.text, "signature": ""}
    return {"type": "text", "text": words.text}
