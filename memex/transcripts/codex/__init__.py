"""Codex CLI rollouts: `~/.codex/sessions/YYYY/MM/DD/rollout-<time>-<id>.jsonl` and `archived_sessions/`."""

from memex.transcripts.codex.reader import Reading
from memex.transcripts.codex.shapes import recognises, roots

__all__ = ["Reading", "recognises", "roots"]
