"""A turn as blocks: one pure function a kind of tool, found through one table."""

from collections.abc import Callable

from memex.core.session import ToolCall, ToolKind
from memex.window.replay.blocks import ToolBlock
from memex.window.replay.renderers.checklist import render_todo
from memex.window.replay.renderers.diff import render_edit
from memex.window.replay.renderers.generic import render_generic
from memex.window.replay.renderers.plan import render_plan
from memex.window.replay.renderers.read import render_read
from memex.window.replay.renderers.search import render_search
from memex.window.replay.renderers.shell import render_shell
from memex.window.replay.renderers.subagent import render_subagent

RENDERERS: dict[ToolKind, Callable[[ToolCall], ToolBlock]] = {
    ToolKind.SHELL: render_shell,
    ToolKind.EDIT: render_edit,
    ToolKind.WRITE: render_edit,
    ToolKind.READ: render_read,
    ToolKind.SEARCH: render_search,
    ToolKind.TODO: render_todo,
    ToolKind.PLAN: render_plan,
    ToolKind.SUBAGENT: render_subagent,
    ToolKind.WEB: render_generic,
    ToolKind.QUESTION: render_generic,
    ToolKind.MCP: render_generic,
    ToolKind.OTHER: render_generic,
}


def render_call(call: ToolCall) -> ToolBlock:
    return RENDERERS[call.kind](call)
