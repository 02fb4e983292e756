"""Step one, *parse*: files whose size or mtime changed become sessions in the catalog."""

import hashlib
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from memex.catalog.archive import ArchivingStream, Copy, HashingStream
from memex.catalog.catalog import Catalog
from memex.catalog.forgotten import file_hash, session_hash
from memex.catalog.fulltext import CARD_TURN
from memex.catalog.lens_texts import LensText
from memex.catalog.sessions import SessionOrigin
from memex.catalog.sources import Source, SourceState
from memex.core.errors import TranscriptError
from memex.core.lenses import Lane
from memex.core.library import FileFailure
from memex.core.session import COPY_MARK, Session
from memex.core.settings import Budgets
from memex.index.sparse import path_tokens, tool_tokens
from memex.library.archiving import drop_copy, keep_document, only_grown, own_copy
from memex.library.growth import GrowingFiles, Grown, unread
from memex.library.lens_documents import lens_texts, path_lines, tool_lines
from memex.library.points import payload_of
from memex.library.session_traits import traits_of
from memex.library.turn_texts import card_text, turn_texts
from memex.transcripts.discovery import FoundFile
from memex.transcripts.readers import FileReading, UnknownFormatError

READING_VERSION = 5
"""Raised when readers or lens documents change what they make of a file: all are then read again."""
BATCH_BYTES = 4_000_000
"""A transaction takes in about this much transcript, so that a kill costs little."""
Redact = Callable[[Session], tuple[Session, dict[str, int]]]
"""The session as it is to be kept, and how many secrets of each kind were taken out of it."""
NEVER = -1
"""As a file's size: read it again at the next scan."""


def as_it_is(session: Session) -> tuple[Session, dict[str, int]]:
    """The `Redact` of users who want none."""
    return session, {}


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """What the user chose for what is kept of a session."""

    redact: Redact
    budgets: Budgets
    keeps_copies: bool = True
    """Whether transcripts are kept in the archive."""


class ParseTally:
    def __init__(self) -> None:
        self.new = 0
        self.changed = 0
        self.failed: list[FileFailure] = []
        self.skipped: list[FileFailure] = []


def changed_files(catalog: Catalog, found: Iterable[FoundFile]) -> list[FoundFile]:
    """Newest first: what people look for is mostly recent. What was forgotten is not looked at."""
    stamps = catalog.sources.stamps(READING_VERSION)
    changed = [file for file in found if stamps.get(str(file.path)) != (file.size, file.mtime_ns)]
    if forgotten := catalog.forgotten.hashes():
        changed = [file for file in changed if file_hash(str(file.path)) not in forgotten]
    return sorted(changed, key=lambda file: (-file.mtime_ns, file.path))


def parse_files(
    catalog: Catalog,
    files: Sequence[FoundFile],
    tally: ParseTally,
    rules: ReadingRules,
    growing: GrowingFiles,
) -> Iterator[int]:
    """Yields how many files are done, after each committed batch."""
    done = 0
    for batch in _batches(files):
        # What the agents delete is then here alone.
        with catalog.errors(), catalog.transaction(durable=rules.keeps_copies):
            for file in batch:
                _take_in(catalog, file, tally, rules, growing)
        done += len(batch)
        yield done


def _batches(files: Sequence[FoundFile]) -> Iterator[list[FoundFile]]:
    batch: list[FoundFile] = []
    size = 0
    for file in files:
        batch.append(file)
        size += file.size
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _take_in(
    catalog: Catalog, file: FoundFile, tally: ParseTally, rules: ReadingRules, growing: GrowingFiles
) -> None:
    path = str(file.path)
    source = Source(path, file.size, file.mtime_ns)
    try:
        content = _read_on(catalog, file.path, rules, growing) or _read(catalog, file.path, rules, growing)
        if not content.sessions:
            catalog.forgotten.add([file_hash(path)], is_erased=True)
            return
        source = _store(catalog, file, content, tally, rules)
    except UnknownFormatError as error:
        tally.skipped.append(FileFailure(path, str(error)))
        source = replace(source, state=SourceState.SKIPPED, reason=str(error))
    except TranscriptError as error:
        tally.failed.append(FileFailure(path, str(error)))
        source = replace(source, state=SourceState.FAILED, reason=str(error))
    except OSError as error:
        reason = f"{path} cannot be read: {error.strerror}."
        tally.failed.append(FileFailure(path, reason))
        source = replace(source, size=NEVER, state=SourceState.FAILED, reason=reason)
    catalog.sources.record(source, READING_VERSION)


class _Read(NamedTuple):
    session: Session
    copy: Copy | None
    """Of the session alone, where the file is not just that."""


class _Content(NamedTuple):
    """What a file holds, but for what was forgotten."""

    sessions: list[_Read]
    hash: bytes
    size: int


def _read(catalog: Catalog, path: Path, rules: ReadingRules, growing: GrowingFiles) -> _Content:
    """From the start. What has grown once is expected to grow again."""
    reading = FileReading(path)
    read: list[_Read] = []
    with path.open("rb") as raw:
        stream = ArchivingStream(raw) if rules.keeps_copies else HashingStream(raw)
        read.extend(
            _Read(session, own_copy(reading) if rules.keeps_copies else None)
            for session in reading.read(io.BufferedReader(stream, 1 << 20))
        )
    read = _not_forgotten(catalog, read, path, stream.content_hash)
    if isinstance(stream, ArchivingStream) and any(each.copy is None for each in read):
        content_hash, zstd = stream.finish()
        catalog.archive.keep(content_hash, stream.size, zstd)
    if older := only_grown(catalog, path, stream.content_hash):
        drop_copy(catalog, path, older)
        growing.keep(path, Grown(reading, stream.size, stream.content_hash))
    return _Content(read, stream.content_hash, stream.size)


def _read_on(catalog: Catalog, path: Path, rules: ReadingRules, growing: GrowingFiles) -> _Content | None:
    """What the file has gained; None when it must be read from its start."""
    grown = growing.take(path)
    if grown is None or not grown.reading.can_go_on:
        return None
    if rules.keeps_copies and catalog.archive.size_of(grown.content_hash) is None:
        return None
    with path.open("rb") as raw:
        begun = unread(raw, grown)
        if begun is None:
            return None
        stream = (ArchivingStream if rules.keeps_copies else HashingStream)(raw, *begun, grown.size)
        session = grown.reading.read_on(io.BufferedReader(stream, 1 << 20))
    if stream.content_hash != grown.content_hash:
        if isinstance(stream, ArchivingStream):
            content_hash, frame = stream.finish()
            catalog.archive.extend(grown.content_hash, content_hash, stream.size, frame)
        drop_copy(catalog, path, grown.content_hash)
    growing.keep(path, Grown(grown.reading, stream.size, stream.content_hash))
    read = _not_forgotten(catalog, [_Read(session, None)], path, stream.content_hash)
    return _Content(read, stream.content_hash, stream.size)


def _not_forgotten(catalog: Catalog, read: list[_Read], path: Path, content_hash: bytes) -> list[_Read]:
    """With the ids that they are to have here; a forgotten session's sub-agents are forgotten with it."""
    known = catalog.forgotten.hashes()
    kept = []
    for session, copy in read:
        own = _with_own_id(catalog, session, path, content_hash)
        if not known or not _is_forgotten(catalog, own, known):
            kept.append(_Read(own, copy))
    return kept


def _is_forgotten(catalog: Catalog, session: Session, known: set[bytes]) -> bool:
    if session_hash(session.agent, session.id) in known:
        return True
    # A sub-agent that is here has another copy of its parent.
    is_child = session.parent_id and session_hash(session.agent, session.parent_id) in known
    return bool(is_child) and catalog.sessions.find(session.agent, session.id) is None


def _store(
    catalog: Catalog, file: FoundFile, content: _Content, tally: ParseTally, rules: ReadingRules
) -> Source:
    keys = []
    for session, copy in content.sessions:
        older = catalog.sessions.content_hash_of(session.agent, session.id) if copy else None
        content_hash = copy.content_hash if copy else content.hash
        key, is_new = store_session(catalog, session, file.path, content_hash, rules)
        if copy:
            keep_document(catalog, copy, older)
        keys.append(key)
        if not session.is_helper:
            tally.new += is_new
            tally.changed += not is_new
    return Source(
        str(file.path),
        file.size,
        file.mtime_ns,
        content_hash=content.hash,
        read_size=content.size,
        sessions=tuple(dict.fromkeys(keys)),
    )


def store_session(
    catalog: Catalog, session: Session, path: Path, content_hash: bytes, rules: ReadingRules
) -> tuple[int, bool]:
    """Everything that search and replay need of a session, in one transaction; (key, is new)."""
    session, redactions = rules.redact(session)
    texts = [] if session.is_helper else lens_texts(session, rules.budgets)
    bags = token_bags(session)
    payload = msgspec.json.encode(payload_of(session))
    version = _index_version(payload, texts, bags)
    origin = SessionOrigin(str(path), content_hash, payload, version, redactions)
    key, is_new = catalog.sessions.write(session, origin)
    words = [] if session.is_helper else [*turn_texts(session), (CARD_TURN, card_text(session))]
    catalog.full_text.replace(key, words)
    catalog.lens_texts.replace(key, texts)
    catalog.lens_texts.replace_bags(key, bags)
    catalog.traits.replace(key, traits_of(session))
    return key, is_new


def token_bags(session: Session) -> dict[Lane, Counter[str]]:
    return {
        Lane.PATH_SPARSE: Counter(path_tokens(line for _, line in path_lines(session))),
        Lane.TOOL_SPARSE: Counter(tool_tokens(line for _, line in tool_lines(session))),
    }


def _index_version(payload: bytes, texts: Iterable[LensText], bags: Mapping[Lane, Counter[str]]) -> bytes:
    """A hash of all that the index holds of a session: it is upserted again when this changes."""
    digest = hashlib.blake2b(payload, digest_size=16)
    digest.update(msgspec.json.encode(bags, order="deterministic"))
    for text in texts:
        digest.update(f"{text.lens}{text.ordinal}".encode() + text.hash)
    return digest.digest()


def _with_own_id(catalog: Catalog, session: Session, path: Path, content_hash: bytes) -> Session:
    """Another file that is still there may hold other content under the same id: neither is lost."""
    suffix = hashlib.blake2b(str(path).encode(errors="surrogateescape"), digest_size=3).hexdigest()
    own = replace(session, id=f"{session.id}{COPY_MARK}{suffix}")
    key = catalog.sessions.find(session.agent, session.id)
    if key is None:
        # Where the other one was forgotten, this one must not take its name.
        return session if catalog.sessions.find(own.agent, own.id) is None else own
    if catalog.sources.holds(str(path), key):
        return session
    others = catalog.sources.others_of(key, str(path))
    if any(other_hash != content_hash and Path(other).exists() for other, other_hash in others):
        return own
    return session
