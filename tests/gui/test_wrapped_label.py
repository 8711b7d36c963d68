"""A label that folds tells what it was told, and no line of it is a single character."""

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
