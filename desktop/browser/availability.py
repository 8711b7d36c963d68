"""Whether the sign-in can be shown in a window of our own. Loads nothing."""

import os
import sys
from collections.abc import Mapping
from importlib.util import find_spec

ENGINE = "PySide6.QtWebEngineWidgets"


def is_installed() -> bool:
    """Whether the extra `browser` is there."""
    return find_spec("PySide6") is not None and find_spec(ENGINE) is not None


def lacks_sandbox(environ: Mapping[str, str]) -> bool:
    """Whether Chromium would refuse to run: root has no sandbox, and it is not ours to do without.

    Whoever tests may do so, by Qt's own variable.
    """
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return False
    return environ.get("QTWEBENGINE_DISABLE_SANDBOX") != "1"
