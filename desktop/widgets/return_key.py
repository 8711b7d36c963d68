"""Return presses the button that has the keyboard, as Space does.

Qt lets Return press buttons only in dialogs, or where the system's own style says so.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

RETURN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
OTHER_MEANING = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


def press_focused(window: QWidget, event: QKeyEvent) -> bool:
    """Press the button of `window` that has the keyboard if that is what `event`, which nobody
    else took, means; False when it is about something else. A key held down presses once.
    """
    if event.key() not in RETURN_KEYS or event.modifiers() & OTHER_MEANING:
        return False
    button = window.focusWidget()
    if not isinstance(button, QAbstractButton) or not button.isEnabled():
        return False
    if not event.isAutoRepeat():
        button.click()
    return True
