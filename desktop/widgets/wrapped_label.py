"""A sentence that folds, and whose last line is never a single character or a short word."""

import re
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

WORD_JOINER: Final = "\u2060"
NO_BREAK_SPACE: Final = "\u00a0"
SHORT_WORD_CHARS: Final = 9
_HAN: Final = "[\u4e00-\u9fff]"
_HAN_END: Final = re.compile(f"(?<={_HAN})({_HAN}{{3}})([。！？；：…、，）”》]*)$", re.MULTILINE)
_SHORT_WORD: Final = rf"([^\s\u4e00-\u9fff]{{1,{SHORT_WORD_CHARS}}})"
_WORD_END: Final = re.compile(rf"(?<=\w|[,;:.)])(?<!\S{{20}}) {_SHORT_WORD}$", re.MULTILINE)


def with_last_word_joined(text: str) -> str:
    """The same to read; the last short word of a paragraph stands with the one before."""
    return _WORD_END.sub(lambda end: NO_BREAK_SPACE + end[1], text)


def with_its_end_together(text: str) -> str:
    """The same to read; so do the last three Chinese characters of one."""
    text = with_last_word_joined(text)
    return _HAN_END.sub(lambda end: WORD_JOINER.join(end[1]) + end[2], text)


class WrappedLabel(QLabel):
    """Folds its words; what it was told is what it tells, and what is copied from it."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told = ""
        self.setWordWrap(True)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Say this; the same again, as at every rendering, costs nothing."""
        if text != self._told:
            self._told = text
            self._show()

    def _show(self) -> None:
        # What somebody may copy, a path say, must not have characters that nobody sees; a space
        # that breaks no line is copied as a usual one.
        together = with_last_word_joined if self._is_selectable else with_its_end_together
        super().setText(together(self._told))

    def setTextInteractionFlags(self, flags: Qt.TextInteractionFlag) -> None:
        """What may be done with the words."""
        super().setTextInteractionFlags(flags)
        self._show()

    @property
    def _is_selectable(self) -> bool:
        return bool(self.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse)

    def text(self) -> str:
        """What it was told."""
        return self._told
