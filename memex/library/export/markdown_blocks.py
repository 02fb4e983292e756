"""The blocks of a turn as Markdown: what is code is fenced, and nothing in it can end its fence."""

import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from memex.core.safe_text import one_line, safe_text
from memex.core.steps.blocks import (
    Block,
    Checklist,
    CheckState,
    Diff,
    Fact,
    Fold,
    JsonTree,
    Listing,
    Note,
    Picture,
    Plan,
    Prose,
    Question,
    Questions,
    SubAgent,
    Terminal,
    Tone,
    ToolBlock,
    TurnLink,
    WebLinks,
)
from memex.core.steps.listing import lines_of
from memex.core.steps.rows import all_rows

MAX_LINES = 10_000
"""Of one listing."""
CODE_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
ACTIVE = re.compile(r"<(?=[a-zA-Z/!?])|!(?=\[)")
"""What begins an HTML tag or an image that a viewer would fetch."""
SPECIAL = re.compile(r"([\\`*_\[\]<>#|~!])")
TICKS = re.compile(r"`+")


def to_markdown(blocks: Iterable[Block]) -> str:
    return "\n\n".join(part for block in blocks if (part := PAINTERS[type(block)](block)))


def words(raw: str, limit: int = 300) -> str:
    """One line in which no character formats."""
    return SPECIAL.sub(r"\\\1", one_line(raw, limit))


def code(raw: str) -> str:
    """One line as code."""
    line = one_line(raw)
    ticks = "`" * (_longest_ticks(line) + 1)
    return f"{ticks} {line} {ticks}" if "`" in line else f"`{line}`"


def fenced(text: str, language: str = "") -> str:
    fence = "`" * max(3, _longest_ticks(text) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _longest_ticks(text: str) -> int:
    return max((len(run) for run in TICKS.findall(text)), default=0)


def _prose(prose: Prose) -> str:
    safe = safe_text(prose.text)
    parts: list[str] = []
    end = 0
    for span in CODE_SPAN.finditer(safe):
        parts += (ACTIVE.sub(r"\\\g<0>", safe[end : span.start()]), span[0])
        end = span.end()
    text = "".join([*parts, ACTIVE.sub(r"\\\g<0>", safe[end:])])
    return text.replace("\n", "  \n") if prose.keep_lines else text


def _listing(listing: Listing) -> str:
    rows = lines_of(listing)
    lines = [line.text for row in all_rows(rows, MAX_LINES) for line in row if line is not None]
    left_out = len(rows) - min(len(rows), MAX_LINES)
    note = f"\n\n*{left_out:,} more lines are left out here.*" if left_out else ""
    return fenced("\n".join(lines), listing.language) + note


def _terminal(terminal: Terminal) -> str:
    parts = [fenced(f"$ {safe_text(terminal.command.text)}", "console")]
    if terminal.output is not None:
        parts.append(_listing(terminal.output))
    if terminal.errors is not None:
        parts += ("stderr:", _listing(terminal.errors))
    return "\n\n".join(parts)


def _diff(diff: Diff) -> str:
    lines: list[str] = []
    for hunk in diff.diff.hunks:
        lines.append(f"@@ -{hunk.old_start} +{hunk.new_start} @@")
        lines += hunk.lines
    heading = f"{code(diff.diff.path)}\n\n" if diff.has_heading else ""
    return heading + fenced(safe_text("\n".join(lines)), "diff")


def _checklist(checklist: Checklist) -> str:
    rows = []
    for item in checklist.items:
        text = f"~~{words(item.text)}~~" if item.is_gone else words(item.text)
        doing = " *(under way)*" if item.state is CheckState.ACTIVE else ""
        rows.append(f"- [{'x' if item.state is CheckState.DONE else ' '}] {text}{doing}")
    return "\n".join(rows)


def _plan(plan: Plan) -> str:
    verdict = f"\n\n**{words(plan.verdict)}**" if plan.verdict else ""
    return to_markdown(plan.body) + verdict


def _questions(questions: Questions) -> str:
    return "\n\n".join(map(_question, questions.items))


def _question(question: Question) -> str:
    lines = [f"**{words(question.text)}**", ""]
    for option in question.options:
        described = f": {words(option.description)}" if option.description else ""
        lines.append(f"- [{'x' if option.is_chosen else ' '}] {words(option.label)}{described}")
    if question.answer:
        lines += ["", f"> {words(question.answer)}"]
    return "\n".join(lines)


def _web_links(links: WebLinks) -> str:
    return "\n".join(f"- {words(link.title)} {code(link.url)}".replace("-  ", "- ") for link in links.links)


def _tree(tree: JsonTree) -> str:
    label = f"{words(tree.label)}\n\n" if tree.label else ""
    return label + fenced(safe_text(msgspec.json.format(msgspec.json.encode(tree.value)).decode()), "json")


def _picture(picture: Picture) -> str:
    return f"*(image {picture.number + 1})*"


def _note(note: Note) -> str:
    return f"**{words(note.text)}**" if note.tone is Tone.ERROR else f"*{words(note.text)}*"


def _sub_agent(agent: SubAgent) -> str:
    return f"Session of the sub-agent: {code(agent.session_id)}"


def _turn_link(link: TurnLink) -> str:
    return f"*{words(link.label)}: turn {link.turn}*"


def _fold(fold: Fold) -> str:
    return _quoted(f"**{words(fold.label)}**\n\n{to_markdown(fold.body)}")


def _tool(tool: ToolBlock) -> str:
    facts = "".join(f" · {_fact(fact)}" for fact in tool.facts)
    summary = f" {words(tool.summary)}" if tool.summary else ""
    head = f"▸ **{words(tool.name)}**{summary}{facts}"
    return f"{head}\n\n{to_markdown(tool.body)}".rstrip()


def _fact(fact: Fact) -> str:
    return f"**{words(fact.text)}**" if fact.tone is Tone.ERROR else words(fact.text)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


PAINTERS: dict[type[Any], Callable[[Any], str]] = {
    Prose: _prose,
    Listing: _listing,
    Terminal: _terminal,
    Diff: _diff,
    Checklist: _checklist,
    Plan: _plan,
    Questions: _questions,
    WebLinks: _web_links,
    JsonTree: _tree,
    Picture: _picture,
    Note: _note,
    SubAgent: _sub_agent,
    TurnLink: _turn_link,
    Fold: _fold,
    ToolBlock: _tool,
}
