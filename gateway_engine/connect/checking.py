"""Sends golden requests to a gateway over HTTP, as the client would, and says how each went.

A request runs in a thread of its own: this machine's own program asks, and is asked, over a plain
socket. Whoever gives up closes that socket, and the thread ends with it.
"""

import asyncio
import contextlib
import http.client
import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from gateway_engine.connect.client import Endpoint
from gateway_engine.connect.golden import Answered, Probe, Wrong, judged

PROBE_TIMEOUT_S: Final = 180.0
"""Of silence; an answer of an agent may take minutes."""
MAX_ANSWER_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Tried:
    """`took_ms` until the last byte of the answer; `wrong` is None when it was right."""

    wrong: Wrong | None
    took_ms: int


async def tried(
    probe: Probe, endpoint: Endpoint, clock: Callable[[], float] = time.monotonic
) -> Tried:
    """Ask, side by side as often as the probe says. Cancelling ends the requests."""
    started = clock()
    asking = [_Asking(probe, endpoint) for _ in range(probe.at_once)]
    work = asyncio.gather(*(asyncio.to_thread(each.run) for each in asking))
    try:
        found = await asyncio.shield(work)
    except asyncio.CancelledError:
        for each in asking:
            each.give_up()
        await work  # the threads end with their sockets
        raise
    return Tried(next((wrong for wrong in found if wrong), None), round((clock() - started) * 1000))


class _Asking:
    """One request and its answer."""

    def __init__(self, probe: Probe, endpoint: Endpoint) -> None:
        self._probe = probe
        self._endpoint = endpoint
        self._given_up = False
        address = urlsplit(endpoint.url)
        # No proxy of the environment has anything to do with this machine's own gateway.
        self._connection = http.client.HTTPConnection(
            address.hostname or "127.0.0.1", address.port, timeout=PROBE_TIMEOUT_S
        )

    def give_up(self) -> None:
        """End it from another thread, wherever it is."""
        self._given_up = True
        sock = self._connection.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def run(self) -> Wrong | None:
        """Ask and judge; blocks."""
        probe, body = self._probe, self._probe.body
        headers = {
            "Authorization": f"Bearer {self._endpoint.key}",
            "Content-Type": "application/json",
            **probe.headers,
        }
        try:
            self._connection.connect()
            if self._given_up:
                return Wrong("unreachable", "given up")
            content = None if body is None else json.dumps(body).encode()
            self._connection.request(probe.method, probe.path, content, headers)
            reply = self._connection.getresponse()
            names = {name.lower(): value for name, value in reply.getheaders()}
            answered = Answered(reply.status, names, reply.read(MAX_ANSWER_BYTES))
        except (OSError, http.client.HTTPException) as error:
            return Wrong("unreachable", str(error) or type(error).__name__)
        finally:
            self._connection.close()
        return judged(probe, answered)
