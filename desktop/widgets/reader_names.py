"""Names for those who hear the window."""

from PySide6.QtWidgets import QComboBox, QWidget


def name_for_readers(widget: QWidget, name: str) -> None:
    """Call `widget` so; what is written into in a list is another one for a screen reader."""
    widget.setAccessibleName(name)
    line = widget.lineEdit() if isinstance(widget, QComboBox) else None
    if line is not None:
        line.setAccessibleName(name)
