"""Why the desktop cannot start is seen by whoever cannot read a terminal."""

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from desktop import start_failure
from desktop.i18n import Language
from desktop.start_failure import failure_box, is_window_wanted, running_elsewhere, unusable
from desktop.theme import Theme


@pytest.mark.parametrize(
    ("environ", "at_login", "is_read", "wanted"),
    [
        ({}, True, False, True),  # the login: its stderr is a log, or nothing
        ({}, True, True, False),  # --minimized, typed into a terminal
        ({"DESKTOP_STARTUP_ID": "x"}, False, False, True),
        ({"GIO_LAUNCHED_DESKTOP_FILE": "/x.desktop"}, False, True, False),  # of the terminal itself
        ({}, False, False, False),  # a script
    ],
)
def test_a_window_for_whoever_reads_no_terminal(
    environ: dict[str, str], at_login: bool, is_read: bool, wanted: bool
) -> None:
    assert is_window_wanted(environ, at_login=at_login, is_read=is_read) is wanted


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_the_window_opens_the_file_that_has_to_be_mended_and_stays(
    qtbot: QtBot,
    theme: Theme,
    language: Language,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    language.install("zh_CN")
    theme.apply("dark")
    opened: list[Path] = []
    monkeypatch.setattr(start_failure, "open_file", opened.append)
    file = tmp_path / "config.toml"
    file.touch()
    box = failure_box("PORT 需要一个数字。", file)
    qtbot.addWidget(box)
    with qtbot.waitExposed(box):
        box.open()
    assert box.text() == "Lingma Gateway 无法启动"
    assert not box.windowIcon().isNull()
    assert box.icon() is QMessageBox.Icon.NoIcon  # the house's own mark stands there
    assert not box.iconPixmap().isNull()
    (opener,) = [b for b in box.findChildren(QPushButton) if b.text() == "打开设置文件"]
    QTest.mouseClick(opener, Qt.MouseButton.LeftButton)
    assert opened == [file]
    assert box.isVisible()
    QTest.keyClick(box, Qt.Key.Key_Escape)
    QCoreApplication.processEvents()
    assert not box.isVisible()


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_no_button_for_a_file_that_is_not_there(qtbot: QtBot, tmp_path: Path) -> None:
    box = failure_box("x", tmp_path / "config.toml")
    qtbot.addWidget(box)
    assert len(box.buttons()) == 1


def test_what_else_keeps_it_from_starting_is_said_in_the_users_language(
    language: Language,
) -> None:
    language.install("zh_CN")
    assert "http://127.0.0.1:8317" in running_elsewhere("http://127.0.0.1:8317")
    for words in (running_elsewhere(""), unusable("/data", "拒绝访问")):
        assert "无" in words or "已" in words
