"""Beside the table: the details of the one request that is opened, or the sums of several."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QStackedWidget, QToolButton

from desktop.icons import line_icon
from desktop.panels.panel import PanelContext
from desktop.panels.request_detail import RequestDetail
from desktop.panels.requests_chosen import ChosenRequests
from desktop.slices.requests import OpenedRecord
from gateway_engine.public import Record, Summary


class RequestsBeside(QStackedWidget):
    """Hidden while there is neither."""

    close_wanted = Signal()
    one_wanted = Signal()
    """Only one of several is to stay chosen."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.detail = RequestDetail(context)
        self.several = ChosenRequests(context)
        self.addWidget(self.detail)
        self.addWidget(self.several)
        close, one = (QToolButton() for _ in range(2))
        for button, name, tip, wish in (
            (
                close,
                self.tr("Close the details"),
                self.tr("Close the details (Escape in the table)"),
                self.close_wanted,
            ),
            (
                one,
                self.tr("Choose one only"),
                self.tr("Choose one only (Escape in the table)"),
                self.one_wanted,
            ),
        ):
            button.setIcon(line_icon("close", context.tokens.text_soft))
            button.setAccessibleName(name)
            button.setToolTip(tip)
            button.clicked.connect(wish)
        self.detail.show_corner(close)
        self.several.show_corner(one)
        self.hide()

    def show_opened(self, before: OpenedRecord | None, opened: OpenedRecord | None) -> None:
        """Show the details of `opened`; what has not changed since `before` stays as it is."""
        if opened is None:
            return
        shown = _shown(opened)
        if before is None or shown != _shown(before):
            self.detail.show_record(*shown)
            before = None
        if opened.following is not (None if before is None else before.following):
            self.detail.show_following(opened.following)

    def show_which(self, *, is_several: bool, is_opened: bool) -> None:
        """Show the one or the other."""
        self.setCurrentWidget(self.several if is_several else self.detail)
        self.setVisible(is_several or is_opened)

    @property
    def has_focus(self) -> bool:
        """Whether the keyboard is in here."""
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused)


def _shown(opened: OpenedRecord) -> tuple[Record | None, Record | None, Summary, bool]:
    return opened.record, opened.previous, opened.summary, opened.missing
