"""What the tray says reaches the desktop's service, and a click on the words comes back."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.i18n import Language
from desktop.os_integration.dbus_notifications import DesktopNotifications
from desktop.state import AppState
from desktop.store import StateStore
from desktop.tray import Place, Tray
from desktop.try_it import TryItSession
from gateway_engine.public import InstanceName, TaskOwner
from tests.gui.conftest import RunOnQt
from tests.support.notification_service import NotificationService, can_run, session_bus

pytestmark = pytest.mark.skipif(not can_run(), reason="needs a D-Bus daemon")


@contextmanager
def on_a_desktop(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *capabilities: str
) -> Iterator[NotificationService]:
    with session_bus(folder) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        service = NotificationService(address, capabilities or ("body", "actions"))
        try:
            yield service
        finally:
            service.close()


async def served(service: NotificationService, until: asyncio.Future[Any] | None = None) -> None:
    """Let it answer for some turns of the loop, or until something has come."""
    for _turn in range(200):
        service.serve()
        await asyncio.sleep(0.01)
        if until is not None and until.done():
            return
    assert until is None, "it never came"


async def said(
    service: NotificationService, notifications: DesktopNotifications, title: str, token: str
) -> bool:
    async with asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(notifications.say(title, "a < b & c", token))
        await served(service, asked)
    return asked.result()


@pytest.mark.parametrize("closes_first", [False, True])
def test_a_click_on_the_words_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    run_on_qt: RunOnQt[None],
    closes_first: bool,
) -> None:
    async def play(service: NotificationService) -> None:
        notifications = DesktopNotifications()
        clicked: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        notifications.clicked.connect(clicked.set_result)
        for title in ("one", "two", "three"):
            assert await said(service, notifications, title, title)
        while len(service.notifications) < 3:
            service.serve()
            await asyncio.sleep(0.01)
        name, _replaces, icon, title, text, actions, _hints, _expires = service.notifications[1]
        assert (name, title, text) == ("Lingma Gateway", "two", "a &lt; b &amp; c")
        assert actions == ["default", "Open"]
        assert Path(icon).is_file()
        service.dismiss(3)
        service.click(99)  # another program's
        service.click(2, closes_first=closes_first)
        await served(service, clicked)
        assert clicked.result() == "two"
        await served(service)
        notifications.close()
        # A click on it would lead nowhere. The second was clicked, the third dismissed.
        await served(service)
        assert service.taken_back == [1]

    with on_a_desktop(tmp_path, monkeypatch) as service:
        run_on_qt(play(service))


def test_a_service_without_actions_is_left_to_qt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_on_qt: RunOnQt[None]
) -> None:
    async def play(service: NotificationService) -> None:
        notifications = DesktopNotifications()
        assert not await said(service, notifications, "one", "one")
        assert not service.notifications
        notifications.close()

    with on_a_desktop(tmp_path, monkeypatch, "body") as service:
        run_on_qt(play(service))


@pytest.mark.parametrize("address", ["disabled:", "unix:path=/nowhere", "nonsense"])
def test_without_a_bus_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch, run_on_qt: RunOnQt[None], address: str
) -> None:
    async def play() -> None:
        notifications = DesktopNotifications()
        assert not await notifications.say("one", "text", "one")
        notifications.close()

    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    run_on_qt(play())


def test_a_bus_that_goes_is_looked_for_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_on_qt: RunOnQt[None]
) -> None:
    async def play() -> None:
        notifications = DesktopNotifications()
        for place in ("first", "second"):
            (tmp_path / place).mkdir()
            with on_a_desktop(tmp_path / place, monkeypatch) as service:
                assert await said(service, notifications, place, place)
                await served(service)
                assert [each[3] for each in service.notifications] == [place]
            await asyncio.sleep(0.05)
            assert not await notifications.say("nobody", "there", "now")
        notifications.close()

    run_on_qt(play())


def test_a_click_leads_to_the_place_that_was_meant(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    run_on_qt: RunOnQt[None],
    qtbot: QtBot,
    language: Language,
) -> None:
    del qtbot, language

    async def play(service: NotificationService) -> None:
        tasks = TaskOwner("test")
        actions = Actions(StateStore(AppState()), tasks, TryItSession())
        tray = Tray(actions, actions, service=DesktopNotifications())
        led: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        actions.panel_wanted.connect(led.set_result)
        tray.say("one", "text", Place("accounts"))
        tray.say("two", "text", Place("health", InstanceName("inst-0")))
        tray.say("three", "text", Place("settings"))
        while len(service.notifications) < 3:
            service.serve()
            await asyncio.sleep(0.01)
        titles = [each[3] for each in service.notifications]
        service.click(1 + titles.index("three"))
        await served(service, led)
        assert led.result() == "settings"
        tray.close()
        await tasks.aclose()

    with on_a_desktop(tmp_path, monkeypatch) as service:
        run_on_qt(play(service))
