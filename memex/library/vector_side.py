"""The half of a library that needs a model: the embedder and the current index generation."""

from collections.abc import Mapping

import numpy as np

from memex.catalog.generations import Generation
from memex.core.lenses import DENSE_LANES, Lane
from memex.core.models import ModelSignature
from memex.embedding.protocol import Embedder
from memex.index.plans import QueryVector
from memex.index.protocol import VectorIndex
from memex.index.sparse import path_tokens, query_vector, tool_tokens


class VectorSide:
    """Opened once per engine; answers from the query thread while the job thread writes."""

    def __init__(self, embedder: Embedder, index: VectorIndex, generation: Generation) -> None:
        self.embedder = embedder
        self.index = index
        self.generation = generation
        self.searches = 0
        """Under way; counted by the library that lends it."""

    @property
    def model(self) -> ModelSignature:
        return self.embedder.signature

    def lane_queries(self, text: str) -> Mapping[Lane, QueryVector]:
        """What each lane is asked for these words; a lane for which they say nothing is left out."""
        vector = self.embedder.encode([text])[0]
        queries: dict[Lane, QueryVector] = dict.fromkeys(DENSE_LANES, vector)
        queries[Lane.CONTENT_LATE] = vector[np.newaxis, :]
        if paths := query_vector(path_tokens([text])):
            queries[Lane.PATH_SPARSE] = paths
        if tools := query_vector(tool_tokens([text])):
            queries[Lane.TOOL_SPARSE] = tools
        return queries

    def close(self) -> None:
        self.index.close()
        self.embedder.close()
