"""Text from a transcript made fit to be laid out: nothing in it can hide, reorder or act."""

import re

MAX_LINE = 2_000
_RAW_LINE = 4 * MAX_LINE
"""How much of a line is looked at before its escape sequences are gone."""

# CSI, OSC (ended by BEL or ST), other strings, two-byte escapes: ECMA-48 section 5 and xterm's ctlseqs.
# A string without its end loses only its introducer, so that nothing behind it disappears.
_ESCAPE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b[PX^_][^\x1b]*\x1b\\"
    r"|\x1b[ -/]*[0-~]"
)

# C0, DEL and C1; bidirectional controls; line separators; the noncharacters that QTextDocument takes for its
# own marks; lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\u2028\u2029\ufdd0-\ufdef\ufffc\ufffe\uffff\ud800-\udfff]"
)


def safe_text(text: str) -> str:
    """Every line kept, control characters as pictures, bidirectional controls as `<U+202E>`."""
    return _UNSAFE.sub(_visible, text.replace("\r\n", "\n"))


def safe_line(raw: str) -> str:
    """One line as a terminal would leave it: escapes gone, overwritten parts gone, cut at `MAX_LINE`."""
    line = _ESCAPE.sub("", raw.rstrip("\r").rpartition("\r")[2][: _RAW_LINE + 1])
    if len(line) > MAX_LINE or len(raw) > _RAW_LINE:
        line = f"{line[:MAX_LINE]}…"
    return _UNSAFE.sub(_visible, line)


def terminal_line(raw: str) -> str:
    """As `safe_line`, but colours (SGR) stay, and control characters are left for `visible`."""
    line = _ESCAPE.sub(_colour_alone, raw.rstrip("\r").rpartition("\r")[2][: _RAW_LINE + 1])
    return line if len(raw) <= _RAW_LINE else f"{line}…"


def visible(text: str) -> str:
    """Control characters as pictures, bidirectional controls as `<U+202E>`, the rest as it is."""
    return _UNSAFE.sub(_visible, text)


def one_line(text: str, limit: int = 300) -> str:
    """The first words of `text` on one line, for headings and rows."""
    return safe_line(" ".join(text[: 4 * limit].split()))[:limit]


def _colour_alone(match: re.Match[str]) -> str:
    found = match[0]
    return found if found.startswith("\x1b[") and found.endswith("m") else ""


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if 0x80 <= code < 0xA0 or code >= 0xD800:
        return "\ufffd"
    return f"<U+{code:04X}>"
