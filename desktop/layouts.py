"""What panels remember of themselves from one start to the next: widths, chosen columns."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal


class Layouts(QObject):
    """A text for each key. The panel alone knows what its text means, and bears with nonsense."""

    changed = Signal(dict)
    """All of them, when one is another: to be kept."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts: dict[str, str] = {}

    def restore(self, texts: Mapping[str, str]) -> None:
        """Take back what was kept."""
        self._texts = dict(texts)

    def get(self, key: str) -> str:
        """The text of `key`, "" when there is none."""
        return self._texts.get(key, "")

    def put(self, key: str, text: str) -> None:
        """Remember `text`."""
        if self._texts.get(key) != text:
            self._texts[key] = text
            self.changed.emit(dict(self._texts))
