"""An engine that does nothing but remember what it was asked and say what it is told to say."""

import threading
from typing import Any

from gateway_engine.public import Emit, EngineEvent, ListenerStarted, ListenerStopped, Record

URL = "http://127.0.0.1:40123"


class FakeEngine:
    """`EngineControl` for tests. `asked` is what came, in order."""

    def __init__(self, emit: Emit, *, fails_to_start: bool = False) -> None:
        self._emit = emit
        self._fails_to_start = fails_to_start
        self.asked: list[str] = []
        self.restarted = threading.Event()

    async def start(self) -> None:
        self.asked.append("start")
        if self._fails_to_start:
            raise ValueError("no luck\nat all")
        self._emit(ListenerStarted(URL, 1.0))

    async def stop(self) -> None:
        self.asked.append("stop")

    async def open_listener(self) -> None:
        self.asked.append("open")
        self._emit(ListenerStarted(URL, 2.0))

    async def open_listener_nearby(self) -> None:
        self.asked.append("open nearby")
        self._emit(ListenerStarted(URL, 2.0))

    async def close_listener(self) -> None:
        self.asked.append("close")
        self._emit(ListenerStopped(3.0))

    async def restart_instance(self, name: Any) -> None:
        self.asked.append(f"restart {name}")
        self.restarted.set()

    async def previous_turn(self, record_id: str) -> Record | None:
        self.asked.append(f"previous turn of {record_id}")
        return None

    async def fetch_program(self) -> None:
        self.asked.append("fetch program")

    async def stop_fetching_program(self) -> None:
        self.asked.append("stop fetching")

    def snapshot(self) -> tuple[EngineEvent, ...]:
        return (ListenerStarted(URL, 4.0),)
