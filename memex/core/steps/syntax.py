"""Colours of code by Pygments, lexed from the top a little at a time, and only as far as somebody looks."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from pygments.lexer import Lexer
from pygments.lexers import get_all_lexers, get_lexer_by_name
from pygments.token import Token, _TokenType, is_token_subtype
from pygments.util import ClassNotFound

from memex.core.steps.rows import Ink, Run

MAX_LEXED = 2_000
"""Lines."""
LONG_LINE = 500
"""Characters; from a longer line on a text is not lexed: a lexer's patterns may take for ever there."""
SLICE = 250
"""Tokens lexed at a time: about two milliseconds."""

_INKS: tuple[tuple[_TokenType, Ink], ...] = (
    (Token.Comment, Ink.COMMENT),
    (Token.Keyword, Ink.KEYWORD),
    (Token.Operator.Word, Ink.KEYWORD),
    (Token.Name.Function, Ink.NAME),
    (Token.Name.Class, Ink.NAME),
    (Token.Name.Decorator, Ink.NAME),
    (Token.Name.Tag, Ink.NAME),
    (Token.Name.Builtin, Ink.NAME),
    (Token.Name.Attribute, Ink.NAME),
    (Token.Literal.String, Ink.STRING),
    (Token.Literal.Number, Ink.NUMBER),
    (Token.Generic.Heading, Ink.KEYWORD),
    (Token.Generic.Subheading, Ink.KEYWORD),
)
# Endings that several languages claim, and what a coding agent means by them.
_MEANT = {
    "h": "c",
    "hpp": "cpp",
    "ts": "typescript",
    "tsx": "tsx",
    "jsx": "jsx",
    "js": "javascript",
    "mjs": "javascript",
    "cjs": "javascript",
    "sql": "sql",
    "md": "markdown",
    "html": "html",
    "vue": "html",
    "svelte": "html",
    "svg": "xml",
    "xml": "xml",
    "m": "objective-c",
    "pl": "perl",
    "cs": "csharp",
    "fs": "fsharp",
    "v": "verilog",
    "r": "r",
    "s": "gas",
    "txt": "",
    "log": "",
    "ipynb": "json",
    "jsonl": "json",
    "lock": "",
    "conf": "ini",
    "env": "bash",
}
_SPOKEN = {
    "plaintext": "",
    "text": "",
    "plain": "",
    "txt": "",
    "console": "console",
    "shell": "bash",
    "sh": "bash",
}
_WORD = re.compile(r"[\w+#.-]{1,30}")


def language_of(path: str) -> str:
    """Pygments' alias by the file's name; empty where none is known."""
    name = path.replace("\\", "/").rpartition("/")[2].lower()
    ending = name.rpartition(".")[2]
    if ending in _MEANT:
        return _MEANT[ending]
    return _by_name().get(name) or _by_name().get(f".{ending}", "")


def language_named(info: str) -> str:
    """By the word behind a fence's backticks."""
    found = _WORD.match(info.strip().lower())
    name = found[0] if found else ""
    if name in _SPOKEN:
        return _SPOKEN[name]
    return name if name and _lexer(name) is not None else _MEANT.get(name, "")


class Colouring:
    """Runs of the lines of `text`, as far as they have been lexed."""

    def __init__(self, lines: list[str], language: str) -> None:
        short = next((n for n, line in enumerate(lines[:MAX_LEXED]) if len(line) > LONG_LINE), MAX_LEXED)
        self._lines = lines[:short] if language else []
        self._language = language
        self._done: list[tuple[Run, ...]] = []
        self._tokens: Iterator[tuple[Ink, str]] | None = None
        self._line: list[Run] = []

    def runs(self, number: int) -> tuple[Run, ...] | None:
        """None for a line that has not been lexed."""
        return self._done[number] if number < len(self._done) else None

    def advance(self, last: int) -> bool:
        """Lex a little further towards line `last`; whether there is more to do."""
        last = min(last, len(self._lines) - 1)
        if last < len(self._done):
            return False
        if self._tokens is None:
            self._tokens = _tokens("\n".join(self._lines), self._language)
        for _ in range(SLICE):
            token = next(self._tokens, None)
            if token is None:
                self._end_line()
                self._lines = self._lines[: len(self._done)]
                return False
            self._take(*token)
        return last >= len(self._done)

    def _take(self, ink: Ink, text: str) -> None:
        first, *others = text.split("\n")
        if first:
            self._line.append(Run(first, ink))
        for part in others:
            self._end_line()
            if part:
                self._line.append(Run(part, ink))

    def _end_line(self) -> None:
        self._done.append(tuple(self._line))
        self._line = []


def _tokens(text: str, language: str) -> Iterator[tuple[Ink, str]]:
    lexer = _lexer(language)
    if lexer is None:
        return
    for _, kind, part in lexer.get_tokens_unprocessed(text):
        yield _ink(kind), part


@lru_cache(512)
def _ink(kind: _TokenType) -> Ink:
    return next((ink for group, ink in _INKS if is_token_subtype(kind, group)), Ink.PLAIN)


@cache
def _by_name() -> dict[str, str]:
    """Endings (with their dot) and whole names to aliases; the first that claims one has it."""
    found: dict[str, str] = {}
    for _, aliases, patterns, _ in get_all_lexers(plugins=False):
        for pattern in patterns:
            name = pattern.removeprefix("*").lower()
            if aliases and not set(name) & set("*?["):
                found.setdefault(name, aliases[0])
    return found


@lru_cache(64)
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language)
    except ClassNotFound:
        return None
