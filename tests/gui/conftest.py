"""What holds for GUI tests: Qt is warm before the first one is watched."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel


@pytest.fixture(scope="session", autouse=True)
def warm_qt(qapp: QApplication) -> None:
    """Make Qt open now what it keeps for good (fonts, its event dispatcher), not in a test."""
    label = QLabel("Aa 文")
    label.show()
    label.grab()
    qapp.processEvents()
    label.close()
    label.deleteLater()
    qapp.processEvents()
