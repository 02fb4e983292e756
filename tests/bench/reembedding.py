"""A library of 50,000 texts changes its model: how much memory that takes besides the models.

The models are stand-ins that make a vector of a text's hash, so that nothing of the figure is theirs.
"""

import hashlib
import re
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from memex.catalog.lens_texts import LensText
from memex.catalog.sessions import SessionOrigin
from memex.core.indexes import ReembedState
from memex.core.lenses import Lens
from memex.core.models import ModelSignature
from memex.core.session import Agent, Role, Session, Turn, TurnKind
from memex.library import reembed
from memex.library.library import Library
from tests.bench.figures import Figure

SESSIONS = 2_000
TEXTS_A_SESSION = 25
DIMENSION = 384
LIMIT_MB = 200


class HashedVectors:
    """An `Embedder` of whatever name."""

    max_tokens = 256

    def __init__(self, name: str) -> None:
        self.signature = ModelSignature(name, DIMENSION, hashlib.sha256(name.encode()).hexdigest())

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        seeds = (hashlib.blake2b(f"{self.signature.name}{text}".encode(), digest_size=8) for text in texts)
        rows = [
            np.random.default_rng(int.from_bytes(seed.digest())).standard_normal(DIMENSION) for seed in seeds
        ]
        vectors = np.array(rows, np.float32).reshape(len(texts), DIMENSION)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def close(self) -> None:
        """Nothing is open."""


def figures(home: Path) -> Iterator[Figure]:
    library = Library(home)
    _fill(library)
    _change(library, "first")
    peak_mb, seconds = _change(library, "second")
    library.close()
    yield Figure(
        f"memory of re-embedding {SESSIONS * TEXTS_A_SESSION:,} texts",
        f"{peak_mb:.0f} MB",
        f"≤ {LIMIT_MB} MB",
        peak_mb <= LIMIT_MB,
        f"above both models; {SESSIONS * TEXTS_A_SESSION / seconds:,.0f} texts/s without a model's time",
    )


def _change(library: Library, name: str) -> tuple[float, float]:
    """(MB at most above what there was before, seconds)."""
    opened = reembed.open_model
    reembed.open_model = lambda *_: HashedVectors(name)  # type: ignore[assignment]
    before = _reset_peak()
    started = time.perf_counter()
    try:
        job = reembed.Reembed(library, f"/models/{name}")
        for _ in job.steps():
            pass
    finally:
        reembed.open_model = opened
    report = job.report()
    assert (report.state, report.embedded) == (ReembedState.DONE, SESSIONS * TEXTS_A_SESSION), report.reason
    return _megabytes("VmHWM") - before, time.perf_counter() - started


def _fill(library: Library) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    words = [hashlib.blake2b(b"%d" % number, digest_size=3).hexdigest() for number in range(2_000)]
    chance = np.random.default_rng(0)
    with library.writer.transaction():
        for number in range(SESSIONS):
            ended = now - timedelta(minutes=number)
            turns = (Turn(0, Role.USER, TurnKind.PROMPT, "Question"),)
            session = Session(
                Agent.CLAUDE_CODE, f"generated-{number}", f"Session {number}", ended_at=ended, turns=turns
            )
            origin = SessionOrigin(f"/generated/{number}.jsonl", number.to_bytes(4), index_version=b"1")
            key, _ = library.writer.sessions.write(session, origin)
            library.writer.lens_texts.replace(
                key, [_text(words, chance, each) for each in range(TEXTS_A_SESSION)]
            )


def _text(words: list[str], chance: np.random.Generator, ordinal: int) -> LensText:
    body = " ".join(words[each] for each in chance.integers(0, len(words), 140))
    lens = Lens.CONTENT if ordinal < TEXTS_A_SESSION - 1 else Lens.TOOL
    digest = hashlib.blake2b(body.encode(), digest_size=16).digest()
    return LensText(lens, ordinal, 0, 0, digest, body)


def _reset_peak() -> float:
    """MB in use now; the peak is counted from here."""
    Path("/proc/self/clear_refs").write_text("5")
    return _megabytes("VmRSS")


def _megabytes(name: str) -> float:
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) / 1024 * 1.048576  # type: ignore[index]
