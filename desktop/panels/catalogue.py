"""The one list of panels: a new panel is one module and one line here."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from desktop.panels.about import AboutPanel
from desktop.panels.accounts import AccountsPanel
from desktop.panels.clients import ClientsPanel
from desktop.panels.health import HealthPanel
from desktop.panels.overview import OverviewPanel
from desktop.panels.panel import Panel, PanelContext
from desktop.panels.requests import RequestsPanel
from desktop.panels.settings import SettingsPanel


@dataclass(frozen=True, slots=True)
class PanelEntry:
    """A line of the sidebar. `icon` is a file of resources/icons, `title` translates anew."""

    key: str
    icon: str
    title: Callable[[], str]
    make: Callable[[PanelContext], Panel]


PANELS = (
    PanelEntry(
        "overview",
        "overview",
        lambda: QCoreApplication.translate("Panels", "Overview"),
        OverviewPanel,
    ),
    PanelEntry(
        "requests",
        "requests",
        lambda: QCoreApplication.translate("Panels", "Requests"),
        RequestsPanel,
    ),
    PanelEntry(
        "health",
        "health",
        lambda: QCoreApplication.translate("Panels", "Health"),
        HealthPanel,
    ),
    PanelEntry(
        "accounts",
        "accounts",
        lambda: QCoreApplication.translate("Panels", "Accounts"),
        AccountsPanel,
    ),
    PanelEntry(
        "clients",
        "clients",
        lambda: QCoreApplication.translate("Panels", "Clients"),
        ClientsPanel,
    ),
    PanelEntry(
        "settings",
        "settings",
        lambda: QCoreApplication.translate("Panels", "Settings"),
        SettingsPanel,
    ),
    PanelEntry(
        "about",
        "info",
        lambda: QCoreApplication.translate("Panels", "About"),
        AboutPanel,
    ),
)


def has_panel(key: str) -> bool:
    """Whether there is a panel of this name."""
    return any(entry.key == key for entry in PANELS)
