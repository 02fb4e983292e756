"""Where every failure of the window ends: a sentence for what a user can act on, a report for a bug."""

import logging
import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Signal, Slot

from memex.core.errors import MemexError

log = logging.getLogger(__name__)


class ErrorFunnel(QObject):
    """May be called on any thread; its signals bring the words to the window's."""

    message = Signal(str)  # one sentence
    report = Signal(str)  # a traceback

    def install(self) -> None:
        """Catch what nothing else caught. The hooks only emit: Qt calls them on the failing thread."""
        sys.excepthook = self._on_uncaught
        threading.excepthook = self._on_thread_uncaught

    def uninstall(self) -> None:
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__

    @Slot(object)
    def take(self, error: BaseException) -> None:
        if isinstance(error, MemexError):
            log.warning("%s", error)
            self.message.emit(str(error))
        else:
            self.report.emit("".join(traceback.format_exception(error)))

    def _on_thread_uncaught(self, args: threading.ExceptHookArgs) -> None:
        self._on_uncaught(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback)

    def _on_uncaught(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.critical("uncaught", exc_info=(kind, error, trace))
        self.take(error)
