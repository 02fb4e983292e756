"""Every command of the window in one table; menus, shortcuts, tooltips and the key sheet read it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

MENUS = ("File", "Edit", "View", "Session", "Go", "Help")


@dataclass(frozen=True, slots=True)
class Command:
    """`keys` are shortcuts in Qt's portable spelling. One with a `choice` is checkable, alone within it."""

    id: str
    title: str
    menu: str
    keys: tuple[str, ...] = ()
    checkable: bool = False
    choice: str = ""
    opens_group: bool = False
    """Whether a line in the menu goes before it."""


COMMANDS = (
    Command("library.index_folder", "Index Folder…", "File", ("Ctrl+I",)),
    Command("library.rescan", "Rescan", "File", ("F5",)),
    Command("library.failures", "Files That Could Not Be Read", "File"),
    Command("library.model", "Download the Embedding Model", "File"),
    Command("library.demo", "Open the Demo Library", "File", opens_group=True),
    Command("window.quit", "Quit", "File", ("Ctrl+Q",), opens_group=True),
    Command("search.focus", "Find Sessions", "Edit", ("/",)),
    Command("find.here", "Find Where the Keyboard Is", "Edit", ("Ctrl+F",)),
    Command("search.clear", "Clear Search", "Edit", ("Ctrl+Backspace",)),
    Command("search.recent", "Recent Searches", "Edit", ("Ctrl+Shift+F",)),
    Command("search.save", "Save or Let Go of This Search", "Edit", ("Ctrl+B",)),
    Command("filters.clear", "Clear Filters", "Edit", ("Shift+F",)),
    Command("marks.undo", "Undo Mark", "Edit", ("Ctrl+Z",), opens_group=True),
    Command("marks.reset", "Reset Marks", "Edit"),
    Command("session.copy_id", "Copy Session Id", "Edit", ("Ctrl+Shift+C",), opens_group=True),
    Command("lenses.reset", "Reset Lenses", "Edit", ("0",), opens_group=True),
    Command("pane.lenses", "Lenses", "View", ("Ctrl+1",), checkable=True),
    Command("pane.details", "Details", "View", ("Ctrl+2",), checkable=True),
    Command("pane.replay", "Replay", "View", ("Ctrl+3",), checkable=True),
    Command("pane.filters", "Filters", "View", ("Ctrl+4",), checkable=True),
    Command("results.sort", "Sort by the Next Order", "View", ("S",), opens_group=True),
    Command("results.group", "Group by Project", "View", ("Shift+S",)),
    Command("order.more", "More About the Order", "View", ("O",)),
    Command("order.fusion", "Next Fusion", "View", ("Shift+O",)),
    Command("theme.system", "System Theme", "View", choice="theme", opens_group=True),
    Command("theme.light", "Light", "View", choice="theme"),
    Command("theme.dark", "Dark", "View", choice="theme"),
    Command("view.animations", "Glide When Re-ranking", "View", checkable=True, opens_group=True),
    Command("session.open", "Open Replay", "Session", ("Ctrl+Return",)),
    Command("session.open_tab", "Open in New Tab", "Session", ("Ctrl+T",)),
    Command("session.like", "More Like This", "Session", ("L",)),
    Command("session.dislike", "Less Like This", "Session", ("D",)),
    Command("mix.like", "Mark +, Like This", "Session", ("+", "="), opens_group=True),
    Command("mix.unlike", "Mark −, Not Like This", "Session", ("-",)),
    Command("mix.open", "Mix && Match", "Session", ("Ctrl+M",)),
    Command("mix.clear", "Clear the Marked Sessions", "Session"),
    Command("session.unfold", "Unfold Sessions Like It", "Session", ("U",)),
    Command("results.next", "Next Result", "Session", ("J",), opens_group=True),
    Command("results.previous", "Previous Result", "Session", ("K",)),
    Command("replay.play", "Play or Pause", "Session", ("Space",), opens_group=True),
    Command("replay.faster", "Faster", "Session", (">",)),
    Command("replay.slower", "Slower", "Session", ("<",)),
    Command("replay.pace", "Even Pace or Real Time", "Session"),
    Command("replay.stop", "Step by the Next Kind", "Session", ("B",)),
    Command("replay.live", "Follow as It Grows", "Session", ("Ctrl+L",)),
    Command("replay.find", "Find in Session", "Session", opens_group=True),
    Command("replay.copy_turn", "Copy Turn", "Session", ("Y",)),
    Command("replay.copy_code", "Copy Code Block", "Session", ("Shift+Y",)),
    Command("replay.copy_path", "Copy Path", "Session"),
    Command("replay.open_file", "Open File in Editor", "Session", ("V",)),
    Command("replay.raw", "Raw Record", "Session", ("Ctrl+U",)),
    Command("session.export", "Export…", "Session", ("Ctrl+E",), opens_group=True),
    Command("session.copy_resume", "Copy Resume Command", "Session", ("Ctrl+Shift+R",)),
    Command("session.resume", "Resume in Terminal", "Session"),
    Command("replay.secrets", "Hide Secrets", "Session", checkable=True, opens_group=True),
    Command("replay.detach", "Detach or Dock Session", "Session", ("Ctrl+D",)),
    Command("replay.close", "Close Session", "Session", ("Ctrl+W",)),
    Command("replay.next_tab", "Next Open Session", "Session", ("Ctrl+PgDown",)),
    Command("replay.previous_tab", "Previous Open Session", "Session", ("Ctrl+PgUp",)),
    Command("results.focus", "Results", "Go", ("Esc",)),
    Command("replay.focus", "Replay", "Go", ("R",)),
    Command("map.toggle", "Map", "Go", ("M",)),
    Command("timeline.focus", "Timeline", "Go", ("H",)),
    Command("filters.focus", "Filters", "Go", ("F",)),
    Command("details.focus", "Details", "Go", ("I",)),
    Command("replay.forward", "Next Turn", "Go", ("]",), opens_group=True),
    Command("replay.back", "Previous Turn", "Go", ("[",)),
    Command("replay.next_prompt", "Next Prompt", "Go", ("P",)),
    Command("replay.previous_prompt", "Previous Prompt", "Go", ("Shift+P",)),
    Command("replay.next_error", "Next Error", "Go", ("E",)),
    Command("replay.previous_error", "Previous Error", "Go", ("Shift+E",)),
    Command("replay.next_edit", "Next Edit", "Go", ("W",)),
    Command("replay.previous_edit", "Previous Edit", "Go", ("Shift+W",)),
    Command("replay.next_tool", "Next Tool", "Go", ("T",)),
    Command("replay.previous_tool", "Previous Tool", "Go", ("Shift+T",)),
    Command("replay.next_subagent", "Next Sub-agent", "Go", ("A",)),
    Command("replay.previous_subagent", "Previous Sub-agent", "Go", ("Shift+A",)),
    Command("replay.next_match", "Next Match", "Go", ("N",)),
    Command("replay.previous_match", "Previous Match", "Go", ("Shift+N",)),
    Command("replay.first", "First Turn", "Go", ("G",)),
    Command("replay.last", "Last Turn", "Go", ("Shift+G",)),
    Command("replay.go_to", "Go to Turn", "Go", (":", "Ctrl+G")),
    Command("lens.content", "Content Lens", "Go", ("1",), opens_group=True),
    Command("lens.tool", "Tool Lens", "Go", ("2",)),
    Command("lens.path", "Path Lens", "Go", ("3",)),
    Command("lens.error", "Error Lens", "Go", ("4",)),
    Command("lens.code", "Code Lens", "Go", ("5",)),
    Command("lens.words", "Words Lens", "Go", ("6",)),
    Command("lens.late", "Late Lens", "Go", ("7",)),
    Command("help.commands", "Commands", "Help", ("Ctrl+K",)),
    Command("help.keys", "Keys", "Help", ("?", "F1")),
)


@dataclass(frozen=True, slots=True)
class NativeKey:
    """A key that a widget handles by itself; listed so that the key sheet is complete."""

    keys: str
    what: str
    menu: str


NATIVE_KEYS = (
    NativeKey("↑ ↓", "Move through the results", "Session"),
    NativeKey("Enter", "Open the replay at the hit", "Session"),
    NativeKey("← →", "Fold, unfold", "Session"),
    NativeKey("Tab", "Complete a filter", "Edit"),
    NativeKey("← →", "Weigh the chosen lens", "Go"),
    NativeKey("← → ↑ ↓", "Move the map; Page Up and Page Down zoom, Home shows all", "Go"),
    NativeKey("← →", "Travel through the timeline; with Shift, widen the period", "Go"),
    NativeKey("Tab", "Next part of the window", "Go"),
)


def make_actions(
    parent: QWidget, commands: Iterable[Command], handlers: Mapping[str, Callable[[], object]]
) -> dict[str, QAction]:
    """Bind each command to its handler; a missing or a left-over handler is an error at start."""
    commands = tuple(commands)
    if unmatched := {command.id for command in commands} ^ set(handlers):
        raise ValueError(f"commands and handlers differ: {sorted(unmatched)}")
    return {command.id: _make_action(parent, command, handlers[command.id]) for command in commands}


def keys_in_words(command: Command) -> str:
    """The shortcuts as the platform writes them, `/ or Ctrl+F`."""
    return " or ".join(map(_key_in_words, command.keys))


def tip(command_id: str) -> str:
    """The tooltip of a button that does what the command does."""
    command = next(command for command in COMMANDS if command.id == command_id)
    return f"{command.title} ({keys_in_words(command)})" if command.keys else command.title


def _key_in_words(key: str) -> str:
    """A letter alone is small, as it is typed."""
    text = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
    return text.lower() if len(text) == 1 else text


def _make_action(parent: QWidget, command: Command, handler: Callable[[], object]) -> QAction:
    action = QAction(command.title, parent)
    action.setObjectName(command.id)
    action.setShortcuts([QKeySequence(key) for key in command.keys])
    action.setCheckable(command.checkable or bool(command.choice))
    action.triggered.connect(partial(_run, handler))
    parent.addAction(action)
    return action


def _run(handler: Callable[[], object], _checked: bool = False) -> None:
    """Drop the `checked` flag that `triggered` always carries."""
    handler()
