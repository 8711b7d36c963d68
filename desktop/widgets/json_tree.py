"""A JSON value as a tree, with search, and the chosen text in full below it."""

import json
from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import Any, Final

from PySide6.QtCore import QItemSelection, QPoint, Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHeaderView, QMenu, QSplitter, QTreeView, QVBoxLayout, QWidget

from desktop.widgets.code_view import CodeView
from desktop.widgets.find_bar import FindBar
from desktop.widgets.json_items import MAX_FOUND, Item, JsonItems, Path, Root

SEARCH_SLICE_S: Final = 0.008
LONG_CHARS: Final = 60
"""A longer text, or one of several lines, is shown in full when its row is chosen."""
EXPANDED_ROWS: Final = 40
LEAST_NAME_PX: Final = 120
NAME_PAD_PX: Final = 24


class JsonTree(QWidget):
    """Rows are made when they are opened. Ctrl+F searches names and values, Ctrl+C copies."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items = JsonItems()
        self._tree = QTreeView()
        self._tree.setModel(self._items)
        self._tree.setProperty("code", True)
        self._tree.setAccessibleName(name)
        self._tree.setUniformRowHeights(True)
        self._tree.setHeaderHidden(True)
        self._tree.setTabKeyNavigation(False)
        self._tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self._tree.header().setStretchLastSection(True)
        self._tree.header().setResizeContentsPrecision(0)  # only rows in sight are measured
        self._tree.expanded.connect(lambda _index: self._widen_names())
        self._tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._tree.customContextMenuRequested.connect(self._open_menu)
        self._tree.selectionModel().selectionChanged.connect(self._chosen)
        self._text = CodeView(self.tr("{name}: the chosen value").format(name=name))
        self._text.hide()
        self._bar = FindBar(self)
        self._bar.wanted.connect(self._search)
        self._bar.step_wanted.connect(self._step)
        self._bar.closed.connect(self._end_search)
        self._found: list[Path] = []
        self._at = -1
        self._walk: Iterator[Path | None] = iter(())
        self._is_over = True
        self._slice = QTimer(self)
        self._slice.setSingleShot(True)
        self._slice.setInterval(0)
        self._slice.timeout.connect(self._go_on)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self._tree)
        split.addWidget(self._text)
        split.setSizes([300, 160])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._bar)
        column.addWidget(split, 1)
        self.setFocusProxy(self._tree)

    def set_colours(self, *, string: str, number: str, literal: str) -> None:
        """Colours of the values, all of them readable on the tree's ground."""
        self._items.colours = {
            str: QColor(string),
            int: QColor(number),
            float: QColor(number),
            bool: QColor(literal),
            type(None): QColor(literal),
        }

    def set_found_colours(self, *, found: str, on_found: str) -> None:
        """The colours of a match in the text below."""
        self._text.set_colours(found=found, on_found=on_found)

    def set_value(self, value: Any) -> None:
        """Show a parsed JSON value; what is small is open at once."""
        self._items.show_value(value)
        self._opened()

    def set_roots(self, roots: Sequence[Root]) -> None:
        """Show these rows, each parsed when it is opened."""
        self._items.show_roots(roots)
        self._opened()

    def open_search(self, wanted: str = "") -> None:
        """Open the search, for `wanted` at once."""
        self._bar.open_with(wanted)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Search and copy."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy_value()
        elif not self._bar.take_key(event):
            super().keyPressEvent(event)

    def _opened(self) -> None:
        self._text.hide()
        self._end_walk()
        self._found, self._at = [], -1
        self._fit_names()
        if self._bar.text():
            self._search(self._bar.text())

    def _fit_names(self) -> None:
        """Open what is small, and make the names' column as wide as the names need."""
        rows = self._items.rowCount()
        if rows <= EXPANDED_ROWS:
            for row in range(rows):
                index = self._items.index(row, 0)
                item = self._items.item(index)
                if item.load is None and 0 < len(item.members()) <= EXPANDED_ROWS // 4:
                    self._tree.expand(index)
        self._tree.setColumnWidth(0, LEAST_NAME_PX)
        self._widen_names()

    def _widen_names(self) -> None:
        """The names' column grows with what is opened, and never takes the values' room."""
        wanted = self._tree.sizeHintForColumn(0) + NAME_PAD_PX
        most = max(LEAST_NAME_PX, self._tree.viewport().width() // 2)
        if wanted > self._tree.columnWidth(0):
            self._tree.setColumnWidth(0, min(wanted, most))

    # --- the chosen row --------------------------------------------------------------------------

    def _current(self) -> Item | None:
        index = self._tree.currentIndex()
        return self._items.item(index) if index.isValid() else None

    def _chosen(self, _selected: QItemSelection, _deselected: QItemSelection) -> None:
        item = self._current()
        value = None if item is None else item.value
        is_long = isinstance(value, str) and (len(value) > LONG_CHARS or "\n" in value)
        if is_long:
            self._text.set_text(str(value))
        self._text.setVisible(is_long)

    def _copy_value(self) -> None:
        item = self._current()
        if item is None:
            return
        value = item.loaded()
        text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
        QGuiApplication.clipboard().setText(text)

    def _copy_path(self) -> None:
        item = self._current()
        if item is not None:
            QGuiApplication.clipboard().setText(item.path())

    def _open_menu(self, at: QPoint) -> None:
        if self._current() is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Copy value"), self._copy_value)
        menu.addAction(self.tr("Copy path"), self._copy_path)
        menu.addSeparator()
        menu.addAction(self.tr("Find…"), self._bar.open_with)
        menu.popup(self._tree.viewport().mapToGlobal(at))

    # --- search ----------------------------------------------------------------------------------

    def _search(self, wanted: str) -> None:
        self._found, self._at = [], -1
        self._walk = self._items.search(wanted) if wanted else iter(())
        self._is_over = not wanted
        self._slice.stop()
        self._bar.say(0, 0)
        if wanted:
            self._go_on()

    def _go_on(self) -> None:
        end = perf_counter() + SEARCH_SLICE_S
        for path in self._walk:
            if path is not None:
                self._found.append(path)
                if len(self._found) == MAX_FOUND:
                    break
            if perf_counter() > end:
                self._slice.start()
                break
        else:
            self._is_over = True
        if self._at < 0 and self._found:
            self._show_match(0)
        self._bar.say(self._at + 1, len(self._found), more=not self._is_over)

    def _step(self, way: int) -> None:
        if not self._bar.isVisible():
            self._bar.open_with()
        if self._found:
            self._show_match((self._at + way) % len(self._found))

    def _show_match(self, number: int) -> None:
        self._at = number
        index = self._items.open_path(self._found[number])
        self._tree.setCurrentIndex(index)
        self._widen_names()
        self._tree.scrollTo(index)
        self._bar.say(number + 1, len(self._found), more=not self._is_over)

    def _end_walk(self) -> None:
        self._slice.stop()
        self._walk, self._is_over = iter(()), True

    def _end_search(self) -> None:
        self._end_walk()
        self._found, self._at = [], -1
        self._tree.setFocus()
