"""A picture before a button's words, with room between the two.

Qt leaves 4 px there whatever the size of the letters, and no style sheet changes that: the picture
gets an empty strip at its right.
"""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractButton, QToolButton

GAP_SHARE = 0.25
"""Of the picture's side, besides Qt's 4 px."""
TOOL_BUTTON_LACKS_PX = 2
"""So much closer Qt puts the words of a tool button."""
LEAST_PX = 16
MODES = (QIcon.Mode.Normal, QIcon.Mode.Disabled)


def show_icon(button: QAbstractButton, icon: QIcon, side: int = 0) -> None:
    """Show a square `icon` before the words of `button`: as high as `side`, else as its letters."""
    key = str(icon.cacheKey())
    if button.property("icon_shown") == key:
        return  # many ask anew with every change of the state
    button.setProperty("icon_shown", key)
    side = side or max(LEAST_PX, button.fontMetrics().height())
    more = TOOL_BUTTON_LACKS_PX / side if isinstance(button, QToolButton) else 0
    button.setIcon(beside_words(icon, GAP_SHARE + more))
    button.setIconSize(QSize(round(side * (1 + GAP_SHARE + more)), side))


def beside_words(icon: QIcon, gap_share: float = GAP_SHARE) -> QIcon:
    """The same picture, with the strip."""
    spaced = QIcon()
    for mode in MODES:
        for size in icon.availableSizes(mode):
            wide = QPixmap(round(size.width() * (1 + gap_share)), size.height())
            wide.fill(Qt.GlobalColor.transparent)
            painter = QPainter(wide)
            painter.drawPixmap(0, 0, icon.pixmap(size, 1.0, mode))
            painter.end()
            spaced.addPixmap(wide, mode)
    return spaced
