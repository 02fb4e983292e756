"""Cline: a folder a task, `tasks/<id>/api_conversation_history.json`, an array of Anthropic's messages.

Times are in the messages of newer versions, else in `ui_messages.json` beside it. Before tools were native
the model wrote a call as XML in its text, and the result came back as a text of the next user message.
"""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from memex.core.session import Agent, Session, ToolKind, TurnKind
from memex.transcripts.calls import new_call
from memex.transcripts.dialogue import Dialogue, elements, images_in, text_in, usage
from memex.transcripts.draft import CallDraft, TurnDraft
from memex.transcripts.fields import record_of, records_in, text_of, time_of
from memex.transcripts.records import Line, ProblemLog, Record

KINDS = {
    "execute_command": ToolKind.SHELL,
    "replace_in_file": ToolKind.EDIT,
    "write_to_file": ToolKind.WRITE,
    "new_rule": ToolKind.WRITE,
    "read_file": ToolKind.READ,
    "list_files": ToolKind.SEARCH,
    "search_files": ToolKind.SEARCH,
    "list_code_definition_names": ToolKind.SEARCH,
    "browser_action": ToolKind.WEB,
    "web_fetch": ToolKind.WEB,
    "web_search": ToolKind.WEB,
    "use_mcp_tool": ToolKind.MCP,
    "access_mcp_resource": ToolKind.MCP,
    "ask_followup_question": ToolKind.QUESTION,
    "plan_mode_respond": ToolKind.PLAN,
    "focus_chain": ToolKind.TODO,
    "new_task": ToolKind.SUBAGENT,
    "use_subagents": ToolKind.SUBAGENT,
    "attempt_completion": ToolKind.OTHER,
}
ROLES = ("user", "assistant")
XML_CALL = re.compile(rf"<({'|'.join(KINDS)})>")
XML_FIELD = re.compile(r"<(\w+)>")
MAX_FIELDS = 50
XML_RESULT = re.compile(r"\[(\w+)(?: for '.*?')?\] Result:\s*", re.DOTALL)
TYPED = ("task", "feedback", "answer", "user_message")
DETAILS = re.compile(r"<environment_details>.*?(?:</environment_details>|\Z)", re.DOTALL)
FOLDER = re.compile(r"# Current Working Directory \((.{1,1024}?)\) Files")
FAILURE = ("Error ", "The tool execution failed", "[ERROR]", "The user denied this operation")
EDITORS = ("Code", "Code - Insiders", "VSCodium", "Cursor", "Windsurf")
EXTENSION = Path("User", "globalStorage", "saoudrizwan.claude-dev", "tasks")
MAX_SIDE_FILE = 1 << 26


def roots() -> tuple[Path, ...]:
    """In the storage of each editor that Cline extends, and of its own command line."""
    if sys.platform == "darwin":
        settings = Path.home() / "Library" / "Application Support"
    elif sys.platform == "win32":
        settings = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    else:
        settings = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    own = Path.home() / ".cline" / "data" / "tasks"
    return (*(settings / editor / EXTENSION for editor in EDITORS), own)


def recognises(head: Sequence[Record]) -> bool:
    """Messages as the API takes them, and nothing else; the first is the task."""
    return bool(head) and head[0].get("role") == "user" and all(_is_message(record) for record in head)


def _is_message(record: Record) -> bool:
    if record.get("role") not in ROLES or "type" in record or "message" in record:
        return False
    return any(isinstance(block.get("type"), str) for block in records_in(record.get("content")))


def read(lines: Iterator[Line], path: Path, problems: ProblemLog) -> Session:
    task = _Task(path)
    for line in lines:
        task.take(line)
    return task.finish(problems)


class _Task:
    def __init__(self, path: Path) -> None:
        self._dialogue = Dialogue(Agent.CLINE)
        self._path = path
        self._dialogue.facts.id = path.parent.name or path.stem
        self._asked: CallDraft | None = None
        self._count = 0

    def take(self, line: Line) -> None:
        record = line.record
        content = record.get("content")
        time = time_of(record.get("ts"))
        self._count += 1
        if record.get("role") == "user":
            self._take_user(line, content, time)
        elif record.get("role") == "assistant":
            self._take_reply(line, content, time)
        else:
            self._dialogue.draft.skipped["(no role)"] += 1

    def finish(self, problems: ProblemLog) -> Session:
        for record in _side_file(self._path.with_name("ui_messages.json")):
            self._dialogue.draft.saw_time(time_of(record.get("ts")))
        return self._dialogue.finish(problems)

    def _take_user(self, line: Line, content: object, time: datetime | None) -> None:
        texts = [content] if isinstance(content, str) else []
        for block in records_in(content):
            if block.get("type") == "tool_result":
                self._take_result(line, block)
            else:
                texts.append(text_of(block.get("text")))
        said = "\n\n".join(filter(str.strip, texts))
        if (folder := FOLDER.search(said)) and not self._dialogue.facts.project:
            self._dialogue.facts.project = folder[1]
        said = DETAILS.sub("", said).strip()
        typed = "\n\n".join(found for tag in TYPED for found in elements(said, tag))
        if self._asked is not None and (result := XML_RESULT.match(said)) and result[1] == self._asked.name:
            _answer(self._asked, said[result.end() :])
            said = ""
        self._asked = None
        self._dialogue.say(line, TurnKind.PROMPT, typed or said, time, images_in(content))

    def _take_result(self, line: Line, block: Record) -> None:
        call = self._dialogue.answered(line, text_of(block.get("tool_use_id")))
        if call is not None:
            _answer(call, text_in(block.get("content")))
            call.is_error = call.is_error or block.get("is_error") is True

    def _take_reply(self, line: Line, content: object, time: datetime | None) -> None:
        record = line.record
        model = text_of(record_of(record.get("modelInfo")).get("modelId"))
        turn = self._dialogue.reply(line, time, model)
        if isinstance(content, str):
            self._take_text(line, turn, content)
        for block in records_in(content):
            match block.get("type"):
                case "text":
                    self._take_text(line, turn, text_of(block.get("text")))
                case "thinking":
                    turn.thoughts.extend(filter(str.strip, [text_of(block.get("thinking"))]))
                case "tool_use":
                    name = text_of(block.get("name"))
                    call = new_call(text_of(block.get("id")), name, block.get("input"), KINDS)
                    self._dialogue.call(line, turn, call)
                case kind if kind != "redacted_thinking":
                    self._dialogue.draft.skipped[f"assistant/{text_of(kind)}"] += 1
        tokens = record_of(record_of(record.get("metrics")).get("tokens"))
        spent = usage(tokens.get("prompt"), tokens.get("completion"), tokens.get("cached"))
        self._dialogue.spend(str(self._count), spent)

    def _take_text(self, line: Line, turn: TurnDraft, text: str) -> None:
        """A message holds one call in XML at most."""
        begin = XML_CALL.search(text)
        end = text.find(f"</{begin[1]}>", begin.end()) if begin else -1
        if begin and end >= 0:
            self._asked = new_call("", begin[1], _xml_fields(text[begin.end() : end]), KINDS)
            self._dialogue.call(line, turn, self._asked)
            text = text[: begin.start()] + text[end + len(f"</{begin[1]}>") :]
        if text.strip():
            turn.texts.append(text.strip())


def _xml_fields(body: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    position = 0
    for _ in range(MAX_FIELDS):
        begin = XML_FIELD.search(body, position)
        if begin is None:
            break
        end = body.find(f"</{begin[1]}>", begin.end())
        position = begin.end() if end < 0 else end
        if end >= 0:
            fields[begin[1]] = body[begin.end() : end].strip("\n")
    return fields


def _answer(call: CallDraft, text: str) -> None:
    call.take_output(text.strip())
    call.is_error = text.strip().startswith(FAILURE)


def _side_file(path: Path) -> Iterator[Record]:
    try:
        with path.open("rb") as stream:
            yield from records_in(msgspec.json.decode(stream.read(MAX_SIDE_FILE)))
    except (OSError, ValueError, msgspec.MsgspecError, RecursionError):
        return
