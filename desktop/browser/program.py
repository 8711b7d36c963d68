"""The program behind the sign-in's window: an order on stdin, a page, a word at its end.

It says one word on stdout, WINDOW_CLOSED or WINDOW_HANDED_OVER; without a word it has crashed. It
holds no lock and no settings, writes nothing to disk, and ends when the gateway does.
"""

import os
import sys
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication

from desktop.browser.availability import SandboxLack, sandbox_lack
from desktop.browser.notice_page import NoticePage
from desktop.browser.order import WindowOrder, parse_order
from desktop.i18n import Language
from desktop.icons import product_icon
from desktop.os_integration.reveal import open_page
from desktop.theme import Theme
from gateway_engine.public import (
    WINDOW_CLOSED,
    WINDOW_HANDED_OVER,
    WINDOW_MARK,
    enter_the_bundle,
)

translate = QCoreApplication.translate

MOST_ORDER_BYTES = 64 * 1024
EXIT_OK, EXIT_USAGE = 0, 2


def main() -> int:
    """Show the sign-in that stdin asks for; the exit code."""
    try:
        order = parse_order(sys.stdin.buffer.readline(MOST_ORDER_BYTES))
    except ValueError as error:
        sys.stderr.write(f"lingma-gateway: no sign-in to show: {error}\n")
        return EXIT_USAGE
    lack = sandbox_lack(os.environ)  # before Qt has threads
    enter_the_bundle(os.environ)
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DisableShaderDiskCache)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("lingma-gateway")
    application.setQuitOnLastWindowClosed(False)
    Language(application).install(order.language)
    theme = Theme(application)
    theme.apply(order.theme)
    program = _Program(order, application)
    program.show(theme, lack)
    application.exec()
    program.close()
    return EXIT_OK


class _Telling(Protocol):
    """What both windows can: say a thing, and go."""

    def say(self, title: str, text: str) -> None: ...
    def deleteLater(self) -> None: ...


class _Program:
    """The window that is shown, and the word that is said once."""

    def __init__(self, order: WindowOrder, application: QApplication) -> None:
        self._order = order
        self._application = application
        self._window: _Telling | None = None
        self._said = False

    def show(self, theme: Theme, lack: SandboxLack | None) -> None:
        """The page; or why there is none, with the system's browser instead."""
        if lack is SandboxLack.ROOT:
            self._explain(
                translate("SignInWindow", "The browser window is not available to root"),
                translate(
                    "SignInWindow",
                    "Pages are shown in a sandbox, which the system does not give to root, and "
                    "they are not shown without one. Start the gateway as an ordinary user, or "
                    "sign in with the system's browser.",
                ),
            )
            return
        if lack is SandboxLack.NAMESPACES:
            self._explain(
                translate("SignInWindow", "The browser window is not available on this system"),
                translate(
                    "SignInWindow",
                    "Pages are shown in a sandbox, which this system does not let the gateway "
                    "make (user namespaces), and they are not shown without one. Sign in with "
                    "the system's browser.",
                ),
            )
            return
        try:
            from desktop.browser.page import private_profile
            from desktop.browser.window import SignInWindow
        except ImportError as error:
            self._explain(
                translate("SignInWindow", "The browser window cannot be shown here"),
                translate(
                    "SignInWindow",
                    "A part of it is missing: {reason}. Sign in with the system's browser.",
                ).format(reason=str(error).splitlines()[0][:200]),
            )
            return
        profile = private_profile(self._application)
        window = SignInWindow(profile, theme.tokens, who=self._order.who)
        profile.downloadRequested.connect(lambda _request: window.say_refused("download"))
        window.ended.connect(self._closed)
        window.handed_over.connect(self._hand_over)
        self._window = window
        window.show()
        window.open(self._order.url)

    def close(self) -> None:
        """Let the pages go before their profile."""
        if self._window is not None:
            self._window.deleteLater()
        self._application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def _explain(self, title: str, text: str) -> None:
        page = _ClosingNotice(self._closed)
        page.setWindowTitle(translate("SignInWindow", "Sign in – Lingma Gateway"))
        page.setWindowIcon(product_icon())
        page.say(title, text)
        page.add_button(translate("SignInWindow", "Use the system browser"), self._hand_over)
        page.add_button(translate("SignInWindow", "Cancel"), page.done)
        page.resize(640, 380)
        self._window = page
        page.show()

    def _hand_over(self) -> None:
        if open_page(self._order.url):
            self._say(WINDOW_HANDED_OVER)
            return
        if self._window is not None:
            self._window.say(
                translate("SignInWindow", "No browser was found on this computer"),
                translate(
                    "SignInWindow",
                    "Copy the address from the accounts page of Lingma Gateway into a browser "
                    "elsewhere, and paste the address it ends at there.",
                ),
            )

    def _closed(self) -> None:
        self._say(WINDOW_CLOSED)

    def _say(self, word: str) -> None:
        if not self._said:
            self._said = True
            sys.stdout.write(f"{WINDOW_MARK}{word}\n")
            sys.stdout.flush()
        self._application.quit()


class _ClosingNotice(NoticePage):
    """A notice that is a window of its own."""

    def __init__(self, on_close: Callable[[], None]) -> None:
        super().__init__()
        self._on_close = on_close

    def done(self) -> None:
        """Close it."""
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Its user is done with it."""
        super().closeEvent(event)
        self._on_close()
