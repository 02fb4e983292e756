"""Mutants of real transcripts: whatever the bytes, a session or a refusal, soon, and twice the same.

`python -m tests.transcripts.fuzz [COUNT] [SEED]` reads 20,000 by default.
"""

import copy
import csv
import io
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from memex.core.errors import TranscriptError
from memex.core.session import Session
from memex.transcripts.readers import read_transcript
from tests.transcripts.lines import CORPUS

MUTANTS = 20_000
LINES = 60
"""Of a real file, so that one mutant takes about a millisecond."""
MAX_SECONDS = 5.0
ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    1e308,
    10**40,
    "",
    "\ud800",
    [],
    {},
    [[]],
    {"type": {}},
    "x" * 5000,
)


class Mutant(NamedTuple):
    path: Path
    content: bytes
    how: str


Mutation = Callable[[random.Random, list[bytes]], None]


def flip_bits(chance: random.Random, lines: list[bytes]) -> None:
    place = chance.randrange(len(lines))
    line = bytearray(lines[place] or b"\n")
    for _ in range(chance.randint(1, 4)):
        line[chance.randrange(len(line))] ^= 1 << chance.randrange(8)
    lines[place] = bytes(line)


def cut_line(chance: random.Random, lines: list[bytes]) -> None:
    place = chance.randrange(len(lines))
    lines[place] = lines[place][: chance.randint(0, len(lines[place]))]


def swap_lines(chance: random.Random, lines: list[bytes]) -> None:
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def repeat_line(chance: random.Random, lines: list[bytes]) -> None:
    lines.insert(chance.randrange(len(lines)), chance.choice(lines))


def drop_line(chance: random.Random, lines: list[bytes]) -> None:
    if len(lines) > 1:
        lines.pop(chance.randrange(len(lines)))


def insert_bytes(chance: random.Random, lines: list[bytes]) -> None:
    place = chance.randrange(len(lines))
    at = chance.randint(0, len(lines[place]))
    odd = chance.choice(
        [b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n", b'"', b"[" * 2000, b"{", b"\\ud83d"]
    )
    lines[place] = lines[place][:at] + odd + lines[place][at:]


def change_type(chance: random.Random, lines: list[bytes]) -> None:
    place = chance.randrange(len(lines))
    try:
        record = json.loads(lines[place])
    except (ValueError, RecursionError):
        return
    inner: Any = record
    while isinstance(inner, dict | list) and inner:
        key = chance.choice(list(inner)) if isinstance(inner, dict) else chance.randrange(len(inner))
        if not isinstance(inner[key], dict | list) or not inner[key] or chance.random() < 0.3:
            inner[key] = copy.deepcopy(chance.choice(ODD_VALUES))
            break
        inner = inner[key]
    lines[place] = json.dumps(record).encode() + b"\n"


MUTATIONS: tuple[Mutation, ...] = (
    flip_bits,
    cut_line,
    swap_lines,
    repeat_line,
    drop_line,
    insert_bytes,
    change_type,
)


@cache
def originals() -> list[tuple[Path, list[bytes]]]:
    """A stretch of every real file of the corpus, cut where the file is long."""
    with (CORPUS / "MANIFEST.csv").open(newline="") as stream:
        names = [
            row["path"] for row in csv.DictReader(stream) if row["kind"] == "real" and row["role"] != "aux"
        ]
    chosen = []
    for name in names:
        lines = (CORPUS / name).read_bytes()[: 1 << 20].splitlines(keepends=True)
        short = [line for line in lines if len(line) < 20_000]
        if short:
            chosen.append((CORPUS / name, short[:LINES]))
    return chosen


def mutants(count: int, seed: int) -> Iterator[Mutant]:
    chance = random.Random(seed)
    known = originals()
    for _ in range(count):
        path, lines = chance.choice(known)
        changed = list(lines)
        how = chance.choices(MUTATIONS, k=chance.randint(1, 4))
        for mutation in how:
            mutation(chance, changed)
        yield Mutant(path, b"".join(changed), ", ".join(mutation.__name__ for mutation in how))


def reading(mutant: Mutant) -> bytes | str:
    """What was read, encoded; or the refusal."""
    try:
        session = read_transcript(io.BytesIO(mutant.content), mutant.path)
    except TranscriptError as refusal:
        return str(refusal)
    encoded = msgspec.json.encode(session)
    assert msgspec.json.decode(encoded, type=Session)
    return encoded


def survives(mutant: Mutant) -> None:
    start = time.perf_counter()
    once = reading(mutant)
    assert time.perf_counter() - start < MAX_SECONDS, f"{mutant.path} took too long after {mutant.how}"
    assert reading(mutant) == once, f"{mutant.path} was read differently twice after {mutant.how}"


def main(arguments: Sequence[str]) -> None:
    count = int(arguments[0]) if arguments else MUTANTS
    seed = int(arguments[1]) if len(arguments) > 1 else 0
    for number, mutant in enumerate(mutants(count, seed)):
        try:
            survives(mutant)
        except BaseException:
            kept = Path(f"fuzz-{seed}-{number}.jsonl")
            kept.write_bytes(mutant.content)
            sys.stderr.write(
                f"mutant {number} of seed {seed} ({mutant.path}: {mutant.how}) is kept in {kept}\n"
            )
            raise
    sys.stdout.write(f"{count} mutants of real transcripts were read, none crashed, hung or differed.\n")


if __name__ == "__main__":
    main(sys.argv[1:])
