"""Draws one session as a card. Only drawing: every string and number comes ready in the row."""

from collections.abc import Iterable, Iterator
from enum import Enum

from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from memex.core.lenses import Lens
from memex.window import fonts, wording
from memex.window.arrangement import Header
from memex.window.icons import icon
from memex.window.lens_tile import tile
from memex.window.pen import Pen
from memex.window.results_model import Index, ResultRow, Role, Row, Verdict
from memex.window.theme import Palette

PAD_X = 16
PAD_Y = 8
GAP = 4
BAR_WIDTH, SHORT_BAR_WIDTH = 96, 48
NARROW = 400
"""Of a card: below this width the chips need the bar's room."""
BAR_HEIGHT = 6
SEAM = 1.0
"""Between two segments of a bar: near hues are told apart by where one ends."""
TILE = 13
MARK = 14
INDENT = 24
"""Of the members of a family below their lead."""
HEADER_HEIGHT = 32


class Spot(Enum):
    """What there is to press on a card."""

    CARD = "card"
    FOLD = "fold"
    LIKE = "like"
    DISLIKE = "dislike"


THUMBS = ((Spot.LIKE, "like", Verdict.LIKED), (Spot.DISLIKE, "dislike", Verdict.DISLIKED))


class CardDelegate(QStyledItemDelegate):
    """Found sessions take four lines, listed ones two; within one list all cards are of one height."""

    def __init__(self, palette: Palette, parent: QAbstractItemView, *, has_thumbs: bool = True) -> None:
        super().__init__(parent)
        self._view = parent
        self._palette = palette
        self._has_thumbs = has_thumbs
        self._title = Pen(fonts.ui_font(fonts.body_size(), QFont.Weight.DemiBold))
        self._body = Pen(fonts.ui_font(fonts.body_size()))
        self._small = Pen(fonts.ui_font(fonts.small_size()))

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette

    def height(self, *, is_search: bool) -> int:
        lines = 2 * PAD_Y + self._title.height + GAP + self._small.height + 1
        if is_search:
            lines += 2 * GAP + self._body.height + max(TILE, self._small.height)
        return lines

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row = index.data(Role.ROW)
        is_search = isinstance(row, ResultRow) and row.score is not None
        return QSize(option.rect.width(), self.height(is_search=is_search))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(Role.ROW)
        painter.save()
        painter.setClipRect(option.rect)
        if isinstance(row, ResultRow):
            self._draw_card(painter, option, row)
        elif isinstance(row, Header):
            self._draw_header(painter, option, row)
        painter.restore()

    def spot_at(self, row: Row, rect: QRect, place: QPoint) -> Spot:
        if isinstance(row, Header):
            return Spot.FOLD
        if row.score is None:
            return Spot.CARD
        spots = self._spots(row, self._last_line(row, rect))
        return next((spot for spot, where in spots.items() if where.contains(place)), Spot.CARD)

    def _draw_card(self, painter: QPainter, option: QStyleOptionViewItem, row: ResultRow) -> None:
        self._draw_ground(painter, option)
        inner = _inner(row, option.rect)
        self._draw_title(painter, inner, row)
        inner.setTop(inner.top() + self._title.height + GAP)
        self._draw_place(painter, inner, row)
        if row.score is not None:
            inner.setTop(inner.top() + self._small.height + GAP)
            self._draw_snippet(painter, inner, row)
            inner.setTop(inner.top() + self._body.height + GAP)
            self._draw_spots(painter, inner, row, option.state)
            bar = SHORT_BAR_WIDTH if inner.width() < NARROW else BAR_WIDTH
            spots = self._spots(row, inner).values()
            inner.setRight(min((where.left() for where in spots), default=inner.right() + 8) - 8)
            self._draw_score(painter, inner, row, bar)

    def _draw_header(self, painter: QPainter, option: QStyleOptionViewItem, row: Header) -> None:
        """The name of a group and how many it has, on the ground of the panes."""
        self._draw_ground(painter, option, ground=self._palette.window)
        inner = option.rect.adjusted(PAD_X, 0, -PAD_X, -1)
        middle = inner.top() + (inner.height() - MARK) // 2
        chevron = icon("closed" if row.is_collapsed else "open", self._palette.muted)
        chevron.paint(painter, QRect(inner.left() - 2, middle, MARK, MARK))
        inner.setLeft(inner.left() + MARK + 4)
        inner.setTop(inner.top() + (inner.height() - self._title.height) // 2)
        count = f"{row.count:,}"
        width = self._small.width(count)
        self._write(painter, self._title, self._palette.text, inner, row.name, inner.width() - width - 16)
        painter.setFont(self._small.font)
        painter.setPen(QColor(self._palette.muted))
        painter.drawText(QPoint(inner.right() + 1 - width, inner.top() + self._title.ascent), count)

    def _last_line(self, row: ResultRow, rect: QRect) -> QRect:
        inner = _inner(row, rect)
        inner.setTop(inner.top() + self._title.height + self._small.height + self._body.height + 3 * GAP)
        return inner

    def _spots(self, row: ResultRow, line: QRect) -> dict[Spot, QRect]:
        """Where the buttons of a found session are, from the right: both thumbs, and its fold."""
        height = max(TILE, self._small.height)
        top = line.top() + (height - MARK) // 2
        right = line.right() + 1
        places = {}
        if self._has_thumbs:
            places[Spot.LIKE] = QRect(right - 2 * MARK - 8, top, MARK, MARK)
            places[Spot.DISLIKE] = QRect(right - MARK, top, MARK, MARK)
        if row.fold:
            width = self._small.width(_fold_in_words(row)) + MARK
            places[Spot.FOLD] = QRect(right - 2 * MARK - 20 - width, line.top(), width, height)
        return places

    def _draw_spots(self, painter: QPainter, line: QRect, row: ResultRow, state: QStyle.StateFlag) -> None:
        """Thumbs where the pointer or the keyboard is, and where a verdict was given."""
        spots = self._spots(row, line)
        is_near = bool(state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected))
        for spot, name, verdict in THUMBS:
            if spot in spots and (is_near or row.verdict is verdict):
                is_given = row.verdict is verdict
                icon(name, self._palette.accent if is_given else self._palette.muted).paint(
                    painter, spots[spot]
                )
        if row.fold:
            where = spots[Spot.FOLD]
            middle = where.top() + (where.height() - 12) // 2
            chevron = icon("open" if row.fold.is_open else "closed", self._palette.accent)
            chevron.paint(painter, QRect(where.left(), middle, 12, 12))
            words = where.adjusted(MARK, (where.height() - self._small.height) // 2, 0, 0)
            self._write(painter, self._small, self._palette.accent, words, _fold_in_words(row), where.width())

    def _draw_ground(self, painter: QPainter, option: QStyleOptionViewItem, ground: str = "") -> None:
        rect, state = option.rect, option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        has_keyboard = self._view.hasFocus()
        ground = ground or self._palette.surface
        if selected:
            ground = self._palette.selection if has_keyboard else self._palette.raised
        elif state & QStyle.StateFlag.State_MouseOver:
            ground = self._palette.window
        painter.fillRect(rect, QColor(ground))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(self._palette.hairline))
        if selected:
            bar = self._palette.focus if has_keyboard else self._palette.muted
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height() - 1), QColor(bar))

    def _draw_title(self, painter: QPainter, inner: QRect, row: ResultRow) -> None:
        age_width = self._small.width(row.text.age)
        if row.mark:
            sign, colour = ("plus", self._palette.accent) if row.mark > 0 else ("minus", self._palette.text)
            middle = inner.top() + (self._title.height - MARK) // 2
            icon(sign, colour).paint(painter, QRect(inner.left() - 2, middle, MARK, MARK))
            inner = inner.adjusted(MARK + 4, 0, 0, 0)
        self._write(
            painter, self._title, self._palette.text, inner, row.text.title, inner.width() - age_width - 16
        )
        baseline = inner.top() + self._title.ascent
        painter.setFont(self._small.font)
        painter.setPen(QColor(self._palette.muted))
        painter.drawText(QPoint(inner.right() + 1 - age_width, baseline), row.text.age)

    def _draw_place(self, painter: QPainter, inner: QRect, row: ResultRow) -> None:
        room = inner.width()
        if row.text.errors:
            width = self._small.width(row.text.errors)
            left = inner.right() + 1 - width
            errors = QRect(left, inner.top(), width, self._small.height)
            self._write(painter, self._small, self._palette.error, errors, row.text.errors, width + 1)
            middle = inner.top() + (self._small.height - MARK) // 2
            icon("warning", self._palette.error).paint(painter, QRect(left - MARK - 4, middle, MARK, MARK))
            room -= width + MARK + 20
        self._write(painter, self._small, self._palette.muted, inner, row.text.place, room)

    def _draw_snippet(self, painter: QPainter, inner: QRect, row: ResultRow) -> None:
        if row.text.note:
            self._write(painter, self._small, self._palette.muted, inner, row.text.note, inner.width())
        if row.text.turn is None:
            return
        turn = f"(t {row.text.turn + 1})"
        end = inner.right() + 1 - self._small.width(turn) - 8
        x = inner.left()
        baseline = inner.top() + self._body.ascent
        painter.setFont(self._body.font)
        painter.setPen(QColor(self._palette.text))
        for text, marked, width in fitted(row.text.snippet, self._body, end - x):
            if marked:
                painter.fillRect(QRect(x, inner.top(), width, self._body.height), QColor(self._palette.match))
            painter.drawText(QPoint(x, baseline), text)
            x += width
        painter.setFont(self._small.font)
        painter.setPen(QColor(self._palette.muted))
        painter.drawText(QPoint(x + 6, baseline), turn)

    def _draw_score(self, painter: QPainter, inner: QRect, row: ResultRow, bar: int) -> None:
        height = max(TILE, self._small.height)
        top = inner.top() + (height - BAR_HEIGHT) / 2
        self._draw_bar(painter, QRectF(inner.left(), top, bar, BAR_HEIGHT), row)
        x = inner.left() + bar + 16
        baseline = inner.top() + (height - self._small.height) // 2 + self._small.ascent
        painter.setFont(self._small.font)
        painter.setPen(QColor(self._palette.muted))
        for lens, part in row.parts:
            chip = f"{lens.value} {wording.score(part)}"
            width = TILE + 4 + self._small.width(chip)
            if x + width > inner.right():
                break
            self._draw_tile(painter, QPoint(x, inner.top() + (height - TILE) // 2), lens)
            painter.drawText(QPoint(x + TILE + 4, baseline), chip)
            x += width + 12

    def _draw_tile(self, painter: QPainter, place: QPoint, lens: Lens) -> None:
        painter.drawPixmap(place, tile(lens, TILE, painter.device().devicePixelRatioF(), self._palette.name))

    def _draw_bar(self, painter: QPainter, rect: QRectF, row: ResultRow) -> None:
        """As long as the score is against the list's best; its segments are the contributions."""
        painter.fillRect(rect, QColor(self._palette.raised))
        x = rect.left()
        for lens, part in row.parts:
            width = rect.width() * part / row.best
            drawn = QRectF(x, rect.top(), width - SEAM if width > 3 * SEAM else width, rect.height())
            painter.fillRect(drawn, QColor(self._palette.lens[lens]))
            x += width
        width = max(0.0, rect.width() * (row.recency + row.rest) / row.best)
        painter.fillRect(QRectF(x, rect.top(), width, rect.height()), QColor(self._palette.hairline))

    @staticmethod
    def _write(painter: QPainter, pen: Pen, colour: str, inner: QRect, text: str, width: int) -> None:
        painter.setFont(pen.font)
        painter.setPen(QColor(colour))
        elided = pen.elide(text, width)
        painter.drawText(QPoint(inner.left(), inner.top() + pen.ascent), elided)


def _inner(row: ResultRow, rect: QRect) -> QRect:
    return rect.adjusted(PAD_X + (INDENT if row.is_member else 0), PAD_Y, -PAD_X, -PAD_Y - 1)


def _fold_in_words(row: ResultRow) -> str:
    return wording.fold(row.fold.copies, row.fold.subagents) if row.fold else ""


def fitted(runs: Iterable[tuple[str, bool]], pen: Pen, room: int) -> Iterator[tuple[str, bool, int]]:
    """The runs that have room, each with its width; the last may be cut, and nothing follows what was cut."""
    for text, marked in runs:
        width = pen.width(text)
        if width > room:
            cut = pen.elide(text, room)
            yield cut, marked, pen.width(cut)
            return
        yield text, marked, width
        room -= width
