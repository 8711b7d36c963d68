"""Qt starts on this Python, and an asyncio loop on Qt survives thousands of events.

PySide6 6.12 on Python 3.11 lost a reference to None in nearly every call and aborted the process
after a few thousand events of a qasync loop (docs/adr/0003): this runs long enough to meet it.
"""

import asyncio
import socket

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.gui.conftest import RunOnQt

ROUND_TRIPS = 5000


def test_a_window_is_shown_and_painted(qtbot: QtBot) -> None:
    label = QLabel("ready")
    qtbot.addWidget(label)
    with qtbot.waitExposed(label):
        label.show()
    assert not label.grab().toImage().isNull()


def test_qasync_survives_thousands_of_socket_events_and_timers(run_on_qt: RunOnQt[int]) -> None:
    async def ping_pong() -> int:
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        with ours, theirs:
            for count in range(ROUND_TRIPS):
                # Waited for before it is there: only then does a socket notifier fire.
                loop.call_soon(ours.send, b"x")
                assert await loop.sock_recv(theirs, 1) == b"x"
                if count % 50 == 0:
                    await asyncio.sleep(0.001)
        return ROUND_TRIPS

    assert run_on_qt(ping_pong()) == ROUND_TRIPS
