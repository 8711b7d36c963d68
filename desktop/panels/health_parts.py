"""What the page of one instance shows below its card: its test, its models, what befell it."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from desktop import health_wording, remedies, wording
from desktop.durations import duration
from desktop.panels.health_remedy import RemedyBanner, run_cure
from desktop.panels.marks import tone_colour
from desktop.panels.panel import PanelContext
from desktop.remedies import Cure
from desktop.slices.health import InstanceTest
from desktop.widgets.card import Card
from desktop.widgets.status_mark import StatusMark
from desktop.widgets.status_shapes import Shape
from desktop.widgets.styling import label, set_property
from gateway_engine.public import (
    SMOKE_STEPS,
    InstanceName,
    InstanceStatus,
    LifeEvent,
    LifeStep,
    ModelId,
    SmokeStep,
)

FIRST_SHOWN = 8
CARD_CURES = (Cure.HEALTH, Cure.REQUESTS, Cure.TEST, Cure.RESTART, Cure.START, Cure.NONE)
"""What leads nowhere from an instance's page, or has its button in the card above."""

LIFE_MARKS: dict[LifeStep, tuple[Shape, str]] = {
    LifeStep.STARTED: (Shape.CHECK, "ok"),
    LifeStep.START_FAILED: (Shape.TRIANGLE, "error"),
    LifeStep.ENDED: (Shape.TRIANGLE, "error"),
    LifeStep.SILENT: (Shape.TRIANGLE, "warn"),
    LifeStep.ANSWERS: (Shape.CHECK, "ok"),
    LifeStep.HUNG: (Shape.TRIANGLE, "error"),
    LifeStep.SIGNED_IN: (Shape.CHECK, "ok"),
    LifeStep.SIGNED_OUT: (Shape.PADLOCK, "warn"),
    LifeStep.QUOTA_SPENT: (Shape.TRIANGLE, "warn"),
    LifeStep.QUOTA_BACK: (Shape.CHECK, "ok"),
    LifeStep.RESTART_ASKED: (Shape.INFO, "info"),
    LifeStep.STOP_ASKED: (Shape.RING, "quiet"),
    LifeStep.START_ASKED: (Shape.INFO, "info"),
    LifeStep.SETTINGS_CHANGED: (Shape.INFO, "info"),
}


class TrialPart(Card):
    """The steps of the last test, and what to do about the one that failed."""

    def __init__(
        self, context: PanelContext, name: InstanceName, show_log: Callable[[], None]
    ) -> None:
        super().__init__()
        title = self.tr("Test of this instance")
        self.setAccessibleName(title)
        self._said = label("", "soft", wraps=True)
        self._rows = {step: _StepRow(context, step) for step in SMOKE_STEPS}
        self._remedy = RemedyBanner(
            context, lambda cure: run_cure(context, cure, name, show_log=show_log)
        )
        self.body.addWidget(label(title, "heading"))
        self.body.addWidget(self._said)
        for row in self._rows.values():
            self.body.addWidget(row)
        self.body.addWidget(self._remedy)

    def show_test(self, test: InstanceTest | None, status: InstanceStatus) -> None:
        """Show how far it is, or how it ended; hidden while there was none."""
        self.setVisible(test is not None)
        if test is None:
            return
        taken = {step.name: step for step in test.steps}
        for name, row in self._rows.items():
            row.setVisible(name in taken or test.runs)
            if name in taken:
                row.show_step(taken[name])
            else:
                row.show_coming(runs=name == test.running)
        if test.runs:
            self._said.setText(self.tr("Testing… it asks one short real question."))
        elif test.error:
            self._said.setText(self.tr("The test broke off: {why}").format(why=test.error))
        elif test.is_cut:
            self._said.setText(self.tr("The test was broken off."))
        else:
            when = wording.clock(test.began_at)
            good = test.report is not None and test.report.ok
            said = self.tr("All is well ({time}).") if good else self.tr("It failed ({time}).")
            self._said.setText(said.format(time=when))
        failed = next((step for step in test.steps if not step.ok), None)
        self._remedy.show_remedy(_remedy(failed, status) if failed is not None else None)


class _StepRow(QWidget):
    """One step: mark, words, how long it took."""

    def __init__(self, context: PanelContext, name: str) -> None:
        super().__init__()
        self._tokens = context.tokens
        self._name = name
        self._mark = StatusMark(18)
        self._words = label("", wraps=True)
        self._time = label("", "small")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._words, 1)
        row.addWidget(self._time)
        self.hide()

    def show_step(self, step: SmokeStep) -> None:
        """Show a step that was taken."""
        words = health_wording.test_step(self._name)
        if step.ok:
            self._show(words, Shape.CHECK, "ok", duration(step.ms))
        else:
            words = self.tr("{step}: no").format(step=words)
            self._show(words, Shape.TRIANGLE, "error", duration(step.ms))

    def show_coming(self, *, runs: bool) -> None:
        """Show one that is under way, or still to come."""
        words = health_wording.test_step(self._name)
        if runs:
            self._show(words, Shape.ARC, "info", self.tr("now…"))
        else:
            self._show(words, Shape.RING, "quiet", "")

    def _show(self, words: str, shape: Shape, tone: str, time: str) -> None:
        self._mark.show_shape(shape, tone_colour(self._tokens, tone), self._tokens.surface)
        self._words.setText(words)
        set_property(self._words, "type", "soft" if tone == "quiet" else "")
        self._time.setText(time)


def _remedy(failed: SmokeStep, status: InstanceStatus) -> remedies.Remedy | None:
    """What to do about the step that failed; None where it is what the instance's card says."""
    code, _, message = failed.error.partition(": ")
    known = remedies.for_status(status)
    if known is not None and code == "upstream_unavailable":
        return None
    remedy = remedies.for_instance(code, message, can_sign_in=status.signs_in)
    if known is not None and known.words.title == remedy.words.title:
        return None
    words = remedies.with_details(remedy.words, message)
    there = (*CARD_CURES, known.cure, known.second) if known is not None else CARD_CURES
    cures = [cure for cure in (remedy.cure, remedy.second, Cure.SHOW_LOG) if cure not in there]
    cures = [*dict.fromkeys(cures), Cure.NONE, Cure.NONE]
    return replace(remedy, words=words, cure=cures[0], second=cures[1])


class ModelsPart(Card):
    """The names of its models, the first few until all are wanted."""

    def __init__(self) -> None:
        super().__init__()
        self._title = label("", "heading")
        self._names = label("", wraps=True)
        self._names.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._more = _more_button(self._toggle)
        self._models: tuple[ModelId, ...] = ()
        self._all = False
        self.body.addWidget(self._title)
        self.body.addWidget(self._names)
        self.body.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addStretch(1)

    def show_models(self, models: tuple[ModelId, ...]) -> None:
        """Show these."""
        self._models = models
        title = self.tr("Models: {n}").format(n=QLocale().toString(len(models)))
        self._title.setText(title)
        self.setAccessibleName(title)
        shown = models if self._all else models[:FIRST_SHOWN]
        none = self.tr("It names none: they come once somebody is signed in.")
        self._names.setText("\n".join(shown) or none)
        self._more.setVisible(len(models) > FIRST_SHOWN)
        self._more.setText(self.tr("Show fewer") if self._all else self.tr("Show all"))

    def _toggle(self) -> None:
        self._all = not self._all
        self.show_models(self._models)


class LifePart(Card):
    """What happened to it, the newest first."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._tokens = context.tokens
        title = self.tr("What happened")
        self.setAccessibleName(title)
        self._life: tuple[LifeEvent, ...] = ()
        self._all = False
        self._none = label(self.tr("Nothing yet."), "soft")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(2, 1)
        self._rows: list[tuple[StatusMark, QLabel, QLabel]] = []
        self._more = _more_button(self._toggle)
        self.body.addWidget(label(title, "heading"))
        self.body.addWidget(self._none)
        self.body.addLayout(self._grid)
        self.body.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addStretch(1)
        self._fill()

    def show_life(self, life: tuple[LifeEvent, ...]) -> None:
        """Show this life."""
        if life != self._life:
            self._life = life
            self._fill()

    def _fill(self) -> None:
        newest = tuple(reversed(self._life))
        shown = newest if self._all else newest[:FIRST_SHOWN]
        while len(self._rows) < len(shown):
            self._add_row()
        for number, row in enumerate(self._rows):
            for part in row:
                part.setVisible(number < len(shown))
            if number < len(shown):
                self._show(row, shown[number])
        self._none.setVisible(not shown)
        self._more.setVisible(len(newest) > FIRST_SHOWN)
        self._more.setText(self.tr("Show fewer") if self._all else self.tr("Show all"))

    def _add_row(self) -> None:
        row = (StatusMark(16), label("", "small"), label("", wraps=True))
        row[2].setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for column, part in enumerate(row):
            self._grid.addWidget(part, len(self._rows), column, Qt.AlignmentFlag.AlignTop)
        self._rows.append(row)

    def _show(self, row: tuple[StatusMark, QLabel, QLabel], event: LifeEvent) -> None:
        shape, tone = LIFE_MARKS[event.step]
        row[0].show_shape(shape, tone_colour(self._tokens, tone), self._tokens.surface)
        row[1].setText(health_wording.moment(event.at))
        row[2].setText(health_wording.life(event))

    def _toggle(self) -> None:
        self._all = not self._all
        self._fill()


def _more_button(on_click: Callable[[], None]) -> QPushButton:
    button = QPushButton()
    button.setProperty("kind", "quiet")
    button.clicked.connect(lambda _checked=False: on_click())
    return button
