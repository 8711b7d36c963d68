"""Overview: who asked what of whom, how it went, and what to do when it went wrong."""

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QWidget

from desktop import detail_wording as wording
from desktop.client_wording import client_name
from desktop.panels.marks import tone_colour, tone_surface
from desktop.panels.panel import PanelContext, scrolled_page
from desktop.widgets.banner import Banner
from desktop.widgets.fact_grid import Fact, FactGrid
from desktop.widgets.status_shapes import Shape
from desktop.widgets.styling import label
from desktop.wording import error as error_words
from gateway_engine.public import Record, Summary

CLIENT_WENT_AWAY = 499


class OverviewTab(QWidget):
    """Shows a line of the history, and more of it once its record is there."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._error = Banner("error", Shape.TRIANGLE)
        self._settle_error()
        self._facts = FactGrid()
        self._more = label("", "small", wraps=True)
        column = scrolled_page(self, 12)
        column.addWidget(self._error)
        column.addWidget(self._facts)
        column.addWidget(self._more)
        column.addStretch(1)

    def show_line(self, line: Summary | None, record: Record | None) -> None:
        """Show what is known of a request."""
        self._error.setVisible(line is not None and self._show_error(line, record))
        self._facts.show_facts(self._facts_of(line, record) if line is not None else ())
        words = [wording.absence(record, line)]
        if record is not None and record.details is not None:
            words.append(wording.obstacle(record))
        self._more.setText(" ".join(word for word in words if word))
        self._more.setVisible(bool(self._more.text()))

    def _settle_error(self) -> None:
        tokens = self._context.tokens
        self._error.set_colours(tone_colour(tokens, "error"), tone_surface(tokens, "error"))
        self._error.add_button(
            self.tr("Show health"), lambda: self._context.actions.show_panel("health")
        )
        self._error.hide()

    def _show_error(self, line: Summary, record: Record | None) -> bool:
        if not line.error_code or line.status == CLIENT_WENT_AWAY:
            return False
        message = record.details.error_message if record is not None and record.details else ""
        words = error_words(line.error_code, message)
        text = words.text
        if message and message != text:
            text = self.tr("{advice}\nIn its own words: {message}").format(
                advice=text, message=message
            )
        self._error.say(words.title, text)
        return True

    def _facts_of(self, line: Summary, record: Record | None) -> list[Fact]:
        locale = QLocale()
        details = record.details if record is not None else None
        is_running = not line.status
        facts = [
            Fact(self.tr("Client"), client_name(line.client) or self.tr("unknown")),
            Fact(self.tr("Key"), details.key_id if details is not None else ""),
            Fact(self.tr("Asked"), f"{wording.protocol(line.protocol)} · {line.path}"),
            Fact(self.tr("Model"), _model(line)),
            Fact(self.tr("Instance"), line.instance),
            Fact(self.tr("Session"), wording.session(line.session)),
            Fact(self.tr("Status"), self._status(line), "error" if line.error_code else ""),
            Fact(self.tr("Time"), wording.moment(line.started_at)),
        ]
        if not is_running:
            first = line.ttft_ms
            facts += [
                Fact(
                    self.tr("First words"),
                    self.tr("none") if first is None else wording.duration(first),
                ),
                Fact(self.tr("Total"), wording.duration(line.total_ms)),
                Fact(
                    self.tr("Tokens"),
                    self.tr("{n} in, {m} out").format(
                        n=locale.toString(line.tokens_in), m=locale.toString(line.tokens_out)
                    ),
                ),
            ]
        if line.tools:
            facts.append(Fact(self.tr("Tools declared"), locale.toString(line.tools)))
        if details is not None and details.removed:
            facts.append(Fact(self.tr("Secrets removed from"), ", ".join(details.removed)))
        facts.append(Fact(self.tr("Request id"), line.id))
        return facts

    def _status(self, line: Summary) -> str:
        if not line.status:
            return self.tr("running")
        if line.status == CLIENT_WENT_AWAY:
            return self.tr("{status}: the client hung up").format(status=line.status)
        return f"{line.status} {line.error_code}".strip()


def _model(line: Summary) -> str:
    if not line.model_used or line.model_used == line.model_asked:
        return line.model_asked
    return f"{line.model_asked} → {line.model_used}"
