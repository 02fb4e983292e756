"""What is asked of a generated library: the judged queries, of every class, always the same."""

import random

from tests.evaluation.judged import answered_queries

COUNT = 105


def query_texts() -> list[str]:
    texts = [query.query for query in answered_queries()]
    return random.Random(0).sample(texts, COUNT)
