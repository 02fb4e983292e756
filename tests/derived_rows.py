"""All that a library knows, but for the numbers it gives to rows."""

import sqlite3
from pathlib import Path

QUERIES = {
    "session": "SELECT agent, id, title, turn_count, payload, index_version FROM session ORDER BY id",
    "source": "SELECT path, size, mtime_ns, state, reason, content_hash FROM source ORDER BY path",
    "archive": "SELECT content_hash, size FROM archive ORDER BY 1",
    "lens texts": """SELECT s.id, t.lens, t.ordinal, t.first_turn, t.hash, t.body FROM lens_text t
                     JOIN session s ON s.key = t.session ORDER BY 1, 2, 3""",
    "token bags": """SELECT s.id, b.lane, b.counts FROM token_bag b
                     JOIN session s ON s.key = b.session ORDER BY 1, 2""",
    "turns": """SELECT s.id, f.rowid & 16777215, f.body FROM turn_text f
                JOIN session s ON s.key = f.rowid >> 24 ORDER BY 1, 2""",
    "vectors": "SELECT hash, float32 FROM vector ORDER BY hash",
    "indexed": "SELECT point_id, version FROM indexed ORDER BY 1",
}


def derived_rows(catalog: Path) -> dict[str, list[tuple[object, ...]]]:
    db = sqlite3.connect(catalog)
    try:
        return {name: db.execute(query).fetchall() for name, query in QUERIES.items()}
    finally:
        db.close()
