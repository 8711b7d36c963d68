"""The table of requests: rows come and go under the eyes, the place and the selection stay."""

import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import (
    QModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from desktop.durations import on_scale
from desktop.models.request_cells import Column
from desktop.models.request_table import RequestTableModel
from desktop.panels.panel import PanelContext
from desktop.panels.requests_columns import (
    LEAST_PX,
    ColumnChoice,
    parse_choice,
)
from desktop.panels.requests_pictures import GROWING, RowPictures, RowStyle
from desktop.panels.requests_selection import RowSelection
from desktop.slices.requests import RequestsSlice
from gateway_engine.public import Summary

LAYOUT = "requests.columns"
TICK_MS = 100
SETTLE_MS = 40
DRAWN_AT_ONCE = 10
"""Rows that are drawn anew in one painting: more would hold the window up."""
ROW_PADDING = 12
NICE_STEPS = (1.0, 2.0, 5.0)
LEAST_SCALE_MS = 1000.0


class RequestTable(QTableView):
    """Rows of a `RequestTableModel`. What keys ask for is told; the panel does it."""

    open_wanted = Signal(bool)
    """The chosen request; True: go into its details as well."""
    back_wanted = Signal()
    pin_wanted = Signal()
    pause_wanted = Signal()
    copy_wanted = Signal(bool)
    """The id; True: the command."""
    selected = Signal()
    """The keyboard or the mouse is at another request."""
    places_wanted = Signal(int, int)
    """These places of the history are in sight."""
    columns_changed = Signal()

    def __init__(self, context: PanelContext, *, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._clock = clock
        self._layouts = context.actions.layouts
        self._choice = parse_choice(self._layouts.get(LAYOUT))
        self._is_fitting = False
        self._selected_id = ""
        self._to_be_found = ""
        self.rows = RequestTableModel(self, clock=clock)
        self._pictures = RowPictures(context.tokens)
        self._places: tuple[tuple[Column, int, int], ...] = ()
        self._scale_ms = LEAST_SCALE_MS
        self.setAccessibleName(self.tr("Requests"))
        self.setProperty("marksrow", True)  # the chosen row shows the focus, not a frame
        self.setModel(self.rows)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(LEAST_PX)
        head.setStretchLastSection(True)
        head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        head.sectionResized.connect(self._section_resized)

        self._growing = QTimer(self)
        self._growing.setInterval(TICK_MS)
        self._growing.timeout.connect(self._grow)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._settling.timeout.connect(self._ask_for_places)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.selectionModel().currentRowChanged.connect(self._current_changed)
        self.chosen = RowSelection(self, self.rows, self._first_column)

    # --- rows ------------------------------------------------------------------------------------

    def show_requests(self, requests: RequestsSlice) -> None:
        """Show these; what is in sight stays where it is, unless that is the newest."""
        bar = self.verticalScrollBar()
        value, height = bar.value(), self.row_height
        top = value // height
        anchor = self.rows.row(top) if value > 0 else None
        live, serial = self.rows.live, self.rows.serial
        is_other = requests.view is None or requests.view.serial != serial
        ids: set[str] = set()
        if is_other and self.chosen.count > 1:
            ids = {line.id for line in self.chosen.chosen().lines}
        self.rows.show(requests)
        is_reading = serial != self.rows.serial
        if value > 0:
            now = None if anchor is None else self.rows.row_of(anchor.line.id)
            moved = self.rows.live - live if now is None else now - top
            wanted = value if is_reading and now is None else value + moved * height
            if is_reading:
                self.updateGeometries()
            elif wanted > bar.maximum():  # Qt will find as much, and asks for the whole head first
                bar.setMaximum(wanted)
            bar.setValue(wanted)
        if is_reading:
            self._select_again(ids)
        self._scrolled()

    def selected_summary(self) -> Summary | None:
        """The chosen request, None while it is not here."""
        row = self.rows.row(self.currentIndex().row())
        return None if row is None else row.line

    @property
    def selected_id(self) -> str:
        """The id of the chosen one, "" when there is none."""
        return self._selected_id

    def remember(self, request_id: str) -> None:
        """Choose this request when its row comes; the details show it already."""
        if not self._selected_id:
            self._selected_id = self._to_be_found = request_id

    @property
    def lacks_row(self) -> bool:
        """Where the chosen one stands has to be asked: no reading has looked for it yet."""
        wanted = self._to_be_found
        return bool(wanted) and self.rows.row_of(wanted) is None and self.rows.located != wanted

    def go_to(self, request_id: str) -> bool:
        """Choose this request, and bring it into sight; False when its row is not here."""
        row = self.rows.row_of(request_id)
        self._selected_id = request_id
        if row is None:
            self.clearSelection()
            self._to_be_found = request_id
            return False
        self.select_row(row)
        return True

    def rows_in_sight(self) -> tuple[int, int]:
        """The first and the last row that can be seen."""
        height = self.row_height
        first = max(0, self.verticalScrollBar().value() // height)
        return first, first + max(1, self.viewport().height() // height + 1)

    @property
    def row_height(self) -> int:
        """All rows have the same."""
        return max(1, self.verticalHeader().defaultSectionSize())

    def select_row(self, row: int) -> None:
        """Choose a row and bring it into sight."""
        if 0 <= row < self.rows.rowCount():
            self.setCurrentIndex(self.rows.index(row, self._first_column()))
            self.chosen.begin()

    def _select_again(self, ids: set[str]) -> None:
        row = self.rows.row_of(self._selected_id) if self._selected_id else None
        if row is None and not self.lacks_row:
            self._selected_id = self._to_be_found = ""
        self.chosen.choose_again(row, ids)
        if row is not None and self._to_be_found:
            self._to_be_found = ""
            self.scrollTo(self.currentIndex())

    def _current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        row = self.rows.row(current.row())
        if row is not None and row.line.id != self._selected_id:
            self._selected_id = row.line.id
            self.selected.emit()

    # --- time goes on ----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows that are asked for, all of the same moment; the rest of many new ones next."""
        now = self._clock()
        first, last = self.rows_in_sight()
        self._pictures.begin(self._style(now), last - first + 2, DRAWN_AT_ONCE)
        height, value = self.row_height, self.verticalScrollBar().value()
        left = -self.horizontalScrollBar().value()
        first = (value + event.rect().top()) // height
        last = min((value + event.rect().bottom()) // height, self.rows.rowCount() - 1)
        current, has_focus = self.currentIndex().row(), self.hasFocus()
        chosen = self.chosen.within(first, last)
        undone = []
        painter = QPainter(self.viewport())
        painter.setFont(self.font())
        for number in range(first, last + 1):
            is_done = self._pictures.draw(
                painter,
                left,
                number * height - value,
                self.rows.row(number),
                now,
                is_selected=number in chosen,
                has_focus=has_focus and number == current,
            )
            if not is_done:
                undone.append(number)
        painter.end()
        if undone:
            tall = (undone[-1] - undone[0] + 1) * height
            top = undone[0] * height - value
            self.viewport().update(QRect(0, top, self.viewport().width(), tall))

    def _style(self, now: float) -> RowStyle:
        if not self._places:
            scrolled = self.horizontalScrollBar().value()
            self._places = tuple(
                (column, self.columnViewportPosition(column) + scrolled, self.columnWidth(column))
                for column in Column
                if not self.isColumnHidden(column)
            )
        return RowStyle(
            self._places,
            QSize(max(1, self.horizontalHeader().length()), self.row_height),
            self.devicePixelRatioF(),
            self.font(),
            self._scale_ms,
            time.localtime(now).tm_yday,
        )

    def _grow(self) -> None:
        """Paint again what grows with time: the cells of those that run."""
        running = self._running_in_sight()
        if not running or not self.isVisible():
            self._growing.stop()
            return
        self._rescale()
        height, view = self.row_height, self.viewport()
        first = running[0] * height - self.verticalScrollBar().value()
        last = (running[-1] + 1) * height - self.verticalScrollBar().value()
        for column in GROWING:
            if not self.isColumnHidden(column):
                left = self.columnViewportPosition(column)
                view.update(QRect(left, first, self.columnWidth(column), last - first))

    def _running_in_sight(self) -> list[int]:
        first, last = self.rows_in_sight()
        found = []
        for number in range(first, min(last + 1, self.rows.live)):
            row = self.rows.row(number)
            if row is not None and row.runs:
                found.append(number)
        return found

    def _rescale(self, *_changed: object) -> None:
        first, last = self.rows_in_sight()
        now = self._clock()
        seen = (self.rows.row(number) for number in range(first, last + 1))
        longest = max((row.elapsed_ms(now) for row in seen if row is not None), default=0.0)
        scale = nice_scale(longest)
        if scale != self._scale_ms:
            self._scale_ms = scale
            self.viewport().update()
        self.rows.show_scale(on_scale(scale, scale))

    # --- places and keys -------------------------------------------------------------------------

    def _scrolled(self, *_value: object) -> None:
        self._rescale()
        if not self._settling.isActive():
            self._settling.start()
        if not self._growing.isActive() and self._running_in_sight():
            self._growing.start()

    def _ask_for_places(self) -> None:
        first, last = self.rows_in_sight()
        screen = last - first
        live = self.rows.live
        # A screen more on both sides: scrolling on finds it there.
        if last + screen >= live:
            self.places_wanted.emit(max(0, first - screen - live), max(0, last + screen - live))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the table; those of the view move the selection."""
        key, plain = event.key(), event.modifiers() == Qt.KeyboardModifier.NoModifier
        is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        control = Qt.KeyboardModifier.ControlModifier
        shift = control | Qt.KeyboardModifier.ShiftModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_wanted.emit(True)
        elif key == Qt.Key.Key_Escape and plain:
            self.back_wanted.emit()
        elif key == Qt.Key.Key_P and plain:
            self.pin_wanted.emit()
        elif key == Qt.Key.Key_Space and plain:
            self.pause_wanted.emit()
        elif key == Qt.Key.Key_C and event.modifiers() == control:
            self.copy_wanted.emit(False)
        elif key == Qt.Key.Key_C and event.modifiers() == shift:
            self.copy_wanted.emit(True)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            row = 0 if key == Qt.Key.Key_Home else self.rows.rowCount() - 1
            (self.chosen.choose_up_to if is_shifted else self.select_row)(row)
        else:
            super().keyPressEvent(event)
            if not is_shifted:
                self.chosen.begin()

    def keyboardSearch(self, _search: str) -> None:
        """Letters are commands here."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """With Shift the selection goes on from where it began."""
        super().mousePressEvent(event)
        if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.chosen.begin()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens what is under it, unless it chooses one more."""
        super().mouseReleaseEvent(event)
        is_left = event.button() == Qt.MouseButton.LeftButton
        is_plain = event.modifiers() == Qt.KeyboardModifier.NoModifier and self.chosen.count == 1
        if is_left and is_plain and self.indexAt(event.position().toPoint()).isValid():
            self.open_wanted.emit(False)

    # --- columns ---------------------------------------------------------------------------------

    def fit_columns(self) -> None:
        """Show the chosen columns, or as many as have room."""
        head = self.horizontalHeader()
        self._is_fitting = True
        for column in Column:
            self.setColumnHidden(column, False)  # a hidden one says that it needs nothing
        heads = {column: head.sectionSizeHint(column) for column in Column}
        em = self.fontMetrics().height()
        widths = self._choice.fitted(self.viewport().width(), em, heads)
        for column in Column:
            self.setColumnHidden(column, column not in widths)
            if column in widths:  # the last one as well: it is stretched, but from its own width
                self.setColumnWidth(column, widths[column])
        self._is_fitting = False
        self._places = ()

    def choose_column(self, column: Column, shown: bool) -> None:
        """Show a column, or hide it; the last one stays."""
        visible = {known for known in Column if not self.isColumnHidden(known)}
        visible = visible | {column} if shown else visible - {column}
        if visible:
            self._keep(replace(self._choice, shown=frozenset(visible)))

    def usual_columns(self) -> None:
        """As it was before anything was chosen."""
        self._keep(ColumnChoice())

    def _keep(self, choice: ColumnChoice) -> None:
        self._choice = choice
        self._layouts.put(LAYOUT, choice.text())
        self.fit_columns()
        self.columns_changed.emit()

    def _section_resized(self, section: int, _before: int, width: int) -> None:
        """The user has drawn a column; the last one only takes what is left."""
        self._places = ()
        last = max(column for column in Column if not self.isColumnHidden(column))
        if not self._is_fitting and section != last and width >= LEAST_PX:
            widths = {**self._choice.widths, Column(section): width}
            self._choice = replace(self._choice, widths=widths)
            self._layouts.put(LAYOUT, self._choice.text())

    def _first_column(self) -> int:
        return next((column for column in Column if not self.isColumnHidden(column)), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has room for other columns."""
        self.verticalHeader().setDefaultSectionSize(
            QFontMetrics(self.font()).height() + ROW_PADDING
        )
        super().resizeEvent(event)
        self.fit_columns()
        self._scrolled()

    def menu_position(self) -> QPoint:
        """Where a menu that a key has opened belongs: at the chosen row."""
        rect = self.visualRect(self.currentIndex())
        return self.viewport().mapToGlobal(rect.bottomLeft() + QPoint(24, 0))


def nice_scale(longest_ms: float) -> float:
    """The next 1, 2 or 5 times a power of ten that `longest_ms` fits in."""
    power = LEAST_SCALE_MS
    while True:
        for step in NICE_STEPS:
            if longest_ms <= power * step:
                return power * step
        power *= 10
