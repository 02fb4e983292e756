"""The texts a session is embedded by, and the vectors that models made of them."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from memex.core.lenses import Lane, Lens
from memex.core.models import ModelSignature


class LensText(Struct, frozen=True):
    """One text of one lens. `CONTENT` has many (its passages), the other lenses at most one."""

    lens: Lens
    ordinal: int
    first_turn: int
    last_turn: int
    hash: bytes
    body: str


TELLING_CHARS = 200
"""“fix the tests” opens many sessions: so much of two must agree until they count as opening alike."""


BEGINNING_CHARS, BEGINNING_PASSAGES = 400, 2
"""As much of a passage, and as many of them, tell what a session is about."""
_passages = msgspec.json.Decoder(list[tuple[int, str, int]])


class LensTexts:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def replace(self, session: int, texts: Iterable[LensText]) -> None:
        self._db.execute("DELETE FROM lens_text WHERE session = ?", (session,))
        self._db.executemany(
            "INSERT INTO lens_text VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((session, t.lens, t.ordinal, t.first_turn, t.last_turn, t.hash, t.body) for t in texts),
        )

    def replace_bags(self, session: int, bags: Mapping[Lane, Mapping[str, int]]) -> None:
        """The token counts that the sparse lanes are made of."""
        self._db.execute("DELETE FROM token_bag WHERE session = ?", (session,))
        self._db.executemany(
            "INSERT INTO token_bag VALUES (?, ?, ?)",
            ((session, lane, msgspec.json.encode(counts).decode()) for lane, counts in bags.items()),
        )

    def bags_of(self, session: int) -> dict[Lane, dict[str, int]]:
        rows = self._db.execute("SELECT lane, counts FROM token_bag WHERE session = ?", (session,))
        return {Lane(lane): msgspec.json.decode(counts, type=dict[str, int]) for lane, counts in rows}

    def exist(self) -> bool:
        return self._db.execute("SELECT 1 FROM lens_text LIMIT 1").fetchone() is not None

    def one(self, session: int, lens: Lens, ordinal: int) -> LensText:
        row = self._db.execute(
            """SELECT lens, ordinal, first_turn, last_turn, hash, body FROM lens_text
               WHERE session = ? AND lens = ? AND ordinal = ?""",
            (session, lens, ordinal),
        ).fetchone()
        return LensText(Lens(row[0]), *row[1:])

    def of(self, session: int) -> list[LensText]:
        rows = self._db.execute(
            """SELECT lens, ordinal, first_turn, last_turn, hash, body FROM lens_text
               WHERE session = ? ORDER BY lens, ordinal""",
            (session,),
        )
        return [LensText(Lens(lens), *rest) for lens, *rest in rows]

    def openings(self, sessions: Iterable[int]) -> dict[int, str]:
        """Session → what its first passages are known by; those that open alike have the same."""
        first = self._passages(sessions, 1, 1)
        short = [session for session, _, length in first if length < TELLING_CHARS]
        known = {session: text_hash for session, text_hash, _ in first}
        lengths = {session: length for session, _, length in first}
        for session, text_hash, length in self._passages(short, 2, 4):
            if lengths[session] < TELLING_CHARS:
                known[session] += text_hash
                lengths[session] += length
        return known

    def beginnings(self, sessions: Iterable[int]) -> dict[int, str]:
        """Session → its title and the beginnings of its first passages."""
        rows = self._db.execute(
            """SELECT k.value, group_concat(substr(t.body, 1, ?), char(10)) FROM json_each(?) k
               CROSS JOIN lens_text t ON t.session = k.value AND t.lens = ? AND t.ordinal <= ?
               GROUP BY k.value""",
            (BEGINNING_CHARS, msgspec.json.encode(list(sessions)).decode(), Lens.CONTENT, BEGINNING_PASSAGES),
        )
        return dict(rows.fetchall())

    def _passages(self, sessions: Iterable[int], first: int, last: int) -> list[tuple[int, str, int]]:
        """(session, hash, characters), in their order. As one text: see `Sessions.cards`."""
        (found,) = self._db.execute(
            """SELECT json_group_array(json_array(k.value, hex(t.hash), length(t.body))) FROM json_each(?) k
               CROSS JOIN lens_text t ON t.session = k.value AND t.lens = ? AND t.ordinal BETWEEN ? AND ?""",
            (msgspec.json.encode(list(sessions)).decode(), Lens.CONTENT, first, last),
        ).fetchone()
        return _passages.decode(found)

    def bodies(self, hashes: Sequence[bytes]) -> dict[bytes, str]:
        """Of those that are here: a snapshot without texts brings hashes alone."""
        marks = ", ".join("?" * len(hashes))
        rows = self._db.execute(
            f"SELECT hash, body FROM lens_text WHERE hash IN ({marks}) AND body <> ''", tuple(hashes)
        )
        return {bytes(content_hash): body for content_hash, body in rows}

    def sessions_with(self, hashes: Iterable[bytes]) -> dict[bytes, str]:
        """Hash → id of the newest session that has the text."""
        query = """SELECT s.id FROM lens_text t JOIN session s ON s.key = t.session
                   WHERE t.hash = ? ORDER BY s.ended_at DESC LIMIT 1"""
        found = {text_hash: self._db.execute(query, (text_hash,)).fetchone() for text_hash in hashes}
        return {text_hash: row[0] for text_hash, row in found.items() if row}


WITH_BODY = """(t.session, t.lens, t.ordinal) NOT IN
    (SELECT session, lens, ordinal FROM lens_text WHERE body = '')"""
WITHOUT_VECTOR = "NOT EXISTS (SELECT 1 FROM vector v WHERE v.model = ? AND v.hash = t.hash)"
OF_PROJECT = "(? IS NULL OR t.session IN (SELECT key FROM session WHERE project_name = ?))"


class TextCounts(Struct, frozen=True):
    """Of different texts; equal ones count once."""

    texts: int
    with_vectors: int
    without_body: int
    """Those without a vector that cannot get one: a snapshot brought their hash alone."""

    @property
    def to_embed(self) -> int:
        return self.texts - self.with_vectors - self.without_body


@dataclass(frozen=True, slots=True)
class VectorRows:
    """Rows that belong together: of `sessions`, `ordinals` and `vectors`, which is (texts, dimension)."""

    sessions: NDArray[np.int64]
    ordinals: NDArray[np.int64]
    vectors: NDArray[np.float32]


class Vectors:
    """Unit vectors by (model, hash of the text); the same text is embedded once."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def know(self, model: ModelSignature, location: str | None = None) -> None:
        """`location`: the name or folder that it was opened from; None for the packaged model."""
        self._db.execute(
            """INSERT INTO model (key, signature, location, is_wanted) VALUES (?, ?, ?, 0)
               ON CONFLICT (key) DO UPDATE SET location = coalesce(excluded.location, location)""",
            (model.key, msgspec.json.encode(model).decode(), location),
        )

    def want(self, model: ModelSignature, location: str | None = None) -> None:
        """From now on this model's vectors are what every text should have; for `location` see `know`."""
        self.know(model, location)
        self._db.execute(
            "UPDATE model SET is_wanted = (key = ?), is_begun = (is_begun AND key <> ?)",
            (model.key, model.key),
        )

    def begin(self, model: ModelSignature, location: str | None) -> None:
        """Its vectors are made beside those of the wanted model, which stays wanted."""
        self.know(model, location)
        self._db.execute("UPDATE model SET is_begun = (key = ?)", (model.key,))

    def forget_unused(self, key: str) -> None:
        """The model of this key and its vectors, unless something is still made of them."""
        self._db.execute(
            """DELETE FROM model WHERE key = ? AND NOT is_wanted AND NOT is_begun
               AND NOT EXISTS (SELECT 1 FROM generation WHERE model = ?)""",
            (key, key),
        )

    def location(self, model: ModelSignature) -> str | None:
        row = self._db.execute("SELECT location FROM model WHERE key = ?", (model.key,)).fetchone()
        return row[0] if row else None

    def wanted(self) -> ModelSignature | None:
        row = self._db.execute("SELECT signature FROM model WHERE is_wanted").fetchone()
        return msgspec.json.decode(row[0], type=ModelSignature) if row else None

    def signature(self, key: str) -> ModelSignature:
        """Of a model that is known."""
        (signature,) = self._db.execute("SELECT signature FROM model WHERE key = ?", (key,)).fetchone()
        return msgspec.json.decode(signature, type=ModelSignature)

    def begun(self) -> ModelSignature | None:
        """The model that a re-embedding has begun with and not come to its end."""
        row = self._db.execute("SELECT signature FROM model WHERE is_begun").fetchone()
        return msgspec.json.decode(row[0], type=ModelSignature) if row else None

    def missing(self, model: ModelSignature, project: str | None = None) -> list[bytes]:
        """Hashes of the texts that have no vector and can get one, those of the newest sessions first."""
        rows = self._db.execute(
            f"""SELECT t.hash FROM lens_text t JOIN session s ON s.key = t.session
                WHERE {WITHOUT_VECTOR} AND {WITH_BODY} AND {OF_PROJECT}
                ORDER BY s.ended_at DESC, t.session""",
            (model.key, project, project),
        )
        return list(dict.fromkeys(bytes(row[0]) for row in rows))

    def count_missing(self, model: ModelSignature, lens: Lens | None = None) -> int:
        """Texts without a vector: of one lens, or of all."""
        (count,) = self._db.execute(
            f"""SELECT count(DISTINCT hash) FROM lens_text t
                WHERE {WITHOUT_VECTOR} AND {WITH_BODY} AND (? IS NULL OR t.lens = ?)""",
            (model.key, lens, lens),
        ).fetchone()
        return int(count)

    def counts(self, model: ModelSignature, project: str | None = None) -> TextCounts:
        """Of all texts, or of those of a project."""
        texts, without_vectors, to_embed = self._db.execute(
            f"""SELECT count(DISTINCT hash), count(DISTINCT hash) FILTER (WHERE {WITHOUT_VECTOR}),
                count(DISTINCT hash) FILTER (WHERE {WITHOUT_VECTOR} AND {WITH_BODY})
                FROM lens_text t WHERE {OF_PROJECT}""",
            (model.key, model.key, project, project),
        ).fetchone()
        return TextCounts(texts, texts - without_vectors, without_vectors - to_embed)

    def without_body(self, model: ModelSignature, project: str | None = None) -> list[bytes]:
        """Hashes of the texts that have no vector and whose words are not in this library."""
        rows = self._db.execute(
            f"""SELECT DISTINCT t.hash FROM lens_text t
                WHERE t.body = '' AND {WITHOUT_VECTOR} AND {OF_PROJECT} AND NOT EXISTS
                    (SELECT 1 FROM lens_text b WHERE b.hash = t.hash AND b.body <> '')""",
            (model.key, project, project),
        )
        return [bytes(text_hash) for (text_hash,) in rows]

    def sessions_missing(self, model: ModelSignature) -> list[str]:
        """Ids of the sessions with a text that has no vector and can get one, the newest first."""
        rows = self._db.execute(
            f"""SELECT s.id FROM session s WHERE EXISTS
                (SELECT 1 FROM lens_text t WHERE t.session = s.key AND {WITHOUT_VECTOR} AND {WITH_BODY})
                ORDER BY s.ended_at DESC, s.key""",
            (model.key,),
        )
        return [session for (session,) in rows]

    def write(self, model: ModelSignature, hashes: Iterable[bytes], vectors: NDArray[np.float32]) -> None:
        self._db.executemany(
            "INSERT OR REPLACE INTO vector VALUES (?, ?, ?)",
            ((model.key, h, row.tobytes()) for h, row in zip(hashes, vectors, strict=True)),
        )

    def of_session(
        self, model: ModelSignature, session: int
    ) -> Iterator[tuple[LensText, NDArray[np.float32]]]:
        """(text, its vector) of the session's texts that have one."""
        rows = self._db.execute(
            """SELECT t.lens, t.ordinal, t.first_turn, t.last_turn, t.hash, t.body, v.float32
               FROM lens_text t JOIN vector v ON v.model = ? AND v.hash = t.hash
               WHERE t.session = ? ORDER BY t.lens, t.ordinal""",
            (model.key, session),
        )
        for found, *rest, blob in rows:
            yield LensText(Lens(found), *rest), np.frombuffer(blob, np.float32)

    def of_sessions(self, model: ModelSignature, sessions: Iterable[int], lens: Lens) -> "VectorRows":
        """Of the sessions' texts of the lens, those of one session side by side.

        As one row of text and bytes: thousands of rows would each ask for the interpreter. CROSS JOIN keeps
        SQLite from beginning with all vectors of the model: 1.4 s in 10,000 sessions.
        """
        keys, ordinals, vectors = self._db.execute(
            """SELECT group_concat(t.session), group_concat(t.ordinal),
                   CAST(group_concat(CAST(v.float32 AS TEXT), '') AS BLOB)
               FROM json_each(?) wanted
               CROSS JOIN lens_text t ON t.session = wanted.value AND t.lens = ?
               CROSS JOIN vector v ON v.model = ? AND v.hash = t.hash""",
            (msgspec.json.encode(list(sessions)).decode(), lens, model.key),
        ).fetchone()
        return VectorRows(
            np.fromstring(keys or "", np.int64, sep=","),
            np.fromstring(ordinals or "", np.int64, sep=","),
            np.frombuffer(vectors or b"", np.float32).reshape(-1, model.dimension),
        )

    def count_sessions(self, model: ModelSignature) -> int:
        """Sessions with texts, all of which have vectors."""
        (count,) = self._db.execute(
            """SELECT count(*) FROM session s WHERE NOT s.is_helper
               AND EXISTS (SELECT 1 FROM lens_text t WHERE t.session = s.key)
               AND NOT EXISTS (SELECT 1 FROM lens_text t WHERE t.session = s.key AND NOT EXISTS
                   (SELECT 1 FROM vector v WHERE v.model = ? AND v.hash = t.hash))""",
            (model.key,),
        ).fetchone()
        return int(count)
