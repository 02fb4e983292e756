"""Web searches and fetched pages: addresses are shown, and nothing is ever fetched."""

import re
from collections.abc import Iterator

from memex.core.session import ToolCall
from memex.core.steps.blocks import Block, Note, ToolBlock, WebLink, WebLinks
from memex.core.steps.call import error_fact, input_blocks, result_blocks, text_argument, tool_block
from memex.core.steps.json_tree import parsed_json
from memex.core.steps.markdown import prose_blocks

MAX_LINKS = 200
_LINKS = re.compile(r"^Links: (\[.*\])$", re.MULTILINE)
"""As Claude Code writes what its search found."""


def render_web(call: ToolCall) -> ToolBlock:
    url = text_argument(call, "url")
    asked = text_argument(call, "query", "search_term", "prompt")
    summary = url or asked
    body: list[Block] = [] if summary else [*input_blocks(call)]
    if url:
        body.append(WebLinks((WebLink(url),)))
        if asked:
            body.append(Note(asked))
    body.extend(result_blocks(call) if call.is_error else _answer(call.result or ""))
    return tool_block(call, summary, tuple(body), error_fact(call))


def _answer(text: str) -> Iterator[Block]:
    links = tuple(link for found in _LINKS.findall(text) for link in _links(found))
    if links:
        yield WebLinks(links[:MAX_LINKS])
        text = _LINKS.sub("", text)
    if text.strip():
        yield from prose_blocks(text)


def _links(found: str) -> Iterator[WebLink]:
    for entry in parsed_json(found) or ():
        if isinstance(entry, dict) and isinstance(entry.get("url"), str):
            yield WebLink(entry["url"], str(entry.get("title") or ""))
