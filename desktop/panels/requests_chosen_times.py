"""The chosen requests in time: a bar each, and hatched where none of them ran."""

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.chosen_times import ChosenTimes, RunTime
from desktop.durations import duration, on_scale
from desktop.models.request_cells import CLIENT_LEFT
from desktop.panels.panel import PanelContext
from desktop.widgets.styling import label
from desktop.widgets.timeline import Bar, Timeline, TimelineColours

LEAST_SHOWN, MOST_SHOWN = 2, 200
LEAST_GAP = 0.002
"""A shorter gap, as a share of the whole, cannot be seen."""


class ChosenTimesView(QWidget):
    """A timeline, and in words what is chosen in it."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._tokens = tokens = context.tokens
        self._times = ChosenTimes()
        self._timeline = Timeline(self.tr("Timeline of the chosen requests"), on_scale)
        self._timeline.set_colours(
            TimelineColours(
                tokens.text, tokens.text_soft, tokens.border, tokens.surface, tokens.accent
            )
        )
        self._hint = self.tr("Point at something, or walk along with the arrow keys.")
        self._told = label(self._hint, "small", wraps=True)
        self._timeline.told.connect(lambda words: self._told.setText(words or self._hint))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._timeline)
        column.addWidget(self._told)
        self.hide()

    def show_times(self, times: ChosenTimes) -> None:
        """Show these; nothing where there is too little or too much to see."""
        is_shown = LEAST_SHOWN <= len(times.runs) <= MOST_SHOWN
        self.setVisible(is_shown)
        if not is_shown or times == self._times:
            return
        self._times = times
        none_ran = times.rows
        lanes = [self.tr("Requests"), *[""] * (times.rows - 1), self.tr("None ran")]
        bars = [self._bar(number, run) for number, run in enumerate(times.runs, 1)]
        bars += [
            Bar(
                start,
                end,
                none_ran,
                "",
                self.tr("None ran for {time}, from {start} to {end}: the client's own time").format(
                    time=duration(end - start), start=duration(start), end=duration(end)
                ),
                self._tokens.text_soft,
                hatched=True,
            )
            for start, end in times.gaps
            if end - start >= LEAST_GAP * times.total_ms
        ]
        self._timeline.show_times(times.total_ms, lanes, bars, ())
        self._told.setText(self._hint)

    def _bar(self, number: int, run: RunTime) -> Bar:
        line, tokens = run.line, self._tokens
        named = QLocale().toString(number)
        words = self.tr("Request {n}: {time}, beginning after {start}").format(
            n=named, time=duration(line.total_ms), start=duration(run.start_ms)
        )
        if line.ttft_ms is not None:
            words += self.tr(", first words after {time}").format(time=duration(line.ttft_ms))
        colour, ending = tokens.ok, ""
        if line.status == CLIENT_LEFT:
            colour, ending = tokens.text_soft, self.tr(", the client left")
        elif line.error_code:
            colour, ending = tokens.error, self.tr(", failed")
        return Bar(run.start_ms, run.end_ms, run.row, named, words + ending, colour)
