"""Who may call: pure decisions about keys, Host and Origin. No I/O, no aiohttp.

A web page that a user happens to visit can send requests to localhost. It cannot choose the `Host`
that its browser sends (DNS rebinding shows the attacker's name there) nor hide its `Origin`: these
two decide, before any key is looked at.
"""

import functools
import hmac
import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from gateway_engine.errors import GatewayError, InvalidApiKeyError, NotEnabledError

APP_SCHEMES: Final = ("vscode-webview:", "tauri:", "app:")
"""Origins that only installed programs can have."""
CLIENT_KEY: Final = "client:"
"""How the id of a key begins that belongs to one client program."""

_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{0,5}))?", re.ASCII)
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.ASCII)
_ORIGIN: Final = re.compile(r"([a-z][a-z0-9+.-]*)://([^/?#\s,]+)", re.ASCII | re.IGNORECASE)

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Keys = tuple[tuple[str, str], ...]
"""Pairs of a key's id, which may be shown, and the key itself."""


class Guard(Enum):
    """What a route asks of its caller before it answers."""

    NOTHING = auto()
    KEY = auto()
    ADMIN = auto()
    METRICS = auto()


@dataclass(frozen=True, slots=True)
class AccessRules:
    """`api_keys`: none means that everybody on this machine may call.

    `client_keys` gives the keys of single clients as they are now: they open what an API key opens,
    never the internal routes or the metrics, and where everybody may call they say who does.
    `admin_keys` open the internal routes and `metrics_keys` the metrics: with none these are closed
    to everybody, but for metrics that are `metrics_public`. `command_keys` open the internal routes
    in any case: only commands of the same user can read them. `allowed_hosts` are names or
    addresses without a port, `bound` what the socket was asked to bind, `cors_origins` whole
    origins (`https://example.com`) or schemes (`tauri:`). `ollama_open`: Ollama's routes need no
    key on the loopback, where its clients know of none.
    """

    api_keys: Keys = ()
    admin_keys: Keys = ()
    command_keys: Keys = ()
    metrics_keys: Keys = ()
    metrics_public: bool = False
    allowed_hosts: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = APP_SCHEMES
    bound: tuple[str, ...] = ()
    ollama_open: bool = False
    client_keys: Callable[[], Keys] = tuple

    def __post_init__(self) -> None:
        every = (*self.api_keys, *self.admin_keys, *self.command_keys, *self.metrics_keys)
        if any(not key.strip() for _, key in every):
            raise ValueError("an API key must not be empty")


def host_allowed(rules: AccessRules, host: str, local_address: str) -> bool:
    """Tell whether a `Host` header may name us.

    `local_address` is the address at which this very connection arrived: a client that reached it
    by number names it by number, which no DNS answer can forge.
    """
    name = host_name(host)
    if name is None:
        return False
    if name == "localhost":
        return True
    named = {_plain_name(entry) for entry in (*rules.allowed_hosts, *rules.bound)}
    address = _address(name)
    if address is None:
        return name in named
    if address.is_loopback:
        return True
    numbered = {_address(entry) for entry in named} | {_address(_plain_name(local_address))}
    return address in numbered


def host_name(host: str) -> str | None:
    """Return the name or address in a `Host` header in lower case, None when it is malformed."""
    match = _HOST.fullmatch(host.strip(" \t"))
    if match is None or (match[2] and int(match[2]) > 65535):
        return None
    name = _plain_name(match[1])
    if match[1].startswith("[") != (":" in name):
        return None
    return name or None


def origin_allowed(rules: AccessRules, origin: str) -> bool:
    """Tell whether a page of `origin` may call. `null` never may: any page can make itself that."""
    match = _ORIGIN.fullmatch(origin)
    if match is None:
        return False
    scheme, authority = match[1].lower(), match[2].lower()
    for entry in rules.cors_origins:
        allowed = entry.strip().lower().rstrip("/")
        if _SCHEME.fullmatch(allowed):
            if allowed == f"{scheme}:" and scheme not in ("http", "https", "file"):
                return True
        elif _without_default_port(allowed) == _without_default_port(f"{scheme}://{authority}"):
            return True
    return False


def admitted(rules: AccessRules, guard: Guard, offered: Sequence[str]) -> str:
    """Return the id of the key among `offered` that opens `guard`, "" when it needs none.

    Raises NotEnabledError when no key could open it, InvalidApiKeyError when none of these does.
    """
    match guard:
        case Guard.NOTHING:
            return ""
        case Guard.KEY:
            if not rules.api_keys:
                return matching_key(rules.client_keys(), offered) or ""
            keys, open_without = (*rules.api_keys, *rules.client_keys()), True
            what = "an API key"
        case Guard.ADMIN:
            command = matching_key(rules.command_keys, offered)
            if command is not None:
                return command
            keys, open_without, what = rules.admin_keys, False, "the admin token"
        case Guard.METRICS:
            keys, open_without = rules.metrics_keys, rules.metrics_public
            what = "the metrics token"
    if not keys:
        if open_without:
            return ""
        raise _not_enabled(guard)
    key_id = matching_key(keys, offered)
    if key_id is None:
        raise InvalidApiKeyError(
            f"what was sent is not {what} of this gateway; copy it from there"
            if offered
            else f"{what} is needed: send it as `Authorization: Bearer KEY` or `x-api-key: KEY`"
        )
    return key_id


def _not_enabled(guard: Guard) -> GatewayError:
    if guard is Guard.METRICS:
        return NotEnabledError(
            "metrics are not enabled: set METRICS_TOKEN, or METRICS_PUBLIC=true to show them to all"
        )
    return NotEnabledError(
        "the internal routes are not enabled: set ADMIN_TOKEN and send it as"
        " `Authorization: Bearer TOKEN`"
    )


def admin_keys(admin_token: str, api_keys: Keys, *, headless: bool) -> Keys:
    """Return what opens the internal routes: the admin token, and `api_keys` only in its place and
    without a window."""
    if admin_token:
        return (("admin", admin_token),)
    return api_keys if headless else ()


def metrics_keys(metrics_token: str, api_keys: Keys) -> Keys:
    """Return what opens the metrics: their own token, else every API key."""
    return (("metrics", metrics_token),) if metrics_token else api_keys


def matching_key(keys: Keys, offered: Sequence[str]) -> str | None:
    """Return the id of the key of `keys` that is among `offered`, None when there is none.

    Every key is compared with every offered one, in constant time, found or not.
    """
    found: str | None = None
    for candidate in offered:
        data = candidate.encode("utf-8", "surrogateescape")
        for key_id, key in keys:
            if hmac.compare_digest(data, key.encode("utf-8", "surrogateescape")):
                found = key_id
    return found


def offered_keys(authorization: Sequence[str], x_api_key: Sequence[str]) -> list[str]:
    """Return the keys in the two headers that may carry one."""
    keys = [value.strip() for value in x_api_key]
    for value in authorization:
        scheme, _, token = value.strip().partition(" ")
        if scheme.lower() == "bearer":
            keys.append(token.strip())
    return [key for key in keys if key]


def on_loopback(host: str, local_address: str, peer_address: str) -> bool:
    """Tell whether a request stays on this machine from end to end.

    A proxy on this machine comes from the loopback too: its `Host` shows that somebody else asks.
    """
    name = host_name(host)
    return name is not None and all(is_loopback(n) for n in (name, local_address, peer_address))


def is_loopback(address: str) -> bool:
    """Tell whether binding `address` keeps the endpoint on this machine."""
    name = _plain_name(address)
    parsed = _address(name)
    return name == "localhost" if parsed is None else parsed.is_loopback


def _plain_name(text: str) -> str:
    name = text.strip().lower()
    if name.startswith("[") and name.endswith("]"):
        name = name[1:-1]
    return name.removesuffix(".")


@functools.lru_cache(maxsize=64)  # every request names one of a few
def _address(name: str) -> IpAddress | None:
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _without_default_port(origin: str) -> str:
    if origin.startswith("https://"):
        return origin.removesuffix(":443")
    if origin.startswith("http://"):
        return origin.removesuffix(":80")
    return origin
