"""The judged queries of the corpus."""

from pathlib import Path

from memex.library.evaluation.queries import Query, read_queries

QUERIES = Path(__file__).with_name("queries.jsonl")


def answered_queries() -> list[Query]:
    """Those that some session answers: of the tuning half, then of the other."""
    queries = [query for split in ("tune", "test") for query in read_queries(QUERIES, split)]
    return [query for query in queries if query.relevant]
