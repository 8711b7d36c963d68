"""What stands in place of the details while several requests are chosen: their sums, and what can
be done with all of them."""

from collections.abc import Iterable, Mapping
from typing import Final

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from desktop import detail_wording as wording
from desktop.chosen_actions import MOST_CHOSEN, Chosen
from desktop.chosen_times import ChosenTimes, times_of
from desktop.client_wording import client_name
from desktop.durations import duration
from desktop.models.request_cells import CLIENT_LEFT
from desktop.panels.panel import PanelContext, scrolled_page
from desktop.panels.request_detail_export import EXPORT_KINDS, export_title
from desktop.panels.requests_chosen_times import ChosenTimesView
from desktop.sentences import listed
from desktop.widgets.fact_grid import Fact, FactGrid
from desktop.widgets.styling import GAP, label
from desktop.widgets.wrapping_row import WrappingRow
from desktop.wording import called
from gateway_engine.public import Summary

MOST_NAMES: Final = 6


class ChosenRequests(QWidget):
    """Says how many and what they have in common."""

    export_wanted = Signal(str)
    pin_wanted = Signal()
    copy_wanted = Signal()

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._titles: Mapping[str, str] = {}
        self._title = label("", "heading", wraps=True)
        self._note = label("", "soft", wraps=True)
        self._times = ChosenTimesView(context)
        self._facts = FactGrid()
        export = QPushButton(self.tr("Export"))
        menu = QMenu(export)
        for kind in EXPORT_KINDS:
            action = menu.addAction(export_title(kind, several=True))
            action.triggered.connect(
                lambda _checked=False, kind=kind: self.export_wanted.emit(kind.value)
            )
        export.setMenu(menu)
        self._pin = QPushButton()
        self._pin.clicked.connect(self.pin_wanted)
        copy = QPushButton(self.tr("Copy ids"))
        copy.clicked.connect(self.copy_wanted)
        self._buttons = (export, self._pin, copy)
        buttons = WrappingRow(GAP)
        for button in self._buttons:
            buttons.add(button)
        self._corner = QHBoxLayout()
        self._corner.addWidget(self._title, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 12, 12, 12)
        outer.setSpacing(8)
        outer.addLayout(self._corner)
        page = QWidget()
        column = scrolled_page(page, 12)
        column.addWidget(self._note)
        column.addWidget(buttons)
        column.addWidget(self._times)
        column.addWidget(self._facts)
        column.addStretch(1)
        outer.addWidget(page, 1)

    def show_corner(self, widget: QWidget) -> None:
        """Show a widget at the end of the title's row."""
        self._corner.addWidget(widget)

    def show_chosen(self, chosen: Chosen, running: int, titles: Mapping[str, str]) -> None:
        """Show these; `running` of them still run. `titles`: other names of instances."""
        self._titles = titles
        locale = QLocale()
        title = self.tr("Chosen requests: {n}").format(n=locale.toString(chosen.count))
        self._title.setText(title)
        self.setAccessibleName(title)
        for button in self._buttons:
            button.setEnabled(not chosen.is_too_many)
        self._pin.setText(self.tr("Pin") if wants_pin(chosen) else self.tr("Unpin"))
        self._note.setText(self._words(chosen, running))
        times = ChosenTimes() if chosen.is_too_many else times_of(chosen.lines)
        self._times.show_times(times)
        self._facts.show_facts([] if chosen.is_too_many else self._facts_of(chosen, running, times))

    def _words(self, chosen: Chosen, running: int) -> str:
        if chosen.is_too_many:
            return self.tr(
                "Up to {n} can be exported or pinned together. A filter above the table "
                "may find fewer."
            ).format(n=QLocale().toString(MOST_CHOSEN))
        if running:
            return self.tr("Those that still run are left out of an export.")
        return self.tr("An export shows what leaves before anything is saved.")

    def _facts_of(self, chosen: Chosen, running: int, times: ChosenTimes) -> list[Fact]:
        locale, lines, titles = QLocale(), chosen.lines, self._titles
        ended = [line for line in lines if line.status]
        failed = sum(_is_failure(line) for line in ended)
        left = sum(line.status == CLIENT_LEFT for line in ended)
        counts = (
            (self.tr("succeeded: {n}"), len(ended) - failed - left),
            (self.tr("failed: {n}"), failed),
            (self.tr("client left: {n}"), left),
            (self.tr("running: {n}"), running),
        )
        status = " · ".join(w.format(n=locale.toString(n)) for w, n in counts if n)
        starts = [line.started_at for line in lines]
        pinned = sum(line.pinned for line in lines)
        absent = len(chosen.places)
        return [
            Fact(self.tr("Status"), status, "error" if failed else ""),
            Fact(self.tr("Time together"), duration(sum(line.total_ms for line in ended))),
            Fact(self.tr("First to last"), duration(times.total_ms) if times.gaps else ""),
            Fact(self.tr("None ran"), duration(times.gaps_ms) if times.gaps else ""),
            Fact(self.tr("From"), wording.moment(min(starts)) if starts else ""),
            Fact(self.tr("To"), wording.moment(max(starts)) if starts else ""),
            Fact(self.tr("Clients"), _names(client_name(line.client) for line in lines)),
            Fact(self.tr("Protocols"), _names(wording.protocol(line.protocol) for line in lines)),
            Fact(self.tr("Models"), _names(line.model_used for line in lines)),
            Fact(self.tr("Instances"), _names(called(each.instance, titles) for each in lines)),
            Fact(
                self.tr("Tokens"),
                self.tr("{n} in, {m} out").format(
                    n=locale.toString(sum(line.tokens_in for line in lines)),
                    m=locale.toString(sum(line.tokens_out for line in lines)),
                ),
            ),
            Fact(self.tr("Pinned"), locale.toString(pinned) if pinned else ""),
            Fact(
                self.tr("Not in these sums"),
                self.tr("not read yet: {n}").format(n=absent) if absent else "",
            ),
        ]


def wants_pin(chosen: Chosen) -> bool:
    """Whether the pin is to be set: as long as one of them has none."""
    return not chosen.lines or not all(line.pinned for line in chosen.lines)


def _is_failure(line: Summary) -> bool:
    return bool(line.error_code) and line.status != CLIENT_LEFT


def _names(names: Iterable[str]) -> str:
    """Every name once; of many only the first."""
    known = [name for name in dict.fromkeys(names) if name]
    rest = len(known) - MOST_NAMES
    return listed(known[:MOST_NAMES]) + (f" … +{rest}" if rest > 0 else "")
