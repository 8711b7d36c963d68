"""Values that cannot be saved: said as they are typed, and kept in their field."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from desktop.i18n import Language
from desktop.panels.settings_bar import SettingsBar
from desktop.slices.settings import SettingsRead, SettingsRefused
from desktop.theme import Theme
from desktop.widgets.toggle_switch import ToggleSwitch
from gateway_engine.public import setting_specs
from tests.gui.test_settings_panel import Page
from tests.shots.scenes.settings import view


@pytest.fixture
def page(qtbot: QtBot, theme: Theme, language: Language) -> Page:
    language.install("en")
    theme.apply("light")
    return Page(qtbot, theme, SettingsRead(view()))


def test_a_wrong_value_is_said_and_cannot_be_saved(page: Page) -> None:
    line = page.control("host", QLineEdit)
    line.clear()
    line.textEdited.emit("")
    assert "This may not be empty." in page.texts("host")
    page.control("record_bodies", ToggleSwitch).click()
    assert not page.button("Apply").isEnabled()
    line.setText("::1")
    line.textEdited.emit("::1")
    assert "This may not be empty." not in page.texts("host")
    assert page.button("Apply").isEnabled()
    aliases = page.control("model_aliases", QPlainTextEdit)
    aliases.setPlainText("no equals sign")
    assert "Each line is NAME = MODEL." in page.texts("model_aliases")
    assert not page.button("Apply").isEnabled()


def test_what_cannot_be_saved_stays_in_its_field_until_it_is_discarded(page: Page) -> None:
    line = page.control("host", QLineEdit)
    line.clear()
    line.textEdited.emit("")
    aliases = page.control("model_aliases", QPlainTextEdit)
    aliases.setPlainText("gpt-4o = kmodel\nno equals sign")
    page.row("port").setFocus()
    page.store.dispatch(SettingsRead(view()))
    assert line.text() == ""
    assert aliases.toPlainText() == "gpt-4o = kmodel\nno equals sign"
    page.button("Discard").click()
    assert line.text() == "127.0.0.1"
    assert "no equals sign" not in aliases.toPlainText()


def test_a_click_in_the_bar_leaves_the_keyboard_where_it_is(page: Page) -> None:
    line = page.control("lingma_username", QLineEdit)
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "me")
    assert page.button("Apply").focusPolicy() is page.button("Discard").focusPolicy()
    QTest.mouseClick(page.button("Discard"), Qt.MouseButton.LeftButton)
    assert not page.panel.findChildren(SettingsBar)[0].isVisible()
    assert QApplication.focusWidget() is line


def test_a_click_on_what_is_said_leaves_the_keyboard_where_it_is(page: Page) -> None:
    line = page.control("lingma_username", QLineEdit)
    page.store.dispatch(SettingsRefused("Somebody else has written."))
    line.setFocus()
    QTest.mouseClick(page.button("Dismiss"), Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() is line


def test_numbers_cannot_leave_their_range(page: Page) -> None:
    for spec in setting_specs():
        if spec.type in (int, float):
            box = page.control(spec.name, QDoubleSpinBox)
            assert box.minimum() == (spec.minimum or 0)
            assert spec.maximum is None or box.maximum() == spec.maximum
