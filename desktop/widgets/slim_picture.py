"""A picture in a line of its owner's: as wide as there is room, as high as the type size wants."""

from typing import ClassVar

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy, QWidget

USUAL_LINE_PX = 18


class SlimPicture(QWidget):
    """What is painted is its heirs' matter; so are their two sizes, in pixels at the usual type."""

    height_px: ClassVar[int]
    least_width_px: ClassVar[int]

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As high as the type size wants it."""
        height = round(self.height_px * max(1.0, self.fontMetrics().height() / USUAL_LINE_PX))
        return QSize(3 * self.least_width_px, height)

    def minimumSizeHint(self) -> QSize:
        """Narrow, but never lower."""
        return QSize(self.least_width_px, self.sizeHint().height())
