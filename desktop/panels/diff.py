"""A view of what differs, in the words and colours of this application."""

from PySide6.QtCore import QCoreApplication

from desktop.theme import Tokens
from desktop.widgets.diff_view import DiffColours, DiffView, DiffWords


def diff_view(tokens: Tokens, title: str) -> DiffView:
    """An empty view; `title` is its name for screen readers."""
    words = DiffWords(
        title=title,
        no_difference=QCoreApplication.translate("DiffView", "No difference"),
        left_out=QCoreApplication.translate("DiffView", "… more lines: {count}"),
        keys=QCoreApplication.translate(
            "DiffView", "F7: next difference, Shift+F7: the one before"
        ),
    )
    colours = DiffColours(
        text=tokens.text,
        soft=tokens.text_soft,
        surface=tokens.sunken,
        added=tokens.ok,
        added_surface=tokens.ok_soft,
        removed=tokens.error,
        removed_surface=tokens.error_soft,
    )
    return DiffView(words, colours)
