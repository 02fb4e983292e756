"""Secrets out of what is indexed: keys, tokens, private keys and passwords become typed placeholders.

The patterns are those of detect-secrets, its regex plugins alone: no guessing by entropy, nothing asked of
the network. Added are what 1.5 has not: whole PEM blocks, bearer headers, and a few young kinds of token.

A pattern runs only over a text that holds one of its marks. Patterns that would match ordinary words
(`key: abc…`) have the vendor's name for a mark.
"""

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
from msgspec.structs import fields, replace

from memex.core.session import ErrorMet, FileDiff, Session, ToolCall, Turn

Counts = dict[str, int]
"""How many secrets were replaced, by kind."""

PLUGINS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "aws.AWSKeyDetector",
        "aws-key",
        ("AKIA", "ASIA", "ABIA", "ACCA", "A3T", "aws_s", "AWS_S", "aws_a", "AWS_A"),
    ),
    ("azure_storage_key.AzureStorageKeyDetector", "azure-key", ("AccountKey=",)),
    ("artifactory.ArtifactoryDetector", "artifactory-token", ("rtifactory", "jfrog", "JFROG")),
    ("basic_auth.BasicAuthDetector", "password", ("@",)),
    ("cloudant.CloudantDetector", "cloudant-key", ("cloudant", "CLOUDANT")),
    ("discord.DiscordBotTokenDetector", "discord-token", ("iscord", "DISCORD")),
    ("github_token.GitHubTokenDetector", "github-token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    (
        "gitlab_token.GitLabTokenDetector",
        "gitlab-token",
        ("glpat-", "glrt-", "gldt-", "glcbt-", "itlab", "GITLAB"),
    ),
    ("ibm_cloud_iam.IbmCloudIamDetector", "ibm-key", ("ibm_", "ibm-", "IBM_")),
    ("ibm_cos_hmac.IbmCosHmacDetector", "ibm-key", ("ibm_", "ibm-", "IBM_")),
    ("jwt.JwtTokenDetector", "jwt", ("eyJ",)),
    ("mailchimp.MailchimpDetector", "mailchimp-key", ("ailchimp", "MAILCHIMP")),
    ("npm.NpmDetector", "npm-token", (":_authToken=",)),
    ("openai.OpenAIDetector", "openai-key", ("T3BlbkFJ",)),
    ("pypi_token.PypiTokenDetector", "pypi-token", ("pypi-AgE",)),
    ("sendgrid.SendGridDetector", "sendgrid-key", ("SG.",)),
    ("slack.SlackDetector", "slack-token", ("xox", "hooks.slack.com")),
    ("softlayer.SoftlayerDetector", "softlayer-key", ("softlayer", "SOFTLAYER")),
    ("square_oauth.SquareOAuthDetector", "square-secret", ("sq0csp-",)),
    ("stripe.StripeDetector", "stripe-key", ("k_live_",)),
    ("telegram_token.TelegramBotTokenDetector", "telegram-token", (":AA",)),
    ("twilio.TwilioKeyDetector", "twilio-key", ("wilio", "TWILIO")),
)
"""Plugin, kind, marks. Left out: public addresses (no secrets), and what guesses by entropy or by a word."""
PEM = (
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:.{0,20000}?-----END [A-Z0-9 ]+-----|.{0,20000})"
)
OWN: tuple[tuple[str, re.Pattern[str], tuple[str, ...]], ...] = (
    ("private-key", re.compile(PEM, re.DOTALL), ("PRIVATE KEY",)),
    (
        "bearer-token",
        re.compile(r"\b[Bb]earer[\"']?:?\s+[\"']?([A-Za-z0-9._~+/-]{16,}=*)"),
        ("earer",),
    ),
    (
        "authorization",
        re.compile(
            r"\bauthorization[\"']?\s*[:=]\s*[\"']?(?:basic|token)\s+([\w.~+/-]{8,}=*)", re.IGNORECASE
        ),
        ("uthorization", "AUTHORIZATION"),
    ),
    ("github-token", re.compile(r"\bgithub_pat_\w{22,}"), ("github_pat_",)),
    ("anthropic-key", re.compile(r"\bsk-ant-[\w-]{20,}"), ("sk-ant-",)),
    ("openai-key", re.compile(r"\bsk-proj-[\w-]{40,}"), ("sk-proj-",)),
    ("google-key", re.compile(r"\bAIza[\w-]{35}"), ("AIza",)),
    ("huggingface-token", re.compile(r"\bhf_[A-Za-z0-9]{30,}"), ("hf_",)),
)
REPEATS_DROPPED = {field.name: "" for field in fields(ToolCall) if field.default == ""}
"""Texts of a call that say parts of its result again, in another form, in which a secret may not be known for
one (colours may begin within it): they go where the result held a secret.
"""
SHORTEST_SECRET = 3
START = 3
WINDOW = 8
PREFIX_LENGTH = 6
"""A group of a pattern that is no longer than this holds the kind of token, not the token."""


class Rule(NamedTuple):
    kind: str
    patterns: tuple[re.Pattern[str], ...]
    marks: tuple[str, ...]

    def may_find(self, text: str) -> bool:
        return any(mark in text for mark in self.marks)

    def finds(self, texts: list[str]) -> bool:
        """In any of the texts."""
        for mark in self.marks:
            for text in [text for text in texts if mark in text]:
                if any(pattern.search(text) for pattern in self.patterns):
                    return True
        return False


@cache
def rules() -> tuple[Rule, ...]:
    """Loaded at first use: detect-secrets takes a tenth of a second to import."""
    found = [Rule(kind, (pattern,), marks) for kind, pattern, marks in OWN]
    for name, kind, marks in PLUGINS:
        module, _, plugin = name.partition(".")
        detector = getattr(import_module(f"detect_secrets.plugins.{module}"), plugin)
        found.append(Rule(kind, tuple(detector.denylist), marks))
    return tuple(found)


def redacted(text: str) -> tuple[str, Counts]:
    counts: Counter[str] = Counter()
    return _redact(text, rules(), counts), dict(counts)


def redact_session(session: Session) -> tuple[Session, Counts]:
    """The session with placeholders for secrets in everything it says; the same object when it holds none."""
    texts = _texts(session)
    suspects = tuple([rule for rule in _suspects("\n".join(texts)) if rule.finds(texts)])
    if not suspects:
        return session, {}
    counts: Counter[str] = Counter()
    clean = _Cleaner(lambda text: _redact(text, suspects, counts))
    turns = tuple([clean.turn(turn) for turn in session.turns])
    if not counts:
        return session, {}
    found = dict(counts)
    return replace(session, title=clean.text(session.title), turns=turns), found


def _suspects(text: str) -> tuple[Rule, ...]:
    """The rules of which marks stand in the text, with these marks alone. One pass finds
    the candidates: fifty searches take much longer.
    """
    content = text.encode("utf-8", errors="replace")
    windows = b"".join([b"\n" + window for window in _windows_in(content)])
    found = ((rule, _standing(rule.marks, content, windows)) for rule in rules())
    return tuple([rule._replace(marks=present) for rule, present in found if present])


def _standing(marks: tuple[str, ...], content: bytes, windows: bytes) -> tuple[str, ...]:
    """The marks that the text holds; one longer than a window is searched for once its beginning is there."""
    return tuple([mark for mark in marks if _stands_in(mark.encode(), content, windows)])


def _stands_in(mark: bytes, content: bytes, windows: bytes) -> bool:
    if len(mark) < START:
        return mark in content
    return b"\n" + mark[:WINDOW] in windows and (len(mark) <= WINDOW or mark in content)


def _windows_in(content: bytes) -> set[bytes]:
    """What stands, `WINDOW` bytes long, wherever the text holds the first three letters of a mark."""
    pairs, starts = _start_tables()
    padded = np.frombuffer(content + bytes(WINDOW), np.uint8)
    found: set[bytes] = set()
    for offset in (0, 1):
        half = padded[offset : offset + (len(padded) - offset) // 2 * 2].view("<u2")
        places = np.flatnonzero(pairs[half]) * 2 + offset
        words = padded[places].astype(np.uint32)
        words |= padded[places + 1].astype(np.uint32) << 8
        words |= padded[places + 2].astype(np.uint32) << 16
        windows = padded[places[starts[words]][:, None] + np.arange(WINDOW)]
        found.update(window.tobytes() for window in np.unique(windows.view("<u8")))
    return found


@cache
def _start_tables() -> tuple[np.ndarray, np.ndarray]:
    """Which two, and which three, bytes begin a mark; as numbers, low byte first."""
    starts = [mark[:START].encode() for rule in rules() for mark in rule.marks if len(mark) >= START]
    pairs, words = np.zeros(1 << 16, np.bool_), np.zeros(1 << 24, np.bool_)
    pairs[[int.from_bytes(start[:2], "little") for start in starts]] = True
    words[[int.from_bytes(start, "little") for start in starts]] = True
    return pairs, words


def _redact(text: str, among: tuple[Rule, ...], counts: Counter[str]) -> str:
    for rule in among:
        if rule.may_find(text):
            for pattern in rule.patterns:
                text = _replaced(text, pattern, rule.kind, counts)
    return text


def _replaced(text: str, pattern: re.Pattern[str], kind: str, counts: Counter[str]) -> str:
    placeholder = f"[redacted: {kind}]"

    def hidden(found: re.Match[str]) -> str:
        start, end = _secret(found)
        if end - start < SHORTEST_SECRET or "[redacted" in found[0]:
            return found[0]
        counts[kind] += 1
        return text[found.start() : start] + placeholder + text[end : found.end()]

    return pattern.sub(hidden, text)


def _secret(found: re.Match[str]) -> tuple[int, int]:
    """Where the secret stands: the group that holds it, so that what names it stays readable; else all."""
    for group in range(1, found.re.groups + 1):
        if found[0].startswith("://") or found.end(group) - found.start(group) > PREFIX_LENGTH:
            return found.span(group)
    return found.span()


def _texts(session: Session) -> list[str]:
    texts = [session.title]
    for turn in session.turns:
        texts += (turn.text, turn.thinking)
        for call in turn.tool_calls:
            texts += (call.result or "", call.command or "")
            _gather(call.input, texts)
            for diff in call.diffs:
                for hunk in diff.hunks:
                    texts += hunk.lines
    return texts


def _gather(value: Any, texts: list[str]) -> None:
    """The texts of a JSON value, which the readers keep from nesting deep."""
    if type(value) is str:
        texts.append(value)
    elif type(value) is dict:
        for item in value.values():
            _gather(item, texts)
    elif type(value) is list:
        for item in value:
            _gather(item, texts)


class _Cleaner:
    """Makes new values only where something changed."""

    def __init__(self, clean: Callable[[str], str]) -> None:
        self.text = clean

    def turn(self, turn: Turn) -> Turn:
        text, thinking = self.text(turn.text), self.text(turn.thinking)
        calls = tuple([self._call(call) for call in turn.tool_calls])
        if text == turn.text and thinking == turn.thinking and calls == turn.tool_calls:
            return turn
        results = {call.id: call for call in calls}
        errors = tuple([self._error(error, results.get(error.call_id)) for error in turn.errors])
        return replace(turn, text=text, thinking=thinking, tool_calls=calls, errors=errors)

    def _call(self, call: ToolCall) -> ToolCall:
        result = None if call.result is None else self.text(call.result)
        return replace(
            call,
            input=self._json(call.input),
            result=result,
            command=None if call.command is None else self.text(call.command),
            diffs=tuple([self._diff(diff) for diff in call.diffs]),
            **({} if result == call.result else REPEATS_DROPPED),
        )

    def _error(self, error: ErrorMet, call: ToolCall | None) -> ErrorMet:
        """Its secrets were counted with the call's."""
        text, _ = redacted(error.text)
        return replace(error, text=text, command=call.command if call else None)

    def _diff(self, diff: FileDiff) -> FileDiff:
        """A hunk is cleaned as one text: a private key goes over many lines."""
        hunks = [
            replace(hunk, lines=tuple(self.text("\n".join(hunk.lines)).split("\n"))) if hunk.lines else hunk
            for hunk in diff.hunks
        ]
        return replace(diff, hunks=tuple(hunks))

    def _json(self, value: Any) -> Any:
        if type(value) is str:
            return self.text(value)
        if type(value) is dict:
            return {key: self._json(item) for key, item in value.items()}
        if type(value) is list:
            return [self._json(item) for item in value]
        return value
