"""One line about the results, and what can be done about it at a click."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from memex.window.controls import make_link
from memex.window.elided_label import ElidedLabel


@dataclass(frozen=True, slots=True)
class Offer:
    """Another search, to be had by a click."""

    title: str
    text: str
    """What the box will say."""


@dataclass(frozen=True, slots=True)
class Remark:
    sentence: str = ""
    offers: tuple[Offer, ...] = ()


class RemarkStrip(QFrame):
    search_wanted = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.remark = Remark()
        self._sentence = ElidedLabel("muted")
        self._links: list[QPushButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 4, 16, 4)
        self._row.setSpacing(8)
        self._row.addWidget(self._sentence, 1)
        self.hide()

    def show_remark(self, remark: Remark) -> None:
        """Away with the line when there is nothing to say."""
        if remark != self.remark:
            self.remark = remark
            self._sentence.set_text(remark.sentence)
            self._replace_links(remark.offers)
        self.setVisible(bool(remark.sentence))

    def _replace_links(self, offers: tuple[Offer, ...]) -> None:
        for link in self._links:
            link.deleteLater()
        self._links = [make_link(offer.title) for offer in offers]
        for link, offer in zip(self._links, offers, strict=True):
            link.clicked.connect(lambda _=False, text=offer.text: self.search_wanted.emit(text))
            self._row.addWidget(link)
