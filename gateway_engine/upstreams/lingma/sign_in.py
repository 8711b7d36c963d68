"""Signing in through a browser: the address to open, and the address it ends at.

The program itself serves the end, at `/auth/callback` of its httpPort. A browser on another machine
cannot reach that; its user copies the address, and it is delivered here: to the path the program
serves, on this machine only, or by `login/auth_callback`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from gateway_engine.errors import InvalidRequestError, UpstreamError, UpstreamTimeoutError
from gateway_engine.upstreams.lingma import methods

URL_PARAMS: Final = {"loginDedicatedType": ""}
CALLBACK_PATH: Final = "/auth/callback"
DELIVERY_S: Final = 15.0
MAX_ADDRESS_CHARS: Final = 16 * 1024
MAX_HEAD_BYTES: Final = 64 * 1024
Ask = Callable[[str, Mapping[str, Any]], Awaitable[Any]]
_NAMES: Final = ("loginUrl", "url", "login_url")


@dataclass(frozen=True, slots=True)
class CallbackAddress:
    """What is of use in the last address of a sign-in."""

    target: str
    params: dict[str, str]


def read_url(value: Any) -> str:
    """The address in the answer of `login/generateUrl`. Raises UpstreamError."""
    if isinstance(value, dict):
        value = next((value[name] for name in _NAMES if value.get(name)), None)
    if isinstance(value, str) and _is_web(value):
        return value
    raise UpstreamError("Lingma gave no address to sign in at; restart the instance and try again")


def parse_callback(address: str) -> CallbackAddress:
    """Read what a user pasted. Raises InvalidRequestError."""
    text = address.strip()
    problem = "" if len(text) <= MAX_ADDRESS_CHARS else "it is too long"
    try:
        parts = urlsplit(text)
    except ValueError:
        parts, problem = urlsplit(""), "it is no address"
    if not problem and parts.path.rstrip("/") != CALLBACK_PATH:
        problem = f"it does not lead to {CALLBACK_PATH}"
    if not problem and (not parts.query or not text.isascii() or not text.isprintable()):
        problem = "its end is missing"
    if problem or " " in text:
        raise InvalidRequestError(
            "this is not the address a sign-in ends at"
            f" ({problem or 'it holds a space'}): copy the whole address"
            f" http://127.0.0.1:…{CALLBACK_PATH}?… from the browser",
            param="callback",
            reason="bad_callback",
        )
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return CallbackAddress(f"{CALLBACK_PATH}?{parts.query}", query)


async def finish(address: str, port: int, ask: Ask) -> None:
    """Bring the last address of a sign-in to the program: to its port, else by its method.

    Raises InvalidRequestError, UpstreamError, UpstreamTimeoutError.
    """
    end = parse_callback(address)
    if not await deliver(port, end):
        said = await ask(methods.AUTH_CALLBACK, end.params)
        if isinstance(said, dict) and said.get("success") is False:
            raise refused()


async def deliver(port: int, end: CallbackAddress) -> bool:
    """Ask the program for that page; False when it does not listen there.

    Raises InvalidRequestError when it refuses the address, UpstreamTimeoutError.
    """
    if not port:
        return False
    try:
        async with asyncio.timeout(DELIVERY_S):
            status = await _get(port, end.target)
    except TimeoutError:
        raise UpstreamTimeoutError("Lingma did not take the address in time; try again") from None
    except OSError:
        return False
    if 400 <= status < 500 and status != 404:
        raise refused()
    return 200 <= status < 400


def refused() -> InvalidRequestError:
    """The address was used before, or belongs to another sign-in."""
    return InvalidRequestError(
        "Lingma refuses this address: it was used before, or it belongs to another sign-in;"
        " ask for a new sign-in",
        param="callback",
        reason="callback_refused",
    )


async def _get(port: int, target: str) -> int:
    """The status of one page on this machine. Raises OSError."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=MAX_HEAD_BYTES)
    try:
        writer.write(
            f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
        )
        await writer.drain()
        first = (await reader.readline()).split()
    except ValueError:
        return 0
    finally:
        writer.close()
    return int(first[1]) if len(first) > 1 and first[1].isdigit() else 0


def _is_web(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and text.isprintable()
