"""Timeline: where the time went, with every message of the stream and its standstills."""

from typing import Final

from PySide6.QtCore import QLocale

from desktop import detail_wording as wording
from desktop.durations import duration, on_scale
from desktop.panels.panel import PanelContext, scrolled_page
from desktop.panels.request_detail_tab import DetailTab
from desktop.sentences import in_a_row
from desktop.widgets.fact_grid import Fact, FactGrid
from desktop.widgets.styling import label
from desktop.widgets.timeline import Bar, Tick, Timeline, TimelineColours
from gateway_engine.public import STALL_MS, PhaseKind, Record, TurnTimes, turn_times

PHASES_LANE, ASKED_LANE, SAID_LANE = range(3)
MAX_TICKS: Final = 400
"""More would be drawn on top of each other."""


class TimelineTab(DetailTab):
    """The drawing, what is chosen in it, and the same as text."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        tokens = context.tokens
        self._timeline = Timeline(self.tr("Timeline of the request"), on_scale)
        self._timeline.set_colours(
            TimelineColours(
                tokens.text, tokens.text_soft, tokens.border, tokens.surface, tokens.accent
            )
        )
        self._told = label("", "small", wraps=True)
        self._hint = self.tr("Point at something, or walk along with the arrow keys.")
        self._timeline.told.connect(lambda words: self._told.setText(words or self._hint))
        self._facts = FactGrid()
        self._rule = label("", "small", wraps=True)
        column = scrolled_page(self, 8)
        column.addWidget(self._timeline)
        column.addWidget(self._told)
        column.addWidget(self._facts)
        column.addWidget(self._rule)
        column.addStretch(1)

    def show_record(self, record: Record, previous: Record | None) -> None:
        """See DetailTab."""
        del previous
        times = turn_times(record)
        lanes = (self.tr("Phases"), self.tr("To upstream"), self.tr("From upstream"))
        self._timeline.show_times(times.total_ms, lanes, self._bars(times), self._ticks(times))
        self._told.setText(self._hint)
        self._facts.show_facts(self._facts_of(times))
        threshold = duration(STALL_MS)
        rule = self.tr("A stall is a silence of more than {time} between two messages of upstream.")
        words = [rule.format(time=threshold)]
        if times.frames_left_out:
            words.append(self.tr("Not all messages were kept, so stalls cannot be told."))
        self._rule.setText(in_a_row(*words))

    def _bars(self, times: TurnTimes) -> list[Bar]:
        tokens = self.context.tokens
        colours = {
            PhaseKind.PLACING: tokens.text_soft,
            PhaseKind.THINKING: tokens.info,
            PhaseKind.ANSWERING: tokens.ok,
        }
        bars = [
            Bar(
                phase.span.start_ms,
                phase.span.end_ms,
                PHASES_LANE,
                wording.phase(phase.kind),
                self._spoken(wording.phase(phase.kind), phase.span.start_ms, phase.span.length_ms),
                colours[phase.kind],
            )
            for phase in times.phases
        ]
        return bars + [
            Bar(
                stall.start_ms,
                stall.end_ms,
                SAID_LANE,
                self.tr("Stall"),
                self._spoken(self.tr("Stall"), stall.start_ms, stall.length_ms),
                tokens.error,
                hatched=True,
            )
            for stall in times.stalls
        ]

    def _ticks(self, times: TurnTimes) -> list[Tick]:
        tokens = self.context.tokens
        asked = self.tr("Message to upstream after {time}")
        said = self.tr("Message from upstream after {time}")
        step = 1 + len(times.said) // MAX_TICKS
        return [
            *(
                Tick(at, ASKED_LANE, asked.format(time=duration(at)), tokens.accent)
                for at in times.asked[:MAX_TICKS]
            ),
            *(
                Tick(at, SAID_LANE, said.format(time=duration(at)), tokens.info)
                for at in times.said[::step]
            ),
        ]

    def _facts_of(self, times: TurnTimes) -> list[Fact]:
        facts = [
            Fact(wording.phase(phase.kind), duration(phase.span.length_ms))
            for phase in times.phases
        ]
        facts.append(Fact(self.tr("Total"), duration(times.total_ms)))
        facts.append(Fact(self.tr("Messages from upstream"), QLocale().toString(len(times.said))))
        facts += [
            Fact(
                self.tr("Stall"),
                self.tr("{length}, from {start} to {end}").format(
                    length=duration(stall.length_ms),
                    start=duration(stall.start_ms),
                    end=duration(stall.end_ms),
                ),
                "error",
            )
            for stall in times.stalls
        ]
        if not times.stalls and times.said and not times.frames_left_out:
            facts.append(Fact(self.tr("Stalls"), self.tr("none"), "ok"))
        return facts

    def _spoken(self, name: str, start: float, length: float) -> str:
        return self.tr("{name}: {length}, beginning after {start}").format(
            name=name, length=duration(length), start=duration(start)
        )
