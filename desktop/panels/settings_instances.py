"""The editor of the instances: a list to add to, reorder and take from, a form for each of them."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from desktop import setting_words
from desktop.icons import line_icon
from desktop.panels.instance_programs import program_of, program_title, programs
from desktop.panels.panel import PanelContext
from desktop.panels.settings_instance_form import InstanceForm, what_is_wrong
from desktop.sentences import listed
from desktop.settings_actions import INSTANCES, SettingsDraft
from desktop.widgets.card import Rule
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.styling import label
from gateway_engine.public import (
    InstanceEntry,
    InstanceSettings,
    SettingProblem,
    SettingState,
    check_instances,
)

FOLD_BELOW_EM = 30


class _InstanceRow(QWidget):
    """One instance: what it is in a line, buttons, and its form when it is asked for."""

    edited = Signal()
    moved = Signal(int)
    removed = Signal()

    def __init__(self, entry: InstanceEntry, problem: str, context: PanelContext) -> None:
        super().__init__()
        self.entry = entry
        self.problem = problem
        self._context = context
        self.form: InstanceForm | None = None
        self._is_open = False
        self._title = label("", "strong", wraps=True)
        self._summary = label("", "small", wraps=True)
        self._wrong = label("", "small", wraps=True)
        self._wrong.setProperty("tone", "error")
        words = QWidget()
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for each in (self._title, self._summary, self._wrong):
            column.addWidget(each)
        head = FoldingRow(FOLD_BELOW_EM, 12)
        head.add(words, stretches=True)
        head.add(self._buttons())
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addWidget(Rule())
        self._column.addWidget(head)
        self._show()

    def _buttons(self) -> QWidget:
        whole = QWidget()
        line = QHBoxLayout(whole)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        tokens = self._context.tokens
        self.edit = QPushButton(self.tr("Edit"))
        self.edit.clicked.connect(lambda: self.open(not self._is_open))
        self.up, self.down = QPushButton(), QPushButton()
        for button, icon, step in ((self.up, "chevron_up", -1), (self.down, "chevron", 1)):
            button.setProperty("kind", "quiet")
            button.setIcon(line_icon(icon, tokens.text_soft))
            button.clicked.connect(lambda _checked=False, step=step: self.moved.emit(step))
        self.remove = QPushButton(self.tr("Remove"))
        self.remove.setProperty("kind", "quiet")
        self.remove.clicked.connect(self.removed)
        for button in (self.edit, self.up, self.down, self.remove):
            line.addWidget(button)
        return whole

    def open(self, wanted: bool = True) -> None:
        """Show the form, or put it away."""
        self._is_open = wanted
        if wanted and self.form is None:
            self.form = InstanceForm(self.entry.settings, self._context)
            self.form.edited.connect(self._edited)
            self._column.addWidget(self.form)
        if self.form is not None:
            self.form.setVisible(wanted)
        self.edit.setText(self.tr("Close") if wanted else self.tr("Edit"))

    def _edited(self, settings: InstanceSettings, problem: str) -> None:
        self.entry = replace(self.entry, settings=settings)
        self.problem = problem
        self._show()
        self.edited.emit()

    def _show(self) -> None:
        own = self.entry.settings
        self._title.setText(own.name or self.tr("Without a name"))
        parts, program = [program_title(own)], program_of(own)
        if program.is_found:
            parts.append(own.command or self.tr("the program found on this computer"))
        elif not program.command:
            parts.append(own.command)
        if own.models:
            parts.append(listed(own.models))
        self._summary.setText(" · ".join(part for part in parts if part))
        self._wrong.setText(self.problem)
        self._wrong.setVisible(bool(self.problem))
        for button, text in (
            (self.edit, self.tr("Edit {name}")),
            (self.up, self.tr("Move {name} up")),
            (self.down, self.tr("Move {name} down")),
            (self.remove, self.tr("Remove {name}")),
        ):
            button.setAccessibleName(text.format(name=own.name))
            if button in (self.up, self.down):
                button.setToolTip(text.format(name=own.name))


class InstancesEditor(QWidget):
    """All instances of the settings file, and what the user wants of them, in the draft."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._draft: SettingsDraft = context.actions.settings.draft
        self._base: tuple[InstanceEntry, ...] = ()
        self._unlisted: tuple[InstanceSettings, ...] = ()
        self.rows: list[_InstanceRow] = []
        self._none = label("", "soft", wraps=True)
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(8)
        self.add = QPushButton(self.tr("Add an instance…"))
        self.add.clicked.connect(self._show_programs)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._none)
        column.addLayout(self._list)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)

    # --- what holds ---

    def show_state(self, state: SettingState, unlisted: Sequence[InstanceSettings]) -> None:
        """Show what the file says now; what the user is changing stays."""
        present = state.file_value if state.in_file else ()
        self._base = tuple(InstanceEntry(own, place) for place, own in enumerate(present))
        self._unlisted = tuple(unlisted)
        self.show_draft()

    def show_draft(self) -> None:
        """Show the draft where there is one, else what holds."""
        is_touched = INSTANCES in self._draft.names
        wanted = self._draft.values.get(INSTANCES, self._base)
        present = tuple(row.entry for row in self.rows)
        if present != wanted or (not is_touched and any(row.problem for row in self.rows)):
            self._make_anew(wanted)
        self._show_frame()

    def _make_anew(self, entries: Sequence[InstanceEntry]) -> None:
        for row in self.rows:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = []
        for entry in entries:
            is_new = entry not in self._base
            self._append(entry, what_is_wrong(entry.settings) if is_new else "")

    def _append(self, entry: InstanceEntry, problem: str) -> _InstanceRow:
        row = _InstanceRow(entry, problem, self._context)
        row.edited.connect(self._say)
        row.moved.connect(lambda step: self._move(row, step))
        row.removed.connect(lambda: self._remove(row))
        self.rows.append(row)
        self._list.addWidget(row)
        return row

    def _show_frame(self) -> None:
        for place, row in enumerate(self.rows):
            row.up.setEnabled(place > 0)
            row.down.setEnabled(place < len(self.rows) - 1)
        self._none.setVisible(not self.rows)
        if self._unlisted:
            names = listed(each.name for each in self._unlisted)
            self._none.setText(
                self.tr(
                    "None is listed. These run by themselves, and are listed with the first one "
                    "that you add: {names}."
                ).format(names=names)
            )
        else:
            self._none.setText(self.tr("None is listed."))

    # --- the user ---

    def _show_programs(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for each in programs():
            own = InstanceSettings(each.name, kind=each.kind, command=each.command)
            menu.addAction(each.title, partial(self.add_one, own))
        menu.popup(self.add.mapToGlobal(QPoint(0, self.add.height() + 2)))

    def add_one(self, settings: InstanceSettings) -> None:
        """One more instance, its form open."""
        if not self.rows:
            for each in self._unlisted:
                self._append(InstanceEntry(each), "")
        names, name, number = {row.entry.settings.name for row in self.rows}, settings.name, 2
        while settings.name in names:
            settings, number = replace(settings, name=f"{name} {number}"), number + 1
        row = self._append(InstanceEntry(settings), what_is_wrong(settings))
        row.open()
        self._say()
        if row.form is not None:
            row.form.name.setFocus(Qt.FocusReason.OtherFocusReason)
            row.form.name.selectAll()

    def _move(self, row: _InstanceRow, step: int) -> None:
        place = self.rows.index(row)
        self.rows.insert(place + step, self.rows.pop(place))
        self._list.removeWidget(row)
        self._list.insertWidget(place + step, row)
        self._say()
        button = row.up if step < 0 else row.down
        (button if button.isEnabled() else row.edit).setFocus(Qt.FocusReason.OtherFocusReason)

    def _remove(self, row: _InstanceRow) -> None:
        place = self.rows.index(row)
        self.rows.remove(row)
        self._list.removeWidget(row)
        row.hide()
        row.deleteLater()
        self._say()
        beside = self.rows[min(place, len(self.rows) - 1)].remove if self.rows else self.add
        beside.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say(self) -> None:
        entries = tuple(row.entry for row in self.rows)
        problem = next((row.problem for row in self.rows if row.problem), "")
        try:
            check_instances([entry.settings for entry in entries])
        except SettingProblem as wrong:
            problem = problem or setting_words.problem_words(wrong)
        if entries == self._base and not problem:
            self._draft.leave(INSTANCES)
        else:
            self._draft.put(INSTANCES, entries, problem)
        self._show_frame()
