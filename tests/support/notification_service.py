"""A notification service on a session bus of its own, as a desktop has one; a test clicks in it."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
WAIT_S = 10.0
CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={socket}</listen>
<policy context="default"><allow send_destination="*"/><allow own="*"/><allow eavesdrop="true"/>
</policy></busconfig>
"""


def can_run() -> bool:
    """Whether this machine has a bus to start."""
    return sys.platform == "linux" and shutil.which("dbus-daemon") is not None


@contextmanager
def session_bus(folder: Path) -> Iterator[str]:
    """A bus of its own; gives its address."""
    place, config = folder / "bus", folder / "bus.conf"
    config.write_text(CONFIG.format(socket=place))
    daemon = subprocess.Popen(["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile"])
    try:
        deadline = time.monotonic() + WAIT_S
        while not _listens(place):
            assert daemon.poll() is None
            assert time.monotonic() < deadline
            os.sched_yield()
        yield f"unix:path={place}"
    finally:
        daemon.terminate()
        daemon.wait(WAIT_S)


def _listens(place: Path) -> bool:
    """The socket is there a moment before anybody answers at it."""
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(str(place))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
    return True


class NotificationService:
    """What it was asked for, in order; answers when it is told to `serve`."""

    def __init__(self, address: str, capabilities: tuple[str, ...] = ("body", "actions")) -> None:
        # Here, for only Linux has it.
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection

        self.notifications: list[tuple[Any, ...]] = []
        self.taken_back: list[int] = []
        self._capabilities = list(capabilities)
        self._bus = open_dbus_connection(address)
        Proxy(message_bus, self._bus, timeout=WAIT_S).RequestName(NAME)

    def serve(self, wait_s: float = 0.0) -> None:
        """Answer what has come."""
        with contextlib.suppress(TimeoutError):
            while True:
                self._answer(self._bus.receive(timeout=wait_s))

    def click(self, number: int, *, closes_first: bool = False) -> None:
        """The user clicks the notification `number`, which goes with it."""
        if closes_first:
            self.dismiss(number)
        self._tell("ActionInvoked", "us", (number, "default"))
        if not closes_first:
            self.dismiss(number)

    def dismiss(self, number: int) -> None:
        """The notification goes."""
        self._tell("NotificationClosed", "uu", (number, 2))

    def close(self) -> None:
        """Leave the bus."""
        self._bus.close()

    def _tell(self, name: str, signature: str, body: tuple[Any, ...]) -> None:
        from jeepney import DBusAddress, new_signal

        emitter = DBusAddress(PATH, interface=NAME)
        self._bus.send(new_signal(emitter, name, signature, body))

    def _answer(self, message: Any) -> None:
        from jeepney import HeaderFields, MessageType, new_method_return

        if message.header.message_type is not MessageType.method_call:
            return
        match message.header.fields[HeaderFields.member]:
            case "GetCapabilities":
                answer = new_method_return(message, "as", (self._capabilities,))
            case "Notify":
                self.notifications.append(message.body)
                answer = new_method_return(message, "u", (len(self.notifications),))
            case "CloseNotification":
                self.taken_back += message.body
                answer = new_method_return(message)
            case _:
                answer = new_method_return(message)
        self._bus.send(answer)
