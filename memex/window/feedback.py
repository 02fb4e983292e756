"""What the user said of found sessions, each step of it undoable."""

from PySide6.QtCore import QObject, Signal, Slot

from memex.window.results_model import Verdict


class Feedback(QObject):
    changed = Signal(object)  # dict[int, Verdict] by session key

    def __init__(self) -> None:
        super().__init__()
        self._verdicts: dict[int, Verdict] = {}
        self._before: list[dict[int, Verdict]] = []

    @property
    def verdicts(self) -> dict[int, Verdict]:
        return dict(self._verdicts)

    @Slot(int, object)
    def judge(self, key: int, verdict: Verdict) -> None:
        others = {other: given for other, given in self._verdicts.items() if other != key}
        self._take(others if verdict is Verdict.NONE else others | {key: verdict})

    @Slot()
    def reset(self) -> None:
        self._take({})

    @Slot()
    def undo(self) -> None:
        if self._before:
            self._verdicts = self._before.pop()
            self.changed.emit(self.verdicts)

    def forget(self) -> None:
        """A new search begins with nothing said, and nothing to undo."""
        self._before.clear()
        if self._verdicts:
            self._verdicts = {}
            self.changed.emit(self.verdicts)

    def _take(self, verdicts: dict[int, Verdict]) -> None:
        if verdicts != self._verdicts:
            self._before.append(self._verdicts)
            self._verdicts = verdicts
            self.changed.emit(self.verdicts)
