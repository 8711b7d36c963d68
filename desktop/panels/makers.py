"""What makes each panel of the catalogue. The window imports it, so that all the panels are only in
memory once somebody has wanted to see it.
"""

from collections.abc import Callable, Mapping
from typing import Final

from desktop.panels.about import AboutPanel
from desktop.panels.accounts import AccountsPanel
from desktop.panels.clients import ClientsPanel
from desktop.panels.health import HealthPanel
from desktop.panels.overview import OverviewPanel
from desktop.panels.panel import Panel, PanelContext
from desktop.panels.requests import RequestsPanel
from desktop.panels.settings import SettingsPanel

MAKERS: Final[Mapping[str, Callable[[PanelContext], Panel]]] = {
    "overview": OverviewPanel,
    "requests": RequestsPanel,
    "health": HealthPanel,
    "accounts": AccountsPanel,
    "clients": ClientsPanel,
    "settings": SettingsPanel,
    "about": AboutPanel,
}
"""By the panel's key."""
