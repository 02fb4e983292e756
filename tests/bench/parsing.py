"""How long reading a transcript takes beside bare `orjson.loads` over the same lines, how much memory, and
what one more line costs.

`python -m tests.bench.parsing [FOLDER…]`; the folders default to the corpus.
"""

import csv
import io
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import orjson

from memex.catalog.archive import ArchivingStream
from memex.library.growth import Grown, unread
from memex.transcripts.readers import FileReading, open_transcript, read_transcript
from tests.bench.figures import Figure

CORPUS = Path(os.environ.get("MEMEX_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))
ROUNDS = 5
REPEATED_BYTES = 500_000_000
GROWING_BYTES = 4_000_000
AGENTS = ("claude", "codex")


class Sample(NamedTuple):
    path: Path
    content: bytes


def samples(agent: str, folder: Path = CORPUS) -> list[Sample]:
    """Every real main and sub-agent file of one agent, in memory, so that no disk is measured."""
    with (folder / "MANIFEST.csv").open(newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["agent"] == agent and row["kind"] == "real"]
    names = [row["path"] for row in rows if row["path"].endswith(".jsonl")]
    return [Sample(folder / name, (folder / name).read_bytes()) for name in names]


def median_cpu(work: Callable[[], None]) -> float:
    """Seconds of this process's own time: what else the machine does is not counted."""
    return statistics.median(_cpu(work) for _ in range(ROUNDS))


def _cpu(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _bare(chosen: Sequence[Sample]) -> None:
    for sample in chosen:
        for line in io.BytesIO(sample.content):
            orjson.loads(line)


def _read(chosen: Sequence[Sample]) -> None:
    for sample in chosen:
        read_transcript(io.BytesIO(sample.content), sample.path)


def is_strict_json(sample: Sample) -> bool:
    """Bare `orjson` cannot pass over a damaged line; a reader can, so such files are not compared."""
    try:
        _bare([sample])
        read_transcript(io.BytesIO(sample.content), sample.path)
    except Exception:  # noqa: BLE001 - whatever one of the two refuses is not compared
        return False
    return True


def speed(agent: str) -> Iterator[Figure]:
    chosen = [sample for sample in samples(agent) if is_strict_json(sample)]
    megabytes = sum(len(sample.content) for sample in chosen) / 1e6
    bare, reading = median_cpu(lambda: _bare(chosen)), median_cpu(lambda: _read(chosen))
    yield _figure(f"{agent}: read", megabytes, "MB")
    yield _figure(f"{agent}: bare orjson.loads", megabytes / bare, "MB/s")
    yield _figure(f"{agent}: reader", megabytes / reading, "MB/s")
    yield _figure(f"{agent}: reader ÷ orjson.loads", reading / bare, "×", limit=2.5)


def _largest(agent: str) -> Sample:
    return max((s for s in samples(agent) if is_strict_json(s)), key=lambda s: len(s.content))


def memory(agent: str) -> Iterator[Figure]:
    """Peak memory of a process that reads one real file repeated to 500 MB, beside what its session holds.

    The repeats carry the same ids, as a session that was resumed again and again does.
    """
    largest = _largest(agent)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / largest.path.name
        with path.open("wb") as stream:
            for _ in range(REPEATED_BYTES // len(largest.content) + 1):
                stream.write(largest.content)
        small, _ = _peak(largest.path)
        large, seconds = _peak(path)
        yield _figure(f"{agent}: file of repeats", path.stat().st_size / 1e6, "MB")
    yield _figure(f"{agent}: peak memory, once ({len(largest.content) / 1e6:.1f} MB)", small, "MB")
    yield _figure(f"{agent}: peak memory, repeated", large, "MB")
    yield _figure(f"{agent}: reading the repeats", seconds, "s")


def growth(agent: str) -> Iterator[Figure]:
    """A live session of 4 MB that gains a line: read, hashed and archived whole, and on from there."""
    largest = _largest(agent)
    repeats = GROWING_BYTES // len(largest.content) + 1
    *lines, last = (largest.content * repeats).splitlines(keepends=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / largest.path.name
        path.write_bytes(b"".join(lines))
        whole, on = [], []
        for _ in range(ROUNDS):
            start = time.process_time()
            grown = _read_whole(path)
            whole.append(time.process_time() - start)
        for _ in range(ROUNDS):
            with path.open("ab") as file:
                file.write(last)
            start = time.process_time()
            grown = _read_on(path, grown)
            on.append(time.process_time() - start)
        size = path.stat().st_size / 1e6
    yield _figure(f"{agent}: growing file", size, "MB")
    yield _figure(f"{agent}: decoded for one more line", len(last), "bytes")
    yield _figure(f"{agent}: whole", statistics.median(whole) * 1e3, "ms")
    yield _figure(f"{agent}: read on", statistics.median(on) * 1e3, "ms")


def _read_whole(path: Path) -> Grown:
    reading = FileReading(path)
    with path.open("rb") as raw:
        stream = ArchivingStream(raw)
        list(reading.read(io.BufferedReader(stream, 1 << 20)))
        return Grown(reading, stream.size, stream.finish()[0])


def _read_on(path: Path, grown: Grown) -> Grown:
    with path.open("rb") as raw:
        begun = unread(raw, grown)
        assert begun is not None
        stream = ArchivingStream(raw, *begun, grown.size)
        grown.reading.read_on(io.BufferedReader(stream, 1 << 20))
        return Grown(grown.reading, stream.size, stream.finish()[0])


def _figure(name: str, value: float, unit: str, limit: float | None = None) -> Figure:
    wanted = f"≤ {limit:g} {unit}" if limit else ""
    return Figure(name, f"{value:.2f} {unit}", wanted, limit is None or value <= limit)


def _peak(path: Path) -> tuple[float, float]:
    """Megabytes resident at most, and seconds, of a fresh process that reads the file."""
    command = [sys.executable, "-m", "tests.bench.parsing", "--peak", str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    megabytes, seconds = done.stdout.split()
    return float(megabytes), float(seconds)


def _print_peak(path: Path) -> None:
    start = time.perf_counter()
    session = open_transcript(path)
    seconds = time.perf_counter() - start
    assert session.turns
    print(_peak_kilobytes() / 1024, seconds)


def _peak_kilobytes() -> int:
    """Of this program alone; `ru_maxrss` also counts what the parent held when it forked."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1])  # type: ignore[index]
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def figures() -> list[Figure]:
    return [figure for agent in AGENTS for measure in (speed, growth, memory) for figure in measure(agent)]


def main(arguments: Sequence[str]) -> None:
    if arguments[:1] == ["--peak"]:
        _print_peak(Path(arguments[1]))
        return
    chosen = {"--speed": speed, "--growth": growth}.get("".join(arguments[:1]))
    found = [figure for agent in AGENTS for figure in chosen(agent)] if chosen else figures()
    for figure in found:
        print(figure.row())


if __name__ == "__main__":
    main(sys.argv[1:])
