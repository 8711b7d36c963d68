"""Opens an address in the browser the user has chosen for the system."""

import os

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from gateway_engine.public import leave_the_bundle


def open_address(url: str) -> bool:
    """Whether a program took the address. It is not given our bundle's libraries."""
    leave_the_bundle(os.environ)
    return QDesktopServices.openUrl(QUrl(url))
