"""One web page under the window's rules. What it refuses it tells by `refused`."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEngineDownloadRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineSettings,
)

from desktop.browser.order import may_show

MakePage = Callable[[], QWebEnginePage | None]


class GuardedPage(QWebEnginePage):
    """Only the web, no downloads, no files, no devices, no bad certificates."""

    refused = Signal(str)
    """A code: address, download, certificate, too_many_windows."""

    def __init__(self, profile: QWebEngineProfile, make_page: MakePage, parent: QObject) -> None:
        super().__init__(profile, parent)
        self._make_page = make_page
        self.certificateError.connect(self._bad_certificate)
        self.permissionRequested.connect(_deny)

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

    def javaScriptConsoleMessage(
        self,
        _level: QWebEnginePage.JavaScriptConsoleMessageLevel,
        _message: str,
        _line: int,
        _source: str,
    ) -> None:
        """Pages print secrets: nothing of it is passed on."""

    def _bad_certificate(self, error: QWebEngineCertificateError) -> None:
        error.rejectCertificate()
        if error.isMainFrame():
            self.refused.emit("certificate")


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
