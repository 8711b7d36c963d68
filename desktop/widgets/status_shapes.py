"""Marks for states that differ in shape, not only in colour; drawn alike in tray and window.

Everything is drawn on a 16 × 16 grid and scaled, so that the smallest tray still shows whole
pixels.
"""

import math
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

GRID = 16.0


class Shape(StrEnum):
    """The marks, named by their form."""

    RING = "ring"
    """A ring around a square: switched off."""
    ARC = "arc"
    """An open circle with a dot: on its way."""
    CHECK = "check"
    """A full disc with a check mark: all is well."""
    PADLOCK = "padlock"
    """Someone must sign in."""
    HOURGLASS = "hourglass"
    """Used up until it comes back."""
    TRIANGLE = "triangle"
    """A warning sign: something is wrong."""
    INFO = "info"
    """A disc with an i: good to know."""
    FLASK = "flask"
    """A laboratory flask: works, but only as a demonstration."""


def paint_shape(
    painter: QPainter, rect: QRectF, shape: Shape, colour: QColor, inner: QColor
) -> None:
    """Draw `shape` into `rect`; `inner` is the colour of what is cut into it."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / GRID, rect.height() / GRID)
    _PAINTERS[shape](painter, colour, inner)
    painter.restore()


def paint_badge(painter: QPainter, rect: QRectF, colour: QColor) -> None:
    """A diamond with a cleared border, for the lower right corner of a mark: demonstration."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / GRID, rect.height() / GRID)
    centre = QPointF(12.2, 12.2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.drawPolygon(_diamond(centre, 5.0))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    painter.setBrush(colour)
    painter.drawPolygon(_diamond(centre, 3.7))
    painter.restore()


def _diamond(centre: QPointF, radius: float) -> QPolygonF:
    return QPolygonF(
        [
            centre + QPointF(0, -radius),
            centre + QPointF(radius, 0),
            centre + QPointF(0, radius),
            centre + QPointF(-radius, 0),
        ]
    )


def _pen(colour: QColor, width: float) -> QPen:
    return QPen(
        colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    )


def _paint_ring(painter: QPainter, colour: QColor, _inner: QColor) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(colour, 1.8))
    painter.drawEllipse(QPointF(8, 8), 6.1, 6.1)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(5.5, 5.5, 5, 5), 0.8, 0.8)


def _paint_arc(painter: QPainter, colour: QColor, _inner: QColor) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(colour, 2.4))
    painter.drawArc(QRectF(2.2, 2.2, 11.6, 11.6), 20 * 16, 260 * 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(8, 8), 2.0, 2.0)


def _paint_check(painter: QPainter, colour: QColor, inner: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(8, 8), 7, 7)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(inner, 2.0))
    painter.drawPolyline(QPolygonF([QPointF(4.8, 8.3), QPointF(7.1, 10.6), QPointF(11.3, 5.7)]))


def _paint_padlock(painter: QPainter, colour: QColor, inner: QColor) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    shackle = QPainterPath(QPointF(4.6, 8))
    shackle.lineTo(4.6, 5.2)
    shackle.arcTo(QRectF(4.6, 1.8, 6.8, 6.8), 180, -180)
    shackle.lineTo(11.4, 8)
    painter.drawPath(shackle)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(2.2, 7, 11.6, 8), 1.6, 1.6)
    painter.setBrush(inner)
    painter.drawEllipse(QPointF(8, 10.2), 1.3, 1.3)
    painter.drawRect(QRectF(7.4, 10.4, 1.2, 2.6))


def _paint_hourglass(painter: QPainter, colour: QColor, inner: QColor) -> None:
    painter.setPen(_pen(colour, 1.4))
    painter.setBrush(colour)
    corners = ((2.8, 2), (13.2, 2), (8.7, 8), (13.2, 14), (2.8, 14), (7.3, 8))
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(inner)
    painter.drawPolygon(QPolygonF([QPointF(5, 3.1), QPointF(11, 3.1), QPointF(8, 6.9)]))


def _paint_triangle(painter: QPainter, colour: QColor, inner: QColor) -> None:
    painter.setPen(_pen(colour, 1.8))
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([QPointF(8, 2.2), QPointF(14.6, 13.8), QPointF(1.4, 13.8)]))
    painter.setPen(_pen(inner, 1.9))
    painter.drawLine(QPointF(8, 6.2), QPointF(8, 9.4))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(inner)
    painter.drawEllipse(QPointF(8, 12.1), 1.1, 1.1)


def _paint_info(painter: QPainter, colour: QColor, inner: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(8, 8), 7, 7)
    painter.setBrush(inner)
    painter.drawEllipse(QPointF(8, 4.7), 1.15, 1.15)
    painter.drawRoundedRect(QRectF(7, 7, 2, 5.2), 0.8, 0.8)


def _paint_flask(painter: QPainter, colour: QColor, inner: QColor) -> None:
    painter.setPen(_pen(colour, 1.6))
    painter.setBrush(colour)
    body = QPainterPath(QPointF(6.2, 2.2))
    for x, y in ((6.2, 6.4), (2.4, 13.0), (3.2, 14.4), (12.8, 14.4), (13.6, 13.0), (9.8, 6.4)):
        body.lineTo(x, y)
    body.lineTo(9.8, 2.2)
    body.closeSubpath()
    painter.drawPath(body)
    painter.drawLine(QPointF(4.9, 1.6), QPointF(11.1, 1.6))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(inner)
    for angle, distance, radius in ((0.0, 0.0, 1.25), (math.pi * 1.2, 3.0, 0.85)):
        centre = QPointF(9.2, 11.0) + QPointF(
            math.cos(angle) * distance, -math.sin(angle) * distance
        )
        painter.drawEllipse(centre, radius, radius)


_PAINTERS = {
    Shape.RING: _paint_ring,
    Shape.ARC: _paint_arc,
    Shape.CHECK: _paint_check,
    Shape.PADLOCK: _paint_padlock,
    Shape.HOURGLASS: _paint_hourglass,
    Shape.TRIANGLE: _paint_triangle,
    Shape.INFO: _paint_info,
    Shape.FLASK: _paint_flask,
}
