"""Every verb from a terminal; with no verb, the window opens."""

from memex.cli.verbs import main, memex

__all__ = ["main", "memex"]
