"""Properties the style sheet selects by, and the distances all widgets share."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from desktop.widgets.wrapped_label import WrappedLabel

GAP = 8
GAP_LARGE = 16
PADDING = 20


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property the style sheet selects by, and restyle when it changed."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def label(text: str = "", kind: str = "", *, wraps: bool = False) -> QLabel:
    """A label of a type the style sheet knows: title, heading, figure, strong, soft, small …

    What it says may be others' words: it is text, never HTML.
    """
    result = WrappedLabel(text) if wraps else QLabel(text)
    result.setTextFormat(Qt.TextFormat.PlainText)
    if kind:
        result.setProperty("type", kind)
    return result
