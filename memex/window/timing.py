"""The timeline's connections: counted when conditions or the library change, brushed into the box."""

import msgspec
from PySide6.QtCore import QObject, Slot

from memex.core.filters import Filters
from memex.core.query import Query
from memex.engine.protocol import CountByTime, CountedByTime, Reply
from memex.window.clock import Clock
from memex.window.finder import Finder
from memex.window.library_watch import LibraryWatch
from memex.window.project_colours import ProjectColours
from memex.window.query_editing import with_period
from memex.window.search_box import SearchBox
from memex.window.timeline_strip import Period, TimelineStrip
from memex.window.timeline_wording import DAY
from memex.window.worker import EngineHandle

Counted = tuple[Filters, tuple[str, ...]]
"""Of a query, all that the counts depend on."""


class Timing(QObject):
    def __init__(
        self,
        strip: TimelineStrip,
        box: SearchBox,
        finder: Finder,
        watch: LibraryWatch,
        engine: EngineHandle,
        colours: ProjectColours,
        clock: Clock,
    ) -> None:
        super().__init__()
        self._strip, self._box, self._finder, self._engine = strip, box, finder, engine
        self._colours, self._clock = colours, clock
        self._counted: Counted | None = None
        self._awaited: CountByTime | None = None
        strip.period_wanted.connect(self._on_period_wanted)
        finder.asked.connect(self._on_asked)
        finder.shown.connect(self._on_shown)
        watch.grown.connect(self._on_grown)

    @Slot()
    def _on_grown(self) -> None:
        """Counted again with what the finder shows next."""
        self._counted = None

    @Slot(object)
    def _on_asked(self, query: Query) -> None:
        self._strip.show_period(period_of(query))

    @Slot()
    def _on_shown(self) -> None:
        """After the answer, which must not wait for the counts."""
        query = self._finder.query
        wanted = msgspec.structs.replace(query.filters, since=None, until=None), query.excluded
        if wanted != self._counted:
            self._counted = wanted
            self._awaited = CountByTime(self._finder.text, self._strip.bars_wanted)
            self._engine.ask(self._awaited, self._take)

    def _take(self, reply: Reply) -> None:
        """A failure leaves the strip as it is; it is asked again with the next answer."""
        if not isinstance(reply, CountedByTime):
            self._counted = None
        elif reply.request == self._awaited:
            self._colours.learn(reply.timeline.projects)
            self._strip.show_timeline(reply.timeline)

    @Slot(object)
    def _on_period_wanted(self, period: Period) -> None:
        self._box.set_text(with_period(self._box.text, *period, self._clock()))


def period_of(query: Query) -> Period:
    since, until = query.filters.since, query.filters.until
    return since.date() if since else None, (until - DAY).date() if until else None
