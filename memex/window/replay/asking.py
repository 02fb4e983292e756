"""What the parts of a replay ask of the engine: sessions, turns, matches, images, raw records."""

from collections.abc import Callable

from msgspec.structs import replace

from memex.engine.protocol import Reply, Request
from memex.engine.replay_messages import FindInSession, FollowSession, GetRawRecords, GetTurns, OpenSession

Answer = Callable[[Reply], None]
Ask = Callable[[Request, Answer], None]


def ask_nobody(request: Request, answer: Answer) -> None:
    """Without an engine, nothing answers."""


def without_secrets(request: Request) -> Request:
    """The same request, answered with placeholders instead of secrets."""
    if isinstance(request, FindInSession):
        return replace(request, request=replace(request.request, hide_secrets=True))
    if isinstance(request, OpenSession | GetTurns | GetRawRecords | FollowSession):
        return replace(request, hide_secrets=True)
    return request
