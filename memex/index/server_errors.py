"""The one place where failures of a Qdrant server and its client become Memex's."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from qdrant_client.common.client_exceptions import ResourceExhaustedResponse
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from memex.core.errors import IndexingError, MemexError
from memex.index.errors import IndexUnreachableError, StaleGenerationError
from memex.index.server_connection import API_KEY_VARIABLE

_NOT_QDRANT = (json.JSONDecodeError, UnicodeDecodeError, AssertionError)
"""What the client raises over an answer that is no JSON, or holds no result."""


@contextmanager
def server_errors(doing: str) -> Iterator[None]:
    """`doing` completes "the Qdrant server could not …".

    Besides its own exceptions, the client fails with whatever an answer that is not Qdrant's makes of it.
    """
    try:
        yield
    except MemexError:
        raise
    except UnexpectedResponse as cause:
        raise _refusal(cause, doing) from cause
    except ResourceExhaustedResponse as cause:
        raise IndexUnreachableError(
            f"The Qdrant server is asked too much: it is tried again later ({cause})."
        ) from cause
    except (ResponseHandlingException, httpx.HTTPError, *_NOT_QDRANT) as cause:
        raise _unreachable(cause) from cause
    except Exception as cause:
        raise IndexingError(
            f"The Qdrant server could not {doing}: try again ({type(cause).__name__}: {_short(str(cause))})."
        ) from cause


def _unreachable(cause: Exception) -> IndexUnreachableError:
    source = cause.source if isinstance(cause, ResponseHandlingException) else cause
    if isinstance(source, httpx.TimeoutException):
        return IndexUnreachableError(
            "The Qdrant server did not answer in time: it is overloaded, or timeout_seconds is too short."
        )
    if isinstance(source, httpx.HTTPError):
        return IndexUnreachableError(
            f"The Qdrant server cannot be reached: start it, or correct its URL ({_short(str(source))})."
        )
    return IndexUnreachableError(
        "What answers at the Qdrant server's URL is not Qdrant: correct the URL in the settings."
    )


def _refusal(cause: UnexpectedResponse, doing: str) -> IndexingError:
    reason = _short(_reason(cause))
    match cause.status_code:
        case 401 | 403:
            return IndexUnreachableError(
                f"The Qdrant server refused the API key: set {API_KEY_VARIABLE} to the right one."
            )
        case 404 if "ollection" in reason:
            return StaleGenerationError(
                f"The Qdrant server has lost this library's collection: it must be rebuilt ({reason})."
            )
        case status if status is None or status >= 500 or 300 <= status < 400:
            return IndexUnreachableError(
                f"The Qdrant server failed: it is tried again later ({status}, {reason})."
            )
    return IndexingError(f"The Qdrant server could not {doing}: {reason}.")


def _reason(cause: UnexpectedResponse) -> str:
    """Qdrant's own sentence, where the answer has one."""
    try:
        return str(json.loads(cause.content)["status"]["error"])
    except (ValueError, KeyError, TypeError):
        return cause.reason_phrase or "no reason given"


def _short(text: str) -> str:
    lines = text.splitlines() or ["no reason given"]
    return lines[0][:200].rstrip(". ")
