"""Drives the sign-in's window from within, in a process of its own; prints one JSON line.

Run with the address of a page and a name of what to do; the page is one of `sign_in_pages`.
"""

import json
import sys
from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from desktop.browser.page import private_profile
from desktop.browser.window import SignInWindow
from desktop.theme import Theme

PATIENCE_MS = 60_000
SETTLE_MS = 1500


def main() -> int:
    url, what = sys.argv[1:3]
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    theme = Theme(app)
    theme.apply("light")
    profile = private_profile(app)
    window = SignInWindow(profile, theme.tokens, who="inst-0")
    profile.downloadRequested.connect(lambda _request: window.say_refused("download"))
    refused: list[str] = []
    window.page.refused.connect(refused.append)
    words: list[str] = []
    window.ended.connect(lambda: words.append("ended"))

    def report() -> None:
        said = {
            "address": window.address.text(),
            "hint": window.hint.accessibleName() if window.hint.isVisible() else "",
            "notice": window.notice.accessibleName()
            if window.pages.currentWidget() is window.notice
            else "",
            "refused": refused,
            "popups": [popup.address.text() for popup in window._popups if popup.isVisible()],
            "words": words,
            "storage": profile.isOffTheRecord(),
            "title": window.windowTitle(),
            "icon": not window.windowIcon().isNull(),
        }
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()
        window.close()
        window.deleteLater()
        QTimer.singleShot(0, app.quit)

    def act(_good: bool) -> None:
        window.page.loadFinished.disconnect(act)
        if what == "close":
            window.close()
        elif what:
            window.page.runJavaScript(what)
        QTimer.singleShot(SETTLE_MS, report)

    late: Callable[[], None] = report
    window.page.loadFinished.connect(act)
    QTimer.singleShot(PATIENCE_MS, late)
    window.show()
    window.open(url)
    app.exec()
    return 0


if __name__ == "__main__":
    sys.exit(main())
