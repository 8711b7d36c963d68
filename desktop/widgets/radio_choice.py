"""A radio button whose mark is round at every size: a style sheet's thick borders are not."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QRadioButton, QStyle, QStyleOptionButton

LINE_PX = 2
DOT_SHARE = 0.4
"""Of the mark's width, the dot's when it is chosen."""


class RadioChoice(QRadioButton):
    """Words and focus are the style sheet's, the mark is painted in the palette's colours."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """The style leaves the mark's place empty."""
        super().paintEvent(event)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        place = self.style().subElementRect(QStyle.SubElement.SE_RadioButtonIndicator, option, self)
        side = min(place.width(), place.height())
        middle = QPointF(place.x() + place.width() / 2, place.y() + place.height() / 2)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = (side - LINE_PX) / 2
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._colour(QPalette.ColorRole.Highlight))
            painter.drawEllipse(middle, side / 2, side / 2)
            painter.setBrush(self._colour(QPalette.ColorRole.HighlightedText))
            painter.drawEllipse(middle, side * DOT_SHARE / 2, side * DOT_SHARE / 2)
        else:
            line = QPalette.ColorRole.Dark if self.isEnabled() else QPalette.ColorRole.Mid
            painter.setPen(QPen(self._colour(line), LINE_PX))
            painter.setBrush(self._colour(QPalette.ColorRole.Base))
            painter.drawEllipse(middle, radius, radius)
        painter.end()

    def _colour(self, role: QPalette.ColorRole) -> QColor:
        return self.palette().color(role)
