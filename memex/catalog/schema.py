"""The catalog's tables as an append-only list of steps."""

import sqlite3

from memex.core.errors import NewerLibraryError

STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE session (
            key INTEGER PRIMARY KEY,
            agent TEXT NOT NULL,
            id TEXT NOT NULL,
            title TEXT NOT NULL,
            title_source TEXT NOT NULL,
            project_name TEXT,
            project_path TEXT,
            branch TEXT,
            models TEXT NOT NULL,
            agent_version TEXT,
            started_at REAL,
            ended_at REAL,
            turn_count INTEGER NOT NULL,
            prompt_count INTEGER NOT NULL,
            tool_call_count INTEGER NOT NULL,
            error_count INTEGER NOT NULL,
            tokens TEXT NOT NULL,
            parent_id TEXT,
            is_subagent INTEGER NOT NULL,
            is_helper INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            intent TEXT NOT NULL,
            skipped_records TEXT NOT NULL,
            problem_count INTEGER NOT NULL,
            redactions TEXT NOT NULL,
            source_path TEXT NOT NULL,
            content_hash BLOB NOT NULL,
            payload TEXT NOT NULL,
            index_version BLOB NOT NULL,
            UNIQUE (agent, id)
        )""",
        "CREATE INDEX session_by_time ON session (ended_at DESC)",
        """CREATE TABLE source (
            path TEXT PRIMARY KEY,
            size INTEGER NOT NULL,
            mtime_ns INTEGER NOT NULL,
            reader_version INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('parsed', 'failed', 'skipped')),
            reason TEXT,
            content_hash BLOB
        ) WITHOUT ROWID""",
        """CREATE TABLE source_session (
            path TEXT NOT NULL,
            session INTEGER NOT NULL REFERENCES session (key) ON DELETE CASCADE,
            PRIMARY KEY (path, session)
        ) WITHOUT ROWID""",
        "CREATE INDEX source_session_by_session ON source_session (session)",
        """CREATE TABLE archive (
            content_hash BLOB PRIMARY KEY,
            size INTEGER NOT NULL,
            zstd BLOB NOT NULL
        )""",
        """CREATE VIRTUAL TABLE turn_text USING fts5 (
            body, parts, tokenize = "unicode61 remove_diacritics 2"
        )""",
        """CREATE TABLE lens_text (
            session INTEGER NOT NULL REFERENCES session (key) ON DELETE CASCADE,
            lens TEXT NOT NULL,
            ordinal INTEGER NOT NULL,
            first_turn INTEGER NOT NULL,
            last_turn INTEGER NOT NULL,
            hash BLOB NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (session, lens, ordinal)
        ) WITHOUT ROWID""",
        "CREATE INDEX lens_text_by_hash ON lens_text (hash)",
        """CREATE TABLE token_bag (
            session INTEGER NOT NULL REFERENCES session (key) ON DELETE CASCADE,
            lane TEXT NOT NULL,
            counts TEXT NOT NULL,
            PRIMARY KEY (session, lane)
        ) WITHOUT ROWID""",
        """CREATE TABLE model (
            key TEXT PRIMARY KEY,
            signature TEXT NOT NULL,
            is_wanted INTEGER NOT NULL
        ) WITHOUT ROWID""",
        """CREATE TABLE vector (
            model TEXT NOT NULL REFERENCES model (key) ON DELETE CASCADE,
            hash BLOB NOT NULL,
            float32 BLOB NOT NULL,
            PRIMARY KEY (model, hash)
        )""",
        """CREATE TABLE generation (
            id INTEGER PRIMARY KEY,
            model TEXT NOT NULL REFERENCES model (key),
            shape TEXT NOT NULL,
            is_current INTEGER NOT NULL
        )""",
        """CREATE TABLE indexed (
            generation INTEGER NOT NULL REFERENCES generation (id) ON DELETE CASCADE,
            session INTEGER NOT NULL,
            point_id BLOB NOT NULL,
            version BLOB NOT NULL,
            PRIMARY KEY (generation, session)
        ) WITHOUT ROWID""",
    ),
    (
        "ALTER TABLE generation ADD COLUMN created_at REAL",
        "ALTER TABLE generation ADD COLUMN is_complete INTEGER NOT NULL DEFAULT 1",
        "ALTER TABLE model ADD COLUMN location TEXT",
    ),
    (
        "ALTER TABLE session ADD COLUMN has_edits INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE session ADD COLUMN image_count INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE session ADD COLUMN subagent_count INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE session ADD COLUMN month TEXT",
        "UPDATE session SET month = strftime('%Y-%m', ended_at, 'unixepoch')",
        # One a facet: its counts are a walk through its index, its names a few steps in it.
        "CREATE INDEX session_by_project ON session (project_name, is_subagent, is_helper)",
        "CREATE INDEX session_by_agent ON session (agent, is_subagent, is_helper)",
        "CREATE INDEX session_by_branch ON session (branch, is_subagent, is_helper)",
        "CREATE INDEX session_by_models ON session (models, is_subagent, is_helper)",
        "CREATE INDEX session_by_outcome ON session (outcome, is_subagent, is_helper)",
        "CREATE INDEX session_by_intent ON session (intent, is_subagent, is_helper)",
        "CREATE INDEX session_by_month ON session (month, is_subagent, is_helper)",
        # And all that conditions look at, without the wide rows.
        """CREATE INDEX session_by_facets ON session (
            is_helper, is_subagent, project_name, agent, branch, models, outcome, intent, month, ended_at,
            error_count, has_edits, image_count, subagent_count
        )""",
        "CREATE INDEX session_by_id ON session (id)",
        "CREATE INDEX session_by_source ON session (source_path)",
        """CREATE TABLE trait (
            id INTEGER PRIMARY KEY,
            field TEXT NOT NULL,
            value TEXT NOT NULL,
            UNIQUE (field, value)
        )""",
        """CREATE TABLE session_trait (
            session INTEGER NOT NULL REFERENCES session (key) ON DELETE CASCADE,
            trait INTEGER NOT NULL REFERENCES trait (id) DEFERRABLE INITIALLY DEFERRED,
            kind TEXT NOT NULL,
            count INTEGER NOT NULL,
            first_turn INTEGER NOT NULL,
            PRIMARY KEY (session, trait, kind)
        ) WITHOUT ROWID""",
        "CREATE INDEX session_trait_by_trait ON session_trait (trait)",
    ),
    ("CREATE INDEX indexed_by_point ON indexed (generation, point_id)",),
    (
        """CREATE TABLE forgotten (
            hash BLOB PRIMARY KEY,
            is_erased INTEGER NOT NULL
        ) WITHOUT ROWID""",
        "CREATE TABLE hidden (session INTEGER PRIMARY KEY REFERENCES session (key) ON DELETE CASCADE)",
        "ALTER TABLE source ADD COLUMN read_size INTEGER",
        "ALTER TABLE source ADD COLUMN is_gone INTEGER NOT NULL DEFAULT 0",
    ),
    (
        "ALTER TABLE generation ADD COLUMN place TEXT NOT NULL DEFAULT 'embedded'",
        """CREATE TABLE index_failure (
            place TEXT PRIMARY KEY,
            since REAL NOT NULL,
            reason TEXT NOT NULL
        ) WITHOUT ROWID""",
    ),
    (
        """CREATE TABLE saved_search (
            name TEXT PRIMARY KEY,
            query TEXT NOT NULL,
            mix TEXT,
            is_listed INTEGER NOT NULL,
            saved_at REAL NOT NULL
        ) WITHOUT ROWID""",
    ),
    (
        """CREATE TABLE opened_result (
            query TEXT NOT NULL,
            session INTEGER NOT NULL REFERENCES session (key) ON DELETE CASCADE,
            opened_at REAL NOT NULL
        )""",
        "CREATE INDEX opened_result_by_session ON opened_result (session)",
        "ALTER TABLE model ADD COLUMN is_begun INTEGER NOT NULL DEFAULT 0",
        # Texts that a snapshot left out: a walk through all texts for them took longer than the count itself.
        "CREATE INDEX lens_text_without_body ON lens_text (session, lens, ordinal) WHERE body = ''",
    ),
)


def schema_version(db: sqlite3.Connection) -> int:
    """How many of the steps it has seen; 0 for a new file."""
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    if version > len(STEPS):
        raise NewerLibraryError("This library was written by a newer Memex: update Memex to open it.")
    return version


def migrate(db: sqlite3.Connection, to: int = len(STEPS)) -> None:
    """Each step and its number commit together, or not at all. Needs autocommit mode."""
    version = schema_version(db)
    for number, statements in enumerate(STEPS[version:to], start=version + 1):
        db.execute("BEGIN IMMEDIATE")
        try:
            (now,) = db.execute("PRAGMA user_version").fetchone()
            if now < number:
                for statement in statements:
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {number}")
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")
