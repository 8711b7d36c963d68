"""A real Secret Service on a D-Bus session of its own: unlocked, locked, and none."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gateway_engine.accounts.credentials import KEYRING_TIMEOUT_S
from tests.support.house_rules import ROOT

pytestmark = [
    pytest.mark.deadline(60),
    pytest.mark.skipif(
        not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")),
        reason="needs dbus and gnome-keyring",
    ),
]

# What a gateway does with secrets, and how long it was held up.
PROGRAM = """
import json, sys, time
from pathlib import Path
from gateway_engine.accounts.credentials import (
    NoKeyringError, PasswordBook, load_or_create_secrets)
from gateway_engine.config import Settings
from gateway_engine.paths import app_paths
paths = app_paths({"LINGMA_GATEWAY_HOME": sys.argv[1]}, cwd=Path("/"))
began = time.monotonic()
timeout_s = float(sys.argv[2])
one = load_or_create_secrets(paths, Settings(), timeout_s=timeout_s)
two = load_or_create_secrets(paths, Settings(), timeout_s=timeout_s)
book = PasswordBook(paths, timeout_s=timeout_s)
try:
    book.remember("inst-0", "ann", "canary-password")
    said = book.recall("inst-0")
    book.forget("inst-0")
    after = book.recall("inst-0")
except NoKeyringError as error:
    said, after = None, str(error)
print(json.dumps({"storage": one.storage, "same": one == two, "said": said, "after": after,
    "seconds": time.monotonic() - began}), flush=True)
import os; os._exit(0)  # a thread may still wait for somebody to unlock it
"""


def on_a_session(folder: Path, unlock: str, timeout_s: float = KEYRING_TIMEOUT_S) -> dict[str, Any]:
    """What the program says; `unlock`: the shell's line that starts the service, if any."""
    home = folder / "home"
    for name in ("home", "run"):
        (folder / name).mkdir(mode=0o700)
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(folder / "run"),
        "XDG_DATA_HOME": str(home / "data"),
        "PYTHONPATH": str(ROOT),
    }
    script = f"{unlock}\nexec '{sys.executable}' -c \"$PROGRAM\" '{folder / 'gateway'}' {timeout_s}"
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", script],
        env=env | {"PROGRAM": PROGRAM},
        capture_output=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    found = [p for p in folder.rglob("*") if p.is_file() and b"canary" in p.read_bytes()]
    assert found == []
    return dict(json.loads(done.stdout.splitlines()[-1]))


START = "gnome-keyring-daemon --components=secrets"


def test_unlocked(tmp_path: Path) -> None:
    line = f"printf pw | {START} --unlock --daemonize >/dev/null 2>&1"
    said = on_a_session(tmp_path, line)
    assert (said["storage"], said["same"]) == ("keyring", True)
    assert said["said"] == ["ann", "canary-password"]
    assert said["after"] is None


@pytest.mark.parametrize("line", [f"{START} --start >/dev/null 2>&1", ""], ids=["locked", "none"])
def test_locked_or_none_refuses_in_time(tmp_path: Path, line: str) -> None:
    said = on_a_session(tmp_path, line, 2.0)
    assert (said["storage"], said["same"]) == ("file", True)
    assert said["said"] is None
    assert "never kept in plain text" in said["after"]
    assert said["seconds"] < 10
    assert not (tmp_path / "gateway" / "data" / "passwords.json").exists()
