"""The figures of the gateway and of each instance, as widgets."""

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.durations import duration
from desktop.panels.panel import PanelContext
from desktop.state import AppState
from desktop.theme import Tokens
from desktop.widgets.card import Card
from desktop.widgets.columns import Columns
from desktop.widgets.gauge import Gauge
from desktop.widgets.reader_names import captioned, show_value
from desktop.widgets.sparkline import Sparkline
from desktop.widgets.styling import label, set_property
from gateway_engine.public import InstanceState, Pulse

FIGURE_WIDTH = 100
MOST_FIGURES = 7
CURVE_WIDTH = 96
SLOTS_A_MINUTE = 6
SLOW_LAG_S = 0.25
LEAST_MS = 1000.0
NONE = "–"


class GatewayCard(Card):
    """What all instances share: how many turns run and wait, sessions, the loop."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        tokens = context.tokens
        self.setAccessibleName(self.tr("The gateway as a whole"))
        self._load = label("", "strong", wraps=True)
        self._gauge = Gauge()
        self._gauge.set_colours(
            bar=tokens.accent, waiting=tokens.warn, track=tokens.sunken, edge=tokens.border_strong
        )
        ready, self._ready = figure(self.tr("Instances ready"))
        turns, self._turns = figure(self.tr("Turns since the start"))
        refused, self._refused = figure(self.tr("Refused as busy"))
        sessions, self._sessions = figure(self.tr("Sessions kept"))
        hits, self._hits = figure(self.tr("Turns that went on in one"))
        parked, self._parked = figure(self.tr("Waiting for a client's tool"))
        lag, self._lag = figure(self.tr("Longest delay, 15 s"))
        figures = Columns(FIGURE_WIDTH, MOST_FIGURES)
        figures.set_widgets([ready, turns, refused, sessions, hits, parked, lag])
        self.body.setSpacing(12)
        self.body.addWidget(self._load)
        self.body.addWidget(self._gauge)
        self.body.addWidget(figures)

    def render_state(self, state: AppState) -> None:
        """Show the figures, a dash where none were told yet."""
        locale = QLocale()
        ready = sum(1 for status in state.instances if status.state is InstanceState.READY)
        show_value(
            self._ready, f"{locale.toString(ready)} / {locale.toString(len(state.instances))}"
        )
        vitals = state.health.vitals
        if vitals is None:
            self._load.setText(self.tr("In flight: {n}").format(n=locale.toString(state.in_flight)))
            self._gauge.show_shares(0, 0)
            for value in (self._turns, self._refused, self._sessions, self._hits, self._parked):
                show_value(value, NONE)
            show_value(self._lag, NONE)
            return
        stats = vitals.stats
        self._show_load(
            stats.concurrency.in_flight, stats.concurrency.max_in_flight, stats.concurrency.queued
        )
        show_value(self._turns, locale.toString(stats.concurrency.accepted_total))
        show_value(self._refused, locale.toString(stats.concurrency.rejected_total))
        set_property(self._refused, "tone", "warn" if stats.concurrency.rejected_total else "")
        cache = stats.session_cache
        show_value(self._sessions, locale.toString(cache.size) if cache else self.tr("off"))
        asked = cache.hits + cache.misses if cache else 0
        share = f"{locale.toString(round(100 * cache.hits / asked))}%" if cache and asked else NONE
        show_value(self._hits, share)
        show_value(self._parked, locale.toString(stats.parked))
        show_value(self._lag, duration(vitals.lag_s * 1000))
        set_property(self._lag, "tone", "warn" if vitals.lag_s > SLOW_LAG_S else "")

    def _show_load(self, running: int, most: int, queued: int) -> None:
        locale = QLocale()
        words = (
            self.tr("In flight: {n} of {most}").format(
                n=locale.toString(running), most=locale.toString(most)
            )
            if most
            else self.tr("In flight: {n}, no limit").format(n=locale.toString(running))
        )
        if queued:
            waiting = self.tr("waiting: {n}").format(n=locale.toString(queued))
            words = f"{words} · {waiting}"
        self._load.setText(words)
        self._gauge.setVisible(bool(most))
        self._gauge.setAccessibleName(words)
        self._gauge.show_shares(running / most if most else 0, queued / max(most, queued, 1))


class PulseView(Columns):
    """Three curves of the last ten minutes: requests, first-token time, errors."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__(CURVE_WIDTH, 3)
        requests, self._requests, self._request_curve = _curve(self.tr("Requests / min"), tokens)
        first, self._first, self._first_curve = _curve(
            self.tr("First words"), tokens, least_most=LEAST_MS
        )
        errors, self._errors, self._error_curve = _curve(
            self.tr("Errors in 10 min"), tokens, bars=True
        )
        self.set_widgets([requests, first, errors])

    def show_pulse(self, pulse: Pulse | None) -> None:
        """Show how the requests went."""
        shown = pulse or Pulse()
        locale = QLocale()
        show_value(self._requests, locale.toString(sum(shown.requests[-SLOTS_A_MINUTE:])))
        self._request_curve.show_values(shown.requests)
        times = [value for value in shown.first_token_ms if value is not None]
        show_value(self._first, duration(times[-1]) if times else NONE)
        self._first_curve.show_values(shown.first_token_ms)
        errors = sum(shown.errors)
        show_value(self._errors, locale.toString(errors))
        set_property(self._errors, "tone", "error" if errors else "")
        self._error_curve.show_values(shown.errors)


def figure(title: str) -> tuple[QWidget, QLabel]:
    """A large figure with its name below."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    value = captioned(label(NONE, "figure"), title)
    column.addWidget(value)
    column.addWidget(label(title, "small", wraps=True))
    column.addStretch(1)
    return box, value


def _curve(
    title: str, tokens: Tokens, *, bars: bool = False, least_most: float = 1.0
) -> tuple[QWidget, QLabel, Sparkline]:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    value = captioned(label(NONE, "strong"), title)
    curve = Sparkline(bars=bars, least_most=least_most)
    curve.set_colours(
        line=tokens.error if bars else tokens.accent,
        area=tokens.error_soft if bars else tokens.accent_soft,
        ground=tokens.border,
    )
    caption = label(title, "small", wraps=True)
    caption.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    column.addWidget(caption, 1)
    column.addWidget(value)
    column.addWidget(curve)
    return box, value, curve
