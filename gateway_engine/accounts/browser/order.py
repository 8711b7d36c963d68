"""What the browser's process is told, and what it says: two values and their JSON. Pure."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from gateway_engine import json_text

MARK: Final = "lingma-gateway-sign-in "
"""Begins the lines of the process that are meant for us."""


class Outcome(StrEnum):
    """How an attempt ended, or what it waits for."""

    DONE = "done"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - no password, the name of a failure
    CAPTCHA = "captcha"
    SECOND_FACTOR = "second_factor"
    AGREEMENT = "agreement"
    STUCK = "stuck"
    PAGE_TIMEOUT = "page_timeout"
    UNREACHABLE = "unreachable"
    PAGE_ERROR = "page_error"
    HTTP_PASSWORD = "http_password"  # noqa: S105 - no password, the name of a failure
    CERTIFICATE = "certificate"
    WINDOW_CLOSED = "window_closed"
    NO_PLAYWRIGHT = "playwright_missing"
    NO_BROWSER = "browser_missing"
    BAD_SELECTORS = "bad_selectors"
    BROKEN = "browser_broken"


FOR_A_PERSON: Final = (Outcome.CAPTCHA, Outcome.SECOND_FACTOR, Outcome.AGREEMENT)
"""What somebody before the window can do."""


@dataclass(frozen=True, slots=True)
class Selectors:
    """CSS (or Playwright) selectors for what is not found by itself; "" means: find it.

    `before` is clicked first, one after the other, where it is visible.
    """

    username: str = ""
    password: str = ""
    submit: str = ""
    error: str = ""
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """One attempt. `screenshot` is where a failure is pictured, "" for nowhere."""

    url: str
    username: str
    password: str = field(repr=False)
    browser: str = ""
    headless: bool = True
    timeout_s: float = 180.0
    screenshot: str = ""
    selectors: Selectors = field(default_factory=Selectors)


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the process: `final` when it ends with it. `submitted`: the site has been given
    the password, so that another try might be the one that locks the account.
    """

    outcome: Outcome
    message: str
    final: bool
    submitted: bool = False


def render_order(order: Order) -> bytes:
    """The order as the process reads it."""
    chosen = order.selectors
    return json_text.render(
        {
            "url": order.url,
            "username": order.username,
            "password": order.password,
            "browser": order.browser,
            "headless": order.headless,
            "timeout_s": order.timeout_s,
            "screenshot": order.screenshot,
            "selectors": {
                "username": chosen.username,
                "password": chosen.password,
                "submit": chosen.submit,
                "error": chosen.error,
                "before": list(chosen.before),
            },
        }
    )


def parse_order(data: bytes) -> Order:
    """Read what `render_order` wrote."""
    value = json_text.parse(data)
    return Order(**(value | {"selectors": _selectors(value["selectors"])}))


def render_said(said: Said) -> str:
    """The line of the process."""
    value = {
        "outcome": said.outcome.value,
        "message": said.message,
        "final": said.final,
        "submitted": said.submitted,
    }
    return MARK + json_text.render(value).decode()


def parse_said(line: str) -> Said | None:
    """Read such a line; None for any other."""
    if not line.startswith(MARK):
        return None
    try:
        value = json_text.parse(line.removeprefix(MARK))
        outcome, message = Outcome(value["outcome"]), str(value["message"])
        return Said(outcome, message, bool(value["final"]), bool(value["submitted"]))
    except (ValueError, KeyError, TypeError):
        return None


def read_selectors(file: Path) -> Selectors:
    """Read AUTO_LOGIN_SELECTORS_FILE, TOML or JSON. Raises ValueError, in one line."""
    try:
        text = file.read_text("utf-8-sig")
        value = json_text.parse(text) if file.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ValueError(f"{file}: {str(error).splitlines()[0]}") from None
    known = {"username", "password", "submit", "error", "before"}
    if not isinstance(value, dict) or set(value) - known:
        raise ValueError(f"{file}: only {', '.join(sorted(known))} may stand there")
    try:
        return _selectors(value)
    except TypeError:
        raise ValueError(f"{file}: selectors are texts, before is a list of them") from None


def _selectors(value: Mapping[str, Any]) -> Selectors:
    before = value.get("before", [])
    texts = {name: text for name, text in value.items() if name != "before"}
    if not isinstance(before, list) or not all(
        isinstance(text, str) for text in (*texts.values(), *before)
    ):
        raise TypeError("a selector is a text")
    return Selectors(**texts, before=tuple(before))
