"""The clients' panel: looks when it is seen, shows before it writes, hides keys until asked."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QTableWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.client_actions import ClientActions
from desktop.i18n import Language
from desktop.panels.clients_file import FileCard
from desktop.panels.clients_paste import PasteCard
from desktop.slices.clients import ClientPasted, ClientPlanned, Plan
from desktop.theme import Theme
from desktop.widgets.diff_view import DiffView
from desktop.widgets.marked_list import MarkedList
from gateway_engine.public import Deed, Pasted, client_pastes
from tests.gui import scene_window
from tests.gui.fake_clients import KEY
from tests.gui.seen_in_window import settle
from tests.shots.scenes import scenes

SCENES = {scene.name: scene for scene in scenes() if scene.panel == "clients"}
Open = Callable[..., scene_window.Opened]
open_window = scene_window.open_window


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What the panel asks of its actions."""
    asked: list[tuple[object, ...]] = []
    for name in ("look", "plan", "do", "put_aside", "revoke", "check", "stop_check", "launch",
                 "show_pastes", "copy_paste", "copy_launch", "dismiss"):  # fmt: skip

        def note(_self: object, *given: object, _name: str = name, **named: object) -> None:
            asked.append((_name, *given, *named.values()))

        monkeypatch.setattr(ClientActions, name, note)
    return asked


@pytest.fixture
def open_scene(open_window: scene_window.Open, theme: Theme, language: Language) -> Open:
    language.install("en")
    theme.apply("light")
    return lambda name, panel="clients": open_window(
        replace(SCENES[name], panel=panel, size=(1160, 1200))
    )


def test_a_list_that_is_known_before_somebody_looks_is_there(
    open_scene: Open, asked: list[tuple[object, ...]]
) -> None:
    window = open_scene("connected", "overview")
    window.show_panel("clients")
    settle()
    (clients,) = window.findChildren(MarkedList)
    place = clients.visualRect(clients.model().index(2, 0)).center()
    at = window.childAt(clients.viewport().mapTo(window, place))
    assert at is clients.viewport()
    QTest.mouseClick(at, Qt.MouseButton.LeftButton, pos=place)
    assert clients.key() == "opencode"


def button(window: QWidget, text: str) -> QPushButton:
    (found,) = [
        b
        for b in window.findChildren(QPushButton)
        if b.isVisible() and text in (b.text(), b.accessibleName())
    ]
    return found


def texts(window: QWidget) -> str:
    shown = [each.text() for each in window.findChildren(QLabel) if each.isVisible()]
    shown += [e.toPlainText() for e in window.findChildren(QPlainTextEdit) if e.isVisible()]
    return "\n".join(shown)


def test_it_looks_when_it_is_seen_and_when_the_window_is_active_again(
    open_scene: Open, asked: list[tuple[object, ...]], qapp: QApplication
) -> None:
    window = open_scene("connected")
    assert ("look",) in asked
    asked.clear()
    settle()
    assert asked == []
    qapp.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
    assert ("look",) in asked
    window.show_panel("overview")
    asked.clear()
    qapp.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
    assert asked == []


def test_nothing_is_written_before_its_difference_was_shown(
    open_scene: Open, asked: list[tuple[object, ...]]
) -> None:
    window = open_scene("found")
    asked.clear()
    QTest.mouseClick(button(window, "Connect…"), Qt.MouseButton.LeftButton)
    assert asked == [("plan", "codex", Deed.APPLY)]
    (view,) = window.findChildren(DiffView)
    assert not view.isVisible()
    plan = SCENES["plan"].state.clients.plans["claude"]
    window.store.dispatch(ClientPlanned("codex", Plan(Deed.APPLY, plan.change)))
    settle()
    assert view.isVisible()
    assert '+     "ANTHROPIC_AUTH_TOKEN": "***",' in view.toPlainText()
    asked.clear()
    for number, key in enumerate((Qt.Key.Key_Space, Qt.Key.Key_Return), start=1):
        QTest.keyClick(button(window, "Connect"), key)
        assert asked == [("do", "codex")] * number
    QTest.mouseClick(button(window, "Cancel"), Qt.MouseButton.LeftButton)
    assert asked[-1] == ("put_aside", "codex")


@pytest.mark.parametrize(
    ("scene", "card", "words"),
    [
        ("connected", FileCard, "comes before this file"),
        ("paste_only", PasteCard, "Manage Language Models"),
    ],
)
def test_a_note_stands_in_the_card_that_it_is_about(
    open_scene: Open,
    asked: list[tuple[object, ...]],
    scene: str,
    card: type[QWidget],
    words: str,
) -> None:
    window = open_scene(scene)
    notes = [w for w in window.findChildren(QLabel) if w.isVisible() and words in w.text()]
    (inside,) = window.findChildren(card)
    assert len(notes) == 1
    assert inside.isAncestorOf(notes[0])


def test_headings_of_the_check_stand_above_what_they_name(
    open_scene: Open, asked: list[tuple[object, ...]]
) -> None:
    window = open_scene("check_failed")
    (table,) = window.findChildren(QTableWidget)
    left = table.columnViewportPosition(1)
    above = table.horizontalHeader().grab(
        QRect(left, 0, table.columnWidth(1), table.horizontalHeader().height())
    )
    below = table.viewport().grab(QRect(left, 0, table.columnWidth(1), table.rowHeight(0)))
    begins = [_first_ink(picture.toImage()) for picture in (above, below)]
    assert abs(begins[0] - begins[1]) <= 2, begins


def _first_ink(image: QImage) -> int:
    ground = image.pixelColor(2, image.height() // 2)
    rows = range(2, image.height() - 3)  # without the line below the head
    return next(
        x for x in range(2, image.width())
        if any(abs(image.pixelColor(x, y).lightness() - ground.lightness()) > 60 for y in rows)
    )  # fmt: skip


def test_no_key_is_in_a_widget_before_it_is_asked_for(
    open_scene: Open, asked: list[tuple[object, ...]]
) -> None:
    window = open_scene("connected")
    assert "•" in texts(window)
    asked.clear()
    reveal = button(window, "Show the key")
    reveal.click()
    assert asked == [("show_pastes", "claude", True)]
    url = window.store.state.endpoint.url
    fetched = Pasted(client_pastes("claude", url, KEY), has_key=True)
    window.store.dispatch(ClientPasted("claude", fetched))
    assert KEY in texts(window)
    button(window, "Hide the key").click()
    window.store.dispatch(ClientPasted("claude", Pasted(client_pastes("claude", url), False)))
    assert KEY not in "".join(e.toPlainText() for e in window.findChildren(QPlainTextEdit))
    copy = next(
        b
        for b in window.findChildren(QPushButton)
        if b.isVisible() and b.accessibleName() == "Copy: settings.json"
    )
    copy.click()
    assert asked[-1] == ("copy_paste", "claude", 0)


def test_another_client_begins_with_its_key_hidden(
    open_scene: Open, asked: list[tuple[object, ...]]
) -> None:
    window = open_scene("connected")
    reveal = button(window, "Show the key")
    reveal.click()
    assert reveal.isChecked()
    (clients,) = window.findChildren(MarkedList)
    clients.setFocus()
    QTest.keyClick(clients, Qt.Key.Key_Down)
    settle()
    assert window.store.state.clients.chosen == "codex"
    assert clients.key() == "codex"
    assert ("show_pastes", "codex", False) in asked
    assert not reveal.isChecked()


@pytest.mark.qt_log_ignore("propagateSizeHints")  # what the offscreen screen says of any dialog
def test_a_key_is_revoked_after_a_question(
    open_scene: Open, asked: list[tuple[object, ...]], qtbot: QtBot
) -> None:
    window = open_scene("connected")
    asked.clear()
    button(window, "Revoke the key…").click()
    (box,) = window.findChildren(QMessageBox)
    assert asked == []
    box.button(QMessageBox.StandardButton.Cancel).click()
    settle()
    assert asked == []
    button(window, "Revoke the key…").click()
    box = window.findChildren(QMessageBox)[-1]
    next(b for b in box.buttons() if b.text() == "Revoke").click()
    assert ("revoke", "claude") in asked


def test_a_check_shows_what_works_and_what_failed(
    open_scene: Open, asked: list[tuple[object, ...]]
) -> None:
    window = open_scene("check_failed")
    (table,) = window.findChildren(QTableWidget)
    rows = range(table.rowCount())
    model = table.model()
    cells = [[str(model.index(row, column).data()) for column in range(3)] for row in rows]
    assert cells[0][0] == "Fails"
    assert "HTTP 503: Lingma is not signed in" in cells[0][1]
    assert cells[-1] == ["Works", "Errors in OpenAI's form\n/v1/responses", "1.99 s"]
    assert "4 of 7 fail" in texts(window)
    heights = [table.rowHeight(row) for row in rows]
    assert min(heights) >= 2 * table.fontMetrics().lineSpacing()
    asked.clear()
    button(window, "Run the check").click()
    assert asked == [("check", "codex")]
    running = open_scene("checking")
    button(running, "Stop").click()
    assert asked[-1] == ("stop_check", "claude")


def test_cursor_is_told_plainly_and_offers_nothing(
    open_scene: Open, asked: list[tuple[object, ...]]
) -> None:
    window = open_scene("blocked")
    assert "its servers make the calls" in texts(window)
    offered = [b.text() for b in window.findChildren(QPushButton) if b.isVisible()]
    assert not {"Connect…", "Undo…", "Run the check", "Open in a terminal"} & set(offered)
