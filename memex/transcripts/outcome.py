"""How a session ended and what it was for: fixed rules over its turns, and `UNKNOWN` where none decides.

Outcome, the first rule that holds:
1. no reply at all → unknown;
2. the last turn is an interrupt or a failure of the agent → unresolved;
3. checks (tests, builds, linters) were run: the last one failed → unresolved, or partial when files were
   changed after it; it passed → resolved;
4. no checks, but after the last edit a commit, a push or a pull request succeeded → resolved;
5. the last call failed → unresolved;
6. otherwise unknown.

Intent: the kind of work whose word stands first in the first prompt.
"""

import re
from collections.abc import Callable

from memex.core.session import Intent, Outcome, ToolCall, ToolKind, Turn, TurnKind

CHECK = re.compile(
    r"\b(?:pytest|unittest|tox|nox|jest|vitest|mocha|rspec|phpunit|ctest|playwright test"
    r"|mypy|pyright|ruff|eslint|tsc|clippy|golangci-lint"
    r"|(?:cargo|go|npm|pnpm|yarn|bun|deno|dotnet|mix|swift|bundle exec|zig|flutter)(?: run)?"
    r" (?:test|build|check|lint|vet|typecheck)"
    r"|(?:gradlew?|mvnw?|make|just|mise run|task|bazel)\b[^|;&]*\b(?:test|build|check|lint|verify|ci))\b"
)
DELIVERY = re.compile(r"\bgit (?:-C \S+ )?(?:commit|push)\b|\bgh pr (?:create|merge)\b")
WORDS_OF_INTENT = {
    Intent.FIX: r"fix\w*|bugs?|errors?|broken|breaks?|fail\w*|crash\w*|regress\w*|debug\w*|wrong|resolve"
    r"|doesn['’]?t work|not working",
    Intent.REFACTOR: r"refactor\w*|renam\w*|clean ?up|simplif\w*|restructur\w*|extract|dedup\w*"
    r"|reorgani[sz]e|split",
    Intent.EXPLAIN: r"explain\w*|what (?:is|are|does|do)|how (?:do|does|is|are|can)|why|walk me|describe"
    r"|summari[sz]e|tell me",
    Intent.EXPLORE: r"explor\w*|investigat\w*|look (?:at|into|for)|research|review\w*|analy[sz]\w*|compar\w*"
    r"|understand|overview|thoughts|find|search|check|read|figure out|plan",
    Intent.CHORE: r"bump|upgrade|updat\w+ (?:the )?(?:dep\w*|version\w*|docs?|readme|changelog)|commit\w*"
    r"|push|release|changelog|format|lint\w*|merge|rebase|deploy\w*|install|publish|set ?up|configure",
    Intent.BUILD: r"add\w*|implement\w*|creat\w*|build\w*|writ\w+|make|support|introduc\w*|new|develop|design"
    r"|generate|port",
}
INTENT_WORDS = re.compile(
    r"\b(?:" + "|".join(f"(?P<{intent.value}>{words})" for intent, words in WORDS_OF_INTENT.items()) + r")\b",
    re.IGNORECASE,
)
INTENT_LENGTH = 2000
"""Prompts may paste whole logs; what is wanted is said first."""


def outcome_of(turns: tuple[Turn, ...]) -> Outcome:
    if not any(turn.kind is TurnKind.REPLY for turn in turns):
        return Outcome.UNKNOWN
    if turns[-1].kind in (TurnKind.INTERRUPT, TurnKind.ERROR):
        return Outcome.UNRESOLVED
    calls = [call for turn in turns for call in turn.tool_calls]
    last_edit = _last(calls, _is_edit)
    if (last_check := _last(calls, _is_check)) is not None:
        if not calls[last_check].is_error:
            return Outcome.RESOLVED
        return Outcome.PARTIAL if last_edit is not None and last_edit > last_check else Outcome.UNRESOLVED
    delivered = _last(calls, _is_delivery)
    if delivered is not None and (last_edit is None or delivered > last_edit):
        return Outcome.RESOLVED
    return Outcome.UNRESOLVED if calls and calls[-1].is_error else Outcome.UNKNOWN


def intent_of(turns: tuple[Turn, ...]) -> Intent:
    for turn in turns:
        if turn.kind in (TurnKind.PROMPT, TurnKind.SLASH_COMMAND) and turn.text.strip():
            found = INTENT_WORDS.search(turn.text[:INTENT_LENGTH])
            if found and found.lastgroup:
                return Intent(found.lastgroup)
    return Intent.UNKNOWN


def _is_check(call: ToolCall) -> bool:
    return call.result is not None and bool(call.command) and CHECK.search(call.command or "") is not None


def _is_delivery(call: ToolCall) -> bool:
    return call.result is not None and not call.is_error and bool(DELIVERY.search(call.command or ""))


def _is_edit(call: ToolCall) -> bool:
    return call.kind in (ToolKind.EDIT, ToolKind.WRITE) and not call.is_error


def _last(calls: list[ToolCall], wanted: Callable[[ToolCall], bool]) -> int | None:
    return next((index for index in range(len(calls) - 1, -1, -1) if wanted(calls[index])), None)
