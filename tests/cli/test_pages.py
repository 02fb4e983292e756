"""The pages of docs/ name all that there is; that of the command line also nothing that there is not."""

import re
import sqlite3
from pathlib import Path

import click
import pytest
from msgspec import Struct

from memex.catalog.schema import migrate
from memex.cli import memex
from memex.cli.index_output import GenerationsOutput
from memex.cli.mixing import MixExplanation, MixOutput
from memex.cli.output import (
    RelaxationOutput,
    ReplayOutput,
    SearchHit,
    SearchOutput,
    SessionOutput,
    SessionsOutput,
    ToolCallOutput,
    TurnOutput,
)
from memex.core.evaluation import Estimate, Evaluation, RunQuality
from memex.core.filters import KNOWN_VALUES, Field
from memex.core.indexes import (
    GenerationComparison,
    GenerationInfo,
    GenerationQuality,
    GenerationState,
    ReembedReport,
    ReembedState,
    ReindexFailure,
    ReindexReport,
    SkippedText,
)
from memex.core.lenses import Lens
from memex.core.library import (
    DoctorReport,
    FileFailure,
    Finding,
    ForgetReport,
    ImportReport,
    IndexReport,
    LibraryStatus,
    MoveReport,
    Progress,
    RepairQueue,
    SnapshotReport,
    Stage,
    Stale,
)
from memex.core.models import ModelSignature
from memex.core.paths import LibraryPaths
from memex.core.query import FILTER_NAMES, QueryProblem
from memex.core.replay import Origin, Redaction
from memex.core.search import SessionCard
from memex.core.session import Agent, Outcome, Role, ToolCall, Turn, TurnKind
from memex.core.settings import QdrantServer, Settings
from memex.core.topology import (
    TOPOLOGY_LENSES,
    Bridge,
    Cluster,
    Duplicates,
    Gap,
    Outlier,
    Topology,
    TopologyEdge,
)
from memex.library.export.json_export import ExportedSession, JsonExport

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/command-line.md").read_text("utf-8")
FORMATS = (ROOT / "docs/formats.md").read_text("utf-8")
SECTIONS = {section.split("`", 1)[0].split()[0]: section for section in PAGE.split("\n## `memex ")[1:]}
SHAPES: dict[str, tuple[type[Struct], ...]] = {
    "index": (IndexReport, Stale),
    "refresh": (),
    "move": (MoveReport,),
    "search": (SearchOutput, SearchHit, QueryProblem, RelaxationOutput),
    "mix": (MixOutput, MixExplanation),
    "replay": (ReplayOutput, TurnOutput, ToolCallOutput),
    "export": (),
    "sessions": (SessionsOutput, SessionOutput),
    "status": (LibraryStatus, RepairQueue, Progress),
    "reindex": (ReindexReport,),
    "reembed": (ReembedReport,),
    "generations": (GenerationsOutput, GenerationInfo, GenerationComparison),
    "fetch-model": (),
    "doctor": (DoctorReport, Finding),
    "forget": (ForgetReport,),
    "snapshot": (SnapshotReport, ImportReport),
    "eval": (Evaluation, RunQuality, Estimate),
    "topology": (
        Topology,
        SessionCard,
        TopologyEdge,
        Cluster,
        Bridge,
        Gap,
        Duplicates,
        Outlier,
    ),
    "demo": (),
}


def rows(section: str) -> list[str]:
    """What the first column of the section's tables names, in its order."""
    return re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE)


def options(command: click.Command) -> set[str]:
    """Its own, and those of a group's commands."""
    own = {option.opts[-1] for option in command.params if isinstance(option, click.Option)}
    below = command.commands.values() if isinstance(command, click.Group) and command is not memex else ()
    return own.union(*map(options, below))


def test_every_verb_has_its_section_and_every_section_its_verb() -> None:
    assert set(SECTIONS) == set(memex.commands) == set(SHAPES)


def test_the_options_of_all() -> None:
    head = PAGE.split("\n## ", 1)[0]
    assert sorted(rows(head)) == sorted({*options(memex), "--help"})


@pytest.mark.parametrize("verb", SHAPES)
def test_every_option_and_field_of_a_verb_and_no_other(verb: str) -> None:
    command = memex.commands[verb]
    fields = [field for shape in SHAPES[verb] for field in shape.__struct_fields__]
    assert sorted(rows(SECTIONS[verb])) == sorted([*options(command), *fields])


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("index", FileFailure.__struct_fields__),
        ("search", Lens),
        ("search", Agent),
        ("replay", Role),
        ("replay", TurnKind),
        ("replay", Origin),
        ("sessions", Outcome),
        ("status", Stage),
        ("topology", TOPOLOGY_LENSES),
        ("reindex", ReindexFailure.__struct_fields__),
        ("reembed", ReembedState),
        ("reembed", ModelSignature.__struct_fields__),
        ("reembed", SkippedText.__struct_fields__),
        ("generations", GenerationState),
        ("generations", GenerationQuality.__struct_fields__),
    ],
)
def test_the_words_that_a_field_may_hold(verb: str, words: tuple[str, ...]) -> None:
    assert [word for word in words if f"`{word}`" not in SECTIONS[verb]] == []


def test_every_condition_and_every_value_is_in_the_query_language() -> None:
    page = (ROOT / "docs/query-language.md").read_text("utf-8")
    assert rows(page.split("| condition |")[1]) == list(FILTER_NAMES)
    values = [value for field, known in KNOWN_VALUES.items() if field is not Field.AGENT for value in known]
    assert [value for value in values if f"`{value}`" not in page] == []


def test_every_file_of_a_home_every_table_and_every_setting_is_in_formats() -> None:
    home = LibraryPaths(Path("home"))
    files = [getattr(home, name) for name, kind in vars(LibraryPaths).items() if isinstance(kind, property)]
    assert [file.name for file in files if file.name not in FORMATS] == []
    assert set(rows(FORMATS)) == tables() | set(Settings.__struct_fields__) | set(
        QdrantServer.__struct_fields__
    )


def tables() -> set[str]:
    db = sqlite3.connect(":memory:", isolation_level=None)
    migrate(db)
    found = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    db.close()
    return {name for (name,) in found if not name.startswith("turn_text_")}


def test_every_field_of_an_export_and_no_other() -> None:
    shapes = (JsonExport, ExportedSession, Redaction, Turn, ToolCall)
    fields = [field for shape in shapes for field in shape.__struct_fields__]
    assert sorted(rows((ROOT / "docs/export.md").read_text("utf-8"))) == sorted(fields)


def test_every_room_is_in_architecture() -> None:
    page = (ROOT / "docs/architecture.md").read_text("utf-8")
    rooms = {path.parent.name for path in (ROOT / "memex").glob("*/__init__.py")}
    assert {room for room in rooms if not re.search(rf"^ +{room}/ ", page, re.MULTILINE)} == set()


@pytest.mark.parametrize(
    "page", ["README.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+\.md)", (ROOT / page).read_text("utf-8"))
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).is_file()] == []
