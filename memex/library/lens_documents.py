"""What a session is embedded by: passages of its content, and one text for each other lens."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import fsum

from msgspec import Struct

from memex.catalog.lens_texts import LensText
from memex.core.lenses import Lens
from memex.core.session import Role, Session, ToolCall, ToolKind, Turn, TurnKind
from memex.core.settings import Budgets

PROSE = frozenset({TurnKind.PROMPT, TurnKind.REPLY, TurnKind.SLASH_COMMAND})
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{2,}")
SENTENCE_END = re.compile(r"(?<=[.!?:;\n])\s+")
FENCED = re.compile(r"```[^\n]*\n(.*?)```", re.DOTALL)
ERROR_LINE = re.compile(
    r"^.*(?:\berror\b|\bException\b|\bTraceback\b|\bpanicked\b|\bfatal\b|\bFAILED\b).*$",
    re.IGNORECASE | re.MULTILINE,
)


TITLE = 0
"""The ordinal of the content text that is the title; the passages follow it."""
DEFAULT_BUDGETS = Budgets()


class _Passage(Struct, frozen=True):
    turn: int
    text: str
    is_prompt: bool


def lens_texts(session: Session, budgets: Budgets = DEFAULT_BUDGETS) -> list[LensText]:
    """The title, the content passages in the order of their turns, and one text for each other lens."""
    texts = [
        _lens_text(Lens.CONTENT, ordinal, passage.turn, passage.turn, passage.text)
        for ordinal, passage in enumerate(content_passages(session, budgets), start=TITLE + 1)
    ]
    if texts and session.title.strip():
        texts.insert(0, _lens_text(Lens.CONTENT, TITLE, 0, 0, session.title))
    for lens, lines in (
        (Lens.TOOL, tool_lines(session)),
        (Lens.PATH, path_lines(session)),
        (Lens.ERROR, error_lines(session, budgets)),
        (Lens.CODE, code_lines(session)),
    ):
        chosen = distinctive_first(list(lines), budgets.lens_chars)
        if chosen:
            turns = [turn for turn, _ in chosen]
            body = "\n".join(line for _, line in chosen)
            texts.append(_lens_text(lens, 0, min(turns), max(turns), body))
    return texts


def content_passages(session: Session, budgets: Budgets) -> list[_Passage]:
    """Within the budget: the opening, the conclusion, and the most distinctive of every stretch between."""
    passages = _without_repeats(
        _Passage(turn.index, piece, turn.kind is TurnKind.PROMPT)
        for turn in session.turns
        if turn.kind in PROSE and turn.role is not Role.SYSTEM and not turn.is_withdrawn
        for piece in pieces(FENCED.sub(" ", turn.text), budgets.passage_chars)
    )
    if len(passages) <= budgets.passages:
        return passages
    rarity = _rarity(passage.text for passage in passages)
    kept = {0, len(passages) - 1}
    stretches = budgets.passages - len(kept)
    for number in range(stretches):
        first = 1 + number * (len(passages) - 2) // stretches
        last = 1 + (number + 1) * (len(passages) - 2) // stretches
        kept.add(max(range(first, last), key=lambda i: (_worth(passages[i], rarity), -i)))
    return [passages[i] for i in sorted(kept)]


def pieces(text: str, size: int) -> Iterator[str]:
    """Cut at paragraph or sentence ends into pieces of at most about `size` characters."""
    piece = ""
    for sentence in SENTENCE_END.split(text.strip()):
        for start in range(0, len(sentence), size):
            part = sentence[start : start + size]
            if piece and len(piece) + len(part) >= size:
                yield piece
                piece = part
            else:
                piece = f"{piece} {part}" if piece else part
    if piece.strip():
        yield piece


def tool_lines(session: Session) -> Iterator[tuple[int, str]]:
    """Each call's tool with its command, query or url."""
    for turn, call in _calls(session):
        said = call.command or _first_string(call.input, ("query", "pattern", "url", "description", "prompt"))
        yield turn.index, f"{call.name} {said[:200]}".strip()


def path_lines(session: Session) -> Iterator[tuple[int, str]]:
    """Each file touched, relative to the project."""
    root = (session.project_path or "").rstrip("/") + "/"
    for turn, call in _calls(session):
        for touch in call.files:
            yield turn.index, touch.path.removeprefix(root)


def error_lines(session: Session, budgets: Budgets) -> Iterator[tuple[int, str]]:
    """What failed calls said, and the lines of other shell output that speak of an error."""
    for turn, call in _calls(session):
        if not call.result:
            continue
        if call.is_error:
            yield turn.index, error_gist(call.result, budgets.error_chars_a_call)
        elif call.kind is ToolKind.SHELL:
            for line in ERROR_LINE.findall(call.result[:20_000])[:3]:
                yield turn.index, line.strip()[: budgets.error_chars_a_call]
    for turn in session.turns:
        if turn.kind is TurnKind.ERROR:
            yield turn.index, turn.text[: budgets.error_chars_a_call]


def error_gist(text: str, size: int) -> str:
    """The lines that name the error, else the end of the text, where programs put it."""
    named = [line.strip() for line in ERROR_LINE.findall(text[:50_000])]
    return "\n".join(named)[:size] if named else text.strip()[-size:]


def code_lines(session: Session) -> Iterator[tuple[int, str]]:
    """Lines of fenced blocks, and lines added by edits."""
    for turn in session.turns:
        for block in FENCED.findall(turn.text):
            yield from ((turn.index, line.strip()) for line in block.splitlines())
    for turn, call in _calls(session):
        for hunk in (hunk for diff in call.diffs for hunk in diff.hunks):
            yield from ((turn.index, line[1:].strip()) for line in hunk.lines if line.startswith("+"))


def distinctive_first(lines: Sequence[tuple[int, str]], size: int) -> list[tuple[int, str]]:
    """Distinct lines, those with the session's rarer words first, until `size` characters are full."""
    first_turn: dict[str, int] = {}
    for turn, line in lines:
        if line:
            first_turn.setdefault(line[:400], turn)
    rarity = _rarity(first_turn)
    ordered = sorted(first_turn, key=lambda line: -_line_worth(line, rarity))
    chosen, used = [], 0
    for line in ordered:
        if used and used + len(line) > size:
            break
        chosen.append((first_turn[line], line))
        used += len(line) + 1
    return chosen


def _lens_text(lens: Lens, ordinal: int, first_turn: int, last_turn: int, body: str) -> LensText:
    digest = hashlib.blake2b(body.encode(errors="replace"), digest_size=16).digest()
    return LensText(lens, ordinal, first_turn, last_turn, digest, body)


def _calls(session: Session) -> Iterator[tuple[Turn, ToolCall]]:
    for turn in session.turns:
        for call in turn.tool_calls:
            yield turn, call


def _first_string(value: object, names: Sequence[str]) -> str:
    if isinstance(value, dict):
        for name in names:
            if isinstance(found := value.get(name), str):
                return found
    return ""


def _without_repeats(passages: Iterable[_Passage]) -> list[_Passage]:
    seen: set[frozenset[str]] = set()
    kept = []
    for passage in passages:
        words = frozenset(word.lower() for word in WORD.findall(passage.text))
        if words and words not in seen:
            seen.add(words)
            kept.append(passage)
    return kept


def _rarity(texts: Iterable[str]) -> dict[str, float]:
    """Per word, 1 / the number of texts it occurs in."""
    counts = Counter(word for text in texts for word in {w.lower() for w in WORD.findall(text)})
    return {word: 1.0 / count for word, count in counts.items()}


# Both are sums over sets, whose order differs from process to process: fsum's result does not.
def _worth(passage: _Passage, rarity: dict[str, float]) -> float:
    worth = fsum(rarity[word] for word in {w.lower() for w in WORD.findall(passage.text)})
    return worth * (2.0 if passage.is_prompt else 1.0)


def _line_worth(line: str, rarity: dict[str, float]) -> float:
    words = {w.lower() for w in WORD.findall(line)}
    return fsum(rarity[word] for word in words) / (3 + len(words))
