"""What the window is told on stdin, and which addresses it may show. Pure."""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

BLANK = "about:blank"
WEB_SCHEMES = ("http", "https")
FRAME_SCHEMES = (*WEB_SCHEMES, "about", "blob", "data")
"""A page may fill its own frames with these; none of them reaches files or other programs."""


@dataclass(frozen=True, slots=True)
class WindowOrder:
    """One sign-in: the address, and how the window looks. `who` names the instance."""

    url: str
    who: str = ""
    language: str = "auto"
    theme: str = "auto"


def parse_order(line: bytes) -> WindowOrder:
    """Read the line. Raises ValueError for anything that is no order for a web page."""
    given = json.loads(line)
    if not isinstance(given, dict):
        raise ValueError("an order is an object")
    known = {
        name: str(given[name]) for name in ("url", "who", "language", "theme") if name in given
    }
    order = WindowOrder(**{"url": "", **known})
    if scheme_of(order.url) not in WEB_SCHEMES:
        raise ValueError("a sign-in begins at a web address")
    return order


def may_show(url: str, *, is_main_frame: bool) -> bool:
    """Whether a page may go there: the web, and in frames what a page makes itself."""
    if is_main_frame:
        return url == BLANK or scheme_of(url) in WEB_SCHEMES
    return scheme_of(url) in FRAME_SCHEMES


def scheme_of(url: str) -> str:
    """The scheme in lower case, "" where there is none."""
    try:
        return urlsplit(url).scheme.lower()
    except ValueError:
        return ""


def shown_address(url: str) -> str:
    """The address as its user checks it: what identifies the site, without what may be secret."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in WEB_SCHEMES:
        return url if url == BLANK else ""
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path or '/'}"
