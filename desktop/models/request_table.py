"""The rows of the table of requests: live ones above, then the history, most of it not here.

    rows 0 … live          requests since the history was read, the newest first
    rows live … live+total places 0 … total of the history; a place whose page is not here is empty

A change of the live ones is told row by row, another reading of the history as a reset.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.models import request_cells as cells
from desktop.models.request_cells import FIGURES, Column, Row
from desktop.sentences import remarked
from desktop.slices.live_requests import LiveRequest, RequestPhase
from desktop.slices.requests import PAGE_ROWS, HistoryView, RequestsSlice
from gateway_engine.public import Summary

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class RequestTableModel(QAbstractTableModel):
    """Renders a RequestsSlice as rows; holds nothing beside it but the order of the live ones."""

    def __init__(
        self, parent: QObject | None = None, *, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._live: list[LiveRequest] = []
        self._view: HistoryView | None = None
        self._total = 0
        self._slice = RequestsSlice()
        self._scale = ""
        self._titles: Mapping[str, str] = {}
        self.waiting = 0
        """How many wait while the table is paused."""

    # --- what is shown ---------------------------------------------------------------------------

    def show(self, requests: RequestsSlice) -> None:
        """Show this."""
        before, self._slice = self._slice, requests
        if requests is before:
            return
        view = requests.view
        if (0 if view is None else view.serial) != self.serial:
            self.beginResetModel()
            self._live = self._wanted(requests)
            self._view, self._total = view, 0 if view is None else view.survey.total
            self.endResetModel()
            return
        is_same = requests.shown_filter == before.shown_filter
        if not (
            is_same and requests.live is before.live and requests.paused_at == before.paused_at
        ):
            self._show_live(self._wanted(requests))
        if view is not None and view is not self._view:
            self._show_view(view)

    def _wanted(self, requests: RequestsSlice) -> list[LiveRequest]:
        wanted = requests.shown_filter.wants
        live = [request for request in requests.live.values() if wanted(request)]
        live.reverse()
        paused_at = requests.paused_at
        if paused_at is None:
            self.waiting = 0
            return live
        shown = [request for request in live if request.arrival <= paused_at]
        self.waiting = len(live) - len(shown)
        return shown

    def _show_live(self, new: Sequence[LiveRequest]) -> None:
        stay = {request.arrival for request in new}
        for first, last in _runs_backwards(
            place for place, known in enumerate(self._live) if known.arrival not in stay
        ):
            self.beginRemoveRows(ROOT, first, last)
            del self._live[first : last + 1]
            self.endRemoveRows()
        present = {request.arrival for request in self._live}
        for first, last in _runs(
            place for place, request in enumerate(new) if request.arrival not in present
        ):
            self.beginInsertRows(ROOT, first, last)
            self._live[first:first] = new[first : last + 1]
            self.endInsertRows()
        changed = [n for n, request in enumerate(new) if request is not self._live[n]]
        self._live = list(new)
        for first, last in _runs(changed):
            self._tell_changed(first, last)

    def _show_view(self, view: HistoryView) -> None:
        before, self._view = self._view, view
        if view.survey.total < self._total:
            above = len(self._live)
            self.beginRemoveRows(ROOT, above + view.survey.total, above + self._total - 1)
            self._total = view.survey.total
            self.endRemoveRows()
        for number, lines in view.pages.items():
            if before is None or before.pages.get(number) is not lines:
                first = len(self._live) + number * PAGE_ROWS
                self._tell_changed(first, min(first + PAGE_ROWS, self.rowCount()) - 1)

    def _tell_changed(self, first: int, last: int) -> None:
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))

    def show_titles(self, titles: Mapping[str, str]) -> None:
        """Call the instances as the settings do now."""
        if titles != self._titles:
            self._titles = titles
            self._tell_changed(0, self.rowCount() - 1)

    def show_scale(self, scale: str) -> None:
        """Say in its head how long the timeline is."""
        if scale != self._scale:
            self._scale = scale
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, Column.TIMELINE, Column.TIMELINE)

    # --- rows and places -------------------------------------------------------------------------

    @property
    def serial(self) -> int:
        """Which reading of the history is shown, 0 for none."""
        return 0 if self._view is None else self._view.serial

    @property
    def located(self) -> str:
        """The request that the last reading looked for, "" for none."""
        return "" if self._view is None else self._view.located

    @property
    def live(self) -> int:
        """How many rows stand above the history."""
        return len(self._live)

    def row(self, number: int) -> Row | None:
        """What stands there, None while it is not here."""
        if 0 <= number < len(self._live):
            request = self._live[number]
            return self._row(request.summary, request.phase)
        line = None if self._view is None else self._view.line(number - len(self._live))
        return None if line is None else self._row(line, RequestPhase.OVER)

    def _row(self, line: Summary, phase: RequestPhase) -> Row:
        return Row(line, phase, self._titles.get(line.instance, ""))

    def row_of(self, request_id: str) -> int | None:
        """Where this request stands, as far as that is known."""
        for number, request in enumerate(self._live):
            if request.summary.id == request_id:
                return number
        view = self._view
        if view is None:
            return None
        for page, lines in view.pages.items():
            for within, line in enumerate(lines):
                if line.id == request_id:
                    return len(self._live) + page * PAGE_ROWS + within
        if view.located == request_id and view.survey.place is not None:
            return len(self._live) + view.survey.place
        return None

    def rows_of(self, ids: Collection[str]) -> list[int]:
        """Where these stand, as far as that is known."""
        found = [n for n, request in enumerate(self._live) if request.summary.id in ids]
        pages = {} if self._view is None else self._view.pages
        for page, lines in pages.items():
            first = len(self._live) + page * PAGE_ROWS
            found += [first + within for within, line in enumerate(lines) if line.id in ids]
        return found

    # --- Qt's side -------------------------------------------------------------------------------

    def rowCount(self, parent: Index = ROOT) -> int:
        """All of them, here or not."""
        return 0 if parent.isValid() else len(self._live) + self._total

    def columnCount(self, parent: Index = ROOT) -> int:
        """Always the same; the view hides some."""
        return 0 if parent.isValid() else len(Column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words of a cell; how it is drawn is the delegate's."""
        wanted = (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
        )
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(Column(index.column()))
        if role not in wanted:
            return None
        row = self.row(index.row())
        if row is None:
            return ""
        column = Column(index.column())
        words = cells.text(column, row, self._clock())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            pinned = self.tr("pinned") if column is Column.TIME and row.line.pinned else ""
            return f"{cells.title(column)}: {words} {pinned}".rstrip()
        return words

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The head of a column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = Column(section)
        if role == Qt.ItemDataRole.DisplayRole:
            words = cells.title(column)
            has_scale = column is Column.TIMELINE and self._scale
            return remarked(words, self._scale) if has_scale else words
        if role == Qt.ItemDataRole.ToolTipRole:
            return cells.explanation(column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        return None


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in FIGURES else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _runs(places: Iterator[int] | Sequence[int]) -> Iterator[tuple[int, int]]:
    """The stretches of neighbours among ascending numbers: first and last of each."""
    first = last = -2
    for place in places:
        if place == last + 1:
            last = place
            continue
        if first >= 0:
            yield first, last
        first = last = place
    if first >= 0:
        yield first, last


def _runs_backwards(places: Iterator[int]) -> list[tuple[int, int]]:
    return list(_runs(places))[::-1]
