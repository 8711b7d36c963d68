"""The one list of panels, light enough for the tray: what makes them is in `makers`."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication


@dataclass(frozen=True, slots=True)
class PanelEntry:
    """A line of the sidebar. `icon` is a file of resources/icons, `title` translates anew."""

    key: str
    icon: str
    title: Callable[[], str]


PANELS = (
    PanelEntry(
        "overview",
        "overview",
        lambda: QCoreApplication.translate("Panels", "Overview"),
    ),
    PanelEntry(
        "requests",
        "requests",
        lambda: QCoreApplication.translate("Panels", "Requests"),
    ),
    PanelEntry(
        "health",
        "health",
        lambda: QCoreApplication.translate("Panels", "Health"),
    ),
    PanelEntry(
        "accounts",
        "accounts",
        lambda: QCoreApplication.translate("Panels", "Accounts"),
    ),
    PanelEntry(
        "clients",
        "clients",
        lambda: QCoreApplication.translate("Panels", "Clients"),
    ),
    PanelEntry(
        "settings",
        "settings",
        lambda: QCoreApplication.translate("Panels", "Settings"),
    ),
    PanelEntry(
        "about",
        "info",
        lambda: QCoreApplication.translate("Panels", "About"),
    ),
)


def has_panel(key: str) -> bool:
    """Whether there is a panel of this name."""
    return any(entry.key == key for entry in PANELS)
