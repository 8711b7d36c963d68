"""Which rows of the table of requests are chosen: one, several, or a hundred thousand.

Nothing here goes through all rows: what is chosen is a handful of stretches.
"""

from collections.abc import Callable, Collection

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QObject,
    QPersistentModelIndex,
    Signal,
)
from PySide6.QtWidgets import QTableView

from desktop.chosen_actions import MOST_CHOSEN, Chosen
from desktop.models.request_table import RequestTableModel
from gateway_engine.public import Summary

FLAG = QItemSelectionModel.SelectionFlag


class RowSelection(QObject):
    """The selection of `view`, which shows `rows`. `column` is one that can be seen."""

    changed = Signal()
    """Another number of rows is chosen, or others of several."""

    def __init__(
        self, view: QTableView, rows: RequestTableModel, column: Callable[[], int]
    ) -> None:
        super().__init__(view)
        self._view = view
        self._rows = rows
        self._column = column
        self._anchor = QPersistentModelIndex()
        self.count = 0
        """How many rows are chosen."""
        view.selectionModel().selectionChanged.connect(self._selection_changed)

    def stretches(self) -> list[tuple[int, int]]:
        """First and last row of what is chosen, in order."""
        chosen = self._view.selectionModel().selection()
        ranges = (chosen.at(number) for number in range(chosen.count()))
        return sorted((part.top(), part.bottom()) for part in ranges)

    def within(self, first: int, last: int) -> set[int]:
        """The chosen rows among these."""
        found: set[int] = set()
        if self.count:
            for top, bottom in self.stretches():
                found.update(range(max(first, top), min(last, bottom) + 1))
        return found

    def chosen(self) -> Chosen:
        """All that are chosen, in the order of the table."""
        lines: list[Summary] = []
        places: list[int] = []
        for first, last in self.stretches():
            for number in range(first, last + 1):
                if len(lines) + len(places) >= MOST_CHOSEN:
                    break
                row = self._rows.row(number)
                if row is None:
                    places.append(number - self._rows.live)
                else:
                    lines.append(row.line)
        return Chosen(self.count, tuple(lines), tuple(places))

    # --- choosing --------------------------------------------------------------------------------

    def begin(self) -> None:
        """What is chosen with Shift goes on from the current row."""
        self._anchor = QPersistentModelIndex(self._view.currentIndex())

    def choose_current_only(self) -> None:
        """Choose the one row where the keyboard is."""
        index = self._view.currentIndex()
        if index.isValid():
            self._view.selectionModel().select(index, FLAG.ClearAndSelect | FLAG.Rows)

    def choose_up_to(self, row: int) -> None:
        """Choose everything from where the selection began up to this row."""
        index = self._anchor if self._anchor.isValid() else self._view.currentIndex()
        if not index.isValid() or not self._rows.rowCount():
            return
        first, last = sorted((index.row(), row))
        column = self._column()
        stretch = QItemSelection(self._rows.index(first, column), self._rows.index(last, column))
        model = self._view.selectionModel()
        model.setCurrentIndex(self._rows.index(row, column), FLAG.NoUpdate)
        model.select(stretch, FLAG.ClearAndSelect | FLAG.Rows)

    def choose_again(self, row: int | None, ids: Collection[str]) -> None:
        """After a reset, of which Qt tells nobody: this row is the current one, and these ids are
        chosen as far as their rows are here. The view does not move."""
        before = self.count
        self._recount()
        if row is None and not ids:
            if before:
                self.changed.emit()
            return
        was_scrolling = self._view.hasAutoScroll()
        self._view.setAutoScroll(False)
        model, column = self._view.selectionModel(), self._column()
        if row is not None:
            index = self._rows.index(row, column)
            model.setCurrentIndex(index, FLAG.ClearAndSelect | FLAG.Current | FLAG.Rows)
            self.begin()
        if ids:
            again = QItemSelection()
            for number in self._rows.rows_of(ids):
                there = self._rows.index(number, column)
                again.select(there, there)
            model.select(again, FLAG.Select | FLAG.Rows)
        self._view.setAutoScroll(was_scrolling)

    def _selection_changed(self, *_changed: object) -> None:
        before = self.count
        self._recount()
        self._view.viewport().update()
        if self.count != before or self.count > 1:
            self.changed.emit()

    def _recount(self) -> None:
        self.count = sum(last - first + 1 for first, last in self.stretches())
