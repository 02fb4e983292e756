"""Pi, and Oh My Pi that grew from it: `<home>/agent/sessions/--<cwd>--/<time>_<id>.jsonl`.

Since version 3 of the format entries form a tree by `id` and `parentId`; before, they had neither.
"""

from memex.transcripts.pi.reader import (
    oh_my_pi_roots,
    pi_roots,
    read,
    read_oh_my_pi,
    recognises,
    recognises_oh_my_pi,
)

__all__ = ["oh_my_pi_roots", "pi_roots", "read", "read_oh_my_pi", "recognises", "recognises_oh_my_pi"]
