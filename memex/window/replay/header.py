"""The head of the pane: which session this is, how it went, what belongs to it, where it was read from."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from memex.core.replay import SessionOutline
from memex.core.safe_text import one_line
from memex.core.search import SessionCard
from memex.core.session import Evidence, Intent, Outcome
from memex.window.controls import make_label, make_tool_button
from memex.window.replay.branches import BranchChoice, Shown
from memex.window.replay.facts import (
    ORIGIN_NAMES,
    branch_line,
    facts_line,
    has_tokens,
    outcome_line,
    problems_in_full,
    remarks,
    tokens_in_full,
    tokens_in_short,
)
from memex.window.replay.files_popup import FilesPopup
from memex.window.replay.flow_layout import FlowLayout
from memex.window.replay.widgets.elided_label import ElidedLabel, plain_tooltip
from memex.window.wording import card_title, count

TITLE_LENGTH = 80
MOST_CHILDREN = 40


class ReplayHeader(QWidget):
    turn_wanted = Signal(int)
    session_wanted = Signal(str)  # id
    file_wanted = Signal(str)  # path
    branch_chosen = Signal(object)  # BranchChoice
    live_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("replayHeader")
        self._title = ElidedLabel("replayTitle")
        self._facts = ElidedLabel("replayFacts")
        self._note = ElidedLabel("replayNote")
        self._live = make_tool_button("Live", "Follow the session as it grows")
        self._live.setText("Live")
        self._live.setCheckable(True)
        self._live.toggled.connect(self.live_toggled)
        self._more = make_tool_button("More", "What can be done with the session")
        self._more.setText("⋯")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setMenu(QMenu(self))
        for button in (self._live, self._more):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._files = FilesPopup(self)
        self._files.chosen.connect(self.file_wanted)
        self._lay_out()
        self._note.hide()

    def set_actions(self, actions: Sequence[QAction | None]) -> None:
        """For the menu of what can be done; None: a line."""
        for action in actions:
            if action is None:
                self._more.menu().addSeparator()
            else:
                self._more.menu().addAction(action)

    def show_session(self, outline: SessionOutline, choice: BranchChoice = BranchChoice()) -> None:  # noqa: B008
        self._title.show_text(one_line(card_title(outline.card)))
        self._facts.show_text(facts_line(outline))
        self.setToolTip(plain_tooltip(ORIGIN_NAMES[outline.origin]))
        self._show_note(" ".join(remarks(outline)), problems_in_full(outline))
        self._files.show_files(outline.files)
        self._clear_links()
        self._add_judgements(outline)
        self._add_kin(outline)
        self._add_files(outline)
        self._add_branches(outline, choice)
        self._order_links()
        if has_tokens(outline.tokens):
            tokens = make_label(tokens_in_short(outline.tokens), "replayFacts")
            tokens.setToolTip(tokens_in_full(outline.tokens))
            tokens.setAccessibleName(tokens_in_full(outline.tokens))
            self._flow.addWidget(tokens)

    def show_growth(self, outline: SessionOutline, choice: BranchChoice) -> None:
        """What the user has open or in hand is not taken away."""
        if QApplication.activePopupWidget() is None and not self._links.isAncestorOf(self.focusWidget()):
            self.show_session(outline, choice)

    def show_live(self, is_live: bool, is_possible: bool) -> None:
        self._live.blockSignals(True)
        self._live.setChecked(is_live)
        self._live.blockSignals(False)
        self._live.setVisible(is_possible)

    def show_lost(self, sentence: str) -> None:
        self._show_note(sentence, sentence)

    def _show_note(self, text: str, tip: str) -> None:
        self._note.show_text(text)
        self._note.setToolTip(plain_tooltip(tip or text))
        self._note.setVisible(bool(text))

    def _add_judgements(self, outline: SessionOutline) -> None:
        if outcome := outcome_line(outline):
            button = self._evidence(outcome, outline.outcome_evidence)
            button.setProperty("solution", outline.outcome is Outcome.RESOLVED)
        if outline.intent is not Intent.UNKNOWN:
            self._evidence(str(outline.intent), outline.intent_evidence)

    def _evidence(self, text: str, evidence: Evidence) -> QPushButton:
        go = partial(self.turn_wanted.emit, evidence.turns[-1]) if evidence.turns else None
        button = self._link(text, evidence.why, go)
        button.setEnabled(go is not None)
        return button

    def _add_kin(self, outline: SessionOutline) -> None:
        if parent := outline.parent:
            self._link("main session", card_title(parent), partial(self.session_wanted.emit, parent.id))
        if outline.children:
            menu = QMenu(self)
            for child in outline.children[:MOST_CHILDREN]:
                _add(menu, _menu_title(child), partial(self.session_wanted.emit, child.id))
            text = count(len(outline.children), "sub-agent")
            self._link(text, "Sessions of its sub-agents", menu=menu)

    def _add_files(self, outline: SessionOutline) -> None:
        if outline.files:
            changed = len(outline.files_touched)
            text = count(len(outline.files), "file") + (f", {changed:,} changed" if changed else "")
            button = self._link(text, "Files that were read or changed")
            button.clicked.connect(lambda: self._files.open_below(button))

    def _add_branches(self, outline: SessionOutline, chosen: BranchChoice) -> None:
        if not outline.branches:
            return
        menu = QMenu(self)
        group = QActionGroup(menu)
        choices = [
            ("Everything", BranchChoice()),
            ("The conversation without what was taken back", BranchChoice(Shown.CONVERSATION)),
            *(
                (branch_line(branch), BranchChoice(Shown.BRANCH, branch.number))
                for branch in outline.branches
            ),
        ]
        for title, choice in choices:
            action = _add(menu, title, partial(self.branch_chosen.emit, choice))
            action.setCheckable(True)
            action.setChecked(choice == chosen)
            group.addAction(action)
        self._link(f"rewound {len(outline.branches):,}×", "Where you went back: choose a branch", menu=menu)

    def _link(
        self, text: str, tip: str, go: Callable[[], object] | None = None, menu: QMenu | None = None
    ) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName("factLink")
        button.setToolTip(plain_tooltip(tip))
        button.setAccessibleDescription(tip)
        if go is not None:
            button.clicked.connect(lambda: go())
        if menu is not None:
            menu.setParent(button, menu.windowFlags())
            button.setMenu(menu)
        self._flow.addWidget(button)
        return button

    def _order_links(self) -> None:
        """With Tab as with the eye; by themselves they would come after all that was there before them."""
        before: QWidget = self._more
        for place in range(self._flow.count()):
            if (item := self._flow.itemAt(place)) and (link := item.widget()):
                QWidget.setTabOrder(before, link)
                before = link

    def _clear_links(self) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._title, 1)
        head.addWidget(self._live)
        head.addWidget(self._more)
        self._links = QWidget()
        self._flow = FlowLayout(self._links, gap=4)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 4)
        column.setSpacing(2)
        column.addLayout(head)
        for part in (self._facts, self._links, self._note):
            column.addWidget(part)


def _add(menu: QMenu, title: str, go: Callable[[], object]) -> QAction:
    """An ampersand in it is no accelerator."""
    action = menu.addAction(title.replace("&", "&&"))
    action.triggered.connect(lambda: go())
    return action


def _menu_title(card: SessionCard) -> str:
    return one_line(card_title(card), TITLE_LENGTH)
