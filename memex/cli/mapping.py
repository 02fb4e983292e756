"""`memex topology`: the map of all work from a terminal."""

from __future__ import annotations

from pathlib import Path

import click

from memex.cli.output import printable
from memex.cli.terminal import as_json, ask, library_engine, show
from memex.core.errors import ExportError
from memex.core.lenses import Lens
from memex.core.paths import LibraryPaths
from memex.core.topology import (
    DEFAULT_NEIGHBOURS,
    LARGEST_SAMPLE,
    MOST_NEIGHBOURS,
    TOPOLOGY_LENSES,
    Topology,
    TopologyRequest,
)
from memex.core.topology_export import graphml
from memex.engine.topology_messages import GetTopology, TopologyMade

SHOWN = 10
"""Rows of each kind; --json has all."""


@click.command()
@click.option("--sample", type=click.IntRange(1, LARGEST_SAMPLE), help="Sessions at most (5,000).")
@click.option(
    "--neighbours",
    type=click.IntRange(1, MOST_NEIGHBOURS),
    default=DEFAULT_NEIGHBOURS,
    show_default=True,
    help="Of each session.",
)
@click.option(
    "--lens", type=click.Choice([str(lens) for lens in TOPOLOGY_LENSES]), default="content", show_default=True
)
@click.option("--graphml", "file", type=click.Path(path_type=Path), help="Also write the tree to this file.")
@as_json
@click.pass_obj
def topology(
    paths: LibraryPaths, sample: int | None, neighbours: int, lens: str, file: Path | None, as_json: bool
) -> None:
    """Map the library: which sessions are alike, in which clusters, and what stands apart."""
    wanted = TopologyRequest(Lens(lens), sample, neighbours)
    with library_engine(paths) as engine:
        made = ask(engine, GetTopology(wanted), TopologyMade).topology
    if file is not None:
        _save(graphml(made), file)
    show(made, as_json, topology_text)


def topology_text(made: Topology) -> str:
    titles = {card.id: card.title for card in made.nodes}
    lines = [f"{len(made.nodes):,} sessions, {len(made.edges):,} edges."]
    lines += [sentence for sentence in (made.sampled, made.remark) if sentence]
    lines += _section("Clusters", [f"{len(each.members):5,}  {each.name}" for each in made.clusters])
    for head, links in (("Bridges", made.bridges), ("Gaps", made.gaps)):
        lines += _section(
            head,
            [
                f" {link.similarity:.2f}  {' – '.join(link.projects)}: {titles[link.a]} – {titles[link.b]}"
                for link in links
            ],
        )
    lines += _section(
        "Duplicates",
        [f"{len(each.members):5,}  {titles[each.members[0]]}" for each in made.duplicates],
    )
    lines += _section("Outliers", [f" {each.similarity:.2f}  {titles[each.id]}" for each in made.outliers])
    return "\n".join(lines)


def _section(head: str, rows: list[str]) -> list[str]:
    """Titles of several lines stay on one."""
    if not rows:
        return []
    shown = [" ".join(row.split("\n")) for row in rows[:SHOWN]]
    more = [f"       and {len(rows) - SHOWN:,} more"] if len(rows) > SHOWN else []
    return ["", head, *shown, *more]


def _save(content: bytes, file: Path) -> None:
    try:
        file.write_bytes(content)
    except OSError as cause:
        raise ExportError(f"{file} cannot be written ({cause.strerror}): choose another file.") from cause
    click.echo(printable(f"{len(content):,} bytes to {file}."), err=True)
