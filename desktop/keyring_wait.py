"""Reads or makes the gateway's secrets without ever holding up the window.

A keyring may show a prompt and block for as long as nobody answers it. It is asked on a thread of
its own; past the deadline, or when its user will not wait, the gateway goes on without it, and the
window says so.
"""

import asyncio
from collections.abc import Callable

from gateway_engine.public import EnginePlan, LocalSecrets, call_aside, load_or_create_secrets

PATIENCE_S = 1.5
DEADLINE_S = 45.0


class KeyringWait:
    """One wait at a time; `give_up` ends it."""

    def __init__(self) -> None:
        self._given_up: asyncio.Future[None] | None = None

    def give_up(self) -> None:
        """Go on without the keyring."""
        if self._given_up is not None and not self._given_up.done():
            self._given_up.set_result(None)

    async def load(self, plan: EnginePlan, *, on_waiting: Callable[[], None]) -> LocalSecrets:
        """The key and the admin token; raises OSError. `on_waiting` is called if that takes long.

        What lies in the keyring stays there and counts again once it answers.
        """
        given_up = self._given_up = asyncio.get_running_loop().create_future()
        asked = _load(plan, ask_keyring=True)
        try:
            done, _pending = await asyncio.wait({asked}, timeout=PATIENCE_S)
            if not done:
                on_waiting()
                await asyncio.wait((asked, given_up), return_when=asyncio.FIRST_COMPLETED)
            return await (asked if asked.done() else _load(plan, ask_keyring=False))
        finally:
            asked.cancel()


def _load(plan: EnginePlan, *, ask_keyring: bool) -> "asyncio.Future[LocalSecrets]":
    return call_aside(
        lambda: load_or_create_secrets(
            plan.paths, plan.settings, timeout_s=DEADLINE_S, ask_keyring=ask_keyring
        ),
        name="keyring",
    )
