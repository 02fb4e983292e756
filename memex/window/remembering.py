"""The state of a window as a value, taken from its parts and given back to them."""

from PySide6.QtCore import QByteArray

from memex.window.main_window import MainWindow
from memex.window.window_state import WindowState


def state_of(window: MainWindow) -> WindowState:
    session, turn = window.replay.current or (None, 0)
    return WindowState(
        geometry=bytes(window.saveGeometry().data()),
        splitters=window.splitter_states(),
        hidden_panes=window.hidden_panes(),
        weights=window.lens_panel.weights,
        recency=window.lens_panel.recency,
        query=window.search_box.text,
        session=session,
        turn=turn,
    )


def restore(window: MainWindow, state: WindowState) -> None:
    """All but the open session, which needs the engine."""
    window.restoreGeometry(QByteArray(state.geometry))
    window.restore_splitters(state.splitters)
    for name in window.panes:
        window.show_pane(name, name not in state.hidden_panes)
    window.lens_panel.set_weights(state.weights)
    window.lens_panel.set_recency(state.recency)
    window.search_box.set_text(state.query)
