"""A session of 5,000 turns and one of 50 MB, made of real records: how soon they open, and what they hold.

`python -m tests.bench.replay`; what the window does with the replies is measured in `replay_window`.
"""

import io
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import orjson

from memex.core.paths import LibraryPaths
from memex.core.replay import ExportFormat, ExportOrder, FindRequest
from memex.core.settings import Budgets
from memex.engine.command import engine_for_command
from memex.engine.protocol import EngineFrame, Reply, encode
from memex.engine.replay_messages import (
    CloseSession,
    ExportSession,
    FindInSession,
    GetTurns,
    OpenSession,
    SessionOpened,
)
from memex.library.library import Library
from memex.library.parsing import ParseTally, ReadingRules, as_it_is, changed_files, parse_files
from memex.transcripts.discovery import FoundFile, find_transcripts
from memex.transcripts.readers import read_transcript
from tests.bench import replay_window
from tests.bench.figures import Figure
from tests.bench.parsing import is_strict_json, median_cpu, samples

TURNS = 5_000
LARGE_BYTES = 50_000_000
PAGE = 50
ROUNDS = 5
ENGINE_END = 30.0
"""Seconds that the window's engine has for its end, before its folder is removed."""
IDS = frozenset(
    {"uuid", "parentUuid", "id", "tool_use_id", "sourceToolAssistantUUID", "requestId", "leafUuid"}
)


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="memex-replay-") as name:
        folder = Path(name)
        long, large = UUID(int=1), UUID(int=2)
        write_session(folder / "files", long, lambda size, turns: turns >= TURNS)
        write_session(folder / "files", large, lambda size, turns: size >= LARGE_BYTES)
        take_in(folder / "library", folder / "files")
        yield from parse_figures(folder / "files" / f"{long}.jsonl")
        for session in (long, large):
            yield from open_figures(folder, session)
        yield from replay_window.figures(folder / "library", str(long))
        Library(folder / "library", wait_seconds=ENGINE_END).close()


def write_session(folder: Path, session: UUID, is_enough: Callable[[int, int], bool]) -> None:
    """Real sessions one after another, each with ids of its own, until they are enough."""
    folder.mkdir(exist_ok=True)
    chosen = [sample for sample in samples("claude") if is_strict_json(sample)]
    chosen.sort(key=lambda sample: -len(sample.content))
    size = turns = copy = 0
    with (folder / f"{session}.jsonl").open("wb") as out:
        while True:
            for sample in chosen[:40]:
                copy += 1
                for line in io.BytesIO(sample.content):
                    size += out.write(
                        orjson.dumps(_own(orjson.loads(line), str(session), f"-{copy}")) + b"\n"
                    )
                turns += len(read_transcript(io.BytesIO(sample.content), sample.path).turns)
                if is_enough(size, turns):
                    return


def _own(value: Any, session: str, mark: str) -> Any:
    if isinstance(value, dict):
        return {
            key: session
            if key == "sessionId"
            else f"{item}{mark}"
            if key in IDS and isinstance(item, str)
            else _own(item, session, mark)
            for key, item in value.items()
        }
    return [_own(item, session, mark) for item in value] if isinstance(value, list) else value


def take_in(home: Path, files: Path) -> None:
    library = Library(home)
    found = [file for file in find_transcripts([files]) if isinstance(file, FoundFile)]
    files_found = changed_files(library.writer, found)
    rules = ReadingRules(as_it_is, Budgets())
    for _ in parse_files(library.writer, files_found, ParseTally(), rules, library.growing):
        pass
    library.close()


def parse_figures(path: Path) -> Iterator[Figure]:
    content = path.read_bytes()
    bare = median_cpu(lambda: [orjson.loads(line) for line in io.BytesIO(content)].clear())
    reading = median_cpu(lambda: read_transcript(io.BytesIO(content), path).turns.count(None))
    ratio = reading / bare
    yield Figure(
        f"replay: parse of {TURNS:,} turns ÷ bare orjson",
        f"{ratio:.2f} ×",
        "≤ 2.5 ×",
        ratio <= 2.5,
        f"{bare * 1e3:.0f} ms for {len(content) / 1e6:.1f} MB",
    )


def open_figures(folder: Path, session: UUID) -> Iterator[Figure]:
    """In a process of their own, so that its memory is what one session takes."""
    command = [sys.executable, "-m", "tests.bench.replay", "--open", str(folder / "library"), str(session)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    got = msgspec.json.decode(done.stdout, type=dict[str, float])
    size = (folder / "files" / f"{session}.jsonl").stat().st_size / 1e6
    name = f"replay of {size:.0f} MB, {got['turns']:,.0f} turns"
    for what in ("outline", "first turns", "page", "find", "export"):
        yield Figure(f"{name}: {what}", f"{got[what]:.1f} ms", "", True)
    held, left = got["open"] - got["before"], got["closed"] - got["before"]
    yield Figure(
        f"{name}: memory", f"{held / size:.2f} × its size", "≤ 3 ×", held <= 3 * size, f"{held:.0f} MB"
    )
    yield Figure(
        f"{name}: after closing",
        f"{left / size:.2f} × its size",
        "≤ 0.5 ×",
        left <= size / 2,
        f"{left:.0f} MB",
    )


def _open(home: Path, session: str) -> None:
    """Printed: milliseconds from each request to its encoded reply, and megabytes resident."""
    with engine_for_command(LibraryPaths(home)) as engine:

        def timed(request: Any) -> tuple[float, Reply]:
            start = time.perf_counter()
            reply = engine.call(request)
            encode(EngineFrame(reply, 1))
            return (time.perf_counter() - start) * 1e3, reply

        got = {"before": _resident()}
        got["outline"], opened = timed(OpenSession(session))
        assert isinstance(opened, SessionOpened)
        key, turns = opened.outline.card.key, len(opened.outline.turns)
        got["turns"] = turns
        got["first turns"], _ = timed(GetTurns(key, 0, PAGE))
        pages = range(0, turns, max(1, turns // ROUNDS))
        got["page"] = statistics.median(timed(GetTurns(key, first, PAGE))[0] for first in pages)
        del opened
        got["open"] = _resident()
        got["find"], _ = timed(FindInSession(key, FindRequest("error")))
        timed(CloseSession(key))
        got["closed"] = _resident()
        export = ExportOrder(session, ExportFormat.HTML, first=0, last=min(turns, 500) - 1)
        got["export"], _ = timed(ExportSession(export))
    sys.stdout.write(msgspec.json.encode(got).decode())


def _resident() -> float:
    status = Path("/proc/self/status").read_text("utf-8")
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1024 * 1.048576  # type: ignore[index]


def main(arguments: Sequence[str]) -> None:
    if arguments[:1] == ["--open"]:
        _open(Path(arguments[1]), arguments[2])
        return
    for figure in figures():
        print(figure.row(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
