"""A second launch shows the first one's window; other folders are other applications."""

import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QProcess
from pytestqt.qtbot import QtBot

from desktop.os_integration.single_instance import (
    InstanceServer,
    quit_running,
    show_running,
    socket_name,
)

ASK = (
    "import sys; from PySide6.QtCore import QCoreApplication; a = QCoreApplication([]);"
    "from desktop.os_integration.single_instance import show_running;"
    "sys.exit(0 if show_running(sys.argv[1]) else 3)"
)
DIE = (
    "import os, sys; from PySide6.QtCore import QCoreApplication; a = QCoreApplication([]);"
    "from desktop.os_integration.single_instance import InstanceServer;"
    "s = InstanceServer(sys.argv[1]); os._exit(0)"
)


@pytest.fixture
def name() -> str:
    return f"lingma-gateway-test-{uuid.uuid4().hex[:12]}"


def test_a_second_launch_is_answered_by_the_first(qtbot: QtBot, name: str) -> None:
    server = InstanceServer(name)
    second = QProcess()
    with qtbot.waitSignals([server.show_wanted, second.finished], timeout=20_000):
        second.start(sys.executable, ["-c", ASK, name])
    assert second.exitCode() == 0
    server.close()


def test_nobody_there_is_said_at_once(name: str) -> None:
    assert not show_running(name)


def test_what_a_crash_left_behind_is_replaced(qtbot: QtBot, name: str) -> None:
    subprocess.run([sys.executable, "-c", DIE, name], check=True, timeout=20)
    assert not show_running(name)
    server = InstanceServer(name)
    second = QProcess()
    with qtbot.waitSignals([server.show_wanted, second.finished], timeout=20_000):
        second.start(sys.executable, ["-c", ASK, name])
    assert second.exitCode() == 0
    server.close()
    QCoreApplication.processEvents()


def test_folders_have_names_of_their_own(tmp_path: Path) -> None:
    assert socket_name(tmp_path / "a") != socket_name(tmp_path / "b")
    assert socket_name(tmp_path / "a") == socket_name(tmp_path / "b" / ".." / "a")


def test_who_is_asked_to_quit_hears_it_and_is_waited_for(qtbot: QtBot, name: str) -> None:
    server = InstanceServer(name)
    asker = QProcess()
    ask = ASK.replace("show_running", "quit_running")
    with qtbot.waitSignal(server.quit_wanted, timeout=20_000):
        asker.start(sys.executable, ["-c", ask, name])
    assert asker.state() is QProcess.ProcessState.Running
    with qtbot.waitSignal(asker.finished, timeout=20_000):
        server.close()
        server.deleteLater()
    assert asker.exitCode() == 0


def test_nobody_there_has_quit_already(name: str) -> None:
    assert quit_running(name)


def test_a_file_is_opened_by_the_one_that_runs(qtbot: QtBot, name: str, tmp_path: Path) -> None:
    file = tmp_path / "a login 登录.lgbundle"
    server = InstanceServer(name)
    opened: list[str] = []
    server.open_wanted.connect(opened.append)
    second = QProcess()
    ask = ASK.replace("show_running(sys.argv[1])", "show_running(sys.argv[1], file=F(sys.argv[2]))")
    with qtbot.waitSignals([server.open_wanted, second.finished], timeout=20_000):
        second.start(
            sys.executable, ["-c", f"from pathlib import Path as F; {ask}", name, str(file)]
        )
    assert second.exitCode() == 0
    assert opened == [str(file)]
    server.close()
