"""Sessions whose file is not all that they were read from, or holds others as well."""

from collections.abc import Callable
from typing import NamedTuple

from memex.core.session import Session


class Documented(NamedTuple):
    session: Session
    document: Callable[[], bytes]
    """Makes one of all of the session and nothing else, from which a reader reads the same session."""
