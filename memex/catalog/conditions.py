"""Conditions as SQL on `session`; how each field's values match is told in docs/query-language.md."""

import re
import sqlite3
from collections.abc import Iterable
from fnmatch import translate
from typing import TypeAlias

from msgspec import json

from memex.catalog.traits import TOOL_KIND, escaped
from memex.core.filters import Content, Field, Filters, State

Clause: TypeAlias = tuple[str, list[object]]

LIVE_SECONDS = 600
"""A transcript that was written to within this time belongs to a session that is still going on."""
EVERYTHING: Clause = ("1", [])
SHOWN = "key NOT IN (SELECT session FROM hidden)"
"""Sessions that are about to be forgotten are in no list."""

NAMED_COLUMNS = {Field.PROJECT: "project_name", Field.BRANCH: "branch"}
EXACT_COLUMNS = {
    Field.AGENT: "agent",
    Field.INTENT: "intent",
    Field.OUTCOME: "outcome",
    Field.MONTH: "month",
    Field.SESSION: "id",
}
FLAGS: dict[tuple[Field, str], str] = {
    (Field.HAS, Content.ERROR): "error_count > 0",
    (Field.HAS, Content.EDITS): "has_edits",
    (Field.HAS, Content.IMAGES): "image_count > 0",
    (Field.HAS, Content.SUBAGENTS): "subagent_count > 0",
    (Field.IS, State.RESOLVED): "outcome = 'resolved'",
    (Field.IS, State.UNRESOLVED): "outcome IN ('unresolved', 'partial')",
    (Field.IS, State.LIVE): f"""source_path IN (
        SELECT path FROM source WHERE mtime_ns / 1000000000 > CAST(strftime('%s') AS INTEGER) - {LIVE_SECONDS}
    )""",
}


class Conditions:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def clause(self, filters: Filters) -> Clause:
        """All that is asked for, and nothing that is excluded or hidden."""
        clauses = [
            self._shown(),
            *self.of_fields(filters).values(),
            *(
                _not(self._any_of(condition.field, (condition.value,)))
                for condition in filters.conditions
                if condition.is_excluded
            ),
            *_bounds(filters),
        ]
        return every(clauses)

    def _shown(self) -> Clause:
        if self._db.execute("SELECT 1 FROM hidden LIMIT 1").fetchone() is None:
            return EVERYTHING
        return SHOWN, []

    def of_fields(self, filters: Filters) -> dict[Field, Clause]:
        """What each field may be."""
        fields = dict.fromkeys(each.field for each in filters.conditions if not each.is_excluded)
        return {field: self._any_of(field, filters.of(field)) for field in fields}

    def beside_fields(self, filters: Filters) -> Clause:
        """All but what the fields may be: what is excluded, and the period."""
        excluded = tuple(condition for condition in filters.conditions if condition.is_excluded)
        return self.clause(Filters(excluded, filters.since, filters.until))

    def _any_of(self, field: Field, values: tuple[str, ...]) -> Clause:
        if field is Field.MODEL:
            return _in("models", self._models_like(values))
        if column := NAMED_COLUMNS.get(field):
            return _in(column, self._names_like(column, values))
        if column := EXACT_COLUMNS.get(field):
            return _in(column, values)
        if field in (Field.HAS, Field.IS):
            return " OR ".join(FLAGS.get((field, value), "0") for value in values), []
        return _having_traits(field, values)

    def _names_like(self, column: str, values: tuple[str, ...]) -> list[str]:
        """The names that there are, whatever their case; `*` and `?` stand for any characters, for one."""
        patterns = [_pattern(value) for value in values]
        return [name for name in self._names(column) if _is_any(patterns, name)]

    def _models_like(self, values: tuple[str, ...]) -> list[str]:
        """The very model; if there is none of that name, those with a part that begins so: `opus`."""
        listed = {text: json.decode(text, type=tuple[str, ...]) for text in self._names("models")}
        known = {model for models in listed.values() for model in models}
        patterns = []
        for value in values:
            exact = _pattern(value)
            is_known = any(exact.match(model.casefold()) for model in known)
            patterns.append(exact if is_known else re.compile(rf"(?:.*[-/])?{re.escape(value.casefold())}"))
        return [text for text, models in listed.items() if any(_is_any(patterns, model) for model in models)]

    def _names(self, column: str) -> list[str]:
        """One step in the column's index for each."""
        rows = self._db.execute(
            f"""WITH RECURSIVE name (value) AS (
                SELECT min({column}) FROM session
                UNION ALL
                SELECT (SELECT min({column}) FROM session WHERE {column} > value) FROM name
                WHERE value IS NOT NULL
            ) SELECT value FROM name WHERE value IS NOT NULL"""
        )
        return [name for (name,) in rows]


def _having_traits(field: Field, values: tuple[str, ...]) -> Clause:
    traits = [_tool(value) if field is Field.TOOL else _trait(field, value) for value in values]
    matching, arguments = _any(traits)
    return (
        f"key IN (SELECT session FROM session_trait WHERE trait IN (SELECT id FROM trait WHERE {matching}))",
        arguments,
    )


def _trait(field: Field, value: str) -> Clause:
    """The text anywhere within. A pattern of files is that of a whole path, or of its end after a `/`."""
    like = _like(value)
    if field is not Field.FILE or not _is_pattern(value):
        return "field = ? AND value LIKE ? ESCAPE '\\'", [field, f"%{like}%"]
    if like.startswith("%"):
        return "field = ? AND value LIKE ? ESCAPE '\\'", [field, like]
    return "field = ? AND (value LIKE ? ESCAPE '\\' OR value LIKE ? ESCAPE '\\')", [field, like, f"%/{like}"]


def _tool(value: str) -> Clause:
    """The agent's name of it, or its kind (`shell`, `edit`, `mcp`), whatever the agent calls it."""
    return (
        "field = ? AND value LIKE ? ESCAPE '\\' OR field = ? AND value = ?",
        [Field.TOOL, _like(value), TOOL_KIND, value.lower()],
    )


def _is_pattern(value: str) -> bool:
    return "*" in value or "?" in value


def _like(value: str) -> str:
    """`*` and `?` as LIKE has them, all else as it stands; LIKE minds no case."""
    return escaped(value).replace("*", "%").replace("?", "_")


def _pattern(value: str) -> re.Pattern[str]:
    return re.compile(translate(value.replace("[", "[[]").casefold()))


def _is_any(patterns: Iterable[re.Pattern[str]], name: str) -> bool:
    folded = name.casefold()
    return any(pattern.match(folded) for pattern in patterns)


def _bounds(filters: Filters) -> Iterable[Clause]:
    """A session's time is that of its last turn."""
    if filters.since:
        yield "ended_at >= ?", [filters.since.timestamp()]
    if filters.until:
        yield "ended_at < ?", [filters.until.timestamp()]


def _in(column: str, values: Iterable[str]) -> Clause:
    found = list(values)
    return f"{column} IN ({', '.join('?' * len(found))})", [*found]


def _not(clause: Clause) -> Clause:
    """Also true of what is not known."""
    return f"({clause[0]}) IS NOT TRUE", clause[1]


def _any(clauses: Iterable[Clause]) -> Clause:
    found = list(clauses)
    return " OR ".join(f"({sql})" for sql, _ in found), [value for _, values in found for value in values]


def every(clauses: Iterable[Clause]) -> Clause:
    found = [clause for clause in clauses if clause != EVERYTHING]
    if not found:
        return EVERYTHING
    return " AND ".join(f"({sql})" for sql, _ in found), [value for _, values in found for value in values]
