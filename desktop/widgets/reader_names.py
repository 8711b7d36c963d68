"""Names for those who hear the window."""

from PySide6.QtWidgets import QComboBox, QLabel, QWidget


def name_for_readers(widget: QWidget, name: str) -> None:
    """Call `widget` so; what is written into in a list is another one for a screen reader."""
    widget.setAccessibleName(name)
    line = widget.lineEdit() if isinstance(widget, QComboBox) else None
    if line is not None:
        line.setAccessibleName(name)


def show_value(value: QLabel, text: str) -> None:
    """Show a value; who cannot see it hears what it is of."""
    if value.text() != text:
        value.setText(text)
        value.setAccessibleName(f"{value.property('caption')}: {text}")


def captioned(value: QLabel, title: str) -> QLabel:
    """The label of a value of this name."""
    value.setProperty("caption", title)
    value.setAccessibleName(f"{title}: {value.text()}" if value.text() else title)
    return value
