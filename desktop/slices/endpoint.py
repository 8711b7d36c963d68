"""Where clients reach the gateway, or why they cannot."""

from dataclasses import dataclass

from gateway_engine.public import ListenerFailed


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The local endpoint. `wanted` is what the user asked for; `url` is "" while closed.

    `failure` is the last failure to open it, until it opens or is switched off.
    """

    wanted: bool = True
    url: str = ""
    failure: ListenerFailed | None = None


def reachable(url: str) -> str:
    """`url` with a wildcard address replaced by the loopback one a local client can call."""
    return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:").rstrip("/")
