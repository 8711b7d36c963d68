"""Sessions that nobody goes on in, deleted from Lingma's own history (LINGMA_DELETE_SESSIONS).

    forget --> owed --chat/deleteSessionById--> gone
    stopped --chat/finish, or END_WAIT_S--> owed

Lingma writes a session down when its turn ends: one that was stopped is deleted only after that.
What is owed still goes out before the connection closes, for at most FLUSH_S.
"""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from typing import Any, Final

from gateway_engine.errors import GatewayError
from gateway_engine.tasks import TaskOwner
from gateway_engine.upstreams.lingma import methods
from gateway_engine.upstreams.lingma.lsp_client import LspClient

logger = logging.getLogger(__name__)

END_WAIT_S: Final = 5.0
FLUSH_S: Final = 1.0
MAX_OWED: Final = 4096


class SessionDeletion:
    """What one connection still has to delete. Without `wanted` it forgets at once."""

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted
        self._owed: dict[str, None] = {}
        self._ending: dict[str, tuple[str, asyncio.Future[str]]] = {}
        self._client: LspClient | None = None
        self._timeout_s: float | None = None
        self._is_deleting = False
        self._tasks = TaskOwner("session-deletion")

    def begin(self, client: LspClient, *, timeout_s: float | None) -> None:
        """Delete over this connection from now on."""
        self._client, self._timeout_s = client, timeout_s
        self._go_on()

    def forget(self, session_id: str) -> None:
        """Delete this session soon."""
        if self._wanted and session_id and len(self._owed) < MAX_OWED:
            self._owed[session_id] = None
            self._go_on()

    def stopped(self, wire_id: str, session_id: str) -> None:
        """Delete the session of a turn that was broken off, once upstream has ended it."""
        if self._wanted:
            self._ending[wire_id] = session_id, asyncio.get_running_loop().create_future()
            self._tasks.spawn(self._after_end(wire_id), name="after-end")

    def finished(self, wire_id: str, params: Mapping[str, Any]) -> None:
        """Upstream says that a turn which nobody reads any more has ended."""
        session_id, ending = self._ending.get(wire_id, ("", None))
        if ending is not None and not ending.done():
            named = params.get("sessionId")
            ending.set_result(named if isinstance(named, str) and named else session_id)

    async def aclose(self) -> None:
        """Delete what is owed, as far as that goes quickly."""
        client, ending = self._client, list(self._ending.values())
        if ending and client is not None and not client.closed.done():
            await asyncio.wait([future for _, future in ending], timeout=FLUSH_S / 2)
        await self._tasks.aclose()
        for session_id, future in ending:
            self._owed[future.result() if future.done() else session_id] = None
        if client is not None and not client.closed.done():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_S):
                    await self._delete(client)

    def _go_on(self) -> None:
        if self._owed and self._client is not None and not self._is_deleting:
            self._is_deleting = True
            self._tasks.spawn(self._delete(self._client), name="delete")

    async def _delete(self, client: LspClient) -> None:
        try:
            while self._owed:
                session_id = next(iter(self._owed))
                await client.request(
                    methods.DELETE_SESSION, {"sessionId": session_id}, timeout_s=self._timeout_s
                )
                self._owed.pop(session_id, None)
        except GatewayError as error:
            self._owed.clear()
            logger.info("sessions stay in Lingma's history: %s", error)
        finally:
            self._is_deleting = False

    async def _after_end(self, wire_id: str) -> None:
        session_id, ending = self._ending[wire_id]
        try:
            await asyncio.wait((ending,), timeout=END_WAIT_S)
        finally:
            del self._ending[wire_id]
        self.forget(ending.result() if ending.done() else session_id)
