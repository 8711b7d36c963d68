"""A gateway whose settings lie in a file and are changed while it runs."""

import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from gateway_engine.config import Settings
from gateway_engine.engine import Engine
from gateway_engine.events import InstanceState, SettingsApplied
from gateway_engine.plan import LaunchOptions, prepare
from gateway_engine.settings_edit import SettingsChange
from tests.integration.engine.running_engine import KEY, Events, environment
from tests.support.house_rules import ROOT

READY = InstanceState.READY


def emulator(home: Path) -> Path:
    """A Lingma program: the emulator, called by another name."""
    program = home / "Lingma"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m gateway_engine.emulator "$@"\n')
    program.chmod(0o755)
    return program


@dataclass
class Running:
    """A gateway whose settings lie in a file, and what a client gets from it."""

    engine: Engine
    events: Events
    home: Path
    levels: list[str]

    @property
    def file(self) -> Path:
        return self.engine.settings.file

    @property
    def settings(self) -> Settings:
        return self.engine.settings.plan.settings

    async def change(self, **values: Any) -> SettingsApplied:
        """Change these, as the window would."""
        await self.engine.settings.change(SettingsChange(values))
        told = [event for event in self.events.seen if isinstance(event, SettingsApplied)]
        return told[-1]

    async def get(self, path: str, *, key: str = KEY, **headers: str) -> int:
        """The status of a request."""
        given = {"authorization": f"Bearer {key}"} if key else {}
        async with (
            aiohttp.ClientSession() as client,
            client.get(self.engine.url + path, headers=given | headers) as response,
        ):
            return response.status

    async def ask(self, content: str = "count to 1", model: str = "any") -> tuple[int, str]:
        """Status and model of an answer."""
        body = {"model": model, "messages": [{"role": "user", "content": content}]}
        async with (
            aiohttp.ClientSession(headers={"authorization": f"Bearer {KEY}"}) as client,
            client.post(self.engine.url + "/v1/chat/completions", json=body) as response,
        ):
            await response.read()
            return response.status, response.headers.get("x-gateway-model", "")

    async def ready(self, count: int = 1) -> None:
        """Wait until so many instances answer."""
        await self.events.until(
            lambda: (
                True if [i.state for i in self.engine.instances()].count(READY) == count else None
            )
        )

    def pids(self) -> list[int]:
        return [status.pid for status in self.engine.instances()]


@asynccontextmanager
async def running(home: Path, text: str = "", **environ: object) -> AsyncIterator[Running]:
    """A gateway without a window."""
    variables = environment(home, "", **environ)
    for name in ("API_KEYS", "PORT"):
        variables.pop(name)
    variables["PYTHONPATH"] = str(ROOT)
    file = home / "config" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(
        f'# mine\nport = 0\napi_keys = ["{KEY}"]\nlingma_bin = "{emulator(home)}" # here\n{text}'
    )
    file.chmod(0o600)
    plan = prepare(LaunchOptions(config_file=file), environ=variables, cwd=home)
    plan.paths.make()
    events, levels = Events(), list[str]()
    engine = Engine(plan, secrets=None, emit=events, set_log_level=levels.append)
    try:
        await engine.start()
        yield Running(engine, events, home, levels)
    finally:
        await engine.stop()


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
