"""Claude Code: `~/.claude/projects/<slug>/<session>.jsonl` and the sub-agents' files beside and below it."""

from memex.transcripts.claude_code.places import roots
from memex.transcripts.claude_code.reader import Reading
from memex.transcripts.claude_code.shapes import recognises

__all__ = ["Reading", "recognises", "roots"]
