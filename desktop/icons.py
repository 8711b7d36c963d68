"""Line icons from resources/icons, in the colour of the text they stand beside."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

import resources

SIZES_PX = (16, 17, 18, 20, 24, 32, 34, 36, 48)


@lru_cache(maxsize=256)
def line_icon(name: str, colour: str, disabled: str = "") -> QIcon:
    """The icon `name`.svg drawn in `colour` (#rrggbb), and in `disabled` on a disabled button.

    Without the latter Qt fades the colour by itself, which is fit for icons in the colour of text.
    """
    icon = QIcon()
    _paint(icon, name, colour, QIcon.Mode.Normal)
    if disabled:
        _paint(icon, name, disabled, QIcon.Mode.Disabled)
    return icon


def product_icon() -> QIcon:
    """The product's own icon, in its own colours."""
    return line_icon("product", "")


def _paint(icon: QIcon, name: str, colour: str, mode: QIcon.Mode) -> None:
    source = resources.text("icons", f"{name}.svg").replace("currentColor", colour)
    renderer = QSvgRenderer(QByteArray(source.encode()))
    for size in SIZES_PX:
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, size, size))
        painter.end()
        icon.addPixmap(pixmap, mode)
