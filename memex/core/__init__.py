"""Words that every room shares. Imports nothing of memex; no Qt, no SQL, no network."""
