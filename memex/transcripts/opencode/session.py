"""OpenCode's session, messages and parts, wherever they were stored, as `Session`."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from memex.core.session import Agent, Session, TitleSource, TurnKind
from memex.transcripts.dialogue import Dialogue, usage
from memex.transcripts.draft import TurnDraft
from memex.transcripts.fields import count_of, record_of, text_of, time_of
from memex.transcripts.opencode.calls import call_of
from memex.transcripts.records import Line, ProblemLog, Record

UNNAMED = ("New session - ", "Child session - ")
QUIET_PARTS = frozenset(
    ["step-start", "step-finish", "patch", "snapshot", "compaction", "agent", "retry", "subtask"]
)
ABORTED = "MessageAbortedError"


class Message(NamedTuple):
    line: Line
    info: Record
    parts: list[Record]


def session_of(info: Record, messages: Iterable[Message], problems: ProblemLog, default_id: str) -> Session:
    dialogue = Dialogue(Agent.OPENCODE)
    facts = dialogue.facts
    facts.id = text_of(info.get("id")) or default_id
    facts.version = text_of(info.get("version"))
    facts.project = text_of(info.get("directory"))
    facts.parent_id = text_of(info.get("parentID"))
    facts.is_subagent = bool(facts.parent_id)
    title = text_of(info.get("title"))
    if not title.startswith(UNNAMED):
        dialogue.title(TitleSource.AGENT, title)
    times = record_of(info.get("time"))
    for name in ("created", "updated"):
        dialogue.draft.saw_time(time_of(times.get(name)))
    reverted = text_of(record_of(info.get("revert")).get("messageID"))
    kept: int | None = None
    for message in messages:
        if reverted and message.info.get("id") == reverted:
            kept = len(dialogue.draft.turns)
        _take_message(dialogue, message)
    if kept is not None:
        dialogue.withdraw(dialogue.draft.turns[kept:])
    return dialogue.finish(problems)


def _take_message(dialogue: Dialogue, message: Message) -> None:
    info = message.info
    times = record_of(info.get("time"))
    time = time_of(times.get("created"))
    dialogue.draft.saw_time(time_of(times.get("completed")))
    folder = text_of(record_of(info.get("path")).get("cwd"))
    dialogue.facts.project = dialogue.facts.project or folder
    match info.get("role"):
        case "user":
            _take_prompt(dialogue, message, time)
        case "assistant":
            _take_reply(dialogue, message, time)
        case role:
            dialogue.draft.skipped[f"message/{text_of(role)}"] += 1


def _take_prompt(dialogue: Dialogue, message: Message, time: datetime | None) -> None:
    """Files that the user named arrive as synthetic texts: what was read of them."""
    typed = _texts(message.parts, synthetic=False)
    images = sum(text_of(part.get("mime")).startswith("image/") for part in message.parts)
    dialogue.say(message.line, TurnKind.PROMPT, "\n\n".join(typed), time, images)
    for text in _texts(message.parts, synthetic=True):
        dialogue.say(message.line, TurnKind.INJECTED, text, time)


def _texts(parts: list[Record], *, synthetic: bool) -> list[str]:
    return [
        text
        for part in parts
        if part.get("type") == "text"
        and (part.get("synthetic") is True) is synthetic
        and (text := text_of(part.get("text")))
    ]


def _take_reply(dialogue: Dialogue, message: Message, time: datetime | None) -> None:
    info = message.info
    if info.get("summary") is True:
        text = "\n\n".join(text_of(part.get("text")) for part in message.parts if part.get("type") == "text")
        dialogue.say(message.line, TurnKind.SUMMARY, text, time)
    else:
        model = text_of(info.get("modelID")) or text_of(record_of(info.get("model")).get("modelID"))
        turn = dialogue.reply(message.line, time, model)
        for part in message.parts:
            _take_part(dialogue, message.line, turn, part)
    _take_usage(dialogue, message)
    error = record_of(info.get("error"))
    if error:
        kind = TurnKind.INTERRUPT if error.get("name") == ABORTED else TurnKind.ERROR
        words = (text_of(error.get("name")), text_of(record_of(error.get("data")).get("message")))
        dialogue.say(message.line, kind, ": ".join(filter(None, words)), None)


def _take_part(dialogue: Dialogue, line: Line, turn: TurnDraft, part: Record) -> None:
    text = text_of(part.get("text"))
    match text_of(part.get("type")):
        case "text":
            turn.texts.extend([text] if text.strip() else [])
        case "reasoning":
            turn.thoughts.extend([text] if text.strip() else [])
        case "tool":
            dialogue.call(line, turn, call_of(part))
        case "file":
            turn.images += text_of(part.get("mime")).startswith("image/")
        case kind if kind not in QUIET_PARTS:
            dialogue.draft.skipped[f"part/{kind}"] += 1


def _take_usage(dialogue: Dialogue, message: Message) -> None:
    """`input` excludes the cache; reasoning is charged as output, and counted apart from it."""
    tokens = record_of(message.info.get("tokens"))
    cache = record_of(tokens.get("cache"))
    output = count_of(tokens.get("output")) + count_of(tokens.get("reasoning"))
    key = text_of(message.info.get("id")) or f"{message.line.number}.{len(dialogue.draft.turns)}"
    dialogue.spend(key, usage(tokens.get("input"), output, cache.get("read"), cache.get("write")))
