"""How a command reaches the internal routes: of the gateway that runs, else of one of its own.

A gateway of its own has no fixed port, ends with the command, and holds the data folder's lock.
"""

import asyncio
import os
import secrets
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import psutil

from gateway_engine import json_text
from gateway_engine.accounts.credentials import LocalSecrets, SecretStorage
from gateway_engine.config import SettingsError
from gateway_engine.engine import Engine
from gateway_engine.plan import EnginePlan, LaunchOptions, prepare
from gateway_engine.running import AlreadyRunningError, DataLock, RunningGateway, read_running

CALL_TIMEOUT_S: Final = 180.0
SETTLE_S: Final = 60.0


class CallError(Exception):
    """The gateway refused; the message is its own."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class InternalCalls:
    """Calls of one gateway. `own` says that it lives only as long as this command."""

    def __init__(self, url: str, admin_token: str, *, own: bool) -> None:
        self._url = url
        self._token = admin_token
        self.own = own

    @property
    def url(self) -> str:
        """Where the gateway answers."""
        return self._url

    async def get(self, path: str, instance: str = "") -> dict[str, Any]:
        """GET /internal/`path`, for one instance. Raises CallError."""
        query = {"instance": instance} if instance else {}
        return await asyncio.to_thread(self._call, "GET", f"/internal/{path}", query, None)

    async def kinds(self) -> dict[str, str]:
        """The kind of every instance, by its name. Raises CallError."""
        health = await asyncio.to_thread(self._call, "GET", "/healthz", {}, None)
        return {each["name"]: each["kind"] for each in health["instances"]}

    async def states(self) -> dict[str, str]:
        """The state of every instance, by its name. Raises CallError."""
        health = await asyncio.to_thread(self._call, "GET", "/healthz", {}, None)
        return {each["name"]: each["state"] for each in health["instances"]}

    async def post(self, path: str, instance: str, **body: object) -> dict[str, Any]:
        """POST /internal/`path`, for one instance. Raises CallError."""
        query = {"instance": instance} if instance else {}
        return await asyncio.to_thread(self._call, "POST", f"/internal/{path}", query, body)

    def _call(
        self, method: str, path: str, query: Mapping[str, str], body: object
    ) -> dict[str, Any]:
        asked = f"?{urllib.parse.urlencode(query)}" if query else ""
        request = urllib.request.Request(  # noqa: S310 - our own gateway's address
            f"{self._url}{path}{asked}",
            method=method,
            data=json_text.render(body) if body else None,
            headers={"Authorization": f"Bearer {self._token}"},
        )
        # The gateway is on this machine: no proxy of the environment has anything to do with it.
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(request, timeout=CALL_TIMEOUT_S) as reply:
                return dict(json_text.parse(reply.read()))
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error.code, error.read()) from None
        except OSError as error:
            raise CallError(0, "unreachable", f"the gateway does not answer: {error}") from None


def _refusal(status: int, content: bytes) -> CallError:
    try:
        error = json_text.parse(content)["error"]
        return CallError(status, str(error["code"]), str(error["message"]))
    except (ValueError, KeyError, TypeError):
        return CallError(status, "unknown", f"the gateway answers {status}")


@asynccontextmanager
async def internal_calls(
    options: LaunchOptions, instance: str, *, hide: Callable[..., None] = lambda *_: None
) -> AsyncIterator[InternalCalls]:
    """Calls for `instance`, once its program is up or cannot be. Raises SettingsError.

    `hide` is told of the secrets that must not stand in the log of a gateway of our own.
    """
    plan = prepare(options, environ=os.environ, cwd=Path.cwd())
    running = running_gateway(plan)
    if running is not None:
        yield InternalCalls(running.url, running.admin_token, own=False)
        return
    async with _own_gateway(plan, hide) as calls:
        await _until_up(calls, instance)
        yield calls


def running_gateway(plan: EnginePlan) -> RunningGateway | None:
    """The gateway that serves this data folder now, None without one."""
    running = read_running(plan.paths)
    alive = running is not None and running.url and psutil.pid_exists(running.pid)
    return running if alive else None


@asynccontextmanager
async def _own_gateway(plan: EnginePlan, hide: Callable[..., None]) -> AsyncIterator[InternalCalls]:
    lock = DataLock(plan.paths)
    try:
        plan.paths.make()
        lock.acquire()
    except AlreadyRunningError as error:
        raise SettingsError(str(error)) from None
    except OSError as error:
        raise SettingsError(f"cannot use {plan.paths.data_dir}: {error.strerror}") from None
    token = secrets.token_urlsafe(32)
    own = LocalSecrets(secrets.token_urlsafe(32), token, SecretStorage.SETTINGS)
    settings = replace(plan.settings, host="127.0.0.1", port=0, admin_token="")
    plan = replace(plan, settings=settings)
    engine = Engine(plan, secrets=own, emit=lambda event: None, hide=hide)
    try:
        await engine.start()
        yield InternalCalls(engine.url, token, own=True)
    finally:
        await engine.stop()
        lock.release()


async def _until_up(calls: InternalCalls, instance: str) -> None:
    """A program that has just been started needs a moment before it can be asked."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + SETTLE_S
    while loop.time() < deadline:
        states = await calls.states()
        if states.get(instance, "failed") in ("ready", "needs_login", "failed", "closed"):
            return
        await asyncio.sleep(0.1)
