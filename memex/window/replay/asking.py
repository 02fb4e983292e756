"""What the parts of a turn ask of the engine: an image, the raw records, a sub-agent's session."""

from collections.abc import Callable

from memex.engine.protocol import Reply, Request

Answer = Callable[[Reply], None]
Ask = Callable[[Request, Answer], None]


def ask_nobody(request: Request, answer: Answer) -> None:
    """Without an engine, nothing answers."""
