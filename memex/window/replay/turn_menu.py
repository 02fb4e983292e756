"""What can be taken from the turn that is shown: its text, its code, its paths, its files in the editor."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from memex.core.session import Turn
from memex.window.replay.pane import ReplayPane
from memex.window.replay.turn_parts import CodeBlock, FilePlace, code_blocks, file_places, markdown_of

OpenFile = Callable[[FilePlace], object]


def turn_menu(pane: ReplayPane, turn: Turn, open_file: OpenFile, parent: QWidget) -> QMenu:
    """All of it."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    _add(menu, "Copy Turn", lambda: copy_turn(pane))
    parts = (
        ("Copy Code Block", code_menu(pane, turn, menu)),
        ("Copy Path", path_menu(pane, turn, menu)),
        ("Open in Editor", file_menu(pane, turn, open_file, menu)),
    )
    for title, submenu in parts:
        submenu.setTitle(title)
        submenu.setEnabled(not submenu.isEmpty())
        menu.addMenu(submenu)
    return menu


def code_menu(pane: ReplayPane, turn: Turn, parent: QWidget) -> QMenu:
    blocks = code_blocks(turn, pane.source.context)

    def copy(block: CodeBlock) -> Callable[[], None]:
        return lambda: copy_text(block.text)

    return _menu(parent, ((block.title, copy(block)) for block in blocks))


def path_menu(pane: ReplayPane, turn: Turn, parent: QWidget) -> QMenu:
    def copy(place: FilePlace) -> Callable[[], None]:
        return lambda: copy_text(place.path)

    return _menu(parent, ((place.path, copy(place)) for place in places_in(pane, turn)))


def file_menu(pane: ReplayPane, turn: Turn, open_file: OpenFile, parent: QWidget) -> QMenu:
    def go(place: FilePlace) -> Callable[[], object]:
        return lambda: open_file(place)

    return _menu(parent, ((place.title, go(place)) for place in places_in(pane, turn)))


def places_in(pane: ReplayPane, turn: Turn) -> tuple[FilePlace, ...]:
    return file_places(turn, pane.outline.project_path if pane.outline else None)


def copy_turn(pane: ReplayPane) -> None:
    if turn := pane.turn:
        copy_text(markdown_of(turn, pane.source.context))


def copy_text(text: str) -> None:
    QApplication.clipboard().setText(text)


def _menu(parent: QWidget, choices: Iterable[tuple[str, Callable[[], object]]]) -> QMenu:
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for title, go in choices:
        _add(menu, title.replace("&", "&&"), go)
    return menu


def _add(menu: QMenu, title: str, go: Callable[[], object]) -> None:
    menu.addAction(title).triggered.connect(lambda: go())
