"""One web page under the window's rules. What it refuses it tells by `refused`."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEngineDownloadRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineScript,
    QWebEngineSettings,
    QWebEngineWebAuthUxRequest,
)
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QMessageBox

from desktop.browser.order import may_show

MOST_WORDS = 2000
PASSKEY_MARK = "lingma-gateway: the page asks for a passkey"
TELL_OF_PASSKEYS = """
(() => {
  const box = navigator.credentials;
  if (!box) return;
  for (const name of ['get', 'create']) {
    const real = box[name].bind(box);
    box[name] = (asked) => {
      if (asked && asked.publicKey && asked.mediation !== 'conditional') console.debug(MARK);
      return real(asked);
    };
  }
})();
""".replace("MARK", repr(PASSKEY_MARK))
"""Without a security key the browser waits in silence for one to be plugged in, and no signal tells
of it. A page that prints this itself gets a hint shown, nothing more.
"""
MakePage = Callable[[], QWebEnginePage | None]


class GuardedPage(QWebEnginePage):
    """Only the web, no downloads, no files, no devices, no bad certificates."""

    refused = Signal(str)
    """A code: address, download, certificate, too_many_windows, passkey, password,
    proxy_password.
    """

    def __init__(self, profile: QWebEngineProfile, make_page: MakePage, parent: QObject) -> None:
        super().__init__(profile, parent)
        self._make_page = make_page
        self.certificateError.connect(self._bad_certificate)
        self.permissionRequested.connect(_deny)
        self.authenticationRequired.connect(lambda *_: self.refused.emit("password"))
        self.proxyAuthenticationRequired.connect(lambda *_: self.refused.emit("proxy_password"))
        self.webAuthUxRequested.connect(self._refuse_passkey)
        self.scripts().insert(_script(TELL_OF_PASSKEYS))

    def acceptNavigationRequest(
        self, url: QUrl | str, _kind: QWebEnginePage.NavigationType, is_main_frame: bool
    ) -> bool:
        """Stay on the web."""
        address = url if isinstance(url, str) else url.toString()
        if may_show(address, is_main_frame=is_main_frame):
            return True
        self.refused.emit("address")
        return False

    def createWindow(self, _kind: QWebEnginePage.WebWindowType) -> QWebEnginePage:
        """A popup gets a window beside this one; past a few, this page itself."""
        page = self._make_page()
        if page is None:
            self.refused.emit("too_many_windows")
            return self
        return page

    def chooseFiles(
        self,
        _mode: QWebEnginePage.FileSelectionMode,
        _old: Sequence[str],
        _types: Sequence[str],
    ) -> list[str]:
        """No sign-in needs a file of yours."""
        return []

    def javaScriptAlert(self, _url: QUrl | str, message: str) -> None:
        """What the page says, under the site's name; not under the whole address."""
        self._dialog(message, QMessageBox.StandardButton.Ok)

    def javaScriptConfirm(self, _url: QUrl | str, message: str) -> bool:
        """What the page asks."""
        buttons = QMessageBox.StandardButton.Ok | QMessageBox.StandardButton.Cancel
        return self._dialog(message, buttons) == QMessageBox.StandardButton.Ok

    def _dialog(self, message: str, buttons: QMessageBox.StandardButton) -> int:
        box = QMessageBox(QWebEngineView.forPage(self))
        box.setWindowTitle(self.tr("{site} says").format(site=self.url().host()))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(message[:MOST_WORDS])
        box.setStandardButtons(buttons)
        # The page waits for the answer: here, and only here, a loop within the loop is wanted.
        answer = box.exec()
        box.deleteLater()
        return answer

    def javaScriptConsoleMessage(
        self,
        _level: QWebEnginePage.JavaScriptConsoleMessageLevel,
        message: str,
        _line: int,
        _source: str,
    ) -> None:
        """Pages print secrets: nothing of it is passed on."""
        if message == PASSKEY_MARK:
            self.refused.emit("passkey")

    def _refuse_passkey(self, request: QWebEngineWebAuthUxRequest) -> None:
        request.cancel()
        self.refused.emit("passkey")

    def _bad_certificate(self, error: QWebEngineCertificateError) -> None:
        error.rejectCertificate()
        if error.isMainFrame():
            self.refused.emit("certificate")


def _script(source: str) -> QWebEngineScript:
    """Runs in every frame before the page's own."""
    script = QWebEngineScript()
    script.setSourceCode(source)
    script.setInjectionPoint(QWebEngineScript.InjectionPoint.DocumentCreation)
    script.setWorldId(QWebEngineScript.ScriptWorldId.MainWorld)
    script.setRunsOnSubFrames(True)
    return script


def private_profile(parent: QObject) -> QWebEngineProfile:
    """A profile that keeps nothing on disk and downloads nothing."""
    profile = QWebEngineProfile(parent)
    profile.setPersistentCookiesPolicy(
        QWebEngineProfile.PersistentCookiesPolicy.NoPersistentCookies
    )
    profile.setPersistentPermissionsPolicy(
        QWebEngineProfile.PersistentPermissionsPolicy.StoreInMemory
    )
    attribute = QWebEngineSettings.WebAttribute
    settings = profile.settings()
    for name in (
        attribute.LocalContentCanAccessFileUrls,
        attribute.LocalContentCanAccessRemoteUrls,
        attribute.PluginsEnabled,
        attribute.PdfViewerEnabled,
        attribute.ScreenCaptureEnabled,
        attribute.FullScreenSupportEnabled,
        attribute.AllowRunningInsecureContent,
        attribute.NavigateOnDropEnabled,
        attribute.ErrorPageEnabled,
    ):
        settings.setAttribute(name, False)
    settings.setAttribute(attribute.JavascriptCanOpenWindows, True)
    # "Allow" hands every such address to `acceptNavigationRequest`, which refuses it and says so;
    # the others refuse without a word, or open it in another program.
    settings.setUnknownUrlSchemePolicy(
        QWebEngineSettings.UnknownUrlSchemePolicy.AllowAllUnknownUrlSchemes
    )

    profile.downloadRequested.connect(_refuse)
    return profile


def _deny(permission: QWebEnginePermission) -> None:
    permission.deny()


def _refuse(request: QWebEngineDownloadRequest) -> None:
    request.cancel()
