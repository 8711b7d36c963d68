"""The window of one sign-in: back, reload, the address to read, the page or what is wrong with it.

Popups get windows of their own with the same rules. What it cannot do it offers to the system's
browser.
"""

from PySide6.QtCore import QTimer, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWebEngineCore import QWebEngineLoadingInfo, QWebEnginePage, QWebEngineProfile
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.browser.notice_page import NoticePage
from desktop.browser.order import BLANK, shown_address
from desktop.browser.page import GuardedPage
from desktop.icons import line_icon, product_icon
from desktop.panels.marks import tone_colour, tone_surface
from desktop.theme import Tokens
from desktop.widgets.banner import Banner
from desktop.widgets.button_icon import show_icon
from desktop.widgets.return_key import press_focused
from desktop.widgets.status_shapes import Shape
from desktop.widgets.styling import GAP

WIDTH, HEIGHT = 980, 760
LONG_MS = 30_000
MOST_POPUPS = 8
ABORTED, BLOCKED = -3, -20
"""Chromium's net errors of what was ended on purpose."""


class SignInWindow(QMainWindow):
    """Shows a page. `ended` when its user closes it, `handed_over` when the system's browser is
    wanted instead.
    """

    ended = Signal()
    handed_over = Signal()

    def __init__(
        self,
        profile: QWebEngineProfile,
        tokens: Tokens,
        *,
        who: str = "",
        opener: "SignInWindow | None" = None,
    ) -> None:
        super().__init__(opener)
        self._who = who
        self._profile = profile
        self._tokens = tokens
        self._root: SignInWindow = opener._root if opener is not None else self
        self._popups: list[SignInWindow] = []
        self._was_shown = False
        self.resize(WIDTH, HEIGHT)
        self._entitle("Lingma Gateway")
        self.setWindowIcon(product_icon())
        self.view = QWebEngineView(self)
        self.page = GuardedPage(profile, self._popup, self)
        self.view.setPage(self.page)
        self.view.contextMenuEvent = self._show_menu  # type: ignore[method-assign]
        self._build()
        self._long = QTimer(self)
        self._long.setSingleShot(True)
        self._long.setInterval(LONG_MS)
        self._long.timeout.connect(self._takes_long)
        self._connect()

    def _build(self) -> None:
        tokens = self._tokens
        self.back = self._tool("back", self.tr("Back"))
        self.reload = self._tool("restart", self.tr("Reload"))
        self.address = QLineEdit()
        self.address.setReadOnly(True)
        self.address.setProperty("value", True)
        self.address.setAccessibleName(self.tr("Address of this page"))
        self.system = QPushButton(self.tr("Use the system browser"))
        show_icon(self.system, line_icon("external", tokens.text))
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 12, 8)
        bar.setSpacing(GAP)
        bar.addWidget(self.back)
        bar.addWidget(self.reload)
        bar.addWidget(self.address, 1)
        bar.addWidget(self.system)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Loading"))
        self.hint = Banner("warn", Shape.TRIANGLE)
        self.hint.set_colours(tone_colour(tokens, "warn"), tone_surface(tokens, "warn"))
        self.hint.add_button(self.tr("Dismiss"), self.hint.hide)
        self.hint.hide()
        self.notice = NoticePage()
        self.notice.add_button(self.tr("Use the system browser"), self._root.handed_over.emit)
        self.notice.add_button(self.tr("Try again"), self._try_again)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.view)
        self.pages.addWidget(self.notice)
        content = QWidget()
        content.setObjectName("page")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.progress)
        column.addWidget(self.hint)
        column.addWidget(self.pages, 1)
        self.setCentralWidget(content)

    def _tool(self, icon: str, name: str) -> QPushButton:
        button = QPushButton()
        button.setIcon(line_icon(icon, self._tokens.text))
        button.setToolTip(name)
        button.setAccessibleName(name)
        return button

    def _connect(self) -> None:
        self.back.clicked.connect(self._go_back)
        self.reload.clicked.connect(self._try_again)
        self.system.clicked.connect(self._root.handed_over)
        self.page.urlChanged.connect(self._show_address)
        self.page.loadStarted.connect(self._started)
        self.page.loadProgress.connect(self.progress.setValue)
        self.page.loadingChanged.connect(self._loading)
        self.page.loadFinished.connect(self._finished)
        self.page.refused.connect(self.say_refused)
        self.page.renderProcessTerminated.connect(lambda *_: self._say_crashed())
        self.page.windowCloseRequested.connect(self._closed_by_page)
        self.page.titleChanged.connect(self._show_title)

    # --- what it is told -------------------------------------------------------------------------

    def open(self, url: str) -> None:
        """Go there."""
        self._first = QUrl(url)
        self._show_address(self._first)  # a page that does not come never says where it is
        self.page.load(self._first)

    def say_refused(self, code: str) -> None:
        """Something was refused: in words, not in silence."""
        if code == "certificate":
            self._say_notice(
                self.tr("This site cannot prove who it is"),
                self.tr(
                    "Its certificate is not valid, so the connection was refused before anything "
                    "was sent. Check the address and this computer's clock. In a company network "
                    "the system's browser may know the company's certificate."
                ),
            )
            return
        if code in ("password", "proxy_password"):
            # Qt answers with none at all, which some take for another try: it ends here.
            QTimer.singleShot(0, self.view.stop)
            title = self.tr("The site asks for a name and password outside of its page")
            if code == "proxy_password":
                title = self.tr("The proxy asks for a name and password")
            self._say_notice(
                title, self.tr("This window has no field for them. Use the system's browser.")
            )
            return
        self.say(*self._refusal(code))

    def say(self, title: str, text: str) -> None:
        """Say it above the page, which stays."""
        self.hint.say(title, text)
        self.hint.show()

    def _refusal(self, code: str) -> tuple[str, str]:
        if code == "download":
            return (
                self.tr("A download was refused"),
                self.tr("This window only signs in. Use the system's browser for downloads."),
            )
        if code == "passkey":
            return (
                self.tr("The site asks for a passkey"),
                self.tr("This window knows none. Use the system's browser, or another way."),
            )
        if code == "too_many_windows":
            return (
                self.tr("The page opens too many windows"),
                self.tr("Close some of them; it goes on in this one."),
            )
        return (
            self.tr("The page wanted to open another program or a file"),
            self.tr(
                "Only web pages are shown here. If the sign-in needs that program, use the "
                "system's browser."
            ),
        )

    def _say_notice(self, title: str, text: str) -> None:
        self._long.stop()
        self.notice.say(title, text)
        self.pages.setCurrentWidget(self.notice)

    def _say_crashed(self) -> None:
        self._say_notice(
            self.tr("The page has crashed"),
            self.tr("Nothing of it is left. Try again, or use the system's browser."),
        )

    # --- the page's life -------------------------------------------------------------------------

    def _started(self) -> None:
        self.progress.setValue(0)
        self.progress.show()
        self._long.start()

    def _finished(self, good: bool) -> None:
        self._long.stop()
        self.progress.hide()
        if good:
            self.pages.setCurrentWidget(self.view)
            if not self._was_shown:
                # What is typed is for the page, not for a button above it.
                self._was_shown = True
                self.view.setFocus()

    def _loading(self, info: QWebEngineLoadingInfo) -> None:
        failed = info.status() is QWebEngineLoadingInfo.LoadStatus.LoadFailedStatus
        domain = QWebEngineLoadingInfo.ErrorDomain
        if failed and info.errorDomain() is domain.HttpStatusCodeDomain:
            self._look_for_words(info.errorCode())
        # A download, or an address that was refused, is aborted: it has words of its own.
        told = info.errorCode() in (ABORTED, BLOCKED) or info.errorDomain() in (
            domain.CertificateErrorDomain,
            domain.HttpStatusCodeDomain,
            domain.NoErrorDomain,
        )
        if failed and not told:
            self._say_unreachable()

    def _look_for_words(self, status: int) -> None:
        """An error page speaks for itself, unless there is nothing on it."""
        asked = self.page.url()

        def look(text: str) -> None:
            if text.strip() or self.page.url() != asked:
                return
            self._say_notice(
                self.tr("The sign-in page answers with an error"),
                self.tr(
                    "It says {status} and nothing else. Try again, or use the system's browser."
                ).format(status=f"HTTP {status}"),
            )

        self.page.toPlainText(look)

    def _say_unreachable(self) -> None:
        self._say_notice(
            self.tr("The sign-in page cannot be reached"),
            self.tr("Check the network connection and the proxy, then try again."),
        )

    def _takes_long(self) -> None:
        self.say(
            self.tr("The page takes long to load"),
            self.tr("Wait, reload it, or use the system's browser."),
        )

    def _try_again(self) -> None:
        self.hint.hide()
        self.pages.setCurrentWidget(self.view)
        if self.page.url().toString() in ("", BLANK):
            self.page.load(self._first)
        else:
            self.page.triggerAction(QWebEnginePage.WebAction.Reload)

    def _go_back(self) -> None:
        self.pages.setCurrentWidget(self.view)
        self.page.triggerAction(QWebEnginePage.WebAction.Back)

    def _show_address(self, url: QUrl) -> None:
        self.address.setText(shown_address(url.toString()))
        self.address.setCursorPosition(0)
        self.back.setEnabled(self.page.history().canGoBack())

    def _show_title(self, title: str) -> None:
        # The page chooses it: behind our own words, so that it cannot pass for ours.
        if title.partition("?")[0] in self.page.url().toString():
            # Without a title of its own it is called by its address, secrets and all.
            title = self.page.url().host()
        self._entitle(title)

    def _entitle(self, title: str) -> None:
        words = self.tr("Sign in {who} – {title}") if self._who else self.tr("Sign in – {title}")
        self.setWindowTitle(words.format(who=self._who, title=title[:80]))

    def _show_menu(self, event: object) -> None:
        menu = self.view.createStandardContextMenu()
        action = QWebEnginePage.WebAction
        for unwanted in (
            action.SavePage,
            action.ViewSource,
            action.DownloadLinkToDisk,
            action.DownloadImageToDisk,
            action.DownloadMediaToDisk,
        ):
            menu.removeAction(self.page.action(unwanted))
        menu.popup(event.globalPos())  # type: ignore[attr-defined]

    # --- windows ---------------------------------------------------------------------------------

    def _popup(self) -> QWebEnginePage | None:
        open_ones = [popup for popup in self._root._popups if popup.isVisible()]
        if len(open_ones) >= MOST_POPUPS:
            return None
        window = SignInWindow(self._profile, self._tokens, who=self._who, opener=self)
        window._first = QUrl(BLANK)
        self._root._popups = [*open_ones, window]
        window.show()
        return window.page

    def _closed_by_page(self) -> None:
        # Only a page's popup may close itself; the window itself closes when all is done.
        if self._root is not self:
            self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return presses the button that has the keyboard."""
        if not press_focused(self, event):
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The user is done with it."""
        super().closeEvent(event)
        self.view.stop()
        if self._root is self:
            self.ended.emit()
