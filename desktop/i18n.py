"""Languages of the window: English in the source, Simplified Chinese compiled from resources/i18n.

`install` may be called again at any time; Qt then tells every widget (LanguageChange) and the main
window builds its pages anew.
"""

import logging

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

import resources

logger = logging.getLogger(__name__)

ENGLISH = "en"
CHINESE = "zh_CN"


class Language:
    """Owns the translators that are installed. One per application."""

    def __init__(self, app: QCoreApplication) -> None:
        self._app = app
        self._translators: list[QTranslator] = []
        self.code = ENGLISH

    def install(self, preference: str) -> str:
        """Switch to `preference` ("auto" follows the system); returns the language's code."""
        self.code = resolved(preference)
        for translator in self._translators:
            self._app.removeTranslator(translator)
        self._translators.clear()
        QLocale.setDefault(_locale(self.code))
        if self.code == CHINESE:
            self._load_qt()
            translator = QTranslator(self._app)
            if translator.load(str(resources.path("i18n", f"lingma_gateway_{CHINESE}.qm"))):
                self._app.installTranslator(translator)
                self._translators.append(translator)
            else:
                logger.error("the Chinese translation is missing from the installation")
        return self.code

    def _load_qt(self) -> None:
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        translator = QTranslator(self._app)
        if translator.load(f"qtbase_{CHINESE}", folder):
            self._app.installTranslator(translator)
            self._translators.append(translator)


def resolved(preference: str) -> str:
    """The language to show: the preference, or the system's first one that we have."""
    if preference in (ENGLISH, CHINESE):
        return preference
    for name in QLocale.system().uiLanguages():
        language = name.replace("_", "-").split("-")[0]
        if language == "zh":
            return CHINESE
        if language == "en":
            return ENGLISH
    return ENGLISH


def _locale(code: str) -> QLocale:
    if code == CHINESE:
        return QLocale(QLocale.Language.Chinese, QLocale.Country.China)
    system = QLocale.system()
    # An English speaker in Germany keeps German dates only with German texts around them.
    return system if system.language() == QLocale.Language.English else QLocale(ENGLISH)
