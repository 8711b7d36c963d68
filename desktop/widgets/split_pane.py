"""A list and what is chosen in it: beside each other where there is room, else below."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop.widgets.keyed_splitter import KeyedSplitter

STACK_BELOW_EM: Final = 34


class SplitPane(KeyedSplitter):
    """Two widgets with a movable border. The second one gets more of the room."""

    def __init__(
        self, first: QWidget, second: QWidget, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(Qt.Orientation.Vertical, name, parent)
        self.setChildrenCollapsible(False)
        for number, widget in enumerate((first, second)):
            widget.setMinimumSize(40, 40)
            self.addWidget(widget)
            self.setStretchFactor(number, 2 + number)
        self.arrange_focus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn when the room is another."""
        super().resizeEvent(event)
        is_narrow = event.size().width() < STACK_BELOW_EM * self.fontMetrics().height()
        wanted = Qt.Orientation.Vertical if is_narrow else Qt.Orientation.Horizontal
        if wanted is not self.orientation():
            self.setOrientation(wanted)
            room = event.size().height() if is_narrow else event.size().width()
            self.setSizes([room * 2 // 5, room * 3 // 5])
