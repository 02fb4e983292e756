"""One row of the turn list: number, role, gist, tools, marks, time."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from memex.core.replay import TurnOutline
from memex.core.session import Role, ToolKind, TurnKind
from memex.window import fonts
from memex.window.pen import Pen
from memex.window.replay.glyphs import TOOL_GLYPH, Glyph, glyph_pixmap
from memex.window.replay.turn_list_model import Index, TurnRole, TurnRow
from memex.window.theme import Palette

ROW_HEIGHT = 28
NARROW = 150
"""Below this width a row is a rail: number, role, and the error mark or else what was used."""
PAD = 8
GAP = 4
ICON = 14
LEAST_GIST = 60
MAX_BADGES = 3
_LETTER = {Role.USER: "U", Role.ASSISTANT: "A", Role.SYSTEM: "S"}
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class TurnListDelegate(QStyledItemDelegate):
    """Draws only; knows the palette and how many digits the last number has."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._body = Pen(fonts.ui_font(fonts.body_size()))
        self._digits = 2

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette

    def set_count(self, count: int) -> None:
        self._digits = max(2, len(str(count)))

    @property
    def rail_width(self) -> int:
        return self._number_width + 2 * ICON + 4 * PAD

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        return QSize(option.rect.width(), max(ROW_HEIGHT, self._body.height + 12))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(TurnRole.ROW)
        if not isinstance(row, TurnRow):
            return
        painter.save()
        self._paint_ground(painter, option)
        if row.is_compaction:
            self._paint_rule(painter, option.rect)
        painter.setFont(self._body.font)
        rect = option.rect.adjusted(PAD, 0, -PAD, 0)
        rect = self._paint_number(painter, rect, row)
        rect = self._paint_role(painter, rect, row.turn)
        if option.rect.width() >= NARROW:
            rect = self._paint_offset(painter, rect, row.offset)
        rect = self._paint_marks(painter, rect, row.turn)
        self._paint_gist(painter, rect, row)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        rect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(self._palette.selection))
            painter.fillRect(rect.adjusted(0, 0, 2 - rect.width(), 0), QColor(self._palette.accent))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(self._palette.focus), 1))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _paint_rule(self, painter: QPainter, rect: QRect) -> None:
        """A dashed line above the turn from which the conversation went on with a summary."""
        painter.setPen(QPen(QColor(self._palette.accent), 1, Qt.PenStyle.DashLine))
        painter.drawLine(rect.left(), rect.top(), rect.right(), rect.top())

    def _paint_number(self, painter: QPainter, rect: QRect, row: TurnRow) -> QRect:
        turn, width = row.turn, self._number_width
        place = rect.adjusted(0, 0, width - rect.width(), 0)
        if row.has_match:
            painter.fillRect(place.adjusted(-4, 4, 4, -4), QColor(self._palette.match))
        painter.setPen(QColor(self._palette.text if row.has_match else self._palette.muted))
        painter.drawText(place, _RIGHT, str(turn.index + 1))
        if turn.is_withdrawn:
            painter.drawLine(place.left(), place.center().y() + 1, place.right(), place.center().y() + 1)
        return rect.adjusted(width + PAD, 0, 0, 0)

    def _paint_role(self, painter: QPainter, rect: QRect, turn: TurnOutline) -> QRect:
        """The letter of a prompt stands in a box, to be found at a glance."""
        box = QRect(rect.left(), rect.center().y() - ICON // 2, ICON, ICON)
        is_prompt = turn.kind is TurnKind.PROMPT
        painter.setPen(QColor(self._palette.accent if is_prompt else self._palette.muted))
        if is_prompt:
            painter.drawRect(box)
        painter.setFont(fonts.tile_font(ICON + 1))
        painter.drawText(box.adjusted(0, 0, 1, 1), Qt.AlignmentFlag.AlignCenter, _LETTER[turn.role])
        painter.setFont(self._body.font)
        return rect.adjusted(ICON + PAD, 0, 0, 0)

    def _paint_offset(self, painter: QPainter, rect: QRect, text: str) -> QRect:
        width = max(self._body.width("+00:00"), self._body.width(text))
        painter.setPen(QColor(self._palette.muted))
        painter.drawText(rect, _RIGHT, text)
        return rect.adjusted(0, 0, -(width + PAD), 0)

    def _paint_marks(self, painter: QPainter, rect: QRect, turn: TurnOutline) -> QRect:
        """From the right: the error mark in its own column, then what was used."""
        room = max(1, 1 + (rect.width() - LEAST_GIST) // (ICON + GAP))
        found = marks(turn)
        shown = found[:room] if room > 1 else [glyph for glyph in found if glyph is not None][:1]
        ratio = painter.device().devicePixelRatio()
        for column, glyph in enumerate(shown):
            if glyph is not None:
                colour = self._palette.error if glyph is Glyph.ERROR else self._palette.muted
                left = rect.right() + 1 - (column + 1) * ICON - column * GAP
                place = QPoint(left, rect.center().y() - ICON // 2 + 1)
                painter.drawPixmap(place, glyph_pixmap(glyph, colour, ICON, ratio))
        return rect.adjusted(0, 0, -(len(shown) * (ICON + GAP) + PAD), 0)

    def _paint_gist(self, painter: QPainter, rect: QRect, row: TurnRow) -> None:
        if rect.width() < ICON:
            return
        kinds = (TurnKind.PROMPT, TurnKind.REPLY, TurnKind.SHELL, TurnKind.SLASH_COMMAND)
        is_said = row.turn.kind in kinds and not row.turn.is_withdrawn
        painter.setPen(QColor(self._palette.text if is_said else self._palette.muted))
        painter.drawText(rect, _LEFT, self._body.elide(row.gist, rect.width()))

    @property
    def _number_width(self) -> int:
        return self._body.width("0" * self._digits)


def marks(turn: TurnOutline) -> list[Glyph | None]:
    """From the right edge inwards. The first column is the error's alone, empty where there is none."""
    kinds = list(turn.tools)
    if turn.has_edit:
        kinds.insert(0, ToolKind.EDIT)
    if turn.has_subagent:
        kinds.insert(0, ToolKind.SUBAGENT)
    badges: list[Glyph | None] = list(dict.fromkeys(TOOL_GLYPH[kind] for kind in kinds))
    return [Glyph.ERROR if turn.has_error else None, *badges[:MAX_BADGES]]
