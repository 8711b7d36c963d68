"""Waits for the desktop's tray before the icon is made.

On Linux Qt decides once, when the tray is first touched, between a StatusNotifierItem and the old
XEmbed icon. At login the host may come seconds after us, so its name on the session bus is waited
for first. XEmbed icons survive a late host, and wait for nothing.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtDBus import QDBusConnection, QDBusServiceWatcher
from PySide6.QtWidgets import QApplication

WATCHER_NAME = "org.kde.StatusNotifierWatcher"
WAIT_FOR_HOST_S = 4.0


def has_session_bus(environ: Mapping[str, str]) -> bool:
    """Whether a session bus was given to us, by address or at its usual place."""
    runtime = environ.get("XDG_RUNTIME_DIR")
    return bool(environ.get("DBUS_SESSION_BUS_ADDRESS")) or bool(
        runtime and (Path(runtime) / "bus").exists()
    )


async def wait_for_tray_host(deadline_s: float = WAIT_FOR_HOST_S) -> None:
    """Return when a StatusNotifier host is there, or after the deadline, or where none can be."""
    if sys.platform != "linux" or QApplication.platformName() not in ("xcb", "wayland"):
        return
    if not has_session_bus(os.environ):
        return  # asking for one would start one that nobody ends
    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return
    watcher = QDBusServiceWatcher(
        WATCHER_NAME, bus, QDBusServiceWatcher.WatchModeFlag.WatchForRegistration
    )
    there = asyncio.Event()
    watcher.serviceRegistered.connect(lambda _name: there.set())
    if bus.interface().isServiceRegistered(WATCHER_NAME).value():
        return
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(deadline_s):
            await there.wait()
    watcher.deleteLater()
