"""Return presses the button that has the keyboard, as Space does.

Qt lets Return press buttons only in dialogs, or where the system's own style says so.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QRadioButton, QWidget

from desktop.widgets.toggle_switch import ToggleSwitch

RETURN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
OTHER_MEANING = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


def is_a_choice(button: QAbstractButton) -> bool:
    """Whether it holds a choice, a switch or one of several, and does nothing by itself.

    Where a window has a default button, Return on one of these presses that: so do Windows' and
    GTK's dialogs and macOS. Where there is none, Return is as good as Space.
    """
    if isinstance(button, QRadioButton | ToggleSwitch):
        return True
    group: QButtonGroup | None = button.group()
    return group is not None and group.exclusive() and button.isCheckable()


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
