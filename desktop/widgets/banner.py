"""A coloured strip that says one thing and offers what to do about it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.status_mark import StatusMark
from desktop.widgets.status_shapes import Shape
from desktop.widgets.styling import GAP, GAP_LARGE, label, set_property

FOLD_BELOW_EM = 24


class Banner(QFrame):
    """Mark, bold title, text, buttons. `tone` is info, warn, error, demo or quiet.

    The buttons go below the words where there are less than `fold_below_em` lines' heights of room.
    """

    def __init__(
        self,
        tone: str,
        shape: Shape,
        parent: QWidget | None = None,
        *,
        fold_below_em: float = FOLD_BELOW_EM,
    ) -> None:
        super().__init__(parent)
        self.setProperty("banner", True)
        self.setProperty("tone", tone)
        self._shape = shape
        self._mark = StatusMark(24)
        self._title = label("", "strong", wraps=True)
        self._title.setProperty("tone", tone)
        self._text = label("", wraps=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._button_box = QWidget()
        self._button_box.hide()  # an empty box would take room from the words
        self._buttons = QHBoxLayout(self._button_box)
        self._buttons.setContentsMargins(0, 0, 0, 0)
        self._buttons.setSpacing(GAP)

        words = QWidget()
        texts = QVBoxLayout(words)
        texts.setContentsMargins(0, 0, 0, 0)
        texts.setSpacing(4)
        texts.addWidget(self._title)
        texts.addWidget(self._text)
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP_LARGE, 12, GAP_LARGE, 12)
        row.setSpacing(12)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        self._fold = FoldingRow(fold_below_em, 12)
        self._fold.add(words, stretches=True)
        self._fold.add(self._button_box)
        row.addWidget(self._fold, 1)

    def say(self, title: str, text: str) -> None:
        """Change the words."""
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)

    def set_colours(self, colour: str, surface: str) -> None:
        """Colour of the mark and of what is cut into it."""
        self._mark.show_shape(self._shape, colour, surface)

    def set_tone(self, tone: str, shape: Shape) -> None:
        """Change kind and mark."""
        self._shape = shape
        set_property(self, "tone", tone)
        set_property(self._title, "tone", tone)

    def add_button(self, text: str, on_click: Callable[[], None]) -> QPushButton:
        """Offer something to do."""
        button = QPushButton(text)
        # A click mostly ends what is said; the keyboard shall not go on to whatever comes next.
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda _checked=False: on_click())
        self._buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._button_box.show()
        return button

    def offer(self, button: QPushButton, *, is_offered: bool) -> None:
        """Offer one of the buttons or not; without any, the words have all the room."""
        button.setVisible(is_offered)
        items = map(self._buttons.itemAt, range(self._buttons.count()))
        widgets = [item.widget() for item in items if item is not None]
        self._button_box.setVisible(any(each and not each.isHidden() for each in widgets))
