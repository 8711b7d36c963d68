"""About: what this is, where its files are, what is new, what to send for help."""

from desktop.panels.about_documents import DocumentsCard
from desktop.panels.about_places import PlacesCard
from desktop.panels.about_product import ProductCard
from desktop.panels.about_support import SupportCard
from desktop.panels.panel import Panel, PanelContext, scrolled_column
from desktop.state import AppState
from desktop.widgets.columns import Columns

MOST_WIDTH = 1240
COLUMN_WIDTH = 420


class AboutPanel(Panel):
    """The last page."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._product = ProductCard(context)
        self._places = PlacesCard(context)
        self._support = SupportCard(context)
        self._documents = DocumentsCard(context)
        columns = Columns(COLUMN_WIDTH, 2)
        columns.set_widgets([self._product, self._places])
        column = scrolled_column(self, MOST_WIDTH)
        column.addWidget(columns)
        column.addWidget(self._support)
        column.addWidget(self._documents, 1)  # long texts: they get what room is left

    @property
    def most_width(self) -> int:
        """How wide its cards become."""
        return MOST_WIDTH

    def render_state(self, state: AppState) -> None:
        """Hand the state to every part."""
        self._product.render_state(state)
        self._places.render_state(state)
        self._support.render_state(state)
        self._documents.render_state(state)
