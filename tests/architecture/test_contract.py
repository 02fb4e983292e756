"""The direction between rooms is a wall: the linter holds it, and would see it broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    linter = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert linter, "import-linter is not installed: run `make test`."
    return subprocess.run([linter, "--no-cache"], cwd=tree, capture_output=True, text=True, check=False)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the program that a test may break."""
    shutil.copytree(ROOT / "memex", tmp_path / "memex", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contract_is_kept() -> None:
    outcome = lint_imports(ROOT)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


BREAKS = {
    "core sees a room above it": ("core/session.py", "import memex.catalog", "Rooms import only downwards"),
    "two of the four middle rooms": (
        "catalog/schema.py",
        "import memex.index",
        "Rooms import only downwards",
    ),
    "the engine sees the window": (
        "engine/protocol.py",
        "import memex.window",
        "Rooms import only downwards",
    ),
    "Qt outside the window": ("engine/protocol.py", "import PySide6.QtCore", "Qt lives in the window alone"),
    "a database in core": ("core/session.py", "import sqlite3", "Core knows no database"),
    "torch in the window": ("window/theme.py", "def load():\n    import torch", "The window's process never"),
    "SQL outside the catalog": ("library/library.py", "import sqlite3", "SQL is the catalog's"),
    "Qdrant outside the index": ("library/library.py", "import qdrant_edge", "Qdrant is the index's"),
    "a model outside the embedding": (
        "library/library.py",
        "import onnxruntime",
        "Models are the embedding's",
    ),
    "a room without a place": ("attic/__init__.py", "", "Rooms import only downwards"),
}


@pytest.mark.parametrize(("file", "line", "contract"), BREAKS.values(), ids=BREAKS)
def test_breaking_it_is_seen(tree: Path, file: str, line: str, contract: str) -> None:
    broken = tree / "memex" / file
    broken.parent.mkdir(exist_ok=True)
    with broken.open("a", encoding="utf-8") as module:
        module.write(f"\n{line}\n")
    outcome = lint_imports(tree)
    assert outcome.returncode == 1, outcome.stdout + outcome.stderr
    verdicts = [verdict for verdict in outcome.stdout.splitlines() if verdict.startswith(contract)]
    assert any("BROKEN" in verdict for verdict in verdicts), outcome.stdout
