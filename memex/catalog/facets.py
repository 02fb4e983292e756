"""Counts beside the results, and what a query can be completed with."""

import re
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

import msgspec

from memex.catalog.conditions import EVERYTHING, SHOWN, Clause, Conditions, every
from memex.catalog.traits import escaped
from memex.core.filters import KNOWN_VALUES, Facet, FacetValue, Field, Filters

COLUMNS = {
    Field.PROJECT: "project_name",
    Field.AGENT: "agent",
    Field.BRANCH: "branch",
    Field.OUTCOME: "outcome",
    Field.INTENT: "intent",
    Field.MONTH: "month",
    Field.MODEL: "models",
}
FACETS = (
    Field.PROJECT, Field.AGENT, Field.BRANCH, Field.MODEL, Field.OUTCOME, Field.INTENT, Field.MONTH,
)  # fmt: skip
COMPLETED_COLUMNS = {**COLUMNS, Field.SESSION: "id"}
SCANNED = "session INDEXED BY session_by_facets"
"""SQLite would go by a facet's own index, and from there to every wide row."""
MOST_VALUES = 200
"""Of one facet."""


class Facets:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._conditions = Conditions(db)

    def count(
        self, filters: Filters, among: Collection[int] | None = None, leaving_out: Collection[int] = ()
    ) -> tuple[Facet, ...]:
        """Of main sessions, in one query. Each field under the conditions on the others.

        Fields without a condition of their own share one set of sessions; without any condition, each is
        counted along its index.
        """
        of_fields = self._conditions.of_fields(filters)
        beside = [self._conditions.beside_fields(filters), *_chosen(among, leaving_out)]
        matching = every((*beside, *of_fields.values()))
        sources = {
            field: (
                "session",
                every((*beside, *(of_fields[other] for other in of_fields if other is not field))),
            )
            for field in of_fields
        }
        shared = ("session" if matching == EVERYTHING else "matching", EVERYTHING)
        counts = [_counts(field, *sources.get(field, shared)) for field in FACETS]
        rows = self._db.execute(
            f"""WITH matching AS MATERIALIZED (
                    SELECT {", ".join(COLUMNS.values())}, is_subagent, is_helper
                    FROM {SCANNED} WHERE is_subagent = 0 AND is_helper = 0 AND {matching[0]}
                ) {" UNION ALL ".join(sql for sql, _ in counts)}""",
            [*matching[1], *(value for _, values in counts for value in values)],
        )
        return _facets(rows)

    def complete(self, field: Field, beginning: str, limit: int) -> list[FacetValue]:
        """Values of main sessions that begin so, or have a part that does; the most frequent first."""
        if field in (Field.HAS, Field.IS):
            known = (value for value in KNOWN_VALUES[field] if value.startswith(beginning.lower()))
            return [FacetValue(str(value), 0) for value in known][:limit]
        begins = escaped(beginning)
        patterns = [f"{begins}%", f"%/{begins}%", f"%-{begins}%", f"%.{begins}%"]
        if field is Field.MODEL:
            return self._models(beginning, limit)
        column = COMPLETED_COLUMNS.get(field)
        likes = " OR ".join([f"{column or 'value'} LIKE ? ESCAPE '\\'"] * len(patterns))
        if column:
            rows = self._db.execute(COLUMN_COUNTS.format(column=column, likes=likes), (*patterns, limit))
        else:
            rows = self._db.execute(TRAIT_COUNTS.format(likes=likes), (field, *patterns, limit))
        return [FacetValue(*row) for row in rows]

    def _models(self, beginning: str, limit: int) -> list[FacetValue]:
        part = re.compile(rf"(?:.*[-/])?{re.escape(beginning)}", re.IGNORECASE)
        (models,) = (facet for facet in self.count(Filters()) if facet.field is Field.MODEL)
        return [each for each in models.values if part.match(each.value)][:limit]


COLUMN_COUNTS = f"""SELECT {{column}}, count(*) AS sessions FROM session
    WHERE NOT is_helper AND NOT is_subagent AND {SHOWN} AND ({{likes}})
    GROUP BY 1 ORDER BY sessions DESC, 1 LIMIT ?"""
TRAIT_COUNTS = """SELECT value, count(DISTINCT session) AS sessions
    FROM trait JOIN session_trait ON trait = id
    WHERE field = ? AND session NOT IN (SELECT session FROM hidden) AND ({likes})
    GROUP BY 1 ORDER BY sessions DESC, 1 LIMIT ?"""


def _counts(field: Field, source: str, condition: Clause) -> Clause:
    column = COLUMNS[field]
    return (
        f"""SELECT '{field}', {column}, count(*) FROM {source}
            WHERE {column} IS NOT NULL AND is_subagent = 0 AND is_helper = 0 AND {condition[0]} GROUP BY 2""",
        condition[1],
    )


def _chosen(among: Collection[int] | None, leaving_out: Collection[int]) -> Iterator[Clause]:
    if among is not None:
        yield "key IN (SELECT value FROM json_each(?))", [as_json(among)]
    if leaving_out:
        yield "key NOT IN (SELECT value FROM json_each(?))", [as_json(leaving_out)]


def _facets(rows: Iterable[tuple[str, str, int]]) -> tuple[Facet, ...]:
    found: dict[str, Counter[str]] = {field: Counter() for field in FACETS}
    for field, value, count in rows:
        for name in msgspec.json.decode(value, type=tuple[str, ...]) if field == Field.MODEL else (value,):
            found[field][name] += count
    return tuple(
        Facet(field, tuple(FacetValue(*each) for each in _most_first(found[field]))) for field in FACETS
    )


def as_json(keys: Collection[int]) -> str:
    return msgspec.json.encode(list(keys)).decode()


def _most_first(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:MOST_VALUES]
