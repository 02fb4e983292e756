"""The blocks of a turn as HTML. Folds are `<details>`: reading needs no script."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any

from memex.core.safe_text import one_line, safe_text
from memex.core.steps.blocks import (
    Block,
    CheckItem,
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
    ToolBlock,
    TurnLink,
    WebLinks,
)
from memex.core.steps.diff import unified_rows
from memex.core.steps.json_tree import children_of, is_branch, is_long_text, preview
from memex.core.steps.listing import lines_of
from memex.core.steps.markdown import to_html as markdown_to_html
from memex.core.steps.pictures import PictureData
from memex.library.export.html_rows import Colours, rows_html

HREF = re.compile(r'<a href="([^"]*)"')
WEB = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
LINK = 'rel="noopener noreferrer nofollow"'
TREE_VALUES = 2_000
"""Of one JSON value."""
TREE_DEPTH = 30
MARKS = {CheckState.OPEN: "☐", CheckState.ACTIVE: "◐", CheckState.DONE: "☑", CheckState.DROPPED: "☒"}


class BlockPainter:
    """Of one turn at a time; `links` are the ids of the sessions and turns that the page itself holds."""

    def __init__(self, colours: Colours, turns: range) -> None:
        self._colours = colours
        self._turns = turns
        self._pictures: Sequence[PictureData] = ()
        self._painters: dict[type[Any], Callable[[Any], str]] = {
            Prose: self._prose,
            Listing: self._listing,
            Terminal: self._terminal,
            Diff: self._diff,
            Checklist: self._checklist,
            Plan: self._plan,
            Questions: self._questions,
            WebLinks: self._web_links,
            JsonTree: self._tree,
            Picture: self._picture,
            Note: self._note,
            SubAgent: self._sub_agent,
            TurnLink: self._turn_link,
            Fold: self._fold,
            ToolBlock: self._tool,
        }

    def turn(self, blocks: Iterable[Block], pictures: Sequence[PictureData]) -> str:
        self._pictures = pictures
        return self._blocks(blocks)

    def _blocks(self, blocks: Iterable[Block]) -> str:
        return "".join([self._painters[type(block)](block) for block in blocks])

    def _prose(self, prose: Prose) -> str:
        return f'<div class="prose">{HREF.sub(_safe_link, markdown_to_html(prose))}</div>'

    def _listing(self, listing: Listing) -> str:
        return rows_html(lines_of(listing), self._colours, label=listing.label, kind=listing.grammar)

    def _terminal(self, terminal: Terminal) -> str:
        parts = [part for part in (terminal.command, terminal.output, terminal.errors) if part is not None]
        return f'<div class="terminal">{"".join(map(self._listing, parts))}</div>'

    def _diff(self, diff: Diff) -> str:
        heading = f'<p class="path">{text(diff.diff.path)}</p>' if diff.has_heading else ""
        label = f"Changes of {one_line(diff.diff.path)}"
        return heading + rows_html(unified_rows(diff), self._colours, label=label, kind="diff")

    def _checklist(self, checklist: Checklist) -> str:
        return f'<ul class="checks">{"".join(map(_check, checklist.items))}</ul>'

    def _plan(self, plan: Plan) -> str:
        tone = "added" if plan.is_approved else "muted"
        verdict = f'<p class="verdict {tone}">{text(plan.verdict)}</p>' if plan.verdict else ""
        return f'<div class="plan">{self._blocks(plan.body)}{verdict}</div>'

    def _questions(self, questions: Questions) -> str:
        return "".join(map(_question, questions.items))

    def _web_links(self, links: WebLinks) -> str:
        items = (f"<li>{_web_link(link.url, link.title)}</li>" for link in links.links)
        return f'<ul class="links">{"".join(items)}</ul>'

    def _tree(self, tree: JsonTree) -> str:
        label = f'<p class="note">{text(tree.label)}</p>' if tree.label else ""
        return f'{label}<div class="tree">{_TreePainter(self._colours).children(tree.value)}</div>'

    def _picture(self, picture: Picture) -> str:
        known = self._pictures[picture.number] if picture.number < len(self._pictures) else None
        if known is None or not known.data:
            return '<p class="note">An image that the transcript does not hold, or that is damaged.</p>'
        data = b64encode(known.data).decode()
        return f'<img alt="Image {picture.number + 1}" src="data:{known.media_type};base64,{data}">'

    def _note(self, note: Note) -> str:
        return f'<p class="note {note.tone}">{text(note.text)}</p>'

    def _sub_agent(self, agent: SubAgent) -> str:
        return f'<p class="note">The sub-agent’s session: <code>{text(agent.session_id)}</code></p>'

    def _turn_link(self, link: TurnLink) -> str:
        tone = "added" if link.is_solution else "muted"
        if link.turn in self._turns:
            return f'<p class="note {tone}"><a href="#t{link.turn}">{text(link.label)}</a></p>'
        return f'<p class="note {tone}">{text(link.label)}</p>'

    def _fold(self, fold: Fold) -> str:
        body = self._blocks(fold.body)
        return f'<details class="fold"><summary>{text(fold.label)}</summary>{body}</details>'

    def _tool(self, tool: ToolBlock) -> str:
        facts = "".join(map(_fact, tool.facts))
        head = f'<b>{text(tool.name)}</b> <span class="what">{text(tool.summary)}</span> {facts}'
        error = " failed" if tool.is_error else ""
        return (
            f'<details class="tool {tool.kind}{error}"><summary>{head}</summary>'
            f"{self._blocks(tool.body)}</details>"
        )


class _TreePainter:
    def __init__(self, colours: Colours) -> None:
        self._colours = colours
        self._left = TREE_VALUES

    def children(self, value: Any, depth: int = 0) -> str:
        if not is_branch(value):
            return f'<span class="value">{text(preview(value))}</span>'
        parts: list[str] = []
        first = 0
        while self._left > 0 and (children := children_of(value, first)):
            first += len(children)
            parts += [self._child(name, item, depth) for name, item in children if self._take()]
        if first < len(value) or self._left <= 0:
            parts.append('<p class="note">The rest of this value is left out here.</p>')
        return "".join(parts)

    def _take(self) -> bool:
        self._left -= 1
        return self._left >= 0

    def _child(self, name: str, value: Any, depth: int) -> str:
        key = f'<span class="key">{text(one_line(name))}</span>'
        if is_branch(value) and depth < TREE_DEPTH:
            body = self.children(value, depth + 1)
            return f"<details><summary>{key} {text(preview(value))}</summary>{body}</details>"
        if is_long_text(value):
            lines = rows_html(lines_of(Listing(value)), self._colours, label=name)
            return f"<details><summary>{key} {text(preview(value)[:80])}</summary>{lines}</details>"
        return f'<p>{key} <span class="value">{text(preview(value))}</span></p>'


def text(raw: str) -> str:
    return escape(safe_text(raw))


def _safe_link(found: re.Match[str]) -> str:
    """A path in a link would lead from the page to a file of whoever opens it."""
    return f"{found[0]} {LINK}" if WEB.match(found[1]) else "<a"


def _web_link(url: str, title: str) -> str:
    shown = text(one_line(title or url))
    return f'<a href="{escape(safe_text(url))}" {LINK}>{shown}</a>' if WEB.match(url) else shown


def _fact(fact: Fact) -> str:
    return f'<span class="fact {fact.tone}">{text(fact.text)}</span>'


def _check(item: CheckItem) -> str:
    changed = " changed" if item.has_changed else ""
    words = f"<del>{text(item.text)}</del>" if item.is_gone else text(item.text)
    return f'<li class="{item.state}{changed}"><span>{MARKS[item.state]}</span> {words}</li>'


def _question(question: Question) -> str:
    head = f'<p class="note">{text(question.header)}</p>' if question.header else ""
    options = "".join(
        f'<li class="{"chosen" * option.is_chosen}">{"● " if option.is_chosen else "○ "}{text(option.label)}'
        f' <span class="muted">{text(option.description)}</span></li>'
        for option in question.options
    )
    answer = f'<p class="answer">{text(question.answer)}</p>' if question.answer else ""
    body = f'<p>{text(question.text)}</p><ul class="checks">{options}</ul>{answer}'
    return f'<div class="question">{head}{body}</div>'
