"""OpenCode: one store under `~/.local/share/opencode`, in three shapes.

- `opencode export` writes a session as one JSON document;
- to 1.1 a session was a folder's worth of small files: `storage/session|message|part/…`;
- since 1.2 all sessions are in `opencode.db`, a SQLite database.
"""

from memex.transcripts.opencode.database import is_database, read_database
from memex.transcripts.opencode.documents import read, recognises
from memex.transcripts.opencode.places import database_roots, roots

__all__ = ["database_roots", "is_database", "read", "read_database", "recognises", "roots"]
