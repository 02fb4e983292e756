"""The state of a window as a value, taken from its parts and given back; the replay sees to its own."""

from PySide6.QtCore import QByteArray

from memex.core.mixing import SavedMix
from memex.window.main_window import MainWindow
from memex.window.mix.marks import LIKE, UNLIKE
from memex.window.window_state import WindowState


def state_of(window: MainWindow) -> WindowState:
    return WindowState(
        geometry=bytes(window.saveGeometry().data()),
        splitters=window.splitter_states(),
        hidden_panes=window.hidden_panes(),
        options=window.lens_panel.options,
        shows_more_options=window.lens_panel.order_options.is_open,
        order=window.results_bar.order,
        grouping=window.results_bar.grouping,
        expanded_facets=window.facet_panel.expanded,
        query=window.search_box.text,
        recent_searches=window.search_box.recent.searches,
        marks=SavedMix(window.marks.of(LIKE), window.marks.of(UNLIKE)),
    )


def restore(window: MainWindow, state: WindowState) -> None:
    """All but the open sessions."""
    window.restoreGeometry(QByteArray(state.geometry))
    window.restore_splitters(state.splitters)
    for name in window.panes:
        window.show_pane(name, name not in state.hidden_panes)
    window.lens_panel.set_options(state.options)
    window.lens_panel.order_options.set_open(state.shows_more_options)
    window.results_bar.choose_order(state.order)
    window.results_bar.choose_grouping(state.grouping)
    window.facet_panel.set_expanded(state.expanded_facets)
    window.search_box.recent.searches = state.recent_searches
    window.marks.show(state.marks)
    window.search_box.set_text(state.query)
