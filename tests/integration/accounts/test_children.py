"""What the children of a sign-in get of our environment: no secret of the settings."""

import json
import sys

import pytest

from gateway_engine.accounts import age
from gateway_engine.accounts.browser import process
from gateway_engine.accounts.browser.order import Order
from gateway_engine.setting_secrets import OTHER_SECRETS, secret_names
from gateway_engine.upstreams.processes.guard import OrphanGuard

SECRET = "canary-of-the-environment"
CHILD = """
import base64, json, os, sys
sys.stdin.buffer.read()
told = ("kept", "canary-of-the-environment")
env = json.dumps({name: value for name, value in os.environ.items() if value in told})
if sys.argv[1] == "age":
    print(json.dumps({"data": base64.b64encode(env.encode()).decode()}))
else:
    said = {"outcome": "done", "message": env, "final": True, "submitted": False}
    print("lingma-gateway-sign-in " + json.dumps(said))
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*secret_names(), *OTHER_SECRETS):
        monkeypatch.setenv(name, SECRET)
    monkeypatch.setenv("HARMLESS", "kept")
    for module, command in ((age, "child_command"), (process, "browser_command")):
        what = "age" if module is age else "browser"
        monkeypatch.setattr(module, command, lambda w=what: (sys.executable, "-c", CHILD, w))


async def test_the_one_that_encrypts() -> None:
    env = json.loads(await age.seal_aside(b"x", "phrase"))
    assert env["HARMLESS"] == "kept"
    assert SECRET not in env.values()


async def test_the_browser() -> None:
    guard = OrphanGuard()
    try:
        order = Order("http://127.0.0.1:9/", "ann", "pw", browser="none", timeout_s=20)
        said = await process.drive_aside(order, guard, lambda _said: None)
    finally:
        guard.close()
    env = json.loads(said.message)
    assert env["HARMLESS"] == "kept"
    assert SECRET not in env.values()
