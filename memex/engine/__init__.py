"""The engine: one process per library that owns its catalog's writes, its index and its embedder."""
