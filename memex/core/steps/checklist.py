"""To-do lists as they stood after each call of a session, with what the call changed."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from memex.core.safe_text import one_line
from memex.core.session import ToolCall, ToolKind, Turn
from memex.core.steps.blocks import CheckItem, CheckState

MAX_ITEMS = 200
MAX_TEXT = 500
_STATES = {
    "completed": CheckState.DONE,
    "done": CheckState.DONE,
    "in_progress": CheckState.ACTIVE,
    "active": CheckState.ACTIVE,
    "cancelled": CheckState.DROPPED,
    "deleted": CheckState.DROPPED,
}
_CREATED = re.compile(r"Task #(\w+) created")

# Codex's code mode calls a tool from JavaScript; the list is an object literal in its first call.
_STEP = re.compile(
    r"""["']?step["']?\s*:\s*(["'`])((?:\\.|(?!\1).)*)\1\s*,\s*["']?status["']?\s*:\s*["'](\w+)["']""",
    re.DOTALL,
)

Items = tuple[CheckItem, ...]


def listed(given: Any) -> Items:
    """`todos` as Claude Code writes them, `plan` as Codex does; empty where there are none."""
    if isinstance(given, str):
        return tuple(_item(text, status) for _, text, status in _STEP.findall(given[:100_000])[:MAX_ITEMS])
    entries = (given.get("todos") or given.get("plan")) if isinstance(given, dict) else None
    if not isinstance(entries, list):
        return ()
    found = [entry for entry in entries[:MAX_ITEMS] if isinstance(entry, dict)]
    return tuple(_item(_text(entry, "content", "step", "subject"), entry.get("status")) for entry in found)


def checklists(turns: Iterable[Turn]) -> Iterator[tuple[int, int, Items]]:
    """Turn, place of the call in it, and the list after the call."""
    before: Items = ()
    tasks: dict[str, CheckItem] = {}
    for turn in turns:
        for place, call in enumerate(turn.tool_calls):
            if call.kind not in (ToolKind.TODO, ToolKind.PLAN):
                continue
            if items := listed(call.input):
                yield turn.index, place, compared(items, before)
                before = items if not call.is_error else before
            elif call.name.startswith("Task") and (after := _after(tasks, call)):
                yield turn.index, place, compared(tuple(after.values()), tuple(tasks.values()))
                tasks = after


def compared(items: Items, before: Items) -> Items:
    """With what is new, what has another state and what is gone, where a list came before."""
    if not before:
        return items
    was = {item.text: item.state for item in before}
    kept = {item.text for item in items}
    marked = [
        CheckItem(
            item.text,
            item.state,
            was=was[item.text] if was.get(item.text, item.state) is not item.state else None,
            is_new=item.text not in was,
        )
        for item in items
    ]
    gone = (CheckItem(item.text, item.state, is_gone=True) for item in before if item.text not in kept)
    return (*marked, *gone)


def _after(tasks: dict[str, CheckItem], call: ToolCall) -> dict[str, CheckItem]:
    """Claude Code's tasks are created and updated one by one; empty where the call changed none."""
    given = call.input if isinstance(call.input, dict) else {}
    if call.is_error:
        return {}
    if subject := _text(given, "subject"):
        number = _CREATED.match(call.result or "")
        name = number[1] if number else str(given.get("taskId") or len(tasks) + 1)
        state = given.get("status") or ("pending" if name not in tasks else None)
        return tasks | {name: _item(subject, state) if state else CheckItem(subject, tasks[name].state)}
    name = str(given.get("taskId") or "")
    if name not in tasks or not given.get("status"):
        return {}
    return tasks | {name: _item(tasks[name].text, given["status"])}


def _item(text: str, status: Any) -> CheckItem:
    return CheckItem(one_line(text, MAX_TEXT), _STATES.get(str(status), CheckState.OPEN))


def _text(fields: dict[str, Any], *names: str) -> str:
    return next((fields[name] for name in names if isinstance(fields.get(name), str)), "")
