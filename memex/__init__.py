"""Memex: a desktop window onto an engineer's past sessions with coding agents."""

__version__ = "0.1.0"
