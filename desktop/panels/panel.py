"""What every panel is: a widget that renders an `AppState` and asks through `Actions`."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop.actions import Actions
from desktop.state import AppState
from desktop.theme import Tokens

PAGE_MARGIN_PX = 28
PAGE_TOP_PX = 24


@dataclass(frozen=True, slots=True)
class PanelContext:
    """What a panel is built with. A change of theme or language builds panels anew."""

    actions: Actions
    tokens: Tokens


class Panel(QWidget):
    """A page of the window. It keeps no state but what the user is typing."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.setObjectName("page")
        self.context = context

    @property
    def most_width(self) -> int:
        """How wide its content becomes, margins included, and so do strips above it; 0: all."""
        return 0

    def render_state(self, state: AppState) -> None:
        """Show `state`. Called on every change while the window is visible."""
        raise NotImplementedError

    def take_keyboard(self, part: str) -> None:
        """Somebody was led here for this part of it, which he now goes on with."""
        raise NotImplementedError(part)


def scrolled_column(page: QWidget, most_width: int) -> QVBoxLayout:
    """A scrolling column inside `page`; its width is kept readable on wide screens.

    A scroll bar stands in its margin: what is in it is as wide as before, and as the strips above.
    """
    content = QWidget()
    content.setObjectName("scrolled")
    column = QVBoxLayout(content)
    column.setContentsMargins(PAGE_MARGIN_PX, PAGE_TOP_PX, PAGE_MARGIN_PX, PAGE_MARGIN_PX)
    column.setSpacing(16)
    content.setMaximumWidth(most_width)

    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)

    def make_room() -> None:
        room = scroll_bar_room(area)
        content.setMaximumWidth(most_width - room)
        column.setContentsMargins(
            PAGE_MARGIN_PX, PAGE_TOP_PX, PAGE_MARGIN_PX - room, PAGE_MARGIN_PX
        )

    area.verticalScrollBar().rangeChanged.connect(make_room)
    outer = QVBoxLayout(page)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.addWidget(area)
    return column


def scroll_bar_room(area: QScrollArea) -> int:
    """What a scroll bar takes of the margin beside it, 0 while all is in sight."""
    bar = area.verticalScrollBar()
    return bar.sizeHint().width() if bar.maximum() > bar.minimum() else 0


def scrolled_page(page: QWidget, spacing: int) -> QVBoxLayout:
    """A scrolling column that fills `page`, one of several below the same row of tabs."""
    content = QWidget()
    content.setObjectName("scrolled")
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 8, 0, 0)
    column.setSpacing(spacing)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    outer = QVBoxLayout(page)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.addWidget(area)
    return column
