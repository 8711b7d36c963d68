"""From where the Lingma program comes: a marketplace, the URL of a VSIX, a file. Pure.

The marketplace's path is that of VS Code Marketplace's gallery API.
"""

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from gateway_engine.upstreams.lingma.install.trouble import InstallError

LATEST: Final = "latest"
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class VsixUrl:
    """A VSIX somewhere on the net. `sha256` in lower-case hex pins what it must be, "" nothing."""

    url: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class VsixFile:
    """A VSIX on this machine."""

    file: Path
    sha256: str = ""


VsixSource = VsixUrl | VsixFile


def marketplace_url(base: str, publisher: str, extension: str, version: str = LATEST) -> str:
    """Where a gallery offers this version of the extension as a VSIX."""
    names = "/".join(
        ("publishers", quote(publisher, safe=""), "vsextensions", quote(extension, safe=""))
    )
    path = f"_apis/public/gallery/{names}/{quote(version or LATEST, safe='')}/vspackage"
    return f"{base.rstrip('/')}/{path}"


def from_url(url: str, sha256: str = "") -> VsixUrl:
    """A source that may be fetched. Raises InstallError: https only, but for this very machine."""
    check_url(url)
    return VsixUrl(url, check_sha256(sha256))


def check_url(url: str) -> None:
    """Refuse what must not be fetched. Raises InstallError."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if not host or parts.scheme not in ("https", "http"):
        raise InstallError("bad_source", f"{_shown(url)} is no https address of a VSIX")
    if parts.username is not None:
        raise InstallError("bad_source", "the VSIX address must not hold a user name or password")
    if parts.scheme == "http" and not _is_this_machine(host):
        raise InstallError(
            "bad_source", f"{_shown(url)}: programs are fetched by https only; use an https address"
        )


def check_sha256(text: str) -> str:
    """The pin in lower-case hex, "" for none. Raises InstallError."""
    plain = text.strip().lower().removeprefix("sha256:")
    if plain and not _SHA256.fullmatch(plain):
        raise InstallError("bad_pin", "a SHA-256 pin has 64 hexadecimal digits")
    return plain


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _shown(url: str) -> str:
    plain = url.split("?", 1)[0]
    return plain if len(plain) <= 200 else plain[:199] + "…"
