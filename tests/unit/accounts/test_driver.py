"""What the automatic sign-in makes of a site's answers."""

from types import SimpleNamespace

import pytest

from gateway_engine.accounts.browser.driver import _Attempt
from gateway_engine.accounts.browser.order import Order


class Page(SimpleNamespace):
    """A page whose events go nowhere."""

    def __init__(self) -> None:
        super().__init__(main_frame=object(), context=self)

    def on(self, _event: str, _told: object) -> None:
        pass


class OfAnotherWindow(SimpleNamespace):
    """The first answer in a window that a site opens, as Playwright 1.5x hands it over."""

    url = "https://corp.example/popup"
    status = 401
    headers = {"www-authenticate": "Basic"}  # noqa: RUF012 - a double
    request = SimpleNamespace(is_navigation_request=lambda: True)

    @property
    def frame(self) -> object:
        from playwright.async_api import Error

        raise Error("Frame for this navigation request is not available")


async def test_an_answer_in_a_window_that_has_no_frame_yet() -> None:
    """It was a traceback, and a refusal in there was not seen."""
    pytest.importorskip("playwright")
    attempt = _Attempt(Order("https://corp.example", "ann", "x", browser="/usr/bin/any"), Page())
    attempt._passwords = 1
    attempt._on_response(OfAnotherWindow())
    assert (attempt.status, attempt._refused) == (0, True)
