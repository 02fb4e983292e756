"""Files that were read: the path, and the part with its line numbers."""

from memex.core.session import ToolCall
from memex.core.steps.blocks import Block, Grammar, Listing, Tone, ToolBlock
from memex.core.steps.call import argument, count_fact, error_fact, path_of, tool_block, without_picture_marks
from memex.core.steps.listing import NUMBERED, line_count
from memex.core.steps.syntax import language_of


def render_read(call: ToolCall) -> ToolBlock:
    path = path_of(call)
    text = without_picture_marks(_without_reminder(call.result or "")).rstrip("\n")
    body: tuple[Block, ...] = (_listing(call, text, path),) if text.strip() else ()
    facts = error_fact(call) or ((count_fact(line_count(text), "line"),) if text.strip() else ())
    return tool_block(call, path or call.command or "", body, facts)


def _listing(call: ToolCall, text: str, path: str) -> Listing:
    if call.is_error:
        return Listing(text, Grammar.TERMINAL, "Result", tone=Tone.ERROR)
    if _is_numbered(text):
        return Listing(text, Grammar.NUMBERED, "File", language_of(path))
    if not path:
        return Listing(text, Grammar.TERMINAL, "Result")
    offset = argument(call, "offset", "start_line")
    first = offset if isinstance(offset, int) and 0 < offset < 10**7 else 1
    return Listing(text, Grammar.CODE, "File", language_of(path), first)


def _is_numbered(text: str) -> bool:
    """Whether each line begins with its number: the first two tell."""
    first, _, rest = text[:20_000].partition("\n")
    numbers = [found and int(found[1]) for found in map(NUMBERED.match, (first, rest.partition("\n")[0]))]
    if not rest.strip():
        return numbers[0] is not None and "→" in first[:9]
    return numbers[0] is not None and numbers[1] == numbers[0] + 1


def _without_reminder(text: str) -> str:
    """Claude Code appends a reminder to the model, which is no part of the file."""
    if text.rstrip().endswith("</system-reminder>"):
        return text.rpartition("<system-reminder>")[0]
    return text
