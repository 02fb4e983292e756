"""What the library needs of an embedding model, whatever runs it."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from memex.core.models import ModelSignature


class Embedder(Protocol):
    @property
    def signature(self) -> ModelSignature: ...

    @property
    def max_tokens(self) -> int:
        """What lies beyond this many tokens of a text does not reach its vector."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dimension) in the order of the texts; every row has length 1, also that of an empty text."""
        ...

    def close(self) -> None: ...
