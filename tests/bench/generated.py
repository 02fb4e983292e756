"""Libraries of any size, made of the turns and vectors of an indexed one: nothing is read or embedded again.

A generated session has the measures of a real one (turns, lens texts, vectors, projects) and turns that are
spliced from two real turns each, with names of its own between: word frequencies stay those of real
sessions, and the vocabulary grows with the library.
"""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from memex.catalog.catalog import Catalog
from memex.catalog.fulltext import CARD_TURN
from memex.catalog.lens_texts import LensText
from memex.catalog.sessions import SessionOrigin, SessionRecord
from memex.core.lenses import Lane
from memex.core.models import ModelSignature
from memex.core.session import Agent, Outcome, Role, Session, ToolCall, Turn, TurnKind
from memex.library.embedding import upsert_missing
from memex.library.library import Library
from memex.library.points import payload_of
from memex.library.turn_texts import card_text, shortened

SESSIONS_A_BATCH = 250
TURNS_OF_A_SESSION = 40
"""At most; a real session's first, with its longest outputs shortened, so that 50,000 stay makeable."""
CHARACTERS_OF_A_TURN = 3_000
NOISE = 0.35
"""Length of what is added to a real unit vector: a cosine of about 0.94 with it."""
LAST_DAY = datetime(2026, 11, 1, tzinfo=UTC)
Texts = list[tuple[LensText, NDArray[np.float32]]]


@dataclass(frozen=True, slots=True)
class Model:
    """A real session, as the generated ones take after it."""

    record: SessionRecord
    texts: Texts
    bags: dict[Lane, dict[str, int]]
    turns: list[str]


def generate(source: Path, home: Path, sessions: int, seed: int = 0) -> None:
    """A library of so many sessions in the empty folder `home`; its model is to be prepared there already."""
    signature, models = _models(source)
    chance = random.Random(seed)
    noise = np.random.default_rng(seed)
    pool = [turn for model in models for turn in model.turns]
    with Catalog(home / "catalog.db") as catalog:
        with catalog.transaction():
            catalog.vectors.want(signature)
        for first in range(0, sessions, SESSIONS_A_BATCH):
            with catalog.transaction():
                for number in range(first, min(first + SESSIONS_A_BATCH, sessions)):
                    _write(catalog, signature, chance.choice(models), number, pool, chance, noise)
    _fill_index(home)


def _models(source: Path) -> tuple[ModelSignature, list[Model]]:
    with Catalog(source / "catalog.db") as catalog:
        signature = catalog.vectors.wanted()
        assert signature is not None
        keys = list(catalog.sessions.keys_newest_first())
        return signature, [_model(catalog, signature, key) for key in keys]


def _model(catalog: Catalog, signature: ModelSignature, key: int) -> Model:
    record = catalog.sessions.record(key)
    count = min(record.card.turn_count, TURNS_OF_A_SESSION)
    bodies = catalog.full_text.bodies((key, turn) for turn in range(count))
    turns = [shortened(body, CHARACTERS_OF_A_TURN) for body in bodies.values()]
    texts = list(catalog.vectors.of_session(signature, key))
    return Model(record, texts, catalog.lens_texts.bags_of(key), turns)


def _write(
    catalog: Catalog,
    signature: ModelSignature,
    model: Model,
    number: int,
    pool: list[str],
    chance: random.Random,
    noise: np.random.Generator,
) -> None:
    session = _session(model, number, chance)
    texts = [msgspec.structs.replace(text, hash=_hash(number, text)) for text, _ in model.texts]
    version = number.to_bytes(4)
    origin = SessionOrigin(
        f"/generated/{number}.jsonl", version, msgspec.json.encode(payload_of(session)), version
    )
    key, _ = catalog.sessions.write(session, origin)
    catalog.full_text.replace(
        key, [*_turn_texts(model, number, pool, chance), (CARD_TURN, card_text(session))]
    )
    catalog.lens_texts.replace(key, texts)
    catalog.lens_texts.replace_bags(key, model.bags)
    if texts:
        real = np.stack([vector for _, vector in model.texts])
        added = noise.standard_normal(real.shape, np.float32)
        moved = real + NOISE * added / np.linalg.norm(added, axis=1, keepdims=True)
        unit = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)
        catalog.vectors.write(signature, [text.hash for text in texts], unit)


def _session(model: Model, number: int, chance: random.Random) -> Session:
    card = model.record.card
    ended = LAST_DAY - timedelta(minutes=chance.randrange(60 * 24 * 365))
    failed = (ToolCall("", "Bash", is_error=True),) * min(card.error_count, 3)
    replies = (Turn(turn, Role.ASSISTANT, TurnKind.REPLY) for turn in range(1, len(model.turns)))
    turns = (Turn(0, Role.USER, TurnKind.PROMPT, tool_calls=failed), *replies)
    return Session(
        Agent(card.agent),
        f"generated-{number}",
        card.title,
        project_path=f"{model.record.project_path or '/work'}-{number % 40}",
        branch=card.branch,
        models=model.record.models,
        started_at=ended - timedelta(minutes=30),
        ended_at=ended,
        turns=turns,
        outcome=Outcome(card.outcome),
    )


def _turn_texts(
    model: Model, number: int, pool: list[str], chance: random.Random
) -> Iterator[tuple[int, str]]:
    for turn, own in enumerate(model.turns):
        other = chance.choice(pool)
        name = f"{chance.choice(NAMES)}_{number:x}_{chance.choice(NAMES)}{turn}"
        yield turn, f"{own[: len(own) // 2]}\n{name}\n{other[len(other) // 2 :]}"


NAMES = (
    "load",
    "parse",
    "merge",
    "route",
    "cache",
    "retry",
    "linker",
    "config",
    "session",
    "worker",
    "token",
)


def _hash(number: int, text: LensText) -> bytes:
    return hashlib.blake2b(b"%d" % number + text.hash, digest_size=16).digest()


def _fill_index(home: Path) -> None:
    library = Library(home)
    library.open_vectors()
    side = library.vectors
    assert side is not None, library.degraded
    for _ in upsert_missing(library.writer, side, library.writer.generations.missing(side.generation)):
        pass
    library.close()


def main() -> None:
    """`python -m tests.bench.generated SOURCE HOME SESSIONS`."""
    import shutil
    import sys

    source, home = Path(sys.argv[1]), Path(sys.argv[2])
    shutil.copytree(source / "models", home / "models")
    generate(source, home, int(sys.argv[3]))


if __name__ == "__main__":
    main()
