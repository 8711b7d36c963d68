"""A splitter whose border the keyboard can move: Tab goes to it, arrow keys move it."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

STEP_EM: Final = 1.5
LONG_STEPS: Final = 6
MARK_PX: Final = 2

BACKWARD: Final = (Qt.Key.Key_Left, Qt.Key.Key_Up)
FORWARD: Final = (Qt.Key.Key_Right, Qt.Key.Key_Down)


class KeyedSplitter(QSplitter):
    """`name` says what its border stands between, for those who hear it."""

    def __init__(
        self, orientation: Qt.Orientation, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(orientation, parent)
        self._name = name

    def createHandle(self) -> QSplitterHandle:
        """A border that takes the focus."""
        return _Handle(self.orientation(), self, self._name)

    def arrange_focus(self) -> None:
        """Tab goes from the first part to the border, and from there to the second."""
        for number in range(1, self.count()):
            before, handle, after = (
                self.widget(number - 1),
                self.handle(number),
                self.widget(number),
            )
            if before is not None and after is not None:
                QWidget.setTabOrder(before, handle)
                QWidget.setTabOrder(handle, after)


class _Handle(QSplitterHandle):
    """Arrow keys move it by a line, page keys further, Home and End as far as it goes."""

    def __init__(self, orientation: Qt.Orientation, parent: QSplitter, name: str) -> None:
        super().__init__(orientation, parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move."""
        key, splitter = event.key(), self.splitter()
        is_beside = self.orientation() is Qt.Orientation.Horizontal
        place = self.x() if is_beside else self.y()
        far = splitter.width() if is_beside else splitter.height()
        step = round(STEP_EM * self.fontMetrics().height())
        if key in BACKWARD:
            place -= step
        elif key in FORWARD:
            place += step
        elif key == Qt.Key.Key_PageUp:
            place -= LONG_STEPS * step
        elif key == Qt.Key.Key_PageDown:
            place += LONG_STEPS * step
        elif key == Qt.Key.Key_Home:
            place = 0
        elif key == Qt.Key.Key_End:
            place = far
        else:
            super().keyPressEvent(event)
            return
        # Beyond what its neighbours need at least, Qt holds it there.
        self.moveSplitter(max(0, min(place, far)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Its line as ever, and a mark where the keyboard is."""
        super().paintEvent(event)
        if not self.hasFocus():
            return
        painter = QPainter(self)
        colour = QColor(self.palette().color(QPalette.ColorRole.Highlight))
        if self.orientation() is Qt.Orientation.Horizontal:
            middle = (self.width() - MARK_PX) // 2
            painter.fillRect(middle, 0, MARK_PX, self.height(), colour)
        else:
            middle = (self.height() - MARK_PX) // 2
            painter.fillRect(0, middle, self.width(), MARK_PX, colour)
        painter.end()
