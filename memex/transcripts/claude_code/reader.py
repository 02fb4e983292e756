"""Claude Code's JSON lines → `Session`.

The lines are read in the order of the file: their `parentUuid` tree loses parallel calls when it is followed
from one leaf. Assistant lines are grouped by `message.id`, since one line is one content block, and results
stand between them.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from memex.core.session import Agent, Role, Session, Turn, TurnKind
from memex.transcripts.claude_code.branches import Parents, mark_branches
from memex.transcripts.claude_code.calls import begin_call
from memex.transcripts.claude_code.decoding import decode
from memex.transcripts.claude_code.identity import Identity
from memex.transcripts.claude_code.inline_agents import InlineAgents
from memex.transcripts.claude_code.pairing import Pairing
from memex.transcripts.claude_code.places import is_helper
from memex.transcripts.claude_code.shapes import METADATA, QUIET_SYSTEM, is_noise
from memex.transcripts.claude_code.side_files import SideFiles
from memex.transcripts.claude_code.usage import UsageMeter
from memex.transcripts.claude_code.user_text import UserText, block_text, classify
from memex.transcripts.draft import SessionDraft, TurnDraft
from memex.transcripts.fields import record_of, records_in, text_of, time_of
from memex.transcripts.intent import intent_of
from memex.transcripts.outcome import outcome_of
from memex.transcripts.records import Line, ProblemLog, RawLine, Record, decode_lines

SYNTHETIC = "<synthetic>"
NO_RESPONSE = "No response requested."
CALL_BLOCKS = ("tool_use", "server_tool_use", "mcp_tool_use")


class Reading:
    def __init__(self, path: Path, problems: ProblemLog) -> None:
        self._path = path
        self._problems = problems
        self._identity = Identity(path)
        self._draft = SessionDraft()
        self._parents: Parents = {}
        self._turn_of_message: dict[str, TurnDraft] = {}
        self._files = SideFiles(path)
        self._calls = Pairing(self._files)
        self._usage = UsageMeter()
        self._inline = InlineAgents(self._calls, self._files)
        self._handlers = {
            "assistant": self._on_assistant,
            "user": self._on_user,
            "system": self._on_system,
            "attachment": self._on_attachment,
        }

    def feed(self, lines: Iterable[RawLine]) -> None:
        for line in decode_lines(lines, self._problems, is_noise, decode):
            self.take(line)

    def still_holds(self) -> bool:
        return self._files.are_as_they_were()

    def take(self, line: Line) -> None:
        """A resumed session may copy lines that the file already holds: a uuid counts once."""
        record = line.record
        kind = record.get("type")
        if not isinstance(kind, str):
            self._draft.skipped["(no type)"] += 1
        elif handle := self._handlers.get(kind):
            if self._is_new(record):
                self._identity.see(record)
                self._draft.saw_stamp(record.get("timestamp"))
                inline = record.get("isSidechain") and not self._identity.is_named_subagent
                self._handle(handle, line, self._inline.agent_of(record) if inline else None)
        elif kind == "progress":
            self._on_progress(line)
        elif kind in METADATA:
            self._identity.see_session(record)
            self._identity.see_title(record)
        else:
            self._draft.skipped[kind] += 1

    def _is_new(self, record: Record) -> bool:
        uuid = record.get("uuid")
        if not isinstance(uuid, str):
            return True
        if uuid in self._parents:
            return False
        self._parents[uuid] = text_of(record.get("parentUuid")) or text_of(record.get("logicalParentUuid"))
        return True

    def _handle(self, handle: Callable[[Line], None], line: Line, agent: str | None) -> None:
        turns = self._draft.turns
        begun = len(turns)
        handle(line)
        if len(turns) > begun:
            uuid = text_of(line.record.get("uuid"))
            for turn in turns[begun:]:
                turn.uuid, turn.subagent = uuid, agent

    def _on_progress(self, line: Line) -> None:
        said = self._inline.speech_in(line.record)
        handle = self._handlers.get(text_of(said.record.get("type"))) if said else None
        if said and handle and self._is_new(said.record):
            self._handle(handle, Line(line.number, line.byte, said.record), said.session)

    def _message(self, line: Line) -> Record | None:
        message = line.record.get("message")
        if isinstance(message, dict):
            return message
        self._problems.add(line.number, "message skipped", "it is not an object")
        return None

    def _on_assistant(self, line: Line) -> None:
        message = self._message(line)
        if message is None:
            return
        content = message.get("content")
        if message.get("model") == SYNTHETIC or line.record.get("isApiErrorMessage") is True:
            self._on_agent_failure(line, content)
            return
        turn = self._reply(line, message)
        if isinstance(content, str):
            _append(turn.texts, content)
            return
        for block in records_in(content):
            self._on_block(line, turn, block)

    def _reply(self, line: Line, message: Record) -> TurnDraft:
        key = text_of(message.get("id")) or f"line {line.number}"
        turn = self._turn_of_message.get(key)
        if turn is None:
            turn = self._draft.begin_turn(line, Role.ASSISTANT, TurnKind.REPLY, _time(line))
            turn.model = text_of(message.get("model")) or None
            turn.inline_sidechain = line.record.get("isSidechain") is True
            if turn.model:
                self._draft.models[turn.model] = None
            self._turn_of_message[key] = turn
        else:
            turn.add_line(line.number)
        usage = message.get("usage")
        if isinstance(usage, dict):
            self._usage.take(key, usage)
        return turn

    def _on_block(self, line: Line, turn: TurnDraft, block: Record) -> None:
        kind = block.get("type")
        if kind == "text":
            _append(turn.texts, block_text(block))
        elif kind == "thinking":
            _append(turn.thoughts, text_of(block.get("thinking")))
        elif kind in CALL_BLOCKS:
            self._calls.begin(line, turn, begin_call(block))
        elif isinstance(kind, str) and kind.endswith("_result"):
            self._calls.answer(line, block, None)
        elif kind != "redacted_thinking":
            self._draft.skipped[f"assistant/{text_of(kind)}"] += 1

    def _on_agent_failure(self, line: Line, content: object) -> None:
        """Written by the harness in the model's place: API errors, limits."""
        text = content if isinstance(content, str) else "\n".join(block_text(b) for b in records_in(content))
        if text.strip() and text.strip() != NO_RESPONSE:
            self._draft.add_text(line, Role.ASSISTANT, TurnKind.ERROR, text.strip(), _time(line))

    def _on_user(self, line: Line) -> None:
        message = self._message(line)
        if message is None:
            return
        content = message.get("content")
        if isinstance(content, str):
            self._on_texts(line, [content], 0)
            return
        texts: list[str] = []
        images = 0
        for block in records_in(content):
            match block.get("type"):
                case "tool_result":
                    self._calls.answer(line, block, line.record.get("toolUseResult"))
                case "text":
                    texts.append(block_text(block))
                case "image" | "document":
                    images += 1
                case other:
                    self._draft.skipped[f"user/{text_of(other)}"] += 1
        if texts or images:
            self._on_texts(line, texts, images)

    def _on_texts(self, line: Line, texts: list[str], images: int) -> None:
        said = [found for text in texts if (found := classify(text, line.record))]
        turn: TurnDraft | None = None
        for one in said:
            if turn is not None and turn.kind is one.kind and not one.continues:
                turn.texts.append(one.text)
            else:
                turn = self._on_said(line, one)
        if images:
            if turn is None:
                injected = line.record.get("isMeta") is True  # a picture or PDF that the agent read
                role, kind = (Role.SYSTEM, TurnKind.INJECTED) if injected else (Role.USER, TurnKind.PROMPT)
                turn = self._draft.begin_turn(line, role, kind, _time(line))
            turn.images += images

    def _on_said(self, line: Line, said: UserText) -> TurnDraft:
        turns = self._draft.turns
        if said.continues and turns and turns[-1].kind is said.kind:
            _append(turns[-1].texts, said.text)
            turns[-1].add_line(line.number)
            return turns[-1]
        reports = self._calls.report(line.record) if said.kind is TurnKind.NOTIFICATION else None
        kind, role = (TurnKind.INJECTED, Role.SYSTEM) if said.continues else (said.kind, said.role)
        turn = self._draft.begin_turn(line, role, kind, _time(line))
        turn.reports = reports
        _append(turn.texts, said.text)
        turn.inline_sidechain = line.record.get("isSidechain") is True
        return turn

    def _on_attachment(self, line: Line) -> None:
        """Only a prompt typed while the agent worked is conversation; it may stand nowhere else."""
        attachment = record_of(line.record.get("attachment"))
        if attachment.get("type") != "queued_command":
            return
        prompt = attachment.get("prompt")
        if isinstance(prompt, str):
            self._on_texts(line, [prompt], 0)
            return
        blocks = list(records_in(prompt))
        images = sum(block.get("type") == "image" for block in blocks)
        self._on_texts(line, [block_text(block) for block in blocks if "text" in block], images)

    def _on_system(self, line: Line) -> None:
        subtype = text_of(line.record.get("subtype"))
        if subtype == "local_command":
            self._on_texts(line, [text_of(line.record.get("content"))], 0)
        elif subtype == "api_error":
            self._on_api_error(line)
        elif subtype not in QUIET_SYSTEM:
            self._draft.skipped[f"system/{subtype}"] += 1

    def _on_api_error(self, line: Line) -> None:
        """Retries of one request follow one another; they are one failure."""
        turns = self._draft.turns
        if turns and turns[-1].kind is TurnKind.ERROR:
            turns[-1].add_line(line.number)
            return
        error = record_of(line.record.get("error"))
        detail = record_of(error.get("error"))
        words = (error.get("status"), record_of(detail.get("error")).get("message") or detail.get("message"))
        text = " ".join(str(word) for word in words if isinstance(word, str | int))
        self._draft.add_text(line, Role.SYSTEM, TurnKind.ERROR, f"API error {text}".strip(), _time(line))

    def session(self) -> Session:
        """As far as it was read; more may be fed after."""
        identity, draft = self._identity, self._draft
        identity.look_up()
        if identity.is_subagent:
            turns = tuple([_own(turn) for turn in draft.finish_turns()])
        else:
            mark_branches(draft.turns, self._parents)
            turns = draft.finish_turns(lambda turn: turn.inline_sidechain)
        skipped = dict(draft.skipped)
        if lost := self._calls.unpaired_results:
            skipped["tool_result without its call"] = lost
        outcome, outcome_evidence = outcome_of(turns)
        intent, intent_evidence = intent_of(turns)
        title, title_source = identity.title(self._parents, turns)
        return Session(
            agent=Agent.CLAUDE_CODE,
            id=identity.session_id,
            title=title,
            title_source=title_source,
            agent_version=identity.version,
            models=tuple(draft.models),
            project_path=identity.folder,
            branch=identity.branch,
            started_at=draft.started_at,
            ended_at=draft.ended_at,
            turns=turns,
            tokens=self._usage.total(),
            parent_id=identity.parent_id,
            is_subagent=identity.is_subagent,
            is_helper=is_helper(self._path),
            outcome=outcome,
            outcome_evidence=outcome_evidence,
            intent=intent,
            intent_evidence=intent_evidence,
            skipped_records=skipped,
            problems=self._problems.all(),
        )


def _own(turn: Turn) -> Turn:
    """In a sub-agent's own file, what it says is the conversation."""
    return turn if turn.subagent is None else replace(turn, subagent=None)


def _time(line: Line) -> datetime | None:
    return time_of(line.record.get("timestamp"))


def _append(texts: list[str], text: str) -> None:
    if text.strip():
        texts.append(text)
