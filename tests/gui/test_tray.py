"""The tray: what it shows for each state, and that its menu asks for the right thing."""

from dataclasses import replace
from itertools import combinations, product

import pytest
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.i18n import Language
from desktop.slices.glance import TICKS_A_MINUTE, GlanceTicked
from desktop.state import (
    Access,
    AccessReady,
    AppEvent,
    AppState,
    EndpointSwitched,
    EngineCrashed,
    PlanMade,
    reduce,
    reduce_all,
)
from desktop.store import StateStore
from desktop.tray import Tray
from desktop.tray_icon import COLOURS, tray_pixmap
from desktop.tray_state import TrayState
from desktop.tray_view import tray_view
from desktop.try_it import TryItSession
from gateway_engine.public import (
    InstanceChanged,
    InstanceName,
    InstanceState,
    QuotaSpent,
    TaskOwner,
)
from tests.unit.desktop.samples import (
    NOON,
    URL,
    changed,
    finished,
    listening,
    port_taken,
    started,
    status,
)

LEAST_DIFFERENT_PIXELS = 12
READY = reduce_all(
    AppState(), [PlanMade("lingma", "127.0.0.1", 8317), listening(), changed(), started("a")]
)


def test_the_tooltip_tells_state_address_and_load(language: Language) -> None:
    view = tray_view(READY)
    assert view.tooltip == f"Lingma Gateway – Ready\n{URL}\n1 in flight · 1 per minute"
    assert view.state_line == "Ready · 1 in flight · 1 per minute"
    language.install("zh_CN")
    assert "就绪" in tray_view(READY).tooltip


def test_the_demo_is_named_in_tooltip_and_menu(language: Language) -> None:
    view = tray_view(reduce(READY, PlanMade("demo", "127.0.0.1", 8317)))
    assert view.demo
    assert "demo" in view.tooltip
    assert "demo" in view.state_line


def _texts(tray: Tray) -> list[str]:
    return [a.text() for a in tray.menu.actions() if a.isVisible() and not a.isSeparator()]


def _entry(tray: Tray, text: str) -> QAction:
    (action,) = [a for a in tray.menu.actions() if a.text() == text]
    return action


@pytest.fixture
def tray(qtbot: QtBot, language: Language) -> Tray:
    del qtbot, language
    actions = Actions(StateStore(READY), TaskOwner("test"), TryItSession())
    tray = Tray(actions, actions)
    tray.render_state(READY)
    return tray


def test_the_menu_has_its_entries_and_the_demo_line_only_when_true(tray: Tray) -> None:
    usual = [
        "Local endpoint on",
        "Copy OpenAI base URL",
        "Copy Anthropic base URL",
        "Copy API key",
        "Instances",
        "Recent errors",
        "Open window",
        "Open page",
        "Quit",
    ]
    assert _texts(tray) == ["Ready · 1 in flight · 1 per minute", *usual]
    tray.render_state(reduce(READY, PlanMade("demo", "127.0.0.1", 8317)))
    assert _texts(tray)[1].startswith("Demo")
    tray.close()


def test_entries_that_cannot_work_are_disabled(tray: Tray) -> None:
    assert _entry(tray, "Copy OpenAI base URL").isEnabled()
    assert not _entry(tray, "Copy API key").isEnabled()
    tray.render_state(reduce(READY, AccessReady(Access("k", "keyring"))))
    assert _entry(tray, "Copy API key").isEnabled()
    tray.render_state(reduce(READY, EndpointSwitched(wanted=False)))
    assert not _entry(tray, "Local endpoint on").isChecked()
    tray.render_state(reduce(READY, EngineCrashed("MemoryError")))
    assert not _entry(tray, "Local endpoint on").isEnabled()
    tray.close()


def test_where_the_port_is_taken_the_entry_is_off_and_tries_again(
    tray: Tray, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions = tray.parent()
    assert isinstance(actions, Actions)
    asked: list[bool] = []
    monkeypatch.setattr(actions, "switch_endpoint", asked.append)
    store = StateStore(reduce(READY, port_taken()))
    monkeypatch.setattr(actions, "_store", store)
    tray.render_state(store.state)
    entry = _entry(tray, "Local endpoint on")
    assert (entry.isChecked(), entry.isEnabled()) == (False, True)
    entry.trigger()
    assert asked == [True]
    tray.close()


def test_the_menu_asks_through_the_actions(
    tray: Tray, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions = tray.parent()
    assert isinstance(actions, Actions)
    asked: list[bool] = []
    monkeypatch.setattr(actions, "switch_endpoint", asked.append)
    _entry(tray, "Local endpoint on").trigger()
    assert asked == [False]
    with qtbot.waitSignal(actions.window_wanted, timeout=5000):
        _entry(tray, "Open window").trigger()
    with qtbot.waitSignal(actions.quit_wanted, timeout=5000):
        _entry(tray, "Quit").trigger()
    tray.close()


def _submenu(menu: QMenu, title: str) -> QMenu:
    (found,) = [a.menu() for a in menu.actions() if a.menu() is not None and title in a.text()]
    assert isinstance(found, QMenu)
    return found


def test_what_went_wrong_is_a_line_and_a_menu_and_opens_its_place(
    tray: Tray, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions = tray.parent()
    assert isinstance(actions, Actions)
    failed: list[AppEvent] = [started("b"), finished("b", "upstream_timeout", status=504)]
    store = StateStore(reduce_all(READY, [*failed, changed(InstanceState.FAILED, "inst-1")]))
    asker = actions.asker
    monkeypatch.setattr(asker, "store", store)
    tray.render_state(store.state)
    entries = _submenu(tray.menu, "Recent errors").actions()
    assert "No answer came in time" in entries[-1].text()
    with qtbot.waitSignal(actions.panel_wanted, timeout=5000) as wanted:
        entries[-1].trigger()
    assert wanted.args == ["requests"]
    opened = store.state.requests.opened
    assert opened is not None
    assert opened.summary.id == "b"
    tray.close()


def test_every_instance_has_a_menu_with_what_can_be_done(
    tray: Tray, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions = tray.parent()
    assert isinstance(actions, Actions)
    asked: list[str] = []
    monkeypatch.setattr(actions, "restart_instance", asked.append)
    tray.render_state(reduce(READY, changed(InstanceState.NEEDS_LOGIN, "inst-1")))
    instances = _submenu(tray.menu, "Instances")
    assert [a.text() for a in instances.actions()] == [
        "inst-0 (Lingma) – Ready",
        "inst-1 (Lingma) – Sign-in needed",
    ]
    second = _submenu(instances, "inst-1")
    assert [a.text() for a in second.actions()] == ["not signed in", "Sign in…", "Restart"]
    second.actions()[-1].trigger()
    assert asked == ["inst-1"]
    tray.close()


def test_an_instance_is_called_as_the_settings_call_it(language: Language) -> None:
    del language
    work = replace(status(), title="Work", out_of_quota=QuotaSpent(1.0, 2.0, "none"))
    view = tray_view(reduce(READY, InstanceChanged(work)))
    assert [entry.title for entry in view.instances] == ["Work · inst-0 (Lingma) – Out of quota"]
    assert view.quota_line == "Quota used up: Work · inst-0"


def test_an_account_can_be_signed_out_and_tells_its_quota_but_the_demo_has_none(
    tray: Tray,
) -> None:
    mine = replace(status(), signs_in=True, logged_in=True, account="li", quota="12 of 50 left")
    demo = replace(mine, name=InstanceName("inst-1"), kind="demo")
    tray.render_state(reduce_all(READY, [InstanceChanged(mine), InstanceChanged(demo)]))
    instances = _submenu(tray.menu, "Instances")
    first, second = (_submenu(instances, name) for name in ("inst-0", "inst-1"))
    assert [a.text() for a in first.actions()] == [
        "li",
        "Quota: 12 of 50 left",
        "Sign out…",
        "Restart",
    ]
    assert [a.text() for a in second.actions()] == ["li", "Restart"]
    tray.close()


def test_an_open_menu_does_not_move_and_catches_up_when_it_closes(tray: Tray) -> None:
    tray.menu.aboutToShow.emit()
    before = [(a.text(), a.isVisible()) for a in tray.menu.actions()]
    tray.render_state(reduce(READY, PlanMade("demo", "127.0.0.1", 8317)))
    assert [(a.text(), a.isVisible()) for a in tray.menu.actions()] == before
    tray.menu.aboutToHide.emit()
    assert any(text.startswith("Demo") for text in _texts(tray))
    tray.close()


def test_a_host_that_never_says_closed_still_shows_the_newest(tray: Tray) -> None:
    tray.menu.aboutToShow.emit()
    tray.render_state(reduce(READY, PlanMade("demo", "127.0.0.1", 8317)))
    tray.menu.aboutToShow.emit()
    assert any(text.startswith("Demo") for text in _texts(tray))
    tray.close()


def test_a_quota_that_is_spent_is_named() -> None:
    spent = replace(status(), out_of_quota=QuotaSpent(NOON, NOON + 60, "later"))
    assert tray_view(reduce(READY, InstanceChanged(spent))).quota_line == "Quota used up: inst-0"
    assert tray_view(reduce(READY, InstanceChanged(spent))).state is TrayState.OUT_OF_QUOTA
    told = replace(status(), quota="12 of 50 left")
    assert tray_view(reduce(READY, InstanceChanged(told))).quota_line == "Quota: 12 of 50 left"
    assert tray_view(READY).quota_line == ""


def test_the_rate_is_that_of_the_last_minute_whatever_the_clock_says() -> None:
    state = reduce_all(READY, [started(f"r{n}", at=NOON - 9e6 * n) for n in range(4)])
    assert state.glance.per_minute == 5
    for _tick in range(TICKS_A_MINUTE - 1):
        state = reduce(state, GlanceTicked())
    assert state.glance.per_minute == 5
    state = reduce(state, GlanceTicked())
    assert state.glance.per_minute == 0
    assert reduce(state, GlanceTicked()) == state


def _silhouette(state: TrayState, size: int, *, demo: bool) -> list[bool]:
    image = tray_pixmap(state, size, demo=demo).toImage()
    image = image.convertToFormat(QImage.Format.Format_ARGB32)
    return [
        image.pixelColor(x, y).alpha() > 127 and image.pixelColor(x, y).lightness() < 230
        for y, x in product(range(size), repeat=2)
    ]


@pytest.mark.parametrize("demo", [False, True])
@pytest.mark.parametrize("size", [16, 22, 32])
def test_states_differ_in_shape_not_only_in_colour(size: int, demo: bool) -> None:
    shapes = {state: _silhouette(state, size, demo=demo) for state in TrayState}
    for one, other in combinations(TrayState, 2):
        different = sum(a != b for a, b in zip(shapes[one], shapes[other], strict=True))
        assert different >= LEAST_DIFFERENT_PIXELS, (one, other)


@pytest.mark.parametrize("state", list(TrayState))
def test_the_demo_looks_different_in_every_state(state: TrayState) -> None:
    real, demo = (tray_pixmap(state, 16, demo=demo).toImage() for demo in (False, True))
    different = sum(real.pixel(x, y) != demo.pixel(x, y) for x, y in product(range(16), repeat=2))
    assert different >= LEAST_DIFFERENT_PIXELS


def test_every_state_has_a_colour() -> None:
    assert set(COLOURS) == set(TrayState)
