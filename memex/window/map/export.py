"""The map as a file: a picture, or data for other programs."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter, QPen
from PySide6.QtSvg import QSvgGenerator

from memex.core.errors import ExportError
from memex.core.topology_export import graphml, topology_json
from memex.window.map.canvas import Canvas
from memex.window.map.labels import labels, paint_labels
from memex.window.map.map_data import MapData
from memex.window.project_colours import ProjectColours
from memex.window.theme import Palette

PICTURE_SCALE = 2
FILTERS = ("Picture (*.png)", "Vector picture (*.svg)", "GraphML (*.graphml)", "JSON (*.json)")


def save_map(file: Path, data: MapData, canvas: Canvas, colours: ProjectColours, palette: Palette) -> None:
    """By the file's ending. Pictures show what is in sight; data is all of it."""
    makers: dict[str, Callable[[], bytes]] = {
        ".png": lambda: _png(canvas),
        ".svg": lambda: _svg(data, canvas, colours, palette),
        ".graphml": lambda: graphml(data.topology),
        ".json": lambda: topology_json(data.topology),
    }
    make = makers.get(file.suffix.lower())
    if make is None:
        raise ExportError(f"{file.name} names no kind of file: end it in {', '.join(makers)}.")
    try:
        file.write_bytes(make())
    except OSError as cause:
        raise ExportError(f"{file} cannot be written ({cause.strerror}): choose another file.") from cause


def _png(canvas: Canvas) -> bytes:
    image = QImage(canvas.size() * PICTURE_SCALE, QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(PICTURE_SCALE)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    canvas.render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(image)
    return bytes(buffer.data().data())


def _svg(data: MapData, canvas: Canvas, colours: ProjectColours, palette: Palette) -> bytes:
    """Shapes and text, where the canvas itself would give pictures of dots."""
    room = QRectF(canvas.viewport().rect())
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setTitle("Memex: map of sessions")
    generator.setSize(QSize(round(room.width()), round(room.height())))
    generator.setViewBox(room)
    painter = QPainter(generator)
    painter.fillRect(room, QColor(palette.surface))
    pixels, is_shown = canvas.pixels(), canvas.is_grown
    painter.setPen(QPen(QColor(palette.hairline), 1))
    for a, b in data.edges:
        if is_shown[a] and is_shown[b]:
            painter.drawLine(QPointF(*pixels[a]), QPointF(*pixels[b]))
    for place, size in enumerate(data.sizes):
        if is_shown[place]:
            card = data.cards[place]
            painter.setPen(QPen(QColor(palette.error), 2) if card.error_count else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.of(card.project, palette)))
            painter.drawEllipse(QPointF(*pixels[place]), size / 2, size / 2)
    named = labels(data, pixels, is_shown, canvas.selected[:1])
    paint_labels(painter, named, room, palette, beside=pixels[is_shown])
    painter.end()
    return bytes(buffer.data().data())
