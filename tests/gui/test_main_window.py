"""Every scene of every panel, in both themes and languages: no Qt warning, nothing cut off."""

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QStyle,
    QStyleOptionButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.i18n import Language
from desktop.panels.catalogue import PANELS
from desktop.panels.overview_instances import InstanceCard
from desktop.panels.panel import Panel
from desktop.panels.requests_toolbar import RequestsToolbar
from desktop.slices.first_run import FirstRunStep, ProgramsFound
from desktop.slices.product import UpgradeFound
from desktop.state import EndpointSwitched
from desktop.theme import Theme
from desktop.widgets.banner import Banner
from desktop.widgets.card import Card
from desktop.widgets.marked_list import MarkedList
from desktop.widgets.toggle_switch import ToggleSwitch
from desktop.window_banners import WindowBanners
from gateway_engine.public import ListenerFailed
from tests.gui import scene_window
from tests.gui.scene_window import EVERY_SCENE, Open
from tests.gui.seen_in_window import settle, visible
from tests.shots import scenes as shots
from tests.shots.scenes import scenes

SCENES = {scene.name: scene for scene in scenes() if scene.panel == "overview"}
open_window = scene_window.open_window


@pytest.mark.parametrize("code", ["en", "zh_CN"])
@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("name", list(EVERY_SCENE))
def test_every_scene_renders_and_fits(
    open_window: Open,
    theme: Theme,
    language: Language,
    qapp: QApplication,
    name: str,
    look: str,
    code: str,
) -> None:
    scene = EVERY_SCENE[name]
    language.install(code)
    usual = qapp.font()
    larger = qapp.font()
    larger.setPointSizeF(usual.pointSizeF() * scene.type_scale)
    qapp.setFont(larger)
    try:
        theme.apply(look)
        window = open_window(scene)
        scene.prepare(window)
        settle()
        for area in window.findChildren(QScrollArea):
            assert area.horizontalScrollBar().maximum() == 0
        for words in visible(window, QLabel):
            heard = f"{words.accessibleName()} {words.accessibleDescription()}"
            assert not words.accessibleName() or words.text() in heard, heard
        for button in visible(window, QPushButton):
            assert button.width() >= button.minimumSizeHint().width(), button.text()
            assert shown_width(button) >= text_width(button), button.text()
        for line in visible(window, QLineEdit):
            if line.isReadOnly() and line.echoMode() is QLineEdit.EchoMode.Normal:
                assert line.width() > line.fontMetrics().horizontalAdvance(line.text()), line.text()
    finally:
        qapp.setFont(usual)


def test_every_panel_has_its_scenes_and_is_reached_from_the_sidebar(
    open_window: Open, language: Language
) -> None:
    language.install("en")
    pictured, listed = {scene.panel for scene in scenes()}, {entry.key for entry in PANELS}
    assert pictured >= listed, (
        f"no scenes of {sorted(listed - pictured)}: write a module in tests/shots/scenes, and list "
        "it there in __init__.py"
    )
    assert pictured == listed, f"scenes of panels that are not: {sorted(pictured - listed)}"
    window = open_window(SCENES["ready"])
    for entry in PANELS:
        window.show_panel(entry.key)
        buttons = visible(window, QPushButton)
        assert [b.text() for b in buttons if b.property("nav") and b.isChecked()] == [entry.title()]


def shown_width(button: QPushButton) -> int:
    """Pixels inside the border and padding that the style sheet gives the button just now."""
    option = QStyleOptionButton()
    button.initStyleOption(option)
    element = QStyle.SubElement.SE_PushButtonContents
    return button.style().subElementRect(element, option, button).width()


def text_width(button: QPushButton) -> int:
    """What icon and text need, in bold if the style sheet may make them so when checked."""
    font = button.font()
    if button.isCheckable():
        font.setWeight(QFont.Weight.DemiBold)
    icon = 0 if button.icon().isNull() else button.iconSize().width()
    return icon + QFontMetrics(font).horizontalAdvance(button.text())


def test_the_hints_in_empty_fields_can_be_read(open_window: Open, theme: Theme) -> None:
    for look in ("light", "dark"):
        theme.apply(look)
        window = open_window(SCENES["empty"])
        fields = [*visible(window, QLineEdit), *visible(window, QPlainTextEdit)]
        hints = {field.palette().placeholderText().color().name() for field in fields}
        assert hints == {theme.tokens.text_soft}


def test_what_has_failed_is_said_in_the_users_language(
    open_window: Open, language: Language
) -> None:
    language.install("zh_CN")
    window = open_window(SCENES["needs_login"])
    (told,) = [t.text() for t in visible(window, QLabel) if "HTTP 503" in t.text()]
    assert told.startswith("尚未登录。")
    assert "login_required" not in told


def test_copying_moves_nothing(open_window: Open) -> None:
    window = open_window(SCENES["ready"])
    for button in visible(window, QPushButton):
        if button.text() == "Copy":
            before = button.geometry()
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            settle()
            assert button.text() == "Copied"
            assert button.geometry() == before


def test_scenes_speak_the_language_that_is_installed(
    language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made once, they once kept the sentences of the first language in the pictures of both."""
    monkeypatch.setattr(shots, "PANELS", (shots.overview,))
    said = set()
    for code in ("en", "zh_CN"):
        language.install(code)
        (crashed,) = [s for s in scenes.__wrapped__(code) if s.name == "crashed"]
        said.add(crashed.state.action_error)
    shots.overview.scenes.cache_clear()
    assert len(said) == 2


def test_the_switch_asks_and_does_not_decide(
    open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(Actions, "switch_endpoint", lambda _self, wanted: asked.append(wanted))
    window = open_window(SCENES["ready"])
    (switch,) = visible(window, ToggleSwitch)
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    switch.setFocus()
    window.store.dispatch(EndpointSwitched(wanted=False))
    assert not switch.isChecked()
    QTest.keyClick(switch, Qt.Key.Key_Space)
    assert asked == [False, True]


def test_no_scene_says_on_while_nothing_can_be_open(open_window: Open, language: Language) -> None:
    language.install("en")
    shown = {}
    for name in ("ready", "empty", "stopped", "port_taken", "crashed"):
        window = open_window(SCENES[name])
        (switch,) = visible(window, ToggleSwitch)
        texts = [label.text() for label in visible(window, QLabel)]
        (words,) = [text for text in texts if text.startswith("Endpoint o")]
        shown[name] = (switch.isChecked(), words)
    off = (False, "Endpoint off")
    assert shown == {
        "ready": (True, "Endpoint on"),
        "empty": (True, "Endpoint opening…"),
        "stopped": off,
        "port_taken": off,
        "crashed": off,
    }


def test_a_taken_port_offers_the_next_free_one(
    open_window: Open, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    language.install("en")
    asked: list[str] = []
    monkeypatch.setattr(Actions, "use_next_free_port", lambda _self: asked.append("free"))
    window = open_window(SCENES["ready"])
    window.store.dispatch(ListenerFailed("127.0.0.1", 8317, "address_in_use", "x", 0.0))
    (button,) = [b for b in visible(window, QPushButton) if "free port" in b.text()]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked == ["free"]


def test_the_demo_cannot_be_missed(open_window: Open, language: Language) -> None:
    for code, word in (("en", "Demo"), ("zh_CN", "演示")):
        language.install(code)
        window = open_window(SCENES["demo"])
        assert any(word in banner.accessibleName() for banner in visible(window, Banner))
        assert word in window.windowTitle()
        assert window.windowTitle().endswith("Lingma Gateway")  # Qt adds it to others
        ready = open_window(SCENES["ready"])
        assert ready.windowTitle() == "Lingma Gateway"
        assert not any(word in banner.accessibleName() for banner in visible(ready, Banner))


def test_the_demo_leads_to_the_step_where_another_program_is_chosen(
    open_window: Open, language: Language
) -> None:
    language.install("en")
    window = open_window(SCENES["demo"])
    (button,) = [b for b in visible(window, QPushButton) if b.text() == "Who should answer…"]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    run = window.store.state.first_run
    assert (run.is_open, run.step) == (True, FirstRunStep.PROGRAM)
    fixed = open_window(SCENES["demo"])
    fixed.store.dispatch(ProgramsFound("", (), "auto", is_fixed=True))
    assert not [b for b in visible(fixed, QPushButton) if b.text() == "Who should answer…"]


def test_the_key_is_in_no_widget_before_it_is_revealed(
    open_window: Open, language: Language
) -> None:
    language.install("en")
    window = open_window(SCENES["ready"])
    key = window.store.state.access.api_key
    assert key not in [line.text() for line in window.findChildren(QLineEdit)]
    (reveal,) = [b for b in visible(window, QPushButton) if b.toolTip() == "Show the key"]
    reveal.click()
    assert key in [line.text() for line in window.findChildren(QLineEdit)]
    reveal.click()
    assert key not in [line.text() for line in window.findChildren(QLineEdit)]


def test_copying_puts_the_values_on_the_clipboard(
    open_window: Open, language: Language, qapp: QApplication
) -> None:
    language.install("en")
    window = open_window(SCENES["ready"])
    copied = []
    for button in [b for b in visible(window, QPushButton) if b.text() == "Copy"]:
        button.click()
        copied.append(qapp.clipboard().text())
    state = window.store.state
    assert copied == [f"{state.endpoint.url}/v1", state.endpoint.url, state.access.api_key]


def test_closing_is_asked_for_and_a_hidden_window_catches_up(
    open_window: Open, qtbot: QtBot
) -> None:
    window = open_window(SCENES["ready"])
    with qtbot.waitSignal(window.close_wanted, timeout=5000):
        window.close()
    assert window.isVisible()
    window.hide()
    window.store.dispatch(EndpointSwitched(wanted=False))
    assert window.findChildren(ToggleSwitch)[0].isChecked()
    window.show()
    assert not window.findChildren(ToggleSwitch)[0].isChecked()


def test_the_language_changes_while_the_window_is_open(
    open_window: Open, language: Language
) -> None:
    language.install("en")
    window = open_window(SCENES["ready"])
    language.install("zh_CN")
    settle()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    texts = [button.text() for button in visible(window, QPushButton)]
    assert "复制" in texts
    assert "Copy" not in texts


def test_the_place_of_the_window_is_kept(open_window: Open) -> None:
    window = open_window(SCENES["ready"])
    window.resize(763, 501)
    text = window.geometry_text()
    other = open_window(SCENES["ready"])
    other.restore_geometry_text(text)
    assert (other.width(), other.height()) == (763, 501)
    other.restore_geometry_text("not base64!")


@pytest.mark.parametrize("size", [(900, 600), (1180, 600), (1180, 2400), (2560, 1440)])
def test_a_strip_above_a_page_is_as_wide_as_its_cards(
    open_window: Open, size: tuple[int, int]
) -> None:
    window = open_window(EVERY_SCENE["about-overfull"])
    window.resize(*size)
    settle()
    bars = [area.verticalScrollBar().isVisible() for area in visible(window, QScrollArea)]
    assert any(bars) is (size[1] == 600)
    assert edges(window, strips_of(window)) == edges(window, visible(window, Card))


WIDE: dict[str, type[QWidget] | tuple[type[QWidget], ...]] = {
    "overview-ready": Card,
    "requests-typical": RequestsToolbar,
    "health-typical": Card,
    "health-instance": Card,
    "accounts-ready": Card,
    "clients-connected": (Card, MarkedList),
    "settings-typical": Card,
    "about-usual": Card,
}
"""Scenes, and what on their pages has the page's width."""


@pytest.mark.parametrize("name", list(WIDE))
def test_strips_and_pages_have_one_width_on_a_wide_screen(open_window: Open, name: str) -> None:
    window = open_window(EVERY_SCENE[name])
    window.resize(2560, 1440)
    window.store.dispatch(UpgradeFound("0.2.0"))
    settle()
    page = next(each for each in visible(window, Panel))
    parts = [each for each in visible(page, QWidget) if isinstance(each, WIDE[name])]
    assert edges(window, strips_of(window)) == edges(window, parts)


def strips_of(window: QWidget) -> list[Banner]:
    (strips,) = window.findChildren(WindowBanners)
    return visible(strips, Banner)


def edges(window: QWidget, widgets: Sequence[QWidget]) -> tuple[int, int]:
    """The left edge and the right one of all of them."""
    lefts = [(each.mapTo(window, QPoint()).x(), each.width()) for each in widgets]
    return min(left for left, _width in lefts), max(sum(each) for each in lefts)


@pytest.mark.parametrize("name", ["ready", "error"])
def test_an_instance_has_one_button_that_restarts_it(
    open_window: Open, language: Language, name: str
) -> None:
    language.install("en")
    window = open_window(SCENES[name])
    cards = window.findChildren(InstanceCard)
    assert cards
    for card in cards:
        texts = [button.text() for button in visible(card, QPushButton)]
        assert sum(text.startswith("Restart") for text in texts) == 1, texts
