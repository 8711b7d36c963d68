"""Where the views of a page are scrolled to, kept while the page is built anew.

A new page knows how far it can be scrolled only when it is laid out, and some fill in pieces: each
view goes where the old one was as soon as it reaches that far.
"""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QAbstractScrollArea, QScrollBar, QWidget

PATIENCE_MS = 3000
"""After that whatever grows is news, not the old page coming back."""


def scroll_places(page: QWidget) -> tuple[int, ...]:
    """How far down each view of `page` is scrolled that can be seen."""
    return tuple(_place(bar) for bar in _bars(page))


def scroll_again(page: QWidget, places: tuple[int, ...]) -> None:
    """Scroll the views of `page`, built like the one that `places` are from, to these.

    Views that are in it only later begin at their top.
    """
    for bar, place in zip(_bars(page), places, strict=False):
        if place > 0:
            _Return(bar, place)


def _bars(page: QWidget) -> list[QScrollBar]:
    views = [view for view in page.findChildren(QAbstractScrollArea) if view.isVisibleTo(page)]
    return [view.verticalScrollBar() for view in views]


def _place(bar: QScrollBar) -> int:
    on_its_way = bar.findChild(_Return)
    return bar.value() if on_its_way is None or on_its_way.is_over else on_its_way.place


class _Return(QObject):
    """Brings one bar back, until it is there for good or somebody scrolls."""

    def __init__(self, bar: QScrollBar, place: int) -> None:
        super().__init__(bar)
        self._bar = bar
        self.place = place
        self.is_over = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._end)
        self._patience.start()
        bar.rangeChanged.connect(self._go)
        bar.actionTriggered.connect(self._end)
        self._go()

    def _go(self) -> None:
        if not self.is_over:
            self._bar.setValue(self.place)

    def _end(self) -> None:
        self.is_over = True
        self.deleteLater()
