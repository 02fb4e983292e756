"""What is stored of a session, and the validator that nothing reaches an engine without.

An engine may accept a bad point and then fail every query (NaN in a vector), or die of it now and at every
load (sparse vectors of unequal lengths, ragged multivectors, deep payloads). So bad points stop here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from memex.core.lenses import Lane
from memex.index.errors import RefusedPointError
from memex.index.shape import CollectionShape, FieldKind
from memex.index.sparse import SparseVector

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
Vector: TypeAlias = NDArray[np.floating]

SHORTEST_NORM = 1e-3
"""Below 3.5e-4 (squared: the float32 epsilon) Qdrant stores a cosine vector as it is, not normalised."""
LONGEST_NORM = 1e9
"""From 1e20 on, the squared norm overflows float32 and the stored vector is zero."""
MOST_ROWS = 1024
"""Of a multivector: more would hold the engine, and every query, for over 20 ms."""
MOST_PAYLOAD_CHARACTERS = 64 * 1024
DEEPEST_PAYLOAD = 16

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
_INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True)
class IndexPoint:
    """A session without something (no errors, no code) has no entry in that slot.

    `late` is (passages, dimension). Payload fields that the shape names hold its kinds; others are free JSON.
    """

    id: UUID
    dense: Mapping[Lane, Vector]
    sparse: Mapping[Lane, SparseVector] = field(default_factory=dict)
    late: Vector | None = None
    payload: Mapping[str, JSON] = field(default_factory=dict)


def in_pieces(points: Sequence[IndexPoint], most_vectors: int) -> Iterator[list[IndexPoint]]:
    """At least one point each, and no more vectors than one call to an engine should write."""
    piece: list[IndexPoint] = []
    vectors = 0
    for point in points:
        weight = len(point.dense) + len(point.sparse) + (0 if point.late is None else len(point.late))
        if piece and vectors + weight > most_vectors:
            yield piece
            piece, vectors = [], 0
        piece.append(point)
        vectors += weight
    if piece:
        yield piece


def validate(point: IndexPoint, shape: CollectionShape) -> None:
    """Raises RefusedPointError naming the session, the slot and the reason."""
    if not isinstance(point.id, UUID):
        raise RefusedPointError(f"A session was left out of the index: its id {point.id!r} is no UUID.")
    try:
        _check_vectors(point, shape)
        _check_payload(point.payload, shape)
    except ValueError as reason:
        raise RefusedPointError(f"Session {point.id} was left out of the index: {reason}.") from None


def check_vector(name: str, vector: Vector, dimension: int) -> None:
    """One cosine vector. ValueError says what is wrong with it."""
    _check_array(name, vector, 1)
    _check_rows(name, vector.reshape(1, -1), dimension)


def check_multivector(name: str, vectors: Vector, dimension: int) -> None:
    _check_array(name, vectors, 2)
    if not 1 <= len(vectors) <= MOST_ROWS:
        raise ValueError(f"{name} has {len(vectors)} vectors, not 1 to {MOST_ROWS}")
    _check_rows(name, vectors, dimension)


def check_sparse(name: str, vector: SparseVector) -> None:
    indices, values = vector.indices, vector.values
    if len(indices) != len(values):
        raise ValueError(f"{name} has {len(indices)} indices but {len(values)} values")
    if not indices:
        raise ValueError(f"{name} is empty")
    if any(type(index) is not int or not 0 <= index < 2**32 for index in indices):
        raise ValueError(f"{name} has an index that is not a 32-bit number")
    if len(set(indices)) != len(indices):
        raise ValueError(f"{name} has an index twice")
    if not _finite(np.asarray(values, np.float64)):
        raise ValueError(f"{name} has a value that is not finite")


def _check_vectors(point: IndexPoint, shape: CollectionShape) -> None:
    if not point.dense and not point.sparse and point.late is None:
        raise ValueError("it has no vector at all")
    _check_slots(point.dense, shape.dense_lanes)
    _check_slots(point.sparse, shape.sparse)
    for lane, vector in point.dense.items():
        check_vector(f"slot {lane}", vector, shape.dimension)
    for lane, bag in point.sparse.items():
        check_sparse(f"slot {lane}", bag)
    if point.late is not None:
        check_multivector(f"slot {shape.late.lane}", point.late, shape.dimension)


def _check_slots(vectors: Mapping[Lane, object], known: tuple[Lane, ...]) -> None:
    unknown = sorted(map(str, set(vectors) - set(known)))
    if unknown:
        raise ValueError(f"the collection has no such slot: {', '.join(unknown)}")


def _check_array(name: str, vector: object, axes: int) -> None:
    if not isinstance(vector, np.ndarray) or vector.dtype.kind != "f":
        raise ValueError(f"{name} is not an array of floats")
    if vector.ndim != axes:
        raise ValueError(f"{name} has {vector.ndim} axes, not {axes}")


def _check_rows(name: str, rows: Vector, dimension: int) -> None:
    if rows.shape[1] != dimension:
        raise ValueError(f"{name} has {rows.shape[1]} numbers, not {dimension}")
    if not _finite(rows):
        raise ValueError(f"{name} has a number that is not finite")
    norms = np.linalg.norm(rows.astype(np.float64), axis=1)
    if norms.min() < SHORTEST_NORM or norms.max() > LONGEST_NORM:
        raise ValueError(f"{name} has no direction: its length is {norms.min():.2g} to {norms.max():.2g}")


def _finite(numbers: NDArray[np.floating]) -> bool:
    """As the engine will see them: a float64 may be infinite as a float32."""
    with np.errstate(over="ignore"):
        return bool(np.isfinite(numbers.astype(np.float32)).all())


def _check_payload(payload: Mapping[str, JSON], shape: CollectionShape) -> None:
    if not isinstance(payload, dict):
        raise ValueError("its payload is not a dict")
    if _characters(payload, DEEPEST_PAYLOAD) > MOST_PAYLOAD_CHARACTERS:
        raise ValueError(f"its payload has more than {MOST_PAYLOAD_CHARACTERS} characters")
    for indexed in shape.payload:
        value = payload.get(indexed.name)
        if value is not None and not _is_of_kind(value, indexed.kind):
            raise ValueError(f"its payload field {indexed.name} is no {indexed.kind}: {value!r:.60}")


def _is_of_kind(value: JSON, kind: FieldKind) -> bool:
    match kind:
        case FieldKind.BOOL:
            return isinstance(value, bool)
        case FieldKind.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool)
        case FieldKind.DATETIME:
            return isinstance(value, str) and _is_moment(value)
        case FieldKind.KEYWORD | FieldKind.TEXT:
            return isinstance(value, str)


def _is_moment(text: str) -> bool:
    """RFC 3339 with an offset: the engine keeps any other text, and silently never finds it."""
    if not _RFC3339.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _characters(value: object, depth: int) -> int:
    """A rough size of JSON; ValueError for what is no JSON, too deep, or not the same once stored."""
    match value:
        case None | bool():
            return 4
        case str():
            return _text_size(value)
        case int() if type(value) is int and value in _INT64:
            return 8
        case float() if type(value) is float and np.isfinite(value):
            return 8
        case dict() | list() if depth == 0:
            raise ValueError(f"its payload is nested deeper than {DEEPEST_PAYLOAD} levels")
        case dict():
            return sum(_key_size(key) + _characters(item, depth - 1) for key, item in value.items())
        case list():
            return sum(_characters(item, depth - 1) for item in value) + 2
    raise ValueError(f"its payload has a {type(value).__name__} that cannot be stored: {value!r:.60}")


def _key_size(key: object) -> int:
    if type(key) is not str:
        raise ValueError(f"its payload has a key that is not a text: {key!r:.60}")
    return _text_size(key)


def _text_size(text: str) -> int:
    try:
        return len(text.encode("utf-8")) + 4
    except UnicodeEncodeError:
        raise ValueError("its payload has a text with half a surrogate pair") from None
