"""The bar at the foot of the settings: what is not saved, what it will do, Apply and Discard."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop import setting_words
from desktop.panels.panel import PAGE_MARGIN_PX, PanelContext
from desktop.sentences import in_a_row, listed
from desktop.slices.settings import Saving
from desktop.state import AppState, EnginePhase
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.styling import label, set_property
from gateway_engine.public import Effect, setting_specs

FOLD_BELOW_EM = 26
MOST_WIDTH = 980
"""Of the page, and so of what is in the bar below it."""


class SettingsBar(QFrame):
    """Shown while something is changed."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.setProperty("bar", True)
        self._actions = context.actions.settings
        self._effects = {spec.name: spec.effect for spec in setting_specs()}
        self.setAccessibleName(self.tr("Changes that are not saved"))

        words = QWidget()
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._count = label("", "strong", wraps=True)
        self._effect = label("", "small", wraps=True)
        column.addWidget(self._count)
        column.addWidget(self._effect)
        buttons = QWidget()
        line = QHBoxLayout(buttons)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        discard = QPushButton(self.tr("Discard"))
        discard.clicked.connect(self._actions.discard)
        self._apply = QPushButton(self.tr("Apply"))
        self._apply.setProperty("kind", "primary")
        self._apply.clicked.connect(self._actions.save)
        for button in (discard, self._apply):
            # A click leaves the keyboard where it is: the bar goes, and with it would go the
            # keyboard, to whichever field comes next, where a wheel then turns a number.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            line.addWidget(button)
        row = FoldingRow(FOLD_BELOW_EM, 12)
        row.add(words, stretches=True)
        row.add(buttons)
        inner = QWidget()
        inner.setMaximumWidth(MOST_WIDTH)
        margins = QVBoxLayout(inner)
        margins.setContentsMargins(PAGE_MARGIN_PX, 10, PAGE_MARGIN_PX, 10)
        margins.addWidget(row)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addStretch(1)
        outer.addWidget(inner, MOST_WIDTH)
        outer.addStretch(1)
        save = QShortcut(QKeySequence.StandardKey.Save, self)
        save.activated.connect(self._apply.click)

    def render_state(self, state: AppState) -> None:
        """Show what is changed and what becomes of it."""
        draft = self._actions.draft
        names = draft.names
        self.setVisible(bool(names))
        saving = state.settings.saving is Saving.UNDER_WAY
        runs = state.phase is EnginePhase.RUNNING
        self._apply.setEnabled(bool(names) and not draft.problems and not saving and runs)
        count = self.tr("1 setting changed")
        if len(names) > 1:
            count = self.tr("Settings changed: {count}").format(count=len(names))
        self._count.setText(self.tr("Saving…") if saving else count)
        if draft.problems:
            self._effect.setText(
                self.tr("Cannot be saved: {names}").format(
                    names=listed(setting_words.title(name) for name in sorted(draft.problems))
                )
            )
            set_property(self._effect, "tone", "error")
            return
        set_property(self._effect, "tone", "")
        effects = {self._effects[name] for name in names}
        told = [which for which in Effect if which in effects]
        told = [which for which in told if which is not Effect.LIVE] or told
        self._effect.setText(in_a_row(*map(setting_words.effect, told)))
