"""Reads or makes the gateway's secrets without ever holding up the window.

A keyring may show a prompt and block for as long as nobody answers it. It is asked on a thread of
its own; past the deadline the engine takes a private file instead, and the window says so.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from gateway_engine.public import EnginePlan, LocalSecrets, load_or_create_secrets

PATIENCE_S = 1.5
DEADLINE_S = 45.0


async def load_secrets(plan: EnginePlan, *, on_waiting: Callable[[], None]) -> LocalSecrets:
    """The key and the admin token; raises OSError. `on_waiting` is called if that takes long."""
    asked = _in_daemon_thread(
        lambda: load_or_create_secrets(plan.paths, plan.settings, timeout_s=DEADLINE_S)
    )
    done, _pending = await asyncio.wait({asked}, timeout=PATIENCE_S)
    if not done:
        on_waiting()
    return await asked


def _in_daemon_thread(work: Callable[[], LocalSecrets]) -> "asyncio.Future[LocalSecrets]":
    # Not an executor: the interpreter would wait at its end for a thread that never returns.
    loop = asyncio.get_running_loop()
    future: asyncio.Future[LocalSecrets] = loop.create_future()

    def settle(result: LocalSecrets | None, error: Exception | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        elif result is not None:
            future.set_result(result)

    def tell(*outcome: Any) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, *outcome)

    def run() -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - crosses to the waiting coroutine
            tell(None, error)
        else:
            tell(result, None)

    threading.Thread(target=run, name="keyring", daemon=True).start()
    return future
