"""The table and the details: beside each other where there is room, else one above the other."""

import json

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop.layouts import Layouts
from desktop.widgets.keyed_splitter import KeyedSplitter

BESIDE_FROM_EM = 84
"""So many line heights of width are enough for both."""
LAYOUT = "requests.split"
TABLE_SHARES = {"beside": 0.45, "below": 0.5}
"""Beside the table all tabs of the details have room in a window of 1600 pixels."""
LEAST_SHARE, MOST_SHARE = 0.1, 0.9


class RequestsSplit(KeyedSplitter):
    """Keeps the share of the table, for each direction."""

    def __init__(self, table: QWidget, details: QWidget, layouts: Layouts) -> None:
        name = QCoreApplication.translate(
            "RequestsSplit", "Border between the requests and the details"
        )
        super().__init__(Qt.Orientation.Vertical, name)
        self._layouts = layouts
        self.setChildrenCollapsible(False)
        self.addWidget(table)
        self.addWidget(details)
        self.arrange_focus()
        self._shares = _parsed(layouts.get(LAYOUT))
        self.splitterMoved.connect(self._moved)
        self._divide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn where it has become narrow or wide."""
        is_wide = event.size().width() >= BESIDE_FROM_EM * self.fontMetrics().height()
        turned = Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical
        if turned is not self.orientation():
            self.setOrientation(turned)
            self._divide()
        super().resizeEvent(event)

    def _divide(self) -> None:
        share = self._shares.get(self._direction, TABLE_SHARES[self._direction])
        self.setSizes([round(10_000 * share), round(10_000 * (1 - share))])
        self.setStretchFactor(0, round(100 * share))
        self.setStretchFactor(1, round(100 * (1 - share)))

    def _moved(self, _place: int, _handle: int) -> None:
        table, details = self.sizes()
        if table and details:
            self._shares[self._direction] = round(table / (table + details), 3)
            self._layouts.put(LAYOUT, json.dumps(self._shares))

    @property
    def _direction(self) -> str:
        return "beside" if self.orientation() is Qt.Orientation.Horizontal else "below"


def _parsed(text: str) -> dict[str, float]:
    try:
        kept = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(kept, dict):
        return {}
    return {
        key: share
        for key, share in kept.items()
        if isinstance(share, float) and LEAST_SHARE <= share <= MOST_SHARE
    }
