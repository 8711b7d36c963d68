"""The step of the first steps that connects clients, to a wish for every button."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
)

from desktop.client_actions import ClientActions
from desktop.slices.clients import (
    ClientPlanned,
    ClientsLookedAt,
    ClientWorkBegan,
    ClientWorkEnded,
    Outcome,
    OutcomeKind,
)
from desktop.slices.first_run import (
    FirstRunMoved,
    FirstRunStep,
)
from desktop.widgets.diff_view import DiffView
from gateway_engine.public import (
    Deed,
)
from tests.gui.first_steps import Open
from tests.gui.seen_in_window import button, click, named, settle, shown
from tests.shots.scenes import scenes
from tests.unit.desktop.samples import started


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What the step asks of the clients' actions."""
    asked: list[tuple[object, ...]] = []
    for name in ("look", "plan", "do", "put_aside"):

        def note(_self: object, *given: object, _name: str = name) -> None:
            asked.append((_name, *given))

        monkeypatch.setattr(ClientActions, name, note)
    return asked


CLIENT_SCENES = {scene.name: scene.state.clients for scene in scenes() if scene.panel == "clients"}
FOUND = ClientsLookedAt(CLIENT_SCENES["connected"].views)
AT_CLIENTS = FirstRunMoved(FirstRunStep.CLIENT)


def test_the_client_step_looks_when_it_is_seen_and_again_when_the_window_is(
    open_steps: Open, asked: list[tuple[object, ...]], qapp: QApplication
) -> None:
    window = open_steps(AT_CLIENTS)
    assert asked
    assert set(asked) == {("look",)}
    asked.clear()
    qapp.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
    assert asked == [("look",)]
    click(window, "Next")
    asked.clear()
    qapp.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
    assert asked == []


def test_a_client_is_connected_after_its_change_was_shown(
    open_steps: Open, asked: list[tuple[object, ...]]
) -> None:
    window = open_steps(FOUND, AT_CLIENTS)
    asked.clear()
    QTest.mouseClick(named(window, "Connect: Codex CLI"), Qt.MouseButton.LeftButton)
    assert asked == [("plan", "codex", Deed.APPLY)]
    change = CLIENT_SCENES["plan"].plans["claude"]
    window.store.dispatch(ClientPlanned("codex", change))
    (diff,) = [d for d in window.findChildren(DiffView) if d.isVisible()]
    assert "ANTHROPIC_BASE_URL" in diff.toPlainText()
    settle()
    apply = button(window, "Connect")
    assert window.focusWidget() is apply
    assert apply.visibleRegion().boundingRect() == apply.rect()
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert asked[1:] == [("do", "codex")]
    settle()
    click(window, "Cancel")
    assert asked[2:] == [("put_aside", "codex")]
    window.store.dispatch(ClientWorkBegan("codex"))
    window.store.dispatch(ClientWorkEnded("codex", Outcome(OutcomeKind.APPLIED)))
    assert window.focusWidget() is named(window, "Connect: Codex CLI")


def test_by_keyboard_the_found_clients_come_first(
    open_steps: Open, asked: list[tuple[object, ...]]
) -> None:
    window = open_steps(AT_CLIENTS)
    window.store.dispatch(FOUND)
    asked.clear()
    reached = []
    for _press in range(2):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        reached.append(window.focusWidget().accessibleName())
    assert reached == ["Undo: Claude Code", "Connect: Codex CLI"]
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert asked == [("plan", "codex", Deed.APPLY)]


def test_each_client_says_how_it_stands_and_offers_what_fits(
    open_steps: Open, asked: list[tuple[object, ...]]
) -> None:
    window = open_steps(FOUND, AT_CLIENTS)
    assert "Connected, and it has asked." in shown(window)
    asked.clear()
    QTest.mouseClick(named(window, "Undo: Claude Code"), Qt.MouseButton.LeftButton)
    assert asked == [("plan", "claude", Deed.UNDO)]
    # Zed is not installed here; curl and the SDKs have no settings file.
    for absent in ("Zed", "curl", "OpenAI and Anthropic SDKs"):
        assert absent not in shown(window)
    QTest.mouseClick(named(window, "Details: Qwen Code"), Qt.MouseButton.LeftButton)
    assert (window.panel, window.store.state.clients.chosen) == ("clients", "qwen")


def test_what_is_refused_is_said_in_the_step(
    open_steps: Open, asked: list[tuple[object, ...]]
) -> None:
    refused = CLIENT_SCENES["refused"].outcomes["codex"]
    window = open_steps(FOUND, AT_CLIENTS, ClientWorkEnded("codex", refused))
    assert any(text.startswith("Nothing was changed. ") for text in shown(window))
    assert named(window, "Connect: Codex CLI").isEnabled()
    window.store.dispatch(ClientWorkBegan("codex"))
    assert not named(window, "Connect: Codex CLI").isEnabled()


def test_a_client_that_asks_shows_at_once(
    open_steps: Open, asked: list[tuple[object, ...]]
) -> None:
    del asked
    views = tuple(replace(view, last_seen=0.0) for view in FOUND.views)
    window = open_steps(ClientsLookedAt(views), AT_CLIENTS)
    assert "Connected, and it has asked." not in shown(window)
    window.store.dispatch(replace(started("r1"), client="client:claude"))
    assert "Connected, and it has asked." in shown(window)


def test_where_no_client_is_found_it_is_said(
    open_steps: Open, asked: list[tuple[object, ...]]
) -> None:
    del asked
    views = tuple(
        replace(view, status=replace(view.status, installed=False)) for view in FOUND.views
    )
    window = open_steps(AT_CLIENTS)
    assert "Looking for clients…" in shown(window)
    window.store.dispatch(ClientsLookedAt(views))
    assert any(text.startswith("None of the clients") for text in shown(window))
    click(window, "Open the clients page")
    assert window.panel == "clients"
