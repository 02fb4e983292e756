"""Line icons on a 16 × 16 grid, stroked in whatever colour the palette gives."""

from enum import StrEnum
from functools import cache, lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

from memex.core.session import ToolKind

GRID = 16
STROKE = 1.4

# Each stroke is a run of points; a run that ends where it begins is closed.
_STROKES: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "shell": (((3, 4.5), (7, 8), (3, 11.5)), ((8.5, 12), (13, 12))),
    "edit": (((3, 13), (3.6, 10.2), (10.8, 3), (13, 5.2), (5.8, 12.4), (3, 13)), ((9.2, 4.6), (11.4, 6.8))),
    "read": (
        ((4, 2.5), (9.5, 2.5), (12.5, 5.5), (12.5, 13.5), (4, 13.5), (4, 2.5)),
        ((6.3, 7.5), (10.2, 7.5)),
        ((6.3, 10.5), (10.2, 10.5)),
    ),
    "search": (((9.9, 9.9), (13.5, 13.5)),),
    "todo": (((2.5, 8.5), (6.2, 12), (13.5, 4)),),
    "subagent": (((5, 5.4), (5, 10.6)), ((5, 8), (9, 8), (11, 6.2), (11, 5.4))),
    "web": (
        ((2.5, 8), (13.5, 8)),
        ((8, 2.5), (5.6, 5.5), (5.6, 10.5), (8, 13.5), (10.4, 10.5), (10.4, 5.5), (8, 2.5)),
    ),
    "question": (
        ((5.4, 5.6), (6, 3.6), (8, 2.8), (10, 3.6), (10.5, 5.6), (8, 8.2), (8, 10)),
        ((8, 12.6), (8, 13.2)),
    ),
    "other": (
        ((6, 3), (4.5, 3), (4.5, 6.8), (3.2, 8), (4.5, 9.2), (4.5, 13), (6, 13)),
        ((10, 3), (11.5, 3), (11.5, 6.8), (12.8, 8), (11.5, 9.2), (11.5, 13), (10, 13)),
    ),
    "error": (((4, 4), (12, 12)), ((12, 4), (4, 12))),
    "first": (((12, 3.5), (6, 8), (12, 12.5), (12, 3.5)), ((4, 3.5), (4, 12.5))),
    "last": (((4, 3.5), (10, 8), (4, 12.5), (4, 3.5)), ((12, 3.5), (12, 12.5))),
    "play": (((4.5, 3), (12.5, 8), (4.5, 13), (4.5, 3)),),
    "pause": (((5.5, 3.5), (5.5, 12.5)), ((10.5, 3.5), (10.5, 12.5))),
    "back": (((10, 4), (6, 8), (10, 12)),),
    "closed": (((6, 4), (10, 8), (6, 12)),),
    "open": (((4, 6), (8, 10), (12, 6)),),
    "box": (((3, 3), (13, 3), (13, 13), (3, 13), (3, 3)),),
    "active": (((3, 3), (13, 3), (13, 13), (3, 13), (3, 3)), ((5.5, 8), (10.5, 8))),
    "done": (((3, 3), (13, 3), (13, 13), (3, 13), (3, 3)), ((5.2, 8.2), (7.2, 10.2), (10.8, 5.8))),
}
_CIRCLES: dict[str, tuple[tuple[float, float, float], ...]] = {
    "search": ((6.8, 6.8, 4.2),),
    "subagent": ((5, 3.8, 1.6), (5, 12.2, 1.6), (11, 3.8, 1.6)),
    "web": ((8, 8, 5.5),),
}


class Glyph(StrEnum):
    SHELL = "shell"
    EDIT = "edit"
    READ = "read"
    SEARCH = "search"
    TODO = "todo"
    SUBAGENT = "subagent"
    WEB = "web"
    QUESTION = "question"
    OTHER = "other"
    ERROR = "error"
    FIRST = "first"
    LAST = "last"
    PLAY = "play"
    PAUSE = "pause"
    BACK = "back"
    CLOSED = "closed"
    OPEN = "open"
    BOX = "box"
    ACTIVE = "active"
    DONE = "done"


TOOL_GLYPH: dict[ToolKind, Glyph] = {
    ToolKind.SHELL: Glyph.SHELL,
    ToolKind.EDIT: Glyph.EDIT,
    ToolKind.WRITE: Glyph.EDIT,
    ToolKind.READ: Glyph.READ,
    ToolKind.SEARCH: Glyph.SEARCH,
    ToolKind.WEB: Glyph.WEB,
    ToolKind.TODO: Glyph.TODO,
    ToolKind.PLAN: Glyph.TODO,
    ToolKind.QUESTION: Glyph.QUESTION,
    ToolKind.SUBAGENT: Glyph.SUBAGENT,
    ToolKind.MCP: Glyph.OTHER,
    ToolKind.OTHER: Glyph.OTHER,
}


def draw_glyph(painter: QPainter, glyph: Glyph, box: QRectF, colour: QColor) -> None:
    """Scaled to the height of `box`; the painter's state is as before."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.height() / GRID, box.height() / GRID)
    cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    painter.setPen(QPen(colour, STROKE, Qt.PenStyle.SolidLine, cap, join))
    painter.drawPath(_path(glyph))
    painter.restore()


@lru_cache(maxsize=512)
def glyph_pixmap(glyph: Glyph, colour: str, size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(QSize(size, size) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    draw_glyph(painter, glyph, QRectF(0, 0, size, size), QColor(colour))
    painter.end()
    return pixmap


def glyph_icon(glyph: Glyph, colour: str, disabled: str) -> QIcon:
    icon = QIcon()
    for ratio in (1.0, 2.0, 3.0):
        icon.addPixmap(glyph_pixmap(glyph, colour, GRID, ratio))
        icon.addPixmap(glyph_pixmap(glyph, disabled, GRID, ratio), QIcon.Mode.Disabled)
    return icon


@cache
def _path(glyph: Glyph) -> QPainterPath:
    path = QPainterPath()
    for stroke in _STROKES[glyph]:
        path.moveTo(QPointF(*stroke[0]))
        for point in stroke[1:]:
            path.lineTo(QPointF(*point))
        if stroke[0] == stroke[-1]:
            path.closeSubpath()
    for x, y, radius in _CIRCLES.get(glyph, ()):
        path.addEllipse(QPointF(x, y), radius, radius)
    return path
