"""A label that shortens its text instead of asking for more width."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel


class ElidedLabel(QLabel):
    """One line; the whole text is its tooltip while it does not fit. What is shown then is the
    first of the shorter texts that does, or as much of the last one as fits, cut in the middle.
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self._shorter: tuple[str, ...] = ()

    def offer_shorter(self, *texts: str) -> None:
        """What may stand there where the whole text does not fit, the longest first."""
        if texts != self._shorter:
            self._shorter = texts
            self.update()

    def minimumSizeHint(self) -> QSize:
        """A few letters are enough."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), self.fontMetrics().averageCharWidth() * 6), hint.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw as much of the text as fits."""
        painter = QPainter(self)
        rect = self.contentsRect()
        shown = self.shown_text(rect.width())
        self.setToolTip(self.text() if shown != self.text() else "")
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect, flags, shown)
        painter.end()

    def shown_text(self, width: int) -> str:
        """What stands in so much room."""
        metrics = self.fontMetrics()
        texts = (self.text(), *self._shorter)
        fitting = (text for text in texts if metrics.horizontalAdvance(text) <= width)
        cut = metrics.elidedText(texts[-1], Qt.TextElideMode.ElideMiddle, width)
        return next(fitting, cut)
