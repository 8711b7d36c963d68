"""One setting: what it is called and does, its value, where that comes from, what is wrong."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop import setting_words
from desktop.panels.panel import PanelContext
from desktop.panels.settings_controls import INSET_PX, ModelControl, control_of
from desktop.setting_choices import choice_title
from desktop.settings_actions import SettingsDraft
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.styling import label, set_property
from gateway_engine.public import Origin, SettingProblem, SettingSpec, SettingState

FOLD_BELOW_EM = 30
CONTROL_EM = 19


class SettingRow(QWidget):
    """Shows one setting and puts what the user wants into the draft."""

    def __init__(self, spec: SettingSpec, context: PanelContext) -> None:
        super().__init__()
        self.spec = spec
        self._draft: SettingsDraft = context.actions.settings.draft
        self._state: SettingState | None = None
        self._edits_file = False
        title, about = setting_words.title(spec.name), setting_words.about(spec.name)
        choices = " ".join(f"{each} {choice_title(spec.name, each)}" for each in spec.choices)
        self.searched = f"{title} {about} {spec.name} {spec.about} {choices}".casefold()
        self._control = control_of(spec, context.tokens)

        words = QWidget()
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        name = label(title, "strong", wraps=True)
        name.setToolTip(spec.name.upper())
        column.addWidget(name)
        column.addWidget(label(about, "small", wraps=True))
        column.addStretch(1)

        value = QWidget()
        right = QVBoxLayout(value)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(4)
        if self._control is not None:
            self._control.name_it(title, about)
            self._control.edited.connect(self._edited)
            name.setBuddy(self._control)
            right.addWidget(self._control)
        self._problem = label("", "small", wraps=True)
        self._problem.setProperty("tone", "error")
        self._overridden = label("", "small", wraps=True)
        self._overridden.setProperty("tone", "warn")
        for words_below in (self._problem, self._overridden):
            words_below.setContentsMargins(INSET_PX, 0, 0, 0)
            right.addWidget(words_below)
        self._foot = self._make_foot(title)
        right.addWidget(self._foot)
        for not_known_yet in (self._problem, self._overridden, self._foot):
            not_known_yet.hide()
        right.addStretch(1)
        wide = round(self.fontMetrics().height() * CONTROL_EM)
        value.setMaximumWidth(wide)
        value.setMinimumWidth(min(wide, 260))

        row = FoldingRow(FOLD_BELOW_EM, 24)
        row.add(words, stretches=True)
        row.add(value, stretches=True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 6, 0, 6)
        outer.addWidget(row)

    def _make_foot(self, title: str) -> QWidget:
        foot = QWidget()
        line = QHBoxLayout(foot)
        line.setContentsMargins(INSET_PX, 0, 0, 0)
        line.setSpacing(12)
        self._origin = label("", "small")
        self._reset = QPushButton(self.tr("Reset"))
        self._reset.setProperty("kind", "link")
        self._reset.setAccessibleName(self.tr("Reset {title}").format(title=title))
        self._reset.clicked.connect(lambda: self._draft.put_back(self.spec.name))
        self._anyway = QPushButton(self.tr("Edit the file"))
        self._anyway.setProperty("kind", "link")
        self._anyway.setAccessibleName(self.tr("Edit {title} in the file").format(title=title))
        self._anyway.clicked.connect(self._edit_anyway)
        line.addWidget(self._origin)
        line.addWidget(self._reset)
        line.addWidget(self._anyway)
        line.addStretch(1)
        return foot

    # --- the user ---

    def _edited(self, raw: Any) -> None:
        name = self.spec.name
        try:
            value = self.spec.read(raw)
        except SettingProblem as wrong:
            self._draft.refuse(name, setting_words.problem(self.spec, wrong))
            return
        if value == self._base() and not (self._edits_file and not self._in_file()):
            self._draft.leave(name)
        else:
            self._draft.put(name, value)

    def _edit_anyway(self) -> None:
        self._edits_file = True
        self.show_draft()
        if self._control is not None:
            self._control.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- what holds ---

    def show_state(self, state: SettingState, models: tuple[str, ...]) -> None:
        """Show what holds now; what the user is changing stays."""
        self._state = state
        if isinstance(self._control, ModelControl):
            self._control.show_models(models)
        self.show_draft()

    def show_draft(self) -> None:
        """Show the draft where there is one, else what holds."""
        state, name = self._state, self.spec.name
        if state is None:
            return
        draft = self._draft
        problem = draft.problems.get(name, "")
        is_touched = name in draft.names
        is_overridden = state.origin in (Origin.ENV, Origin.CLI)
        if self._control is not None:
            # What is being typed is left alone: a space at its end, a line that has just begun.
            # So is what cannot be a value: it stands nowhere else.
            is_only_here = bool(problem) and name not in draft.values
            if not (is_only_here or (is_touched and self._has_focus())):
                self._control.show_value(self._shown())
            self._control.setEnabled(not is_overridden or self._edits_file or is_touched)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._overridden.setVisible(is_overridden)
        if is_overridden:
            self._overridden.setText(self._overridden_words(state))
        changed = name in draft.values or name in draft.reset
        # A default needs no word, and what overrides the file has said so already.
        is_from_file = state.origin is Origin.FILE and not changed
        origin = self.tr("From the settings file") if is_from_file else ""
        if changed:
            origin = self.tr("Changed, not saved yet")
        self._origin.setText(origin)
        set_property(self._origin, "tone", "info" if changed else "")
        may_reset = state.in_file and name not in draft.reset and self._control is not None
        may_edit = is_overridden and not self._edits_file and not self.spec.file_only
        self._origin.setVisible(bool(origin))
        self._reset.setVisible(may_reset)
        self._anyway.setVisible(may_edit)
        self._foot.setVisible(bool(origin) or may_reset or may_edit)

    def _overridden_words(self, state: SettingState) -> str:
        if state.origin is Origin.CLI:
            return self.tr("The command line overrides this: the file counts without it.")
        return self.tr(
            "The environment overrides this: the file counts when {name} is gone."
        ).format(name=self.spec.name.upper())

    def _has_focus(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and self._control is not None and self._control.isAncestorOf(focus)

    def _shown(self) -> Any:
        name = self.spec.name
        if name in self._draft.reset:
            return self.spec.default
        return self._draft.values.get(name, self._base())

    def _in_file(self) -> bool:
        return self._state is not None and self._state.in_file

    def _base(self) -> Any:
        if self._state is None:
            return self.spec.default
        if self._edits_file:
            return self._state.file_value if self._state.in_file else self.spec.default
        return self._state.value
