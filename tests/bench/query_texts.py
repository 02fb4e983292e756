"""What is asked of a generated library: the judged queries, of every class, always the same."""

import random

from tests.evaluation.measure import read_queries

COUNT = 105


def query_texts() -> list[str]:
    texts = [query.query for split in ("tune", "test") for query in read_queries(split)]
    return random.Random(0).sample(texts, COUNT)
