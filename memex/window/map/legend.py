"""Which colour is which project, and what a ring and a large dot mean."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from memex.window import fonts
from memex.window.project_colours import ProjectColours
from memex.window.theme import Palette

HEIGHT, DOT, GAP, MARGIN = 24, 10, 16, 16


class Legend(QWidget):
    def __init__(self, palette: Palette, colours: ProjectColours, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette, self._colours = palette, colours
        self._projects: tuple[str, ...] = ()
        self._has_others = False
        self.setAccessibleName("Colours of projects")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_projects(self, projects: Sequence[str]) -> None:
        """Those that have a colour of their own; the rest are named together."""
        other = self._palette.other_projects
        self._projects = tuple(p for p in projects if self._colours.of(p, self._palette) != other)
        self._has_others = len(self._projects) < len(projects)
        self.setToolTip("\n".join(projects))
        self.update()

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(fonts.ui_font(fonts.small_size()))
        left = MARGIN
        for project in self._projects:
            left = self._entry(painter, left, project, self._colours.of(project, self._palette))
        if self._has_others:
            left = self._entry(painter, left, "other projects", self._palette.other_projects)
        self._entry(painter, left, "errors", None)

    def _entry(self, painter: QPainter, left: int, text: str, colour: str | None) -> int:
        """Where the next one begins. Without a colour: a ring. What has no room is left out."""
        width = DOT + 6 + painter.fontMetrics().horizontalAdvance(text)
        if left + width > self.width() - MARGIN:
            return self.width()
        dot = QRect(left, (self.height() - DOT) // 2, DOT, DOT)
        painter.setBrush(QColor(colour) if colour else Qt.BrushStyle.NoBrush)
        painter.setPen(Qt.PenStyle.NoPen if colour else QPen(QColor(self._palette.error), 2))
        painter.drawEllipse(dot if colour else dot.adjusted(1, 1, -1, -1))
        painter.setPen(QColor(self._palette.muted))
        place = QRect(left + DOT + 6, 0, width, self.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        return left + width + GAP
