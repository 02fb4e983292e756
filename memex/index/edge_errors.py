"""The one place where the embedded engine's failures become Memex's."""

from collections.abc import Iterator
from contextlib import contextmanager

from memex.core.errors import IndexingError, MemexError
from memex.index.errors import BrokenIndexError

_LOCKED = "WouldBlock"
"""In the engine's text when another handle holds the write-ahead log."""


@contextmanager
def engine_errors(doing: str) -> Iterator[None]:
    """`doing` completes "the vector index could not …".

    The engine raises bare Exceptions, argument errors of all kinds, and for a Rust panic a BaseException of a
    class that cannot be imported (PanicException), after which its memory and files are not to be trusted.
    """
    try:
        yield
    except MemexError:
        raise
    except Exception as cause:
        if _LOCKED in str(cause):
            raise IndexingError(
                "Another program has this library's vector index open: close it, then try again."
            ) from cause
        raise IndexingError(
            f"The vector index could not {doing}: try again, or have it rebuilt ({_first_line(cause)})."
        ) from cause
    except BaseException as cause:
        if not is_panic(cause):
            raise
        raise BrokenIndexError(
            f"The vector index is damaged and could not {doing}: it must be rebuilt ({_first_line(cause)})."
        ) from cause


def is_panic(error: BaseException) -> bool:
    return type(error).__module__ == "pyo3_runtime"


def _first_line(error: BaseException) -> str:
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0][:200].rstrip(". ")
