"""Tab goes through a window as it is laid out, however late a widget was made.

Qt goes in the order in which widgets were made, and rows come and go with what they show.
"""

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QSplitter, QTabWidget, QWidget


def follow_layout(part: QWidget) -> list[QWidget]:
    """Let Tab go through `part` from top to bottom; returns what it stops at, in order."""
    stops = list(_stops(part))
    if stops and stops != _present_order(stops):
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)
    return stops


def bring_into_sight(widget: QWidget) -> None:
    """Scroll to it: Qt does so only where Tab begins inside the same area."""
    area = widget.parentWidget()
    while area is not None and not area.isWindow():
        if isinstance(area, QScrollArea):
            area.ensureWidgetVisible(widget)
        area = area.parentWidget()


def _present_order(stops: list[QWidget]) -> list[QWidget]:
    """These as Qt has them now, from the first of them on."""
    known, order = set(stops), [stops[0]]
    at = stops[0].nextInFocusChain()
    while at is not None and at is not stops[0]:
        if at in known:
            order.append(at)
        at = at.nextInFocusChain()
    return order


def _stops(part: QWidget) -> Iterator[QWidget]:
    for widget in _parts(part):
        if not (widget.isVisible() and widget.isEnabled()):
            continue
        is_stop = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        takes_keys = is_stop and widget.focusProxy() is None
        if takes_keys:
            yield widget
        # What is inside a table, a field or a list is its own affair.
        if not takes_keys or isinstance(widget, QScrollArea):
            yield from _stops(widget)


def _parts(part: QWidget) -> Iterator[QWidget]:
    layout = part.layout()
    if isinstance(part, QScrollArea):
        yield from _widgets(part.widget())
    elif isinstance(part, QTabWidget):
        yield from _widgets(part.tabBar(), part.cornerWidget(), part.currentWidget())
    elif isinstance(part, QSplitter):
        # A border that the keyboard moves stands between its parts.
        for number in range(part.count()):
            yield from _widgets(part.handle(number), part.widget(number))
    elif layout is not None:
        yield from _in_layout(layout)
    else:
        yield from _widgets(*part.children())


def _in_layout(layout: QLayout) -> Iterator[QWidget]:
    for place in range(layout.count()):
        item = layout.itemAt(place)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            yield widget
        elif inner is not None:
            yield from _in_layout(inner)


def _widgets(*objects: QObject | None) -> Iterator[QWidget]:
    return (each for each in objects if isinstance(each, QWidget))
