"""A route as data: each protocol has a file that lists its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from gateway_engine.server.access import Guard

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """`path` in aiohttp's syntax; GET answers HEAD too, and a trailing slash is tolerated.

    `guard`: which key it asks for. `any_host`: the Host header is not looked at. `quiet`: asked so
    often that its line in the log is worth DEBUG only. `open_on_loopback`: callers on this machine
    need no key when OLLAMA_AUTH says so. `recorded_as`: the protocol its requests are recorded
    under, "" for none.
    """

    method: str
    path: str
    handler: Handler
    guard: Guard = Guard.KEY
    recorded_as: str = ""
    open_on_loopback: bool = False
    any_host: bool = False
    quiet: bool = False
