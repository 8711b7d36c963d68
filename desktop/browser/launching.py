"""How the gateway starts the sign-in's window, and how that is to look."""

import os

from PySide6.QtCore import QLocale
from PySide6.QtGui import QGuiApplication

from gateway_engine.public import WindowProgram, own_command, own_environment, without_secrets

COMMAND = "sign-in-window"
HALF_LIGHT = 128


def window_program(who: str) -> WindowProgram:
    """The program, in the language and the theme of this window. Called on the UI thread."""
    chinese = QLocale().language() is QLocale.Language.Chinese
    dark = QGuiApplication.palette().window().color().lightness() < HALF_LIGHT
    return WindowProgram(
        own_command("desktop.browser", COMMAND),
        without_secrets(own_environment(os.environ)),
        {
            "who": who,
            "language": "zh_CN" if chinese else "en",
            "theme": "dark" if dark else "light",
        },
    )
