"""Claude Code: `~/.claude/projects/<slug>/<session>.jsonl` and the sub-agents' files beside and below it."""

from memex.transcripts.claude_code.decoding import decode
from memex.transcripts.claude_code.places import roots
from memex.transcripts.claude_code.reader import read
from memex.transcripts.claude_code.shapes import is_noise, recognises

__all__ = ["decode", "is_noise", "read", "recognises", "roots"]
