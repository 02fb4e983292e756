"""SQLite: the authority on everything Memex knows. The vector index is a cache of it."""
