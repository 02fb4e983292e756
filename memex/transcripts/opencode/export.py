"""A session as `opencode export` writes it, to keep what lies in several files or in a database."""

from collections.abc import Sequence
from functools import partial

import msgspec
from msgspec import Struct

from memex.transcripts.documented import Documented
from memex.transcripts.opencode.session import Message, session_of
from memex.transcripts.records import ProblemLog, Record


def documented(
    info: Record, messages: Sequence[Message], problems: ProblemLog, default_id: str
) -> Documented:
    return Documented(session_of(info, messages, problems, default_id), partial(_export, info, messages))


def outgrows(newer: bytes, older: bytes) -> bool:
    """Whether no message of the older one is missing in the newer; False also where either is no export."""
    try:
        return _messages(older) <= _messages(newer)
    except msgspec.MsgspecError:
        return False


def _export(info: Record, messages: Sequence[Message]) -> bytes:
    """With the fields by which an export is known, which tables may lack."""
    known = {name: value for name, value in info.items() if value is not None}
    return msgspec.json.encode(
        {
            "info": {"title": "", "version": "", "directory": "", **known},
            "messages": [{"info": message.info, "parts": message.parts} for message in messages],
        }
    )


class _Info(Struct):
    id: object = None


class _Message(Struct):
    info: _Info


class _Messages(Struct):
    messages: list[_Message]


def _messages(document: bytes) -> set[str]:
    return {str(each.info.id) for each in msgspec.json.decode(document, type=_Messages).messages}
