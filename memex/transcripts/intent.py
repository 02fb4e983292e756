"""What a session was for: the kinds of work that its prompts ask for, weighed and held against what was done.

Every prompt votes for the kinds of work whose words it uses, the first kind counting most; the first prompt
that names any counts more than the others, since later ones are mostly steps on the way. Of a plan, its title
votes. Quoted code, logs and addresses have no vote. Then what was done decides between talk and work:
- files were changed, and the votes are for explaining or exploring → the best of the other kinds, or building
  when none was named and more than one turn changed files.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

from memex.core.session import Evidence, Intent, ToolKind, Turn, TurnKind

WORDS_OF_INTENT = {
    Intent.CHORE: (
        r"bump\w*|upgrad\w+"
        r"|updat\w+ (?:\S+ ){0,4}?(?:dep\w*|versions?|docs?|readme\S*|changelog\S*|claude\.md)"
        r"|commit (?:this|it|that|change\w*|all|everything)|group the changes|push|releas\w+|changelog"
        r"|reformat\w*|merge|rebase|deploy\w*|install\w*|publish\w*|set up|configur\w+|cherry-pick"
        r"|tag (?:it|this|the)|clean up branches"
    ),
    Intent.FIX: (
        r"errors?:|exits with|refused|time[sd] out|panics?|segfaults?|exceptions?|tracebacks?|leaks?|"
        r"fix\w*|bugs?|broken|breaks?|fail(?:s|ed|ing|ures?)?|crash\w*|regress\w*|debug\w*|wrong"
        r"|hangs?|resolve|(?:doesn|isn|didn|don)['’]?t (?:work|run|build|compile|start|show)"
        r"|not working|errors? (?:when|in|on|with)"
        r"|(?:an|the|this|these|get(?:ting)?|address) (?:pr |review )?(?:errors?|feedback|issues?|problem)"
        r"|flaky"
    ),
    Intent.REFACTOR: (
        r"refactor\w*|renam\w+|clean(?:ing)? ?up|simplif\w*|restructur\w*|extract\w*|dedup\w*"
        r"|reorgani[sz]\w*|split \w+|mov(?:e|ing) \S+ (?:\S+ ){0,3}(?:to|into|out)|get rid of"
        r"|remov\w+ (?:redundant|unused|dead|duplicat\w+)|consolidat\w*"
    ),
    Intent.EXPLAIN: (
        r"explain\w*|what(?:['’]s| is| are| does| do| did| was)\b|how (?:do|does|is|are|can|did|come)"
        r"|why|walk me|describe|summari[sz]\w*|tell me|what happen\w*|can you clarify|meaning of"
    ),
    Intent.EXPLORE: (
        r"explor\w*|investigat\w*|look (?:at|into|for|through)|research\w*|review\w*|analy[sz]\w*"
        r"|compar(?:e|ison|ing)|understand|overview|thoughts|find out|search for|reac?quaint\w*"
        r"|familiari[sz]e|figure out|brainstorm\w*|ideas?|recommend\w*|suggest\w*|options|audit"
        r"|read (?:the |through |and )?\S+"
    ),
    Intent.BUILD: (
        r"add(?:s|ing)?|implement\w*|creat(?:e|es|ing)|(?<!the )build(?:ing)?|writ(?:e|es|ing)|support\w*"
        r"|introduc\w+|develop\w*|design(?:ing)?|generat(?:e|ing)|port (?:the|this|it|to)"
        r"|make (?:a|the|it|an|this|sure)(?! (?:new )?pr\b)"
        r"|new (?:feature|command|test|page|flag|option|file|module|plugin)|extend\w*|enhance\w*"
        r"|improv\w+|allow\w*|integrat\w+|enable\w*|change \S+"
    ),
}
INTENT_WORDS = re.compile(
    r"(?<!\w)(?=[a-z])(?:"
    + "|".join(f"(?P<{intent.value}>{words})" for intent, words in WORDS_OF_INTENT.items())
    + r")(?!\w)"
)
"""Of lower-case text: to ignore case costs five times the time."""
PLAN = re.compile(r"\s*implement the following plan:?\s*#*\s*(?:plan:?)?\s*(.*)", re.IGNORECASE)
NOT_SAID = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`|^\s*(?:>|\$|\[\w+|at |file \")[^\n]*$",
    re.DOTALL | re.MULTILINE,
)
PROMPT_LENGTH = 240
"""Prompts may paste whole logs; what is wanted is said first."""
LATER_LENGTH = 100
FIRST_WEIGHT = 4.0
LATER_WEIGHT = 1.0
STEP_WEIGHT = 0.25
"""Of later prompts that ask for a commit or a push: a step of any work."""
SECONDARY = 0.34
MAX_EVIDENCE = 12
TALK = (Intent.EXPLAIN, Intent.EXPLORE)
WORK = (Intent.FIX, Intent.BUILD, Intent.REFACTOR, Intent.CHORE)

Votes = dict[Intent, float]


class _Ballot:
    def __init__(self) -> None:
        self.votes: Votes = defaultdict(float)
        self.turns: dict[Intent, list[int]] = defaultdict(list)

    def take(self, turn: Turn) -> None:
        kinds = _kinds_in(turn.text, LATER_LENGTH if self.votes else PROMPT_LENGTH)
        weight = LATER_WEIGHT if self.votes else FIRST_WEIGHT
        for place, kind in enumerate(kinds):
            step = kind is Intent.CHORE and bool(self.votes)
            share = 1.0 if place == 0 else SECONDARY
            self.votes[kind] += (STEP_WEIGHT if step else weight) * share
            self.turns[kind].append(turn.index)

    def best(self, among: Iterable[Intent]) -> Intent | None:
        """On a tie, the one that was named first."""
        named = [intent for intent in self.votes if intent in among]
        return max(named, key=self.votes.__getitem__, default=None)

    def evidence(self, intent: Intent, why: str, more: Iterable[int] = ()) -> Evidence:
        return Evidence(why, tuple(sorted({*self.turns[intent], *more})[:MAX_EVIDENCE]))


def intent_of(turns: tuple[Turn, ...]) -> tuple[Intent, Evidence]:
    ballot = _Ballot()
    for turn in turns:
        if turn.kind in (TurnKind.PROMPT, TurnKind.SLASH_COMMAND) and not turn.branch:
            ballot.take(turn)
    edits = [turn.index for turn in turns if _changes_files(turn)]
    winner = ballot.best(Intent)
    if winner in TALK and edits:
        return _worked(ballot, edits, winner)
    if winner is not None:
        return winner, ballot.evidence(winner, "The prompts ask for it.")
    if len(edits) > 1:
        return Intent.BUILD, Evidence(
            "No prompt names the work; files were changed.", tuple(edits[:MAX_EVIDENCE])
        )
    return Intent.UNKNOWN, Evidence("No prompt says what for.")


def _worked(ballot: _Ballot, edits: list[int], talk: Intent) -> tuple[Intent, Evidence]:
    """Talk that led to work: what the work was decides."""
    if work := ballot.best(WORK):
        return work, ballot.evidence(work, "The prompts ask for it, and files were changed.", edits[:1])
    if len(edits) > 1:
        return Intent.BUILD, ballot.evidence(talk, "It began as a question; files were changed.", edits)
    return talk, ballot.evidence(talk, "The prompts ask for it.")


def _kinds_in(text: str, length: int) -> list[Intent]:
    """The kinds of work that a prompt names, in the order of its words."""
    plan = PLAN.match(text)
    if plan:
        return _named(plan[1], length) or [Intent.BUILD]
    return _named(text, length)


def _named(text: str, length: int) -> list[Intent]:
    said = text[: length * 2].lower()
    if "`" in said or "\n" in said:
        said = NOT_SAID.sub(" ", said)
    if "/" in said:
        said = " ".join([word for word in said.split() if word.count("/") < 2])
    found = INTENT_WORDS.finditer(said[:length])
    return list(dict.fromkeys(Intent(word.lastgroup) for word in found if word.lastgroup))


def _changes_files(turn: Turn) -> bool:
    if turn.branch:
        return False
    for call in turn.tool_calls:
        if (call.kind is ToolKind.EDIT or call.kind is ToolKind.WRITE) and not call.is_error:
            return True
    return False
