"""What texts in settings stand for: hosts, origins, addresses and keys, as requests meet them.

Pure. What fits here and could never be met by a request is a mistake of this module.
"""

import ipaddress
import re
from typing import Final

_APP_SCHEME: Final = re.compile(r"(?!(?:https?|file):)[a-z][a-z0-9+.-]*:/{0,2}", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"([a-z][a-z0-9+.-]*)://([^/?#\s,@]+)/?(\S*)", re.IGNORECASE)
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+", re.ASCII)
_PORT: Final = re.compile(r":(\d{1,5})", re.ASCII)
_WEB: Final = ("http", "https")


def is_host(text: str) -> bool:
    """A name or an address, without a port."""
    if _NAME.fullmatch(text):
        return True
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        return bool(ipaddress.ip_address(bare))
    except ValueError:
        return False


def is_origin(text: str) -> bool:
    """A whole origin (`https://example.com`), or the scheme of an app (`tauri:`)."""
    if _APP_SCHEME.fullmatch(text):
        return True
    found = _ADDRESS.fullmatch(text)
    if found is None or found[3]:
        return False
    return found[1].lower() not in _WEB or _is_authority(found[2])


def is_url(text: str) -> bool:
    """A whole address of the web."""
    found = _ADDRESS.fullmatch(text)
    return found is not None and found[1].lower() in _WEB and _is_authority(found[2])


def is_key(text: str) -> bool:
    """What a client can send in a header: one line, and nothing in it that is not seen."""
    return text.isprintable()


def _is_authority(text: str) -> bool:
    """A host, and perhaps a port."""
    if text.startswith("["):
        name, _, rest = text.partition("]")
        name += "]"
    else:
        name, colon, port = text.partition(":")
        rest = colon + port
    found = _PORT.fullmatch(rest)
    has_port = not rest or (found is not None and 0 < int(found[1]) <= 65535)
    return has_port and is_host(name)
