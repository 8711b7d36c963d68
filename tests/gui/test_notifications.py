"""Notifications: what needs a person, once, with the right place behind it, and never over it."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.i18n import Language
from desktop.notifications import Notifications, notices
from desktop.state import AppState, EngineCrashed, PlanMade, reduce_all
from desktop.store import StateStore
from desktop.tray import Place, Tray
from desktop.try_it import TryItSession
from gateway_engine.public import (
    InstanceChanged,
    InstanceName,
    InstanceState,
    QuotaSpent,
    SignInChanged,
    SignInState,
    SignInStatus,
    TaskOwner,
)
from tests.unit.desktop.samples import NOON, changed, listening, port_taken, status

READY = reduce_all(AppState(), [PlanMade("lingma", "127.0.0.1", 8317), listening(), changed()])
Said = list[tuple[str, Place]]


@pytest.fixture
def tray(qtbot: QtBot, language: Language) -> Tray:
    del qtbot
    language.install("en")
    actions = Actions(StateStore(READY), TaskOwner("test"), TryItSession())
    return Tray(actions, actions)


@pytest.fixture
def said(tray: Tray, monkeypatch: pytest.MonkeyPatch) -> Said:
    told: Said = []
    monkeypatch.setattr(tray, "say", lambda title, _text, place: told.append((title, place)))
    return told


def tell(notifications: Notifications, tray: Tray, state: AppState, shown_panel: str = "") -> None:
    notifications.tell(tray, state, shown_panel=shown_panel)
    notifications.say_now()


def after(*events: object, state: AppState = READY) -> AppState:
    return reduce_all(state, events)  # type: ignore[arg-type]


def test_nothing_is_said_while_all_is_well() -> None:
    assert notices(READY) == ()


def test_what_needs_a_person_is_said_once(tray: Tray, said: Said) -> None:
    notifications = Notifications()
    for state in (
        after(changed(InstanceState.NEEDS_LOGIN)),
        after(changed(InstanceState.FAILED)),
        after(port_taken()),
        after(EngineCrashed("MemoryError")),
    ):
        before = len(said)
        for _again in range(3):
            tell(notifications, tray, state)
        assert len(said) == before + 1, notices(state)
    tray.close()


def test_an_instance_that_fails_again_and_again_is_one_thing(tray: Tray, said: Said) -> None:
    notifications = Notifications()
    for _round in range(3):
        tell(notifications, tray, after(changed(InstanceState.FAILED)))
        tell(notifications, tray, after(changed(InstanceState.STARTING)))
    assert len(said) == 1
    tell(notifications, tray, READY)
    tell(notifications, tray, after(changed(InstanceState.FAILED)))
    assert len(said) == 2
    tray.close()


def test_a_sign_in_under_way_needs_nobody_else(tray: Tray, said: Said) -> None:
    name = InstanceName("inst-0")
    out = after(changed(InstanceState.NEEDS_LOGIN))
    under_way = after(SignInChanged(SignInStatus(name, SignInState.SIGNING_IN, NOON)), state=out)
    tell(Notifications(), tray, under_way)
    assert said == []
    expired = after(SignInChanged(SignInStatus(name, SignInState.EXPIRED, NOON)), state=out)
    tell(Notifications(), tray, expired)
    assert [title for title, _panel in said] == ["A sign-in has expired"]
    tray.close()


def test_what_passes_within_a_moment_is_never_said(tray: Tray, said: Said) -> None:
    notifications = Notifications()
    notifications.tell(tray, after(changed(InstanceState.NEEDS_LOGIN)), shown_panel="")
    notifications.tell(tray, READY, shown_panel="")
    notifications.say_now()
    assert said == []
    tray.close()


def test_what_is_on_the_screen_is_not_said_again(tray: Tray, said: Said) -> None:
    notifications = Notifications()
    state = after(port_taken())
    tell(notifications, tray, state, shown_panel="overview")
    tell(notifications, tray, state, shown_panel="")
    assert said == []
    tell(Notifications(), tray, state, shown_panel="about")
    assert len(said) == 1
    tray.close()


def test_a_spent_quota_is_said_once_a_day(tray: Tray, said: Said) -> None:
    notifications = Notifications()
    for minute in range(4):
        at = NOON + 60 * minute
        spent = replace(status(), out_of_quota=QuotaSpent(at, at + 60, "later"))
        tell(notifications, tray, after(InstanceChanged(spent)))
        tell(notifications, tray, READY)
    assert len(said) == 1
    tray.close()


def test_a_click_opens_the_place_of_what_was_said(tray: Tray, qtbot: QtBot) -> None:
    actions = tray.parent()
    assert isinstance(actions, Actions)
    tray.say("x", "y", Place("about"))
    with qtbot.waitSignal(actions.panel_wanted, timeout=5000) as wanted:
        tray.icon.messageClicked.emit()
    assert wanted.args == ["about"]
    tray.say("x", "y", Place(""))
    with qtbot.waitSignal(actions.window_wanted, timeout=5000):
        tray.icon.messageClicked.emit()
    with qtbot.waitSignal(actions.window_wanted, timeout=5000):
        tray.icon.messageClicked.emit()
    tray.close()


def test_where_several_places_were_named_a_click_opens_the_one_that_tells_of_all(
    tray: Tray, qtbot: QtBot
) -> None:
    actions = tray.parent()
    assert isinstance(actions, Actions)
    tray.say("x", "y", Place("about"))
    tray.say("x", "y", Place("accounts"))
    with qtbot.waitSignal(actions.panel_wanted, timeout=5000) as wanted:
        tray.icon.messageClicked.emit()
    assert wanted.args == ["overview"]
    tray.close()


def test_the_icon_leads_to_what_was_said_until_it_has_passed(tray: Tray, qtbot: QtBot) -> None:
    actions = tray.parent()
    assert isinstance(actions, Actions)
    notifications, click = Notifications(), QSystemTrayIcon.ActivationReason.Trigger
    tell(notifications, tray, after(changed(InstanceState.NEEDS_LOGIN)))
    with qtbot.waitSignal(actions.panel_wanted, timeout=5000) as wanted:
        tray.icon.activated.emit(click)
    assert wanted.args == ["accounts"]
    tell(Notifications(), tray, after(changed(InstanceState.NEEDS_LOGIN)))
    tell(notifications, tray, READY)
    with qtbot.waitSignal(actions.window_wanted, timeout=5000):
        tray.icon.activated.emit(click)
    tray.close()


def test_every_notice_leads_to_where_something_can_be_done(tray: Tray, said: Said) -> None:
    name = InstanceName("inst-0")
    spent = replace(status(), out_of_quota=QuotaSpent(NOON, NOON + 60, "later"))
    for state, place in (
        (after(changed(InstanceState.NEEDS_LOGIN)), Place("accounts")),
        (after(changed(InstanceState.FAILED)), Place("health", name)),
        (after(InstanceChanged(spent)), Place("health", name)),
        (after(port_taken()), Place("overview")),
        (after(EngineCrashed("MemoryError")), Place("overview")),
    ):
        tell(Notifications(), tray, state)
        assert said[-1][1] == place
    tray.close()


def test_several_at_once_are_one_notice(tray: Tray, said: Said) -> None:
    failed, out = changed(InstanceState.FAILED), changed(InstanceState.NEEDS_LOGIN, "inst-1")
    tell(Notifications(), tray, after(failed, out))
    assert said == [("Several things need you", Place("overview"))]
    tray.close()


def test_a_failed_instance_is_opened_by_a_click(
    tray: Tray, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions = tray.parent()
    assert isinstance(actions, Actions)
    store = StateStore(after(changed(InstanceState.FAILED)))
    monkeypatch.setattr(actions.asker, "store", store)
    tell(Notifications(), tray, store.state)
    with qtbot.waitSignal(actions.panel_wanted, timeout=5000) as wanted:
        tray.icon.messageClicked.emit()
    assert wanted.args == ["health"]
    assert store.state.health.open == "inst-0"
    tray.close()
