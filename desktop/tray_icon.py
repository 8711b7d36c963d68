"""The tray's icon for each state: a shape of its own, readable from 16 px, on any panel.

The panel's colour is not known, so the colours are mid-tones with a contrast of 3:1 on black and
on white alike.
"""

from functools import cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from desktop.tray_state import TrayState
from desktop.widgets.status_shapes import Shape, paint_badge, paint_shape

SIZES_PX = (16, 20, 22, 24, 32, 48, 64, 128)

SHAPES = {
    TrayState.STOPPED: Shape.RING,
    TrayState.STARTING: Shape.ARC,
    TrayState.READY: Shape.CHECK,
    TrayState.OUT_OF_QUOTA: Shape.HOURGLASS,
    TrayState.NEEDS_LOGIN: Shape.PADLOCK,
    TrayState.ERROR: Shape.TRIANGLE,
}
COLOURS = {
    TrayState.STOPPED: "#808893",
    TrayState.STARTING: "#3b82f6",
    TrayState.READY: "#1a9455",
    TrayState.OUT_OF_QUOTA: "#c07a00",
    TrayState.NEEDS_LOGIN: "#c07a00",
    TrayState.ERROR: "#e0484d",
}
DEMO_COLOUR = "#9a62e8"
INNER = "#ffffff"


def shape_for(state: TrayState, *, demo: bool) -> Shape:
    """The mark of a state. A demo that answers never looks like the real thing."""
    return Shape.FLASK if demo and state is TrayState.READY else SHAPES[state]


@cache
def tray_icon(state: TrayState, *, demo: bool) -> QIcon:
    """The icon in all sizes a panel may ask for."""
    icon = QIcon()
    for size in SIZES_PX:
        icon.addPixmap(tray_pixmap(state, size, demo=demo))
    return icon


def tray_pixmap(state: TrayState, size: int, *, demo: bool) -> QPixmap:
    """The icon at one size, in pixels."""
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    rect = QRectF(0, 0, size, size)
    is_demo_ready = demo and state is TrayState.READY
    colour = QColor(DEMO_COLOUR if is_demo_ready else COLOURS[state])
    paint_shape(painter, rect, shape_for(state, demo=demo), colour, QColor(INNER))
    if demo and not is_demo_ready:
        paint_badge(painter, rect, QColor(DEMO_COLOUR))
    painter.end()
    return pixmap
