"""How a session ended: fixed rules over the turns that were not withdrawn, and `UNKNOWN` where none decides.

The first rule that holds:
1. no reply at all → unknown;
2. the last turn is an interrupt or a failure of the agent → partial when a check had passed since the last
   edit, else unresolved;
3. the user's last words say that it works → resolved, that it does not → unresolved;
4. checks (tests, builds, linters) were run: the last one failed → unresolved, or partial when files were
   changed after it; it passed → resolved;
5. no checks, but after the last edit a commit, a push or a pull request succeeded → resolved;
6. the last call failed → unresolved;
7. nothing was changed, a question was asked, and the last turn answers → resolved;
8. otherwise unknown.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from memex.core.session import Evidence, Outcome, Role, ToolCall, ToolKind, Turn, TurnKind

RUNNERS = r"""(?:\w+=\S*\ +)*(?:(?:sudo|time|timeout\ \S+|nice|npx|pnpx|bunx|xvfb-run|command
    |(?:uv|poetry|pipenv|hatch|pdm|rye)\ run|pnpm\ exec|yarn\ exec|bundle\ exec|mise\ exec\ --
    |(?:\S*/)?python[\d.]*\ -m)\ +)*(?:\S*/)?"""
CHECK = re.compile(
    r"^\ *"
    + RUNNERS
    + r"""(?:
    (?:pytest|py\.test|unittest|tox|nox|jest|vitest|mocha|rspec|phpunit|ctest|knip|shellcheck
      |mypy|pyright|ruff|eslint|tsc|clippy|golangci-lint|pre-commit|playwright\ test)\b
    |(?:cargo|go|npm|pnpm|yarn|bun|deno|dotnet|mix|swift|zig|flutter)(?:\ \+\S+)?(?:\ run)?
      \ (?:test|t|nextest|build|check|lint|vet|typecheck|clippy|fmt\ (?:--\ )?--check)(?![\w./-])
    |(?:npm|pnpm|yarn|bun)(?:\ run)?\ (?:\w+:)?(?:test|build|check|lint|typecheck)\b
    |(?:gradlew?|mvnw?|make|just|mise\ (?:run|r)|task|bazel)\b[^|;&]*
      \b(?:test|build|check|lint|verify|ci)\b)""",
    re.VERBOSE | re.MULTILINE,
)
MAY_CHECK = re.compile(
    r"test|jest|build|lint|check|verify|ci\b|[tn]ox|rspec|phpunit|knip|mypy|pyright"
    r"|ruff|clippy|pre-commit|tsc| vet| t\b|mocha"
)
"""In every command that `CHECK` can match; to look for it is cheaper."""
DELIVERY = re.compile(
    r"\bgit (?:-C \S+ )?(?:commit|push)\b|\bgh pr (?:create|merge)\b|\bjj (?:commit|git push)\b"
)
STEPS = re.compile(r"&&|\|\||[;|&]")
QUOTED = re.compile(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"")
HIDES_STATUS = re.compile(r"\|\s*(?:tail|head|grep|tee|cat|sed|awk)\b|\|\|\s*(?:true|echo)|;\s*echo\b")
FAILED_OUTPUT = re.compile(
    r"\b[1-9]\d* (?:failed|failures?|errors?)\b|^(?:FAILED|FAIL|--- FAIL|error(?:\[\w+\])?:|E  )"
    r"|test result: FAILED|Traceback \(most recent|npm ERR!|make: \*\*\*",
    re.MULTILINE,
)
OUTPUT_LENGTH = 6000
COMMAND_LENGTH = 4000
WORKS = re.compile(
    r"^(?:(?:yes|ok|okay|great|cool|nice|awesome|perfect|excellent|thanks?|thank you|thx|lgtm|wonderful)\b"
    r"|(?:that|it|this)(?: now)? works\b|works (?:now|great|well|fine)\b|(?:looks|all) good\b)",
    re.IGNORECASE,
)
WORKS_NOT = re.compile(
    r"\b(?:(?:still|it) (?:fails|failing|broken|crashes|crashing|errors)|(?:doesn|didn|isn|don)['’]?t work"
    r"|(?:still )?not working|same (?:error|problem|issue)|give up|never ?mind"
    r"|revert (?:this|that|it|everything))\b",
    re.IGNORECASE,
)
CLOSING_LENGTH = 80
QUESTION = re.compile(
    r"^(?:what|why|how|where|when|which|who|is|are|does|do|did|can you (?:explain|tell|show|review|check)"
    r"|explain|describe|review|summari[sz]e|analy[sz]e|investigate|tell me|find out)\b|\?\s*$",
    re.IGNORECASE,
)


class _Step(NamedTuple):
    turn: int
    call: ToolCall


def outcome_of(turns: tuple[Turn, ...]) -> tuple[Outcome, Evidence]:
    kept = [turn for turn in turns if not turn.branch]
    if not any(turn.kind is TurnKind.REPLY for turn in kept):
        return Outcome.UNKNOWN, Evidence("The agent never replied.")
    steps = [_Step(turn.index, call) for turn in kept for call in turn.tool_calls]
    edit, check = _last(steps, _is_edit), _last(steps, is_check)
    checked = check is not None and (edit is None or check > edit) and not _check_failed(steps[check].call)
    passed = steps[check].turn if checked and check is not None else None
    return (
        _broken_off(kept, passed)
        or _last_words(kept)
        or _by_steps(steps, edit, check)
        or _answered(kept, edit)
    )


def is_check(call: ToolCall) -> bool:
    """A run of tests, a build or a linter, as a step of the command line and not a word inside of one."""
    command = call.command
    if call.result is None or not command or not MAY_CHECK.search(command):
        return False
    command = command[:COMMAND_LENGTH]
    if "'" in command or '"' in command:
        command = QUOTED.sub("''", command)
    return CHECK.search(STEPS.sub("\n", command)) is not None


def _broken_off(turns: list[Turn], passed: int | None) -> tuple[Outcome, Evidence] | None:
    last = turns[-1]
    if last.kind not in (TurnKind.INTERRUPT, TurnKind.ERROR):
        return None
    who = "The user broke off" if last.kind is TurnKind.INTERRUPT else "The agent failed"
    if passed is None:
        return Outcome.UNRESOLVED, Evidence(f"{who} at the end.", (last.index,))
    return Outcome.PARTIAL, Evidence(f"{who} at the end, after a check had passed.", (passed, last.index))


def _last_words(turns: list[Turn]) -> tuple[Outcome, Evidence] | None:
    """Only short words that end the talk: what follows a longer prompt is more work."""
    last = next((turn for turn in reversed(turns) if turn.kind is TurnKind.PROMPT), None)
    if last is None or len(last.text) > CLOSING_LENGTH:
        return None
    if any(turn.tool_calls for turn in turns if turn.index > last.index):
        return None
    if WORKS_NOT.search(last.text):
        return Outcome.UNRESOLVED, Evidence("The user's last words say that it does not work.", (last.index,))
    if WORKS.match(last.text.strip()) and last is not turns[0]:
        return Outcome.RESOLVED, Evidence("The user's last words say that it is good.", (last.index,))
    return None


def _by_steps(steps: list[_Step], edit: int | None, check: int | None) -> tuple[Outcome, Evidence] | None:
    if check is not None:
        turn = steps[check].turn
        if not _check_failed(steps[check].call):
            return Outcome.RESOLVED, Evidence("The last check passed.", (turn,))
        if edit is not None and edit > check:
            why = "The last check failed; files were changed after it."
            return Outcome.PARTIAL, Evidence(why, (turn, steps[edit].turn))
        return Outcome.UNRESOLVED, Evidence("The last check failed.", (turn,))
    delivered = _last(steps, _is_delivery)
    if delivered is not None and (edit is None or delivered > edit):
        return Outcome.RESOLVED, Evidence(
            "The work was committed, pushed or proposed.", (steps[delivered].turn,)
        )
    if steps and steps[-1].call.is_error:
        return Outcome.UNRESOLVED, Evidence("The last call failed.", (steps[-1].turn,))
    return None


def _answered(turns: list[Turn], edit: int | None) -> tuple[Outcome, Evidence]:
    asked = next((turn for turn in reversed(turns) if turn.kind is TurnKind.PROMPT), None)
    last = turns[-1]
    answers = last.role is Role.ASSISTANT and last.kind is TurnKind.REPLY and last.text
    if edit is None and asked is not None and answers and QUESTION.search(asked.text.strip()):
        return Outcome.RESOLVED, Evidence("A question was asked and answered.", (asked.index, last.index))
    return Outcome.UNKNOWN, Evidence("Nothing shows how it ended.")


def _check_failed(call: ToolCall) -> bool:
    """A pipe or an `echo` hides the status of the check before it; its output tells."""
    if call.is_error or call.exit_status:
        return True
    if not call.command or not HIDES_STATUS.search(call.command):
        return False
    return FAILED_OUTPUT.search((call.result or "")[-OUTPUT_LENGTH:]) is not None


def _is_delivery(call: ToolCall) -> bool:
    command = call.command or ""
    if (
        call.is_error
        or call.result is None
        or ("commit" not in command and "push" not in command and "pr " not in command)
    ):
        return False
    return DELIVERY.search(command) is not None


def _is_edit(call: ToolCall) -> bool:
    return call.kind in (ToolKind.EDIT, ToolKind.WRITE) and not call.is_error


def _last(steps: list[_Step], wanted: Callable[[ToolCall], bool]) -> int | None:
    return next((index for index in range(len(steps) - 1, -1, -1) if wanted(steps[index].call)), None)
