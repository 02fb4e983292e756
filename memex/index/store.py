"""Where a library's generations are kept. Embedded: one folder with a directory for each."""

import os
import shutil
from pathlib import Path
from typing import Protocol

from memex.core.errors import IndexingError
from memex.core.library import EMBEDDED
from memex.index.edge import ENGINE, EdgeIndex
from memex.index.protocol import VectorIndex
from memex.index.shape import CollectionShape, shape_hash


class GenerationStore(Protocol):
    """Generations by number. Every failure is an IndexingError."""

    @property
    def backend(self) -> str:
        """For people: `embedded`, or the URL of the server."""

    @property
    def place(self) -> str:
        """What a generation is recorded with; in another place it cannot be opened."""

    def shape_hash(self, shape: CollectionShape) -> str:
        """What a generation of this shape is recorded with; another hash cannot be opened here."""

    def create(self, generation: int, shape: CollectionShape) -> VectorIndex:
        """Empty; one of the same number is replaced."""

    def open(self, generation: int, shape: CollectionShape) -> VectorIndex: ...

    def make_current(self, generation: int) -> None:
        """For those who look at the store itself: the catalog's word is what Memex goes by."""

    def drop(self, generation: int) -> None:
        """One that is not there is passed over."""

    def kept(self) -> set[int]: ...

    def size(self, generation: int) -> int | None:
        """In bytes, where that is known."""


class EdgeStore:
    """A `GenerationStore` of Qdrant Edge directories."""

    backend = place = EMBEDDED

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def shape_hash(self, shape: CollectionShape) -> str:
        return shape_hash(shape, ENGINE)

    def create(self, generation: int, shape: CollectionShape) -> VectorIndex:
        self.drop(generation)
        return EdgeIndex.create(self._directory(generation), shape)

    def open(self, generation: int, shape: CollectionShape) -> VectorIndex:
        return EdgeIndex.open(self._directory(generation), shape)

    def make_current(self, generation: int) -> None:
        pass

    def drop(self, generation: int) -> None:
        try:
            shutil.rmtree(self._directory(generation))
        except FileNotFoundError:
            pass
        except OSError as cause:
            raise IndexingError(
                f"The old index in {self._folder} cannot be removed ({cause.strerror}): remove it by hand."
            ) from cause

    def kept(self) -> set[int]:
        if not self._folder.is_dir():
            return set()
        return {int(entry.name) for entry in self._folder.iterdir() if entry.name.isdecimal()}

    def size(self, generation: int) -> int:
        files = self._directory(generation).rglob("*")
        return sum(_on_disk(file.stat()) for file in files if file.is_file())

    def _directory(self, generation: int) -> Path:
        return self._folder / str(generation)


def _on_disk(file: os.stat_result) -> int:
    """Edge makes its files large from the start, and they take up what was written of them."""
    return file.st_blocks * 512 if hasattr(file, "st_blocks") else file.st_size
