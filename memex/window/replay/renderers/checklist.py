"""To-do lists, from the arguments of the call."""

from typing import Any

from memex.core.safe_text import one_line
from memex.core.session import ToolCall
from memex.window.replay.blocks import Block, CheckItem, Checklist, CheckState, Fact, ToolBlock
from memex.window.replay.renderers.generic import render_generic
from memex.window.replay.renderers.tool_block import error_fact, result_listing, text_argument, tool_block

MAX_ITEMS = 200
_STATES = {
    "completed": CheckState.DONE,
    "done": CheckState.DONE,
    "in_progress": CheckState.ACTIVE,
    "active": CheckState.ACTIVE,
}


def render_todo(call: ToolCall) -> ToolBlock:
    """The result only repeats that the list was saved, so it is shown for failures alone."""
    items = checklist(call.input)
    if not items:
        return render_generic(call)
    done = sum(item.state is CheckState.DONE for item in items)
    body: tuple[Block, ...] = (Checklist(items), *(result_listing(call) if call.is_error else ()))
    facts = (Fact(f"{done} of {len(items)} done"), *error_fact(call))
    return tool_block(call, text_argument(call, "explanation"), body, facts)


def checklist(arguments: Any) -> tuple[CheckItem, ...]:
    """`todos` as Claude Code writes them, `plan` as Codex does; empty where there are none."""
    if not isinstance(arguments, dict):
        return ()
    entries = arguments.get("todos") or arguments.get("plan")
    if not isinstance(entries, list):
        return ()
    return tuple(_item(entry) for entry in entries[:MAX_ITEMS] if isinstance(entry, dict))


def _item(entry: dict[str, Any]) -> CheckItem:
    text = next((entry[key] for key in ("content", "step", "subject") if isinstance(entry.get(key), str)), "")
    return CheckItem(one_line(text, 500), _STATES.get(str(entry.get("status")), CheckState.OPEN))
