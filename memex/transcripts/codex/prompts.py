"""What the text of a `user` or `developer` message is: the harness writes most of them.

Kept as `INJECTED`: what the project or the user wrote for every session (AGENTS.md, memories). Dropped: what
the harness repeats in every session.
"""

from typing import NamedTuple

from memex.core.session import Role, TurnKind
from memex.transcripts.codex.payloads import Content, Part

INSTRUCTIONS = ("# AGENTS.md instructions", "<user_instructions>", "<INSTRUCTIONS>", "## Memory")
NOTIFICATIONS = ("<subagent_notification>", "<heartbeat>")
BOILERPLATE = (
    "<environment_context>", "<permissions instructions>", "<skills_instructions>", "<apps_instructions>",
    "<collaboration_mode>", "<plugins_instructions>", "<multi_agent_mode>", "<recommended_plugins>",
    "<app-context>", "<model_switch>", "<personality_spec>", "<token_budget>", "<image", "</image>",
    "<turn_aborted>",
)  # fmt: skip
REQUEST = "## My request for Codex:"


class Said(NamedTuple):
    role: Role
    kind: TurnKind
    text: str
    images: int = 0


def said_in(role: str, content: Content) -> list[Said]:
    """The parts of one message; its plain parts together are one prompt."""
    said: list[Said] = []
    prompts: list[str] = []
    images = 0
    for part in [Part(text=content)] if isinstance(content, str) else content or ():
        text = part.text.strip()
        images += part.type == "input_image"
        if text.startswith(INSTRUCTIONS):
            said.append(Said(Role.SYSTEM, TurnKind.INJECTED, text))
        elif text.startswith(NOTIFICATIONS):
            said.append(Said(Role.SYSTEM, TurnKind.NOTIFICATION, text))
        elif text and role == "user" and not text.startswith(BOILERPLATE):
            prompts.append(text)
    if prompts or (images and role == "user"):
        said.append(Said(Role.USER, TurnKind.PROMPT, request_in("\n\n".join(prompts)), images))
    return said


def request_in(text: str) -> str:
    """Editors put open files and selections before what the user typed."""
    return text.rpartition(REQUEST)[2].strip() or text.strip()
