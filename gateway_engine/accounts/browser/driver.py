"""The browser's process: one sign-in, from the page's first load to the callback.

Read an order from stdin, drive an installed browser by Playwright, say on stdout what became of it.
It looks at the page again and again and does the next thing that is there to do: follow the link to
the form, switch to the password's tab, agree to the terms, fill, submit. Never more than
MAX_SUBMITS submissions: accounts get locked.
"""

import asyncio
import contextlib
import os
import sys
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from gateway_engine.accounts.browser.finding import LOOK, MARKED, Seen, read_seen
from gateway_engine.accounts.browser.installed import HOW_TO_GET
from gateway_engine.accounts.browser.order import (
    FOR_A_PERSON,
    Order,
    Outcome,
    Said,
    parse_order,
    render_said,
)

LOOK_EVERY_S: Final = 0.3
SETTLE_S: Final = 1.2
STUCK_S: Final = 15.0
STUCK_AT_ERROR_S: Final = 6.0
"""So long a page of an HTTP error is looked at: its form, if it has one, may come late, too."""
LOAD_S: Final = 45.0
END_S: Final = 2.0
"""A browser that ends says so right after its windows have closed (5 ms, measured), a window that
closes right after what it was loading was given up.
"""
HTTP_ERROR: Final = 400
SERVER_ERROR: Final = 500
MAX_SUBMITS: Final = 4
MAX_PASSWORDS: Final = 1
MAX_TICKS: Final = 3
WAY_AFTER_S: Final = 3.0
"""A form may come late; only then is a link followed that may lead to one."""
UNAUTHORIZED: Final = 401
_HTTP_SCHEMES: Final = ("basic", "digest", "ntlm", "negotiate")
CALLBACK: Final = "/auth/callback"
NO_PLAYWRIGHT: Final = (
    "the automatic sign-in needs a gateway that pip installed, with the extra 'auto-login':"
    " pip install 'lingma-gateway[auto-login]'"
)
_MESSAGES: Final = {
    Outcome.WRONG_PASSWORD: "the site refuses this name or password: correct them",
    Outcome.CAPTCHA: "the site wants a captcha solved: sign in by hand once",
    Outcome.SECOND_FACTOR: "the site wants a second factor: sign in by hand once",
    Outcome.AGREEMENT: "the site wants its terms accepted: sign in by hand once",
    Outcome.STUCK: "the page does not go on: sign in by hand, or name its fields in"
    " AUTO_LOGIN_SELECTORS_FILE",
    Outcome.PAGE_TIMEOUT: "the sign-in page did not load in time",
    Outcome.UNREACHABLE: "the sign-in page cannot be reached",
    Outcome.PAGE_ERROR: "the sign-in page answers with an error",
    Outcome.HTTP_PASSWORD: "the site asks for a name and password outside of its page (HTTP"
    " authentication): sign in by hand",
    Outcome.CERTIFICATE: "the site cannot prove who it is: its certificate is not trusted here",
    Outcome.WINDOW_CLOSED: "the browser's window was closed",
    Outcome.BROKEN: "the browser ended unexpectedly",
}


class _EndedError(Exception):
    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.value)
        self.outcome = outcome


async def drive(order: Order) -> Said:
    """One attempt; what became of it."""
    try:
        from playwright.async_api import Error, async_playwright
        from playwright.async_api import TimeoutError as LateError
    except ImportError:
        return Said(Outcome.NO_PLAYWRIGHT, NO_PLAYWRIGHT, final=True)
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(
                executable_path=order.browser,
                headless=order.headless,
                chromium_sandbox=not _is_root(),
                args=["--disable-extensions", "--no-first-run", "--password-store=basic"],
            )
        except Error as error:
            said = str(error).splitlines()[0] if str(error) else HOW_TO_GET
            return Said(Outcome.BROKEN, f"{order.browser} could not be started: {said}", final=True)
        ended = asyncio.Event()
        browser.on("disconnected", lambda _browser: ended.set())
        try:
            page = await (await browser.new_context(accept_downloads=False)).new_page()
            attempt = _Attempt(order, page)
            try:
                async with asyncio.timeout(order.timeout_s or None):
                    await attempt.run()
                return Said(Outcome.DONE, "", final=True)
            except TimeoutError:
                outcome = Outcome.STUCK if attempt.loaded else Outcome.PAGE_TIMEOUT
            except _EndedError as end:
                outcome = end.outcome
            except LateError:
                outcome = Outcome.PAGE_TIMEOUT
            except Error as error:
                closed = page.is_closed() or "closed" in str(error).lower()
                closed = closed or (not order.headless and await _comes(attempt.closed))
                outcome = Outcome.WINDOW_CLOSED if closed else attempt.not_come(str(error))
                outcome = Outcome.BROKEN if attempt.crashed else outcome
            if outcome is Outcome.WINDOW_CLOSED and (order.headless or await _comes(ended)):
                outcome = Outcome.BROKEN  # its user's closing the window leaves it running
            with contextlib.suppress(Error):
                await _picture(order, page)
            message = _MESSAGES[outcome]
            if outcome is Outcome.PAGE_ERROR:
                message += f" (HTTP {attempt.status})"
            return Said(outcome, message, final=True, submitted=attempt.submitted)
        finally:
            with contextlib.suppress(Error):
                await browser.close()


class _Attempt:
    """One page, looked at until the callback has been reached."""

    def __init__(self, order: Order, page: Any) -> None:
        self._order = order
        self._page = page
        self._arrived = asyncio.Event()
        self.loaded = False
        """Whether the first page came at all."""
        self.closed = asyncio.Event()
        self.crashed = False
        """Whether the page's own process has ended: nothing can be seen or done there any more."""
        self.status = 0
        """The HTTP status of the page that is shown."""
        self._wants_http_password = False
        self._submits = 0
        self._passwords = 0
        self._ticks = 0
        self._told = False
        self._clicked: set[str] = set()
        self._refused = False
        self._complained = False
        page.context.on("response", self._on_response)
        page.context.on("page", self._on_page)
        page.on("crash", self._on_crash)
        page.on("close", lambda _page: self.closed.set())

    @property
    def submitted(self) -> bool:
        """Whether the site has been given the password."""
        return self._passwords > 0

    def not_come(self, error: str) -> Outcome:
        """Why a page did not come, by the browser's word for it."""
        if self._wants_http_password or "ERR_INVALID_AUTH_CREDENTIALS" in error:
            return Outcome.HTTP_PASSWORD
        if "ERR_CERT_" in error:
            return Outcome.CERTIFICATE
        return self._answered_or(Outcome.UNREACHABLE)

    async def run(self) -> None:
        """Return once the callback was answered. Raises _EndedError and Playwright's errors."""
        await self._page.goto(self._order.url, wait_until="domcontentloaded", timeout=LOAD_S * 1000)
        self.loaded = True
        if self.status >= SERVER_ERROR:
            raise _EndedError(Outcome.PAGE_ERROR)
        loop = asyncio.get_running_loop()
        moved_at = loop.time()
        while not self._arrived.is_set():
            if await self._try_step(loop.time() - moved_at):
                moved_at = loop.time()
            elif loop.time() - moved_at > self._patience_s and not self._told:
                await self._person(self._stands_still())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._arrived.wait()

    @property
    def _patience_s(self) -> float:
        return STUCK_AT_ERROR_S if self.status >= HTTP_ERROR else STUCK_S

    def _stands_still(self) -> Outcome:
        """What a page is, on which there is nothing to do."""
        if self._wants_http_password:
            return Outcome.HTTP_PASSWORD
        return self._answered_or(Outcome.STUCK)

    def _answered_or(self, otherwise: Outcome) -> Outcome:
        return Outcome.PAGE_ERROR if self.status >= HTTP_ERROR else otherwise

    async def _try_step(self, idle_s: float) -> bool:
        """A step; a page that changes under it, or covers what is pressed, is looked at again."""
        from playwright.async_api import Error

        try:
            return await self._step(idle_s)
        except Error:
            self._stay_open()
            return False

    async def _step(self, idle_s: float) -> bool:
        """Do the next thing, if there is one. Returns whether something was done."""
        frame, seen = await self._look()
        if seen.captcha or seen.second_factor:
            kind = Outcome.CAPTCHA if seen.captcha else Outcome.SECOND_FACTOR
            await self._person(kind)
            return False
        if self._told:
            return False  # a person is at it
        if self._passwords and seen.consent and "consent" not in self._clicked:
            return await self._press(frame, "consent")
        if self._passwords and seen.unagreed and not seen.wrong:
            await self._person(Outcome.AGREEMENT)
            return False
        if self._passwords and seen.password and (seen.wrong or self._refused):
            raise _EndedError(Outcome.WRONG_PASSWORD)
        if self._passwords and seen.password and seen.complains and not self._complained:
            # The form stays as it was filled, and only now is there a word of failure.
            raise _EndedError(Outcome.WRONG_PASSWORD)
        if self._submits and seen.wrong and not seen.password and seen.username:
            raise _EndedError(Outcome.WRONG_PASSWORD)
        for selector in self._order.selectors.before:
            if selector not in self._clicked and await frame.locator(selector).first.is_visible():
                self._clicked.add(selector)
                await frame.locator(selector).first.click(timeout=5000)
                return True
        if seen.tab and not seen.form and "tab" not in self._clicked:
            return await self._press(frame, "tab")
        if not seen.form:
            here = f"way {frame.url}"
            if not seen.way or idle_s < WAY_AFTER_S or here in self._clicked:
                return False
            self._clicked.add(here)
            return await self._press(frame, "way")
        if self._passwords >= MAX_PASSWORDS and seen.password:
            if seen.password_empty:
                # The form is back, empty: the site took it for wrong and does not say so.
                raise _EndedError(Outcome.WRONG_PASSWORD)
            return False
        if seen.agreement and self._ticks < MAX_TICKS:
            self._ticks += 1
            # Not by its place: that may be hidden under a drawing, and its label hold a link.
            await frame.locator(MARKED.format("agreement")).first.evaluate("box => box.click()")
            return True
        return await self._fill_and_submit(frame, seen)

    async def _press(self, frame: Any, mark: str) -> bool:
        self._clicked.add(mark)
        await frame.locator(MARKED.format(mark)).first.click(timeout=5000)
        return True

    async def _fill_and_submit(self, frame: Any, seen: Seen) -> bool:
        if self._submits >= MAX_SUBMITS:
            raise _EndedError(Outcome.STUCK)
        field = frame.locator(MARKED.format("password" if seen.password else "username")).first
        if seen.username:
            await frame.locator(MARKED.format("username")).first.fill(
                self._order.username, timeout=5000
            )
        if seen.password:
            await field.fill(self._order.password, timeout=5000)
        elif self._submits and not seen.username_empty:
            return False
        self._submits += 1
        self._passwords += seen.password
        self._complained = seen.complains
        if not seen.submit:
            # Many a button can be pressed only once something is typed.
            again, now = await self._look()
            frame, seen = (again, now) if now.submit else (frame, seen)
        if not seen.submit or not await self._clicks(frame, "submit"):
            await field.press("Enter", timeout=5000)
        # What follows needs a moment: an answer, a redirect, an error that fades in.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_S):
                await self._arrived.wait()
        return True

    async def _clicks(self, frame: Any, mark: str) -> bool:
        """Whether it could be pressed; something may lie over it."""
        from playwright.async_api import TimeoutError as LateError

        try:
            await frame.locator(MARKED.format(mark)).first.click(timeout=5000)
        except LateError:
            return False
        return True

    async def _look(self) -> tuple[Any, Seen]:
        """The frame that matters most now, and what it shows."""
        from playwright.async_api import Error

        chosen = self._order.selectors
        wanted = {
            "username": chosen.username,
            "password": chosen.password,
            "submit": chosen.submit,
            "error": chosen.error,
        }
        best, what = self._page.main_frame, Seen()
        rank = -1
        for page in self._page.context.pages:
            for frame in page.frames:
                try:
                    seen = read_seen(await frame.evaluate(LOOK, wanted))
                except Error:
                    continue  # it is navigating, or gone
                value = 8 * (seen.captcha or seen.second_factor) + 6 * seen.password
                value += 4 * seen.username + 2 * seen.tab + seen.way
                if value > rank:
                    best, what, rank = frame, seen, value
        self._stay_open()
        return best, what

    def _stay_open(self) -> None:
        """Go on in another window of the site when the first one has gone."""
        if self.crashed:
            raise _EndedError(Outcome.BROKEN)
        if self._page.is_closed():
            others = [page for page in self._page.context.pages if not page.is_closed()]
            if not others:
                raise _EndedError(Outcome.WINDOW_CLOSED)
            self._page = others[-1]

    async def _person(self, kind: Outcome) -> None:
        """Nobody sees a headless page: it ends here; before a window a person may go on."""
        if self._order.headless or kind not in FOR_A_PERSON:
            raise _EndedError(kind)
        if not self._told:
            self._told = True
            _say(Said(kind, _MESSAGES[kind], final=False))

    def _on_page(self, page: Any) -> None:
        self._page = page if self._page.is_closed() else self._page

    def _on_crash(self, _page: Any) -> None:
        self.crashed = True

    def _on_response(self, response: Any) -> None:
        address = urlsplit(response.url)
        local = address.hostname in ("127.0.0.1", "localhost", "::1")
        if local and address.path.rstrip("/") == CALLBACK and response.status < HTTP_ERROR:
            self._arrived.set()
            return
        if response.request.is_navigation_request() and self._is_shown(response):
            self.status = response.status
            asks = response.headers.get("www-authenticate", "").split(" ")[0].lower()
            self._wants_http_password = response.status == UNAUTHORIZED and asks in _HTTP_SCHEMES
        if self._passwords and response.status in (401, 403):
            self._refused = True

    def _is_shown(self, response: Any) -> bool:
        from playwright.async_api import Error

        try:
            return bool(response.frame is self._page.main_frame)
        except Error:
            return False  # the first page of a window that the site opens: it has no frame yet


async def _comes(end: asyncio.Event) -> bool:
    """Whether it has happened, or happens now."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(END_S):
            await end.wait()
    return end.is_set()


async def _picture(order: Order, page: Any) -> None:
    """A picture of the failure, its owner's only, with all that is secret painted over."""
    if not order.screenshot or page.is_closed():
        return
    covered = []
    for frame in page.frames:
        covered.append(frame.locator("input, textarea, [contenteditable]"))
        covered += [frame.get_by_text(text) for text in (order.username, order.password) if text]
    image = await page.screenshot(mask=covered, timeout=5000)
    file = Path(order.screenshot)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(image)


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _say(said: Said) -> None:
    sys.stdout.write(render_said(said) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Run the order on stdin."""
    _say(asyncio.run(drive(parse_order(sys.stdin.buffer.read()))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
