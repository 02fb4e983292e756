"""Everything the program imports is declared in pyproject.toml, so that the lean set is enough to run it."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp
import pytest

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]


def names(requirements: list[str]) -> set[str]:
    return {normal(re.split(r"[<>=~!;\[ ]", requirement)[0]) for requirement in requirements}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def imported() -> dict[str, set[str]]:
    """Distribution → the memex modules that import it, lazily or not."""
    graph = grimp.build_graph("memex", include_external_packages=True, cache_dir=None)
    owners = packages_distributions()
    found: dict[str, set[str]] = {}
    for module in graph.modules:
        if graph.is_module_squashed(module) and module not in sys.stdlib_module_names:
            owner = normal(owners[module][0])
            found.setdefault(owner, set()).update(graph.find_modules_that_directly_import(module))
    return found


def test_the_program_imports_only_what_it_declares(imported: dict[str, set[str]]) -> None:
    lean = names(PROJECT["dependencies"]) | {"shiboken6"}  # a part of PySide6 that is packed apart
    models = names(PROJECT["optional-dependencies"]["models"])
    undeclared = {name: users for name, users in imported.items() if name not in lean | models}
    assert not undeclared


def test_only_the_embedding_room_knows_the_extra_models(imported: dict[str, set[str]]) -> None:
    for name in names(PROJECT["optional-dependencies"]["models"]):
        strangers = {user for user in imported.get(name, ()) if not user.startswith("memex.embedding.")}
        assert not strangers, name
