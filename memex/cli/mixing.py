"""`memex mix`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from memex.cli.output import SearchHit, hit_of, hit_text, printable
from memex.cli.terminal import as_json, ask, library_engine, show
from memex.core.lenses import Lens, RankOptions
from memex.core.mixing import MIX_LENSES, Mix, MixReason, MixRequest
from memex.core.paths import LibraryPaths
from memex.engine.mix_messages import Mixed, MixSessions

if TYPE_CHECKING:
    from memex.core.ranking import Ranking


class MixExplanation(Struct, frozen=True):
    """Of the hit with the same number."""

    session_id: str
    pulled_in_by: tuple[str, ...]
    nearest: str | None
    likeness: float | None
    away_from: str | None
    unlikeness: float | None
    shared_files: tuple[str, ...]
    shared_errors: tuple[str, ...]
    x: float | None
    y: float | None


class MixOutput(Struct, frozen=True):
    like: tuple[str, ...]
    unlike: tuple[str, ...]
    target: str | None
    lens: str | None
    hits: tuple[SearchHit, ...]
    explanations: tuple[MixExplanation, ...]
    notes: tuple[str, ...]
    took_ms: float


@click.command()
@click.option("--like", "likes", multiple=True, metavar="ID", help="Like this session; repeatable.")
@click.option("--unlike", "unlikes", multiple=True, metavar="ID", help="Not like this one; repeatable.")
@click.option("--target", metavar="ID", help="What to be nearest to (default: the first --like).")
@click.option("--lens", type=click.Choice([lens.value for lens in MIX_LENSES]), help="Only this lens.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(min=1))
@as_json
@click.pass_obj
def mix(
    paths: LibraryPaths,
    likes: tuple[str, ...],
    unlikes: tuple[str, ...],
    target: str | None,
    lens: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Find sessions like some and unlike others; an id, or a beginning of it, names each."""
    from memex.core.ranking import rank  # numpy

    request = MixRequest(likes, unlikes, target, Lens(lens) if lens else None)
    with library_engine(paths) as engine:
        found = ask(engine, MixSessions(request), Mixed).mix
    for note in found.notes:
        click.echo(f"memex: {printable(note)}", err=True)
    ranking = rank(found.table, RankOptions(), datetime.now(UTC))
    show(mix_output(found, ranking, limit), as_json, mix_text)


def mix_output(found: Mix, ranking: Ranking, limit: int) -> MixOutput:
    """As in the window, one of each group of near-identical sessions."""
    from memex.core.ranking import grouped

    best = list(grouped(ranking.order.tolist(), found.table.groups).items())[:limit]
    cards = (*found.likes, *found.unlikes)
    ids = {card.key: card.id for card in cards}
    places = {point.key: (point.x, point.y) for point in found.plane}
    return MixOutput(
        tuple(card.id for card in found.likes),
        tuple(card.id for card in found.unlikes),
        ids.get(found.target) if found.target is not None else None,
        found.request.lens,
        tuple(hit_of(found.table, ranking, row, alike) for row, alike in best),
        tuple(
            _explanation(
                found.table.cards[row].id, found.reasons[row], ids, places.get(found.table.cards[row].key)
            )
            for row, _ in best
        ),
        found.notes,
        found.table.took_ms,
    )


def mix_text(output: MixOutput) -> str:
    if not output.hits:
        return "Nothing else is in the library: `memex index` takes in more."
    titled = zip(output.hits, output.explanations, strict=True)
    return "\n".join(
        f"{hit_text(number, hit)}\n    {_reason_text(why)}" for number, (hit, why) in enumerate(titled, 1)
    )


def _reason_text(why: MixExplanation) -> str:
    parts = []
    if why.nearest and why.likeness is not None:
        parts.append(f"nearest to {why.nearest[:13]} ({why.likeness:.2f})")
    if why.away_from and why.unlikeness is not None:
        parts.append(f"away from {why.away_from[:13]} ({why.unlikeness:.2f})")
    parts += [f"shares {name}" for name in (*why.shared_files[:1], *why.shared_errors[:1])]
    return " · ".join(parts) or "pulled in by " + ", ".join(why.pulled_in_by)


def _explanation(
    session: str, why: MixReason, ids: dict[int, str], place: tuple[float, float] | None
) -> MixExplanation:
    x, y = place or (None, None)
    return MixExplanation(
        session,
        tuple(lens.value for lens in why.lenses),
        ids.get(why.nearest) if why.nearest is not None else None,
        why.likeness,
        ids.get(why.away_from) if why.away_from is not None else None,
        why.unlikeness,
        why.files,
        why.errors,
        x,
        y,
    )
