"""The menus of the table of requests: what can be done with a row, which columns are shown."""

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from desktop.chosen_actions import Chosen
from desktop.models import request_cells as cells
from desktop.models.request_cells import Column
from desktop.panels.request_detail_export import EXPORT_KINDS, export_title
from desktop.panels.requests_chosen import wants_pin
from desktop.panels.requests_table import RequestTable
from desktop.slices.request_filter import RequestFilter
from gateway_engine.public import Summary


class RowMenu(QMenu):
    """What can be done with one request. It deletes itself."""

    def __init__(
        self,
        parent: QWidget,
        line: Summary,
        *,
        runs: bool,
        do: Callable[[str], None],
        filter_by: Callable[[RequestFilter], None],
    ) -> None:
        super().__init__(parent)
        pin = self.tr("Unpin") if line.pinned else self.tr("Pin")
        for key, words, keys in (
            ("open", self.tr("Open"), "Return"),
            ("pin", pin, "P"),
            ("", "", ""),
            ("copy_id", self.tr("Copy id"), "Ctrl+C"),
            ("copy_curl", self.tr("Copy as cURL"), "Ctrl+Shift+C"),
        ):
            if not key:
                self.addSeparator()
                continue
            action = self._add(words, partial(do, key))
            action.setShortcut(QKeySequence(keys))
            action.setShortcutVisibleInContextMenu(True)
            action.setEnabled(not runs or key in ("open", "copy_id"))
        self.addSeparator()
        if line.client:
            only = self.tr("Only this client")
            self._add(only, lambda: filter_by(RequestFilter(client=line.client)))
        if line.instance:
            only = self.tr("Only this instance")
            self._add(only, lambda: filter_by(RequestFilter(instance=line.instance)))
        self.aboutToHide.connect(self.deleteLater)

    def _add(self, words: str, then: Callable[[], None]) -> QAction:
        action = QAction(words, self)
        action.triggered.connect(lambda _checked=False: then())
        self.addAction(action)
        return action


class ChosenMenu(QMenu):
    """What can be done with several requests. It deletes itself."""

    def __init__(self, parent: QWidget, chosen: Chosen, *, do: Callable[[str], None]) -> None:
        super().__init__(parent)
        for kind in EXPORT_KINDS:
            words = self.tr("Export: {kind}").format(kind=export_title(kind, several=True))
            self._add(words, partial(do, kind.value))
        self.addSeparator()
        self._add(
            self.tr("Pin") if wants_pin(chosen) else self.tr("Unpin"), partial(do, "pin"), "P"
        )
        self._add(self.tr("Copy ids"), partial(do, "copy_id"), "Ctrl+C")
        for action in self.actions():
            action.setEnabled(not chosen.is_too_many)
        self.aboutToHide.connect(self.deleteLater)

    def _add(self, words: str, then: Callable[[], None], keys: str = "") -> None:
        action = QAction(words, self)
        action.triggered.connect(lambda _checked=False: then())
        if keys:
            action.setShortcut(QKeySequence(keys))
            action.setShortcutVisibleInContextMenu(True)
        self.addAction(action)


class ColumnsMenu(QMenu):
    """A mark for each column that is shown. It deletes itself."""

    def __init__(self, parent: QWidget, table: RequestTable) -> None:
        super().__init__(parent)
        for column in Column:
            action = QAction(cells.title(column), self)
            action.setCheckable(True)
            action.setChecked(not table.isColumnHidden(column))
            action.triggered.connect(
                lambda shown, column=column: table.choose_column(column, shown)
            )
            self.addAction(action)
        self.addSeparator()
        usual = QAction(self.tr("Usual columns"), self)
        usual.triggered.connect(lambda _checked=False: table.usual_columns())
        self.addAction(usual)
        self.aboutToHide.connect(self.deleteLater)
