"""What a person sees and presses in a window, found by what it says."""

from typing import TypeVar

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

W = TypeVar("W", bound=QWidget)


def button(window: QWidget, text: str) -> QPushButton:
    (found,) = [b for b in window.findChildren(QPushButton) if b.isVisible() and b.text() == text]
    return found


def click(window: QWidget, text: str) -> None:
    QTest.mouseClick(button(window, text), Qt.MouseButton.LeftButton)


def titles(window: QWidget) -> list[str]:
    labels = [w for w in window.findChildren(QLabel) if w.isVisible()]
    return [w.text() for w in labels if w.property("type") == "title"]


def named(window: QWidget, name: str) -> QPushButton:
    buttons = [b for b in window.findChildren(QPushButton) if b.isVisible()]
    (found,) = [b for b in buttons if b.accessibleName() == name]
    return found


def visible(window: QWidget, kind: type[W]) -> list[W]:
    return [widget for widget in window.findChildren(kind) if widget.isVisible()]


def settle() -> None:
    for _round in range(20):
        QCoreApplication.processEvents()


def shown(window: QWidget) -> list[str]:
    return [w.text() for w in window.findChildren(QLabel) if w.isVisible()]
