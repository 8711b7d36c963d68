"""JSON values as rows of a tree that is made as far as somebody looks. No row is made before.

A root may be text that is parsed only when it is opened: a hundred frames cost nothing.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

MADE_AT_ONCE: Final = 200
VALUE_CHARS: Final = 300
"""So much of a text stands in its row."""
PREVIEWED: Final = 3
BRIEF_CHARS: Final = 40
MARKER_CHARS: Final = 600
"""A text as long as this without a break is no text: what it stands for is told instead."""
_BASE64: Final = re.compile("[A-Za-z0-9+/_-]*")
MAX_FOUND: Final = 2000
Index = QModelIndex | QPersistentModelIndex
Path = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Root:
    """A first row. Its words (name and what stands beside it) and its value are made when they are
    asked for: there may be thousands.
    """

    words: Callable[[], tuple[str, str]]
    load: Callable[[], Any]


class Item:
    """One row. `children` are made by `JsonItems.fetchMore`."""

    __slots__ = ("_words", "children", "inner", "load", "parent", "row", "value")

    def __init__(
        self,
        parent: "Item | None",
        row: int,
        words: tuple[str, str] | Callable[[], tuple[str, str]],
        value: Any,
    ) -> None:
        self.parent = parent
        self.row = row
        self._words = words
        self.value = value
        self.load: Callable[[], Any] | None = None
        self.inner: list[tuple[str, Any]] | None = None
        self.children: list[Item] = []

    def words(self) -> tuple[str, str]:
        """Name and note; a root's are made now."""
        if not isinstance(self._words, tuple):
            self._words = self._words()
        return self._words

    @property
    def name(self) -> str:
        """The member's name, or its number."""
        return self.words()[0]

    @property
    def note(self) -> str:
        """What stands in the place of the value."""
        return self.words()[1]

    def loaded(self) -> Any:
        """The value; a root's is made now."""
        if self.load is not None:
            load, self.load = self.load, None
            self.value = load()
        return self.value

    def members(self) -> list[tuple[str, Any]]:
        """What is inside, whether or not there are rows for it yet."""
        if self.inner is None:
            self.inner = members_of(self.loaded())
        return self.inner

    @property
    def has_children(self) -> bool:
        """Whether it can be opened; a root that is not loaded is taken to."""
        return self.load is not None or (isinstance(self.value, dict | list) and bool(self.value))

    def path(self) -> str:
        """Where it stands, as `messages[2].content`."""
        steps: list[str] = []
        item: Item | None = self
        while item is not None and item.parent is not None:
            steps.append(item.name)
            item = item.parent
        text = ""
        for step in reversed(steps):
            text += f"[{step}]" if step.isdigit() else f"{'.' if text else ''}{step}"
        return text


def members_of(value: Any) -> list[tuple[str, Any]]:
    """The members of an object or a list, by name."""
    if isinstance(value, Mapping):
        return [(str(name), inner) for name, inner in value.items()]
    if isinstance(value, list):
        return [(str(number), inner) for number, inner in enumerate(value)]
    return []


def scalar_text(value: Any) -> str:
    """A value as one short line."""
    if isinstance(value, Mapping):
        shown = [f"{name}: {_brief(inner)}" for name, inner in islice(value.items(), PREVIEWED)]
        shown += ["…"] * (len(value) > PREVIEWED)
        return f"{{ {', '.join(shown)} }}" if value else "{}"
    if isinstance(value, list):
        return f"[{len(value)}]" if value else "[]"
    if isinstance(value, str):
        if len(value) > MARKER_CHARS and _BASE64.fullmatch(value[:MARKER_CHARS]):
            return f'"{value[:24]}… (base64, {len(value) * 3 // 4:,} bytes)"'
        short = value[:VALUE_CHARS].replace("\n", " ⏎ ")
        return f'"{short}…' if len(value) > VALUE_CHARS else f'"{short}"'
    return json.dumps(value)


def _brief(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{…}" if value else "{}"
    if isinstance(value, str) and len(value) > BRIEF_CHARS:
        return f'"{value[:BRIEF_CHARS]}…"'.replace("\n", " ⏎ ")
    return scalar_text(value)


class JsonItems(QAbstractItemModel):
    """Two columns: name and value."""

    def __init__(self) -> None:
        super().__init__()
        self._top = Item(None, 0, ("", ""), None)
        self._roots: Sequence[Root] = ()
        self._is_ready = False
        self.colours: dict[type, QColor] = {}

    def show_value(self, value: Any) -> None:
        """Show the members of `value`, or the value alone when it has none."""
        inner = members_of(value) or [("", value)]
        self._show([Root(_named(name), _known(member)) for name, member in inner], is_ready=True)

    def show_roots(self, roots: Sequence[Root]) -> None:
        """Show these rows."""
        self._show(roots, is_ready=False)

    def _show(self, roots: Sequence[Root], *, is_ready: bool) -> None:
        self.beginResetModel()
        self._top = Item(None, 0, ("", ""), None)
        self._roots, self._is_ready = roots, is_ready
        self._top.children = self._first_rows(0)
        self.endResetModel()

    def _first_rows(self, start: int) -> list[Item]:
        rows = [
            Item(self._top, start + number, root.words, None)
            for number, root in enumerate(self._roots[start : start + MADE_AT_ONCE])
        ]
        for item in rows:
            item.load = self._roots[item.row].load
            if self._is_ready:
                item.loaded()
        return rows

    # --- Qt's questions --------------------------------------------------------------------------

    def item(self, index: Index) -> Item:
        """The row behind an index."""
        found: Item = index.internalPointer() if index.isValid() else self._top
        return found

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        children = self.item(parent).children
        if 0 <= row < len(children) and 0 <= column < 2:
            return self.createIndex(row, column, children[row])
        return QModelIndex()

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]
        above = self.item(index).parent if index.isValid() else None
        if above is None or above is self._top:
            return QModelIndex()
        return self.createIndex(above.row, 0, above)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.column() > 0 else len(self.item(parent).children)

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 2

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        item = self.item(parent)
        return bool(item.children) if item is self._top else item.has_children

    def canFetchMore(self, parent: Index) -> bool:
        item = self.item(parent)
        there = self._roots if item is self._top else item.members()
        return len(item.children) < len(there)

    def fetchMore(self, parent: Index) -> None:
        item = self.item(parent)
        have = len(item.children)
        if item is self._top:
            more, above = self._first_rows(have), QModelIndex()
        else:
            members = item.members()[have : have + MADE_AT_ONCE]
            more = [
                Item(item, have + number, (name, ""), value)
                for number, (name, value) in enumerate(members)
            ]
            above = self.createIndex(item.row, 0, item)
        if more:
            self.beginInsertRows(above, have, have + len(more) - 1)
            item.children += more
            self.endInsertRows()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        item = self.item(index)
        if role == Qt.ItemDataRole.DisplayRole:
            if index.column() == 0:
                return item.name
            return item.note or ("" if item.load is not None else scalar_text(item.value))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{item.name}: {item.note or scalar_text(item.value)}"
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == 1 and not item.note:
            return self.colours.get(type(item.value))
        return None

    # --- search ----------------------------------------------------------------------------------

    def search(self, wanted: str) -> Iterator[Path | None]:
        """Yield the paths of rows whose name or value holds `wanted`, in the tree's order.

        None comes in between, so that who asks can do something else.
        """
        needle = wanted.lower()
        row = 0
        while row < len(self._top.children):
            root = self._top.children[row]
            row += 1
            if row == len(self._top.children) and self.canFetchMore(QModelIndex()):
                self.fetchMore(QModelIndex())
            yield None
            waiting: list[tuple[str, Any, Path]] = [
                (f"{root.name} {root.note}", root.loaded(), (root.row,))
            ]
            seen = 0
            while waiting:
                name, value, path = waiting.pop()
                seen += 1
                if seen % 100 == 0:
                    yield None
                inner = members_of(value)
                if needle in name.lower() or (not inner and needle in _searched(value)):
                    yield path
                waiting += [
                    (member, item, (*path, number))
                    for number, (member, item) in reversed(list(enumerate(inner)))
                ]

    def open_path(self, path: Path) -> QModelIndex:
        """The index at `path`; rows on the way there are made."""
        index = QModelIndex()
        for row in path:
            while self.rowCount(index) <= row and self.canFetchMore(index):
                self.fetchMore(index)
            index = self.index(row, 0, index)
        return index


def _named(name: str) -> Callable[[], tuple[str, str]]:
    return lambda: (name, "")


def _known(value: Any) -> Callable[[], Any]:
    return lambda: value


def _searched(value: Any) -> str:
    if isinstance(value, str):
        return value.lower()
    return "" if isinstance(value, Mapping | list) else scalar_text(value).lower()
