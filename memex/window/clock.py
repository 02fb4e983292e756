"""What time it is for the window; a test has a clock of its own."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]


def local_now() -> datetime:
    return datetime.now().astimezone()
