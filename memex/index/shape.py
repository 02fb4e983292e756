"""The collection's shape: one frozen value that every backend builds its collection from."""

from enum import StrEnum
from hashlib import blake2b

import msgspec
from msgspec import Struct

from memex.core.lenses import SPARSE_LANES, Lane

SHAPE_VERSION = 1
"""Raise it when what the slots or payload fields *mean* changes, though this file's values do not."""

SPARSE_HASH = "crc32"
"""How `memex.index.sparse` numbers tokens: another way is another vector space."""


class DenseSlot(Struct, frozen=True):
    """A cosine vector; `m` and `ef_construct` are of its HNSW graph (0: never built)."""

    lane: Lane
    m: int
    ef_construct: int


class FieldKind(StrEnum):
    KEYWORD = "keyword"
    TEXT = "text"
    DATETIME = "datetime"
    BOOL = "bool"
    INTEGER = "integer"


class PayloadField(Struct, frozen=True):
    """An indexed payload field; a tenant field keeps the points of one value together on disk."""

    name: str
    kind: FieldKind
    tenant: bool = False


DENSE_SLOTS = (
    DenseSlot(Lane.CONTENT, 24, 200),
    DenseSlot(Lane.TOOL, 12, 64),
    DenseSlot(Lane.PATH, 12, 64),
    DenseSlot(Lane.ERROR, 16, 100),
    DenseSlot(Lane.CODE, 20, 150),
)

PAYLOAD_FIELDS = (
    PayloadField("project_name", FieldKind.KEYWORD, tenant=True),
    PayloadField("project_path", FieldKind.KEYWORD),
    PayloadField("git_branch", FieldKind.KEYWORD),
    PayloadField("intent", FieldKind.KEYWORD),
    PayloadField("outcome", FieldKind.KEYWORD),
    PayloadField("source_agent", FieldKind.KEYWORD),
    PayloadField("ai_title", FieldKind.TEXT),
    PayloadField("start_ts_dt", FieldKind.DATETIME),
    PayloadField("has_errors", FieldKind.BOOL),
    PayloadField("schema_version", FieldKind.INTEGER),
)


class CollectionShape(Struct, frozen=True):
    """All vectors but the sparse are TurboQuant codes of `quantization_bits`, kept in memory."""

    dimension: int
    dense: tuple[DenseSlot, ...] = DENSE_SLOTS
    late: DenseSlot = DenseSlot(Lane.CONTENT_LATE, 0, 0)
    """One point's several vectors, compared by MaxSim."""
    sparse: tuple[Lane, ...] = SPARSE_LANES
    payload: tuple[PayloadField, ...] = PAYLOAD_FIELDS
    quantization_bits: int = 2
    sparse_hash: str = SPARSE_HASH
    version: int = SHAPE_VERSION

    @property
    def dense_lanes(self) -> tuple[Lane, ...]:
        return tuple(slot.lane for slot in self.dense)


def shape_hash(shape: CollectionShape, engine: str) -> str:
    """Equal only for two directories that hold the same slots and fields, written by the same engine."""
    return blake2b(msgspec.json.encode([engine, shape]), digest_size=16).hexdigest()
