"""The application as users start it, without a screen: start, second launch, every way out."""

import http.client
import json
import signal
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from gateway_engine.public import DEMO_NOTICE, DataLock, app_paths
from tests.gui.desktop_process import START_DEADLINE_S, STOP_DEADLINE_S, running, until

OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="sends POSIX signals; Windows has its own ways out"
)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_a_signal_ends_it_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path / "home", "desktop", "--upstream", "demo", env=OFFSCREEN) as desktop:
        desktop.wait_ready()
        family = desktop.family()
        assert len(family) > 1
        desktop.process.send_signal(number)
        assert desktop.process.wait(STOP_DEADLINE_S) == 0
        assert desktop.text() == f"lingma-gateway: {DEMO_NOTICE}\n"
        assert DEMO_NOTICE in desktop.log()
        assert "the endpoint is open: http://" in desktop.log()
        assert "inst-0 (demo): ready" in desktop.log()
        _gone, alive = psutil.wait_procs(family, timeout=5)
        assert alive == []


def test_the_key_it_made_itself_is_never_in_the_log(tmp_path: Path) -> None:
    home = tmp_path / "home"
    loud = OFFSCREEN | {"LOG_LEVEL": "DEBUG"}
    with running(home, "desktop", "--upstream", "demo", env=loud) as desktop:
        desktop.wait_ready()
        made = json.loads((home / "data" / "local-secrets.json").read_text("utf-8"))
        for secret in (made["api_key"], made["admin_token"]):
            headers = {"x-api-key": secret, "user-agent": f"{secret}/1"}
            client = http.client.HTTPConnection(urlsplit(desktop.url()).netloc, timeout=5)
            client.request("GET", "/healthz", headers=headers)
            assert client.getresponse().status == 200
            client.close()
        desktop.process.terminate()
        assert desktop.process.wait(STOP_DEADLINE_S) == 0
        log = (home / "state" / "logs" / "gateway.log").read_text("utf-8")
        assert log.count('"client": "***"') == 2
        assert not any(secret in log + desktop.text() for secret in made.values())


def test_a_second_launch_ends_at_once_and_another_folder_runs_beside_it(tmp_path: Path) -> None:
    demo = ("--upstream", "demo")
    with running(tmp_path / "one", *demo, env=OFFSCREEN) as first:
        first.wait_ready()
        with running(tmp_path / "one", *demo, env=OFFSCREEN) as second:
            assert second.process.wait(STOP_DEADLINE_S) == 0
            assert "runs already" in second.text()
            assert second.text().count("\n") == 1
        with running(tmp_path / "two", *demo, env=OFFSCREEN) as other:
            other.wait_ready()
            assert other.url() != first.url()
            assert first.is_ready()
            other.process.terminate()
            assert other.process.wait(STOP_DEADLINE_S) == 0


def test_a_first_start_without_lingma_shows_the_demo(tmp_path: Path) -> None:
    with running(tmp_path / "home", env=OFFSCREEN | {"PATH": "/usr/bin:/bin"}) as desktop:
        desktop.wait_ready()
        until(lambda: len(desktop.family()) > 1, what="the demo's process")
        desktop.process.terminate()
        assert desktop.process.wait(STOP_DEADLINE_S) == 0


def test_a_wrong_setting_is_one_line_and_exit_2(tmp_path: Path) -> None:
    with running(tmp_path / "home", env=OFFSCREEN | {"LOG_LEVEL": "CHATTY"}) as desktop:
        assert desktop.process.wait(STOP_DEADLINE_S) == 2
        assert desktop.text().count("\n") == 1
        assert "LOG_LEVEL" in desktop.text()


def test_a_gateway_without_a_window_on_the_folder_is_one_line_and_exit_2(tmp_path: Path) -> None:
    home = tmp_path / "home"
    paths = app_paths({"LINGMA_GATEWAY_HOME": str(home)}, cwd=tmp_path)
    paths.make()
    with DataLock(paths), running(home, "desktop", env=OFFSCREEN) as desktop:
        assert desktop.process.wait(START_DEADLINE_S) == 2
        assert "a gateway already runs on" in desktop.text()
        assert desktop.text().count("\n") == 1


def test_nothing_survives_a_kill(tmp_path: Path) -> None:
    with running(tmp_path / "home", "--upstream", "demo", env=OFFSCREEN) as desktop:
        desktop.wait_ready()
        family = desktop.family()
        desktop.process.kill()
        desktop.process.wait(STOP_DEADLINE_S)
        _gone, alive = psutil.wait_procs(family, timeout=5)
        assert alive == []
