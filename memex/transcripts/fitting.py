"""A JSON value as a `Struct`, leniently: a field of another type than it should have counts as absent.

Lines are decoded straight into the shapes their reader declares, strictly, since that is fast. A line that is
refused takes this way instead, so that one odd field costs that field only.
"""

from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Meta, Struct

from memex.transcripts.fields import count_of
from memex.transcripts.records import Record

Count = Annotated[int, Meta(ge=0, lt=2**53)]
Shape = TypeVar("Shape", bound=Struct)


def fitted(record: Record, shape: type[Shape]) -> Shape:
    """Every field of the shape must have a default."""
    fields = {
        name: value
        for name, wanted in _fields(shape)
        if name in record and (value := _fitting(record[name], wanted)) is not NODEFAULT
    }
    return shape(**fields)


def _fitting(value: Any, wanted: Any) -> Any:
    """The value as the type that is wanted; of a list, the items that are objects. Else `NODEFAULT`."""
    if wanted is Any:
        return value
    for choice in _choices(wanted):
        if choice is Count:
            return count_of(value)
        if isinstance(value, dict) and isinstance(choice, type) and issubclass(choice, Struct):
            return fitted(value, choice)
        if isinstance(value, list) and get_origin(choice) is list:
            return _items(value, get_args(choice)[0])
        if isinstance(value, get_origin(choice) or choice):
            return value
    return NODEFAULT


def _items(values: list[Any], wanted: Any) -> list[Any]:
    return values if wanted is Any else [fitted(item, wanted) for item in values if isinstance(item, dict)]


@cache
def _fields(shape: type[Struct]) -> tuple[tuple[str, Any], ...]:
    return tuple((field.encode_name, field.type) for field in msgspec.structs.fields(shape))


@cache
def _choices(wanted: Any) -> tuple[Any, ...]:
    is_union = get_origin(wanted) in (Union, UnionType)
    return tuple(choice for choice in (get_args(wanted) if is_union else (wanted,)) if choice is not NoneType)
