"""`--self-test` passes on this installation, and fails on one line that nobody expects."""

import os
import subprocess
import sys

import pytest

from gateway_engine.cli.self_test_asks import ASKS

COMMAND = (sys.executable, "-m", "desktop", "--self-test")


def self_test(**env: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        COMMAND,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"} | env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=110,
        check=False,
    )


def test_everything_is_tried_and_good_though_the_user_has_settings_of_his_own() -> None:
    done = self_test(PORT="1", LINGMA_BIN="/nowhere", API_KEYS="k", LOG_LEVEL="DEBUG")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert all(line.startswith("ok    ") for line in lines[1:-1])
    said = [line.split(":")[0].removeprefix("ok    ") for line in lines[1:-1]]
    headless = ["gateway", "emulator", *(ask.name for ask in ASKS), "quit"]
    desktop = ["desktop", "emulator", ASKS[0].name, "tray", "quit"]
    assert said == headless + desktop
    assert lines[-1] == "self-test: all good"


@pytest.mark.parametrize(
    ("part", "noise"),
    [("desktop", {"QT_DEBUG_PLUGINS": "1"}), ("gateway", {"PYTHONVERBOSE": "1"})],
)
def test_a_line_that_nobody_expects_fails_it(part: str, noise: dict[str, str]) -> None:
    done = self_test(**noise)
    assert done.returncode == 1
    assert f"FAIL  {part}: unexpected output: " in done.stdout
