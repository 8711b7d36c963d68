"""What every tab of a request's details is."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from desktop.panels.panel import PanelContext
from desktop.widgets.code_view import CodeView
from desktop.widgets.json_tree import JsonTree
from desktop.widgets.markdown_view import MarkdownView
from gateway_engine.public import InvalidJsonError, KeptText, Record, parse_json, render_indented

T = TypeVar("T")


Searched = CodeView | JsonTree | MarkdownView
"""A view that can be searched."""


class DetailTab(QWidget):
    """Shows one side of a record that has details. It is filled when it is looked at."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.context = context
        self._record: Record | None = None

    def show_record(self, record: Record, previous: Record | None) -> None:
        """Show `record`; `previous` is the turn before, if it is known."""
        raise NotImplementedError

    def searched(self) -> QWidget | None:
        """The view that Ctrl+F opens the search of."""
        return None

    def prepare(
        self, record: Record, chars: int, work: Callable[[], T], then: Callable[[T], None]
    ) -> None:
        """Do `work` for `record`, and `then` with its result if that is still the one shown."""
        self._record = record

        def show(result: T) -> None:
            if self._record is record:
                then(result)

        self.context.actions.details.prepare(chars, work, show)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+F from anywhere in the tab."""
        view = self.searched()
        if event.matches(QKeySequence.StandardKey.Find) and isinstance(view, Searched):
            view.open_search()
        else:
            super().keyPressEvent(event)


def json_or_none(text: str) -> Any | None:
    """The object or list in `text`, None when it is none."""
    try:
        value = parse_json(text)
    except InvalidJsonError:
        return None
    return value if isinstance(value, dict | list) else None


def indented(text: str) -> str:
    """`text` laid out for people where it is JSON."""
    value = json_or_none(text)
    return text if value is None else render_indented(value).decode()


def header_lines(first: str, headers: Iterable[tuple[str, str]]) -> str:
    """A head of HTTP as text."""
    return "\n".join([first, *(f"{name}: {value}" for name, value in headers), ""])


def length(*bodies: KeptText) -> int:
    """Characters of these."""
    return sum(len(body.text) for body in bodies)
