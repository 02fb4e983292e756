"""OpenCode's sessions as JSON: an export, or the `session` file of a store with its messages beside it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from memex.core.session import Session
from memex.transcripts.documented import Documented
from memex.transcripts.fields import count_of, record_of, records_in, text_of
from memex.transcripts.opencode.database import is_in_database
from memex.transcripts.opencode.export import documented
from memex.transcripts.opencode.session import Message, session_of
from memex.transcripts.records import Line, ProblemLog, Record, UnknownFormatError

MAX_SIDE_FILE = 1 << 26


def recognises(head: Sequence[Record]) -> bool:
    return bool(head) and (_is_export(head[0]) or _is_session(head[0]))


def read(lines: Iterator[Line], path: Path, problems: ProblemLog) -> Session | Documented:
    line = next(lines)
    if _is_export(line.record):
        messages = (
            Message(line, record_of(message.get("info")), list(records_in(message.get("parts"))))
            for message in records_in(line.record.get("messages"))
        )
        return session_of(record_of(line.record.get("info")), messages, problems, path.stem)
    if is_in_database(path, text_of(line.record.get("id"))):
        raise UnknownFormatError(f"{path} is read from OpenCode's database instead, which took it over.")
    return documented(line.record, list(_Store(path, problems).messages(line)), problems, path.stem)


def _is_export(record: Record) -> bool:
    info = record.get("info")
    return isinstance(record.get("messages"), list) and isinstance(info, dict) and _is_session(info)


def _is_session(record: Record) -> bool:
    if not all(isinstance(record.get(field), str) for field in ("id", "title", "version")):
        return False
    return isinstance(record.get("time"), dict) and ("projectID" in record or "directory" in record)


class _Store:
    """`storage/session/<project>/<id>.json`, with `storage/message/<id>/` and `storage/part/<message>/`."""

    def __init__(self, path: Path, problems: ProblemLog) -> None:
        self._storage = path.parent.parent.parent
        self._problems = problems

    def messages(self, session: Line) -> Iterator[Message]:
        infos = sorted(self._records("message", text_of(session.record.get("id"))), key=_age)
        flat = self._flat_parts(infos)
        for info in infos:
            message_id = text_of(info.get("id"))
            parts = flat.get(message_id) or list(self._records("part", message_id))
            yield Message(session, info, parts)

    def _flat_parts(self, infos: list[Record]) -> dict[str, list[Record]]:
        """Parts of the oldest stores, which had no folder for each message."""
        ids = {text_of(info.get("id")) for info in infos}
        if not ids or any(self._folder("part", message_id).is_dir() for message_id in ids):
            return {}
        parts: dict[str, list[Record]] = {}
        for part in self._records("part"):
            if (message_id := text_of(part.get("messageID"))) in ids:
                parts.setdefault(message_id, []).append(part)
        return parts

    def _folder(self, kind: str, name: str) -> Path:
        """An id that is no plain name leads nowhere."""
        plain = name if Path(name).name == name else "-"
        return self._storage / kind / (plain or "-")

    def _records(self, kind: str, name: str | None = None) -> Iterator[Record]:
        """In the order of names, which is that of time."""
        folder = self._storage / kind if name is None else self._folder(kind, name)
        try:
            paths = sorted(path for path in folder.iterdir() if path.suffix == ".json")
        except (OSError, ValueError):
            return
        for path in paths:
            if record := self._record(path):
                yield record

    def _record(self, path: Path) -> Record:
        try:
            with path.open("rb") as stream:
                return record_of(msgspec.json.decode(stream.read(MAX_SIDE_FILE)))
        except (OSError, ValueError, msgspec.MsgspecError, RecursionError) as cause:
            self._problems.add(0, f"{path.name} skipped", f"it could not be read: {cause}")
            return {}


def _age(info: Record) -> tuple[int, str]:
    return count_of(record_of(info.get("time")).get("created")), text_of(info.get("id"))
