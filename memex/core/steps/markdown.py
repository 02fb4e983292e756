"""Markdown by markdown-it-py, as HTML of a few harmless elements: none of the text's own, no images."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from memex.core.safe_text import safe_text
from memex.core.steps.blocks import Block, Grammar, Listing, Prose
from memex.core.steps.syntax import language_named

MAX_CHARACTERS = 20_000
MAX_LINES = 600
MAX_BARS = 800
"""Of tables: QTextDocument takes 0.2 ms a cell (measured)."""

_FENCE = re.compile(r"^(`{3,}|~{3,})([^`\n]*)$")

# Each level becomes a list of its own: thousands of them take half a second (measured).
_DEEP = re.compile(r"^[ \t]*(?:>[ \t]?|(?:[-*+]|\d{1,9}[.)])[ \t]+){30}", re.MULTILINE)


def prose_blocks(text: str, *, keep_lines: bool = False) -> tuple[Block, ...]:
    """Words as blocks: Markdown, with fenced code as listings of its own.

    Fences that are indented (in a list, in a quote) stay part of the prose. What is too heavy to be
    rendered at once becomes plain lines.
    """
    blocks: list[Block] = []
    lines: list[str] = []
    fence = info = ""
    for line in text.replace("\r\n", "\n").split("\n"):
        if fence and line.rstrip().startswith(fence) and not line.strip(fence[0] + " "):
            blocks.append(_code(lines, info))
            lines, fence = [], ""
        elif not fence and (found := _FENCE.match(line)):
            blocks.extend(_prose(lines, keep_lines))
            lines, fence, info = [], found[1], found[2]
        else:
            lines.append(line)
    return (*blocks, _code(lines, info)) if fence else (*blocks, *_prose(lines, keep_lines))


def is_light(text: str) -> bool:
    """Whether it can be rendered at once."""
    if len(text) > MAX_CHARACTERS or text.count("\n") > MAX_LINES or text.count("|") > MAX_BARS:
        return False
    return _DEEP.search(text) is None


def to_html(prose: Prose) -> str:
    text = safe_text(prose.text)
    return str(_parser(prose.keep_lines).render(text))


def _prose(lines: list[str], keep_lines: bool) -> Iterator[Block]:
    if text := "\n".join(lines).strip("\n"):
        yield Prose(text, keep_lines) if is_light(text) else Listing(text, label="Text")


def _code(lines: list[str], info: str) -> Listing:
    return Listing("\n".join(lines), Grammar.CODE, "Code", language_named(info))


@cache
def _parser(keep_lines: bool) -> MarkdownIt:
    options = {"html": False, "linkify": False, "typographer": False, "breaks": keep_lines, "maxNesting": 60}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    parser.add_render_rule("image", _image_as_words)
    return parser


def _image_as_words(
    _renderer: RendererHTML, tokens: Sequence[Token], number: int, _options: OptionsDict, _env: EnvType
) -> str:
    """An image of the text's own would have to be fetched."""
    token = tokens[number]
    words = token.content or str(token.attrGet("src") or "")
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"[image: {escaped}]"
