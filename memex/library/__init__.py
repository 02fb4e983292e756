"""The verbs of a library; the only room that knows catalog, embedding and index together."""
