"""The raw limit of a first paint: an empty Qt window of the same size."""

import sys

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from tests.bench.process_start import seconds_since_start


class Bare(QWidget):
    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        sys.stdout.write(str(seconds_since_start()))
        QTimer.singleShot(0, QApplication.quit)


if __name__ == "__main__":
    application = QApplication(sys.argv[:1])
    window = Bare()
    window.resize(1280, 800)
    window.show()
    application.exec()
