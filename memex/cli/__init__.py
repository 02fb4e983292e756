"""Every verb from a terminal; with no verb, the window opens."""

from memex.cli.snapshot import snapshot
from memex.cli.verbs import main, memex

memex.add_command(snapshot)

__all__ = ["main", "memex"]
