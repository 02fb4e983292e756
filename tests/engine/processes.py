"""Whether another process still lives."""

import os
import time

PATIENCE = 20.0


def is_gone(pid: int) -> bool:
    """Waits for the end of a process that is not this one's child to wait for."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        os.sched_yield()
    return False
