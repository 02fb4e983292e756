"""Sessions built of topics: each holds none, one or two of four, and says each in one of three ways."""

from collections.abc import Iterable
from itertools import chain, combinations
from pathlib import Path

from tests.transcript_files import TranscriptFile, session_id

TOPICS: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "linker": (
        (
            "The release build fails because the linker cc cannot be found in the container",
            "cargo build --release",
            "error: linker `cc` not found",
            "The slim image has no C toolchain; I add gcc and libc6-dev to the build stage.",
        ),
        (
            "Compiling the Rust crates in Docker stops: no linker there",
            "docker build -t agent .",
            "error: linking with `cc` failed: No such file or directory",
            "build-essential was dropped from the base image, so nothing can be linked.",
        ),
        (
            "CI cannot link the binary since the image was made smaller",
            "cargo test --workspace",
            "error: could not compile `agent`: linker `cc` not found",
            "We install a compiler toolchain in the image before cargo runs.",
        ),
    ),
    "migration": (
        (
            "The database migration locks the orders table for minutes",
            "alembic upgrade head",
            "psycopg.errors.LockNotAvailable: canceling statement due to lock timeout",
            "Postgres takes an exclusive lock for the new column default; I split the ALTER TABLE in steps.",
        ),
        (
            "Adding an index in Postgres blocks all writes in production",
            "psql -f add_index.sql",
            "ERROR: deadlock detected",
            "CREATE INDEX CONCURRENTLY does not hold the lock on the table.",
        ),
        (
            "Our schema change times out waiting for a lock on the customers table",
            "python manage.py migrate",
            "django.db.utils.OperationalError: lock timeout",
            "A long transaction holds the row locks; the migration sets a lock_timeout and tries again.",
        ),
    ),
    "login": (
        (
            "The login page should remember the language that the visitor has chosen",
            "npm test -- LanguagePicker",
            "12 passing",
            "A cookie keeps the locale, and the sign-in form reads its translations from it.",
        ),
        (
            "Visitors see the sign-in form in English although their browser asks for German",
            "npm run e2e",
            "expected Anmelden, got Sign in",
            "The Accept-Language header was not passed to the translations of the login page.",
        ),
        (
            "Translate the password reset screen and keep the locale between visits",
            "npx i18next-parser",
            "31 keys extracted",
            "The locale lives in the user's profile, so that login shows the right language.",
        ),
    ),
    "training": (
        (
            "Why is the training loss NaN after two epochs?",
            "python train.py --epochs 2",
            "epoch 2 loss nan",
            "The gradients overflow in half precision: clip them and lower the learning rate.",
        ),
        (
            "The neural network stops learning and its loss explodes",
            "torchrun --nproc_per_node 2 train.py",
            "RuntimeError: Function returned nan values in its 0th output",
            "Loss scaling and a warm-up of the learning rate keep the gradients finite.",
        ),
        (
            "Validation accuracy of the image classifier is stuck at chance",
            "python evaluate.py --checkpoint best.pt",
            "accuracy 0.101",
            "Labels were shuffled apart from the images in the data loader; the optimizer was fine.",
        ),
    ),
}
FILES = {
    "linker": "/home/ann/infra/Dockerfile",
    "migration": "/home/ann/infra/migrations/0042_orders.py",
    "login": "/home/ann/infra/web/login.tsx",
    "training": "/home/ann/infra/ml/train.py",
}
FILLERS = (
    ("Write the release notes of this week", "The notes list what was merged since the last tag."),
    ("Rename the settings module", "All imports follow the new name."),
    ("Explain how the cache is invalidated", "Keys carry the version of the data that they were made from."),
)
VARIANTS = 3
MOST_TOPICS = 2
SETS = tuple(chain.from_iterable(combinations(TOPICS, size) for size in range(MOST_TOPICS + 1)))
Held = dict[str, frozenset[str]]
"""Session id → the topics that it holds."""


def write_sessions(folder: Path) -> Held:
    held = {}
    numbers = ((topics, variant) for topics in SETS for variant in range(VARIANTS))
    for number, (topics, variant) in enumerate(numbers, start=1):
        file = TranscriptFile(folder, session_id(number))
        for place, topic in enumerate(topics):
            _talk(file, topic, (variant + place) % VARIANTS)
        if not topics:
            prompt, answer = FILLERS[variant]
            file.prompt(prompt).say(answer)
        held[session_id(number)] = frozenset(topics)
    return held


def of(held: Held, topics: Iterable[str], variant: int = 0) -> str:
    """The session of exactly these topics."""
    return [session for session, has in held.items() if has == frozenset(topics)][variant]


def _talk(file: TranscriptFile, topic: str, wording: int) -> None:
    prompt, command, output, answer = TOPICS[topic][wording]
    is_error = "rror" in output or "expected" in output
    file.prompt(prompt).run(command, output, fails=is_error).run(f"cat {FILES[topic]}", "…").say(answer)
