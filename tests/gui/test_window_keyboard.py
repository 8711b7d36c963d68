"""The keyboard in the window: what has it, what it reaches, where it goes on."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTabBar,
    QWidget,
)

from desktop.i18n import Language
from desktop.panels.requests_table import RequestTable
from desktop.theme import Theme
from desktop.window_banners import WindowBanners
from tests.gui import scene_window
from tests.gui.scene_window import EVERY_SCENE, Open
from tests.gui.seen_in_window import settle, visible
from tests.shots.scenes import scenes

SCENES = {scene.name: scene for scene in scenes() if scene.panel == "overview"}
INTERACTIVE = (QAbstractButton, QLineEdit, QPlainTextEdit)
open_window = scene_window.open_window


def test_what_can_be_used_has_a_name_and_is_reached_by_tab(
    open_window: Open, theme: Theme, language: Language
) -> None:
    language.install("en")
    theme.apply("light")
    window = open_window(SCENES["port_taken"])
    window.activateWindow()
    expected = {w for kind in INTERACTIVE for w in visible(window, kind) if w.isEnabled()}
    expected = {w for w in expected if w.focusPolicy() & Qt.FocusPolicy.TabFocus}
    for widget in expected:
        name = widget.accessibleName() or getattr(widget, "text", str)()
        assert name, widget
    reached = set()
    for _step in range(60):
        QTest.keyClick(window, Qt.Key.Key_Tab)
        reached.add(QApplication.focusWidget())
    # Of an exclusive group, Tab reaches the chosen one and arrows the others.
    groups = {w for w in expected if isinstance(w, QPushButton) and w.group() is not None}
    assert expected - groups <= reached


@pytest.mark.parametrize("name", ["requests-detail_replay", "health-error", "health-instance"])
def test_what_can_have_the_keyboard_has_a_name(
    open_window: Open, language: Language, name: str
) -> None:
    language.install("en")
    window = open_window(EVERY_SCENE[name])
    EVERY_SCENE[name].prepare(window)
    settle()
    can = [w for w in visible(window, QWidget) if w.focusPolicy() is not Qt.FocusPolicy.NoFocus]
    assert len(can) > 10
    assert [w for w in can if not (w.accessibleName() or getattr(w, "text", str)())] == []


@pytest.mark.parametrize(
    "name",
    ["overview-ready", "requests-detail_client", "health-instance", "accounts-waiting"],
)
def test_what_has_the_keyboard_is_seen_at_a_glance(
    open_window: Open, theme: Theme, language: Language, name: str
) -> None:
    """A focus that only makes a pale border wider is none."""
    language.install("en")
    theme.apply("light")
    window = open_window(EVERY_SCENE[name])
    EVERY_SCENE[name].prepare(window)
    window.activateWindow()
    visible(window, QPushButton)[0].setFocus()
    QTest.keyClick(window, Qt.Key.Key_Tab)
    first, at = QApplication.focusWidget(), QApplication.focusWidget()
    marks = {QColor(theme.tokens.accent).rgb(), QColor(theme.tokens.text).rgb()}
    seen = 0
    while at is not None and (seen == 0 or at is not first):
        with_it = _many(at, marks)
        QTest.keyClick(at, Qt.Key.Key_Tab)
        settle()
        if not at.property("marksrow"):
            assert with_it > _many(at, marks) + 8, f"{type(at).__name__} {at.accessibleName()}"
        seen, at = seen + 1, QApplication.focusWidget()
    assert seen > 8


def _many(widget: QWidget, colours: set[int]) -> int:
    """Pixels of these colours at the edges of it."""
    picture = widget.grab().toImage()
    wide, high = picture.width(), picture.height()
    edge = range(4)  # some have a margin
    across = [(x, y) for x in range(wide) for n in edge for y in (n, high - 1 - n)]
    down = [(x, y) for y in range(high) for n in edge for x in (n, wide - 1 - n)]
    return sum(picture.pixel(x, y) in colours for x, y in across + down)


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab])
def test_tab_goes_round_past_the_details_of_a_request(open_window: Open, key: Qt.Key) -> None:
    window = open_window(EVERY_SCENE["requests-detail_conversation"])
    EVERY_SCENE["requests-detail_conversation"].prepare(window)
    window.activateWindow()
    bar = next(each for each in visible(window, QTabBar) if each.count() > 6)
    bar.setFocus()
    reached: list[str] = []
    while not reached or QApplication.focusWidget() is not bar:
        focused = QApplication.focusWidget()
        assert isinstance(focused, QWidget)
        reached.append(focused.accessibleName())
        assert len(reached) < 60, f"{reached[-4:]}: the keyboard does not come round"
        QTest.keyClick(focused, key)
        settle()
    for name in ("The chosen message", "Close the details", "Search requests", "Requests"):
        assert name in reached


@pytest.mark.parametrize("name", ["settings-typical", "requests-detail_replay"])
def test_what_is_written_into_has_a_name(open_window: Open, language: Language, name: str) -> None:
    language.install("en")
    window = open_window(EVERY_SCENE[name])
    EVERY_SCENE[name].prepare(window)
    settle()
    boxes = [box for box in visible(window, QComboBox) if box.isEditable()]
    assert boxes
    for box in boxes:
        line = box.lineEdit()
        assert line is not None
        assert line.accessibleName() == box.accessibleName() != ""


@pytest.mark.parametrize("name", ["about-usual", "health-typical"])
def test_the_keyboard_comes_along_to_another_page(open_window: Open, name: str) -> None:
    """Once it fell back on the first entry of the sidebar."""
    window = open_window(EVERY_SCENE[name])
    window.activateWindow()
    button = next(b for b in visible(window.panel_shown, QPushButton) if b.isEnabled())
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert window.panel == "overview"
    for key, forward in ((Qt.Key.Key_Tab, True), (Qt.Key.Key_Backtab, False)):
        window.panel_shown.setFocus()
        QTest.keyClick(window.panel_shown, key)
        focused = QApplication.focusWidget()
        assert focused is not None
        assert window.panel_shown.isAncestorOf(focused) is forward
    window.show_panel("health")
    assert QApplication.focusWidget() is focused, "of the sidebar, where it was"


def test_a_page_that_takes_the_keyboard_by_itself_keeps_it(open_window: Open) -> None:
    window = open_window(EVERY_SCENE["requests-typical"])
    window.activateWindow()
    (table,) = visible(window, RequestTable)
    window.show_panel("about")
    settle()
    next(b for b in visible(window.panel_shown, QPushButton) if b.isEnabled()).setFocus()
    window.show_panel("requests")
    assert QApplication.focusWidget() is table


def test_who_is_led_to_an_account_goes_on_there(open_window: Open, language: Language) -> None:
    language.install("en")
    window = open_window(EVERY_SCENE["health-error"])
    window.wishes.panel_wanted.connect(window.show_panel)
    window.activateWindow()
    (button, *_others) = [b for b in visible(window, QPushButton) if b.text() == "Sign in…"]
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    settle()
    focused = QApplication.focusWidget()
    assert isinstance(focused, QPushButton)
    assert focused.accessibleName().startswith(("Sign in: ", "Switch account…: "))
    assert not focused.visibleRegion().isEmpty()


def test_the_keyboard_goes_on_with_the_page_when_what_is_above_it_is_over(
    open_window: Open,
) -> None:
    scene = EVERY_SCENE["about-usual"]
    product = replace(scene.state.product, news="1.2.3")
    window = open_window(replace(scene, state=replace(scene.state, product=product)))
    window.activateWindow()
    (banners,) = visible(window, WindowBanners)
    (*_others, dismiss) = visible(banners, QPushButton)
    dismiss.setFocus()
    QTest.keyClick(dismiss, Qt.Key.Key_Space)
    settle()
    assert not banners.isVisible()
    assert QApplication.focusWidget() is window.panel_shown
