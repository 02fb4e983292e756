"""The forms in which a word is found: whole, in its parts and joined; unspaced scripts by their bigrams.

FTS5's `unicode61` splits at whatever is no letter and no digit. `parts_of` adds to a text what it cannot
know: the parts of camel-case words, the joined form of split identifiers, the overlapping bigrams of
scripts that set no spaces between words, and a name for each emoji. `match_expression` asks for these.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, kana, Chinese characters; Hangul, whose words end in particles."""
EMOJI = "\u2600-\u27bf\u2b50-\u2b55\U0001f000-\U0001faff"

# Tried at the start of a run only, and bounded: a run of a million letters (base64) would be quadratic.
IDENTIFIER = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Za-z0-9]{1,64}(?:(?:_{1,8}|-|\.|::)[A-Za-z0-9]{1,64})+"
    r"|[A-Za-z]{1,64}[a-z0-9][A-Z][A-Za-z0-9]{0,64})"
)
SEPARATOR = re.compile(r"[^A-Za-z0-9]+")
HUMP = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
UNSPACED_RUN = re.compile(rf"[{UNSPACED}]+")
BESIDE_UNSPACED = re.compile(rf"(?<=[{UNSPACED}])[A-Za-z0-9]{{1,64}}|[A-Za-z0-9]{{1,64}}(?=[{UNSPACED}])")
EMOJI_MARK = re.compile(rf"[{EMOJI}]")
NOT_LATIN = re.compile(rf"[{UNSPACED}{EMOJI}]")
QUERY_WORD = re.compile(
    rf"[{EMOJI}]|[{UNSPACED}]+|(?:(?![{UNSPACED}])\w)+(?:[-_.:/]+(?:(?![{UNSPACED}])\w)+)*"
)
LONGEST_IDENTIFIER = 64
LONGEST_WORD = 256
LONGEST_PHRASE = 4_000
MOST_WORDS = 64
"""Of a query, as it stands: a pasted log says what it is about well before."""
SUBSTRING = 4
"""Characters of an unspaced run that is looked for as it stands; a longer one is a sentence."""

STOP_WORDS = frozenset(
    """a about again all also am an and any are as at be because been but by can could did do does doing
    for from get got had has have how i if in into is it its just like me my not of on or our out please
    should so some than that the their them then there these they this to up use used using was we were
    what when where which who why will with would you your""".split()  # noqa: SIM905
)


def parts_of(text: str) -> str:
    """What a text is to be found by besides its own words."""
    names = (name for name in dict.fromkeys(IDENTIFIER.findall(text)) if len(name) <= LONGEST_IDENTIFIER)
    forms = [form for name in names for form in _forms_of(name)]
    if not text.isascii() and NOT_LATIN.search(text):
        forms += [bigram for run in UNSPACED_RUN.findall(text) for bigram in _bigrams(run, with_last=True)]
        forms += dict.fromkeys(BESIDE_UNSPACED.findall(text))
        forms += map(_emoji_name, dict.fromkeys(EMOJI_MARK.findall(text)))
    return " ".join(forms)


def query_words(text: str) -> list[str]:
    """The words of a query without stop words, unless it has nothing else."""
    found = QUERY_WORD.finditer(unicodedata.normalize("NFC", text.replace("\x00", " ")))
    words: dict[str, None] = {}
    for match in found:
        words.setdefault(match.group()[:LONGEST_WORD])
        if len(words) == 4 * MOST_WORDS:
            break
    telling = [word for word in words if word.lower() not in STOP_WORDS]
    return (telling or list(words))[:MOST_WORDS]


def match_expression(
    words: Iterable[str], phrases: Iterable[str] = (), *, last_is_prefix: bool = False
) -> str:
    """For FTS5: any of the words, each in every form, or of the phrases; empty for nothing to look for.

    A phrase is its words side by side, whatever stands between them; who wants only what holds it asks
    `FullText.sessions_holding` as well.
    """
    alternatives = [form for word in words for form in word_alternatives(word)]
    if last_is_prefix and alternatives and not alternatives[-1].endswith("*"):
        alternatives.append(f"{alternatives[-1]} *")
    alternatives += filter(None, map(quoted, phrases))
    return " OR ".join(dict.fromkeys(alternatives))


def word_alternatives(word: str) -> list[str]:
    """FTS5 expressions, any of which finds the word."""
    if EMOJI_MARK.fullmatch(word):
        return [f'"{_emoji_name(word)}"']
    if UNSPACED_RUN.fullmatch(word):
        return _unspaced_alternatives(word)
    joined = SEPARATOR.sub("", word) if word.isascii() else ""
    forms = [word, joined]
    humps = HUMP.findall(joined)
    if len(humps) > 1 and joined.isalpha():
        forms.append(" ".join(humps))
    return [f'"{form}"' for form in dict.fromkeys(forms) if form]


def quoted(phrase: str) -> str:
    """For FTS5: a phrase as it stands, one word in any of its forms; empty for a text without words."""
    text = unicodedata.normalize("NFC", phrase.replace("\x00", " ")).strip()[:LONGEST_PHRASE]
    if UNSPACED_RUN.fullmatch(text):
        return _side_by_side(text)
    if QUERY_WORD.fullmatch(text):
        return f"({' OR '.join(word_alternatives(text))})"
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if QUERY_WORD.search(text) else ""


def _forms_of(identifier: str) -> Iterator[str]:
    """Camel-case parts in their order, and the joined form."""
    runs = [HUMP.findall(run) for run in SEPARATOR.split(identifier)]
    for humps in runs:
        if len(humps) > 1:
            yield from humps
    joined = "".join(part for humps in runs for part in humps)
    if joined != identifier:
        yield joined


def _unspaced_alternatives(run: str) -> list[str]:
    if len(run) <= SUBSTRING:
        return [_side_by_side(run)]
    return [_side_by_side(run), *(f'"{bigram}"' for bigram in _bigrams(run))]


def _side_by_side(run: str) -> str:
    return f'"{" ".join(_bigrams(run))}"' if len(run) > 1 else f'"{run}" *'


def _bigrams(run: str, *, with_last: bool = False) -> Iterator[str]:
    """Overlapping pairs; the last character by itself, so that each begins something."""
    for start in range(len(run) - 1):
        yield run[start : start + 2]
    if with_last:
        yield run[-1]


def _emoji_name(emoji: str) -> str:
    return f"emoji{ord(emoji):x}"
