"""An image of the record, asked for when it comes into sight, and decoded from memory alone."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy
from shiboken6 import isValid

from memex.core.steps.blocks import Picture
from memex.engine.protocol import Failed, Reply
from memex.engine.replay_messages import GetImage, Image
from memex.window.replay.widgets.context import BlockContext

MOST_HEIGHT = 720
MOST_SIDE = 4_096
"""Pixels that an image is decoded to at most, whatever its head says."""
MOST_MEGABYTES = 128
FORMATS = frozenset([b"png", b"jpeg", b"gif", b"webp", b"bmp"])


class PictureView(QLabel):
    def __init__(self, picture: Picture, context: BlockContext) -> None:
        super().__init__()
        self._number, self._context = picture.number, context
        self._is_asked = False
        self._pixmap: QPixmap | None = None
        self.setObjectName("picture")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAccessibleName(f"Image {picture.number + 1}")
        self.setText(f"Image {picture.number + 1}…")
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_asked:
            self._is_asked = True
            context = self._context
            context.ask(GetImage(context.session_key, context.turn, self._number), self._take)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _take(self, reply: Reply) -> None:
        if not isValid(self):
            return
        if isinstance(reply, Image):
            image = decoded(reply.image.data)
            if image is None:
                self.setText(f"Image {self._number + 1} cannot be shown: its data is damaged or no image.")
            else:
                self._pixmap = QPixmap.fromImage(image)
                self._fit()
        elif isinstance(reply, Failed):
            self.setText(reply.message)

    def _fit(self) -> None:
        if self._pixmap is None:
            return
        room = QSize(max(1, self.width()), MOST_HEIGHT)
        size = self._pixmap.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        if size.width() > self._pixmap.width():
            size = self._pixmap.size()
        mode = Qt.TransformationMode.SmoothTransformation
        self.setPixmap(self._pixmap.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, mode))
        self.setFixedHeight(size.height())


def decoded(data: bytes) -> QImage | None:
    """None for what is no image, or one that would need more memory than an image should."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    QImageReader.setAllocationLimit(MOST_MEGABYTES)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    if not reader.canRead() or bytes(reader.format().data()) not in FORMATS:
        return None
    size = reader.size()
    if size.width() > MOST_SIDE or size.height() > MOST_SIDE:
        reader.setScaledSize(size.scaled(MOST_SIDE, MOST_SIDE, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    return None if image.isNull() else image
