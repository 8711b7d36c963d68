"""A label that folds tells what it was told, and no line of it is a single character."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.widgets.styling import label


def test_it_tells_what_it_was_told(qtbot: QtBot) -> None:
    words = label("请使用文件中的值。", wraps=True)
    qtbot.addWidget(words)
    assert words.text() == "请使用文件中的值。"
    words.setText("It takes an address and the key.")
    assert words.text() == "It takes an address and the key."


def test_the_last_character_takes_two_more_along(qtbot: QtBot) -> None:
    words = label("请使用文件中的值", wraps=True)
    qtbot.addWidget(words)
    words.ensurePolished()
    one_less = words.fontMetrics().horizontalAdvance("请使用文件中的") + 2
    words.setFixedWidth(one_less)
    alone = label("请使用文件中\n的值呀", wraps=True)
    qtbot.addWidget(alone)
    assert words.heightForWidth(one_less) == alone.heightForWidth(one_less)


def test_what_is_copied_is_what_it_was_told(qtbot: QtBot) -> None:
    told = "/home/li/文档/我的项目文件夹\nIt takes the address and the key in it."
    words = label(told, wraps=True)
    qtbot.addWidget(words)
    words.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    words.show()
    QTest.keyClick(words, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(words, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == told
