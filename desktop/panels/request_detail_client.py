"""Client sent: the request as it came, its body as a tree, as text, and its headers."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.panels.panel import PanelContext
from desktop.panels.request_detail_tab import DetailTab, header_lines, json_or_none, length
from desktop.panels.texts import code_view, json_tree
from desktop.sentences import listed
from desktop.sizes import size
from desktop.widgets.styling import label
from desktop.widgets.views import Views
from gateway_engine.public import Details, Record


class ClientTab(DetailTab):
    """What the client sent."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._note = label("", "small", wraps=True)
        self._tree = json_tree(context.tokens, self.tr("Body of the request"))
        self._raw = code_view(context.tokens, self.tr("Body of the request, as it came"))
        self._headers = code_view(context.tokens, self.tr("Headers of the request"))
        self._views = Views(self.tr("Views of the request"))
        self._views.add("tree", self.tr("Tree"), self._tree)
        self._views.add("raw", self.tr("Raw"), self._raw)
        self._views.add("headers", self.tr("Headers"), self._headers)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self._note)
        column.addWidget(self._views, 1)

    def searched(self) -> QWidget | None:
        """The view that is shown."""
        return self._views.view()

    def show_record(self, record: Record, previous: Record | None) -> None:
        """See DetailTab."""
        del previous
        details = record.details
        if details is None:
            return
        exchange = details.exchange
        body = exchange.request_body
        self._note.setText(self._words(details))
        self._raw.set_text(body.text)
        first = f"{exchange.method} {exchange.url}"
        self._headers.set_text(header_lines(first, exchange.request_headers))
        self.prepare(record, length(body), lambda: json_or_none(body.text), self._show_tree)

    def _show_tree(self, value: object) -> None:
        self._views.set_there("tree", is_there=value is not None)
        if value is not None:
            self._tree.set_value(value)

    def _words(self, details: Details) -> str:
        body = details.exchange.request_body
        words = [size(body.size)]
        if body.cut:
            words.append(
                self.tr("only the first {size} were kept").format(
                    size=size(len(body.text.encode("utf-8", "replace")))
                )
            )
        if details.removed:
            words.append(
                self.tr("secrets were removed from: {places}").format(
                    places=listed(details.removed)
                )
            )
        return " · ".join(words)
