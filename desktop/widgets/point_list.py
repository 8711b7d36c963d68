"""Sentences below each other, each with a mark before it of which its further lines stand clear."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from desktop.widgets.styling import label, set_property

MARK = "•"
GAP_PX = 6


class PointList(QWidget):
    """One sentence alone has no mark. Nothing to say is nothing to see."""

    def __init__(self, kind: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self._tone = ""
        self._points: tuple[str, ...] = ()
        self._lines: list[tuple[QLabel, QLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP_PX)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self.hide()

    def show_points(self, points: Sequence[str], *, tone: str = "") -> None:
        """Say `points`; `tone` as the style sheet knows it."""
        if (tuple(points), tone) == (self._points, self._tone):
            return
        self._points, self._tone = tuple(points), tone
        while len(self._lines) < len(points):
            self._add()
        for number, (mark, words) in enumerate(self._lines):
            text = points[number] if number < len(points) else ""
            words.setText(text)
            words.setVisible(bool(text))
            mark.setVisible(bool(text) and len(points) > 1)
            for part in (mark, words):
                set_property(part, "tone", tone)
        self.setVisible(bool(points))

    def texts(self) -> tuple[str, ...]:
        """What it says."""
        return self._points

    def _add(self) -> None:
        mark, words = label(MARK, self._kind), label("", self._kind, wraps=True)
        row = len(self._lines)
        self._grid.addWidget(mark, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(words, row, 1)
        self._lines.append((mark, words))
