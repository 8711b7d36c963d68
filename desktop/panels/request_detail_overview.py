"""Overview: who asked what of whom, how it went, and what to do when it went wrong."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QWidget

from desktop import detail_wording as wording
from desktop.client_wording import client_name
from desktop.durations import duration
from desktop.models import request_cells
from desktop.panels.health_remedy import RemedyBanner, run_cure
from desktop.panels.panel import PanelContext, scrolled_page
from desktop.remedies import Cure, Remedy, for_request
from desktop.sentences import in_a_row, listed
from desktop.widgets.fact_grid import Fact, FactGrid
from desktop.widgets.styling import label
from desktop.wording import Words, called
from gateway_engine.public import InstanceName, Record, Summary, messages_of

CLIENT_WENT_AWAY = 499
HERE = (Cure.NONE, Cure.REQUESTS)


class OverviewTab(QWidget):
    """Shows a line of the history, and more of it once its record is there."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._instance = InstanceName("")
        self._titles: Mapping[str, str] = {}
        self._show_again: Callable[[], None] = lambda: None
        self._error = RemedyBanner(context, self._cure)
        self._facts = FactGrid()
        self._more = label("", "small", wraps=True)
        column = scrolled_page(self, 12)
        column.addWidget(self._error)
        column.addWidget(self._facts)
        column.addWidget(self._more)
        column.addStretch(1)

    def show_titles(self, titles: Mapping[str, str]) -> None:
        """Call the instances as the settings do now."""
        if titles != self._titles:
            self._titles = titles
            self._show_again()

    def show_line(
        self,
        line: Summary | None,
        record: Record | None,
        why: str,
        before: Record | None = None,
        after: Record | None = None,
    ) -> None:
        """Show what is known of a request, why that is all ("": it is not), and when the turns
        around it came.
        """
        self._show_again = lambda: self.show_line(line, record, why, before, after)
        self._instance = InstanceName(line.instance if line is not None else "")
        self._error.show_remedy(self._remedy(line, record) if line is not None else None)
        turns = self._turns(line, record, before, after) if line and record else []
        self._facts.show_facts(self._facts_of(line, record, turns) if line is not None else ())
        words = [why]
        if record is not None and record.details is not None:
            words.append(wording.obstacle(record))
        self._more.setText(in_a_row(*words))
        self._more.setVisible(bool(self._more.text()))

    def _cure(self, cure: Cure) -> None:
        run_cure(self._context, cure, self._instance)

    def _remedy(self, line: Summary, record: Record | None) -> Remedy | None:
        if not line.error_code or line.status == CLIENT_WENT_AWAY:
            return None
        message = record.details.error_message if record is not None and record.details else ""
        remedy = for_request(line.error_code, message)
        text = remedy.words.text
        if message and message != text:
            text = self.tr("{advice}\nDetails: {message}").format(advice=text, message=message)
        # The request is what is shown here: a button that leads to it would lead nowhere.
        cures = [cure for cure in (remedy.cure, remedy.second) if cure not in HERE] or [Cure.HEALTH]
        second = cures[1] if len(cures) > 1 else Cure.NONE
        words = Words(remedy.words.title, text)
        return replace(remedy, words=words, cure=cures[0], second=second)

    def _turns(
        self, line: Summary, record: Record, before: Record | None, after: Record | None
    ) -> list[Fact]:
        """Which turn it is, and how long the client took between the turns: its tools' time."""
        said = messages_of(record.details.conversation) if record.details is not None else []
        number = 1 + sum(message.get("role") == "assistant" for message in said)
        facts = [Fact(self.tr("Turn"), QLocale().toString(number) if said else "")]
        if before is not None:
            words = self.tr("its answer had ended {time} before").format(
                time=duration(_gap_ms(before.summary, line))
            )
            facts.append(Fact(self.tr("Turn before"), words))
        if after is not None:
            words = self.tr("began {time} after this answer's end").format(
                time=duration(_gap_ms(line, after.summary))
            )
            facts.append(Fact(self.tr("Turn after"), words))
        return facts

    def _facts_of(self, line: Summary, record: Record | None, turns: list[Fact]) -> list[Fact]:
        locale = QLocale()
        details = record.details if record is not None else None
        is_running = not line.status
        facts = [
            Fact(self.tr("Client"), client_name(line.client) or self.tr("unknown")),
            Fact(self.tr("Key"), details.key_id if details is not None else ""),
            Fact(self.tr("Asked"), f"{wording.protocol(line.protocol)} · {line.path}"),
            Fact(self.tr("Model"), request_cells.model(line)),
            Fact(self.tr("Instance"), called(line.instance, self._titles)),
            Fact(self.tr("Session"), wording.session(line.session)),
            *turns,
            Fact(self.tr("Status"), self._status(line), "error" if line.error_code else ""),
            Fact(self.tr("Time"), wording.moment(line.started_at)),
        ]
        if not is_running:
            first = line.ttft_ms
            facts += [
                Fact(
                    self.tr("First words"),
                    self.tr("none") if first is None else duration(first),
                ),
                Fact(self.tr("Total"), duration(line.total_ms)),
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
            facts.append(Fact(self.tr("Secrets removed from"), listed(details.removed)))
        facts.append(Fact(self.tr("Request id"), line.id))
        return facts

    def _status(self, line: Summary) -> str:
        if not line.status:
            return self.tr("running")
        if line.status == CLIENT_WENT_AWAY:
            return self.tr("{status}: the client hung up").format(status=line.status)
        return f"{line.status} {line.error_code}".strip()


def _gap_ms(earlier: Summary, later: Summary) -> float:
    """From the end of one turn to the beginning of another."""
    return max(0.0, (later.started_at - earlier.started_at) * 1000 - earlier.total_ms)
