"""Settings: made of the engine's one list of them, validated as typed, saved by one button."""

import time
from collections.abc import Iterator

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop import setting_words
from desktop.panels.panel import Panel, PanelContext, scrolled_column
from desktop.panels.settings_bar import MOST_WIDTH, SettingsBar
from desktop.panels.settings_desktop import SettingsDesktopCard
from desktop.panels.settings_file import SettingsFileRow, SettingsNotes
from desktop.panels.settings_import import ImportCard
from desktop.panels.settings_instances import InstancesEditor
from desktop.panels.settings_row import SettingRow
from desktop.settings_actions import INSTANCES
from desktop.state import AppState
from desktop.widgets.card import Card, Rule
from desktop.widgets.question import ask
from desktop.widgets.styling import label
from gateway_engine.public import Group, SettingsView, setting_specs

PIECE_S = 0.015
"""So long rows are made in one go: the others follow, so that nothing stands still."""


class _GroupCard(Card):
    """The settings of one group: the heading at once, its rows one after another by `make`."""

    def __init__(self, group: Group, context: PanelContext) -> None:
        super().__init__()
        title = setting_words.group_title(group)
        self.setAccessibleName(title)
        self.body.setSpacing(2)
        self.body.addWidget(label(title, "heading"))
        self._context = context
        self._group = group
        self.title = title.casefold()
        self.rows: list[SettingRow] = []
        self._rules: list[QWidget] = []
        self.editor: InstancesEditor | None = None

    def make(self) -> Iterator[None]:
        """Make the rows; after each it can be gone on with later."""
        for spec in setting_specs():
            if spec.group is self._group:
                rule, row = Rule(), SettingRow(spec, self._context)
                self.body.addWidget(rule)
                self.body.addWidget(row)
                rule.setVisible(bool(self.rows))
                self.rows.append(row)
                self._rules.append(rule)
                yield
        if self._group is Group.HISTORY:
            self._add_wipe()
        if self._group is Group.INSTANCES:
            self._add_instances()
            yield

    def show_view(
        self, view: SettingsView, models: tuple[str, ...], *, newest_only: bool = False
    ) -> None:
        """Show how the settings are."""
        states = {row.name: row for row in view.rows}
        for row in self.rows[-1:] if newest_only else self.rows:
            if row.spec.name in states:
                row.show_state(states[row.spec.name], models)
        if self.editor is not None and INSTANCES in states:
            self.editor.show_state(states[INSTANCES], view.unlisted)

    def show_draft(self) -> None:
        """Show what the user wants."""
        for row in self.rows:
            row.show_draft()
        if self.editor is not None:
            self.editor.show_draft()

    def _add_wipe(self) -> None:
        button = QPushButton(self.tr("Wipe the history…"))
        button.clicked.connect(self._ask_to_wipe)
        self.body.addSpacing(8)
        self.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def _ask_to_wipe(self) -> None:
        ask(
            self,
            self.tr("Wipe the whole history of requests?"),
            self.tr("Wipe"),
            self._context.actions.requests.clear,
            details=self.tr("It is overwritten on the disk and cannot be brought back."),
            destructive=True,
        )

    def _add_instances(self) -> None:
        self.editor = InstancesEditor(self._context)
        self.body.addWidget(self.editor)

    def search(self, words: list[str]) -> bool:
        """Show the rows that hold all of `words`; False when none does."""
        seen = False
        for row, rule in zip(self.rows, self._rules, strict=True):
            text = f"{self.title} {row.searched}"
            found = all(word in text for word in words)
            row.setVisible(found)
            rule.setVisible(found and seen)
            seen = seen or found
        self.setVisible(seen)
        return seen


class SettingsPanel(Panel):
    """All settings. Rows are made when the page is first seen, a few at a time."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._actions = context.actions.settings
        self._draft = self._actions.draft
        for name in set(self._draft.problems) - set(self._draft.values):
            self._draft.leave(name)  # what was typed went with the page before this one
        self._state = AppState()
        self._shown: SettingsView | None = None
        self._groups: list[_GroupCard] = []
        self._work: Iterator[None] | None = None
        self.is_whole = False
        """Whether all rows are there."""

        page = QWidget()
        column = scrolled_column(page, MOST_WIDTH)
        column.addWidget(self._head())
        self._notes = SettingsNotes(context)
        column.addWidget(self._notes)
        self._import = ImportCard(context)
        column.addWidget(self._import)
        self._nothing = label(self.tr("No setting fits."), "soft")
        self._nothing.hide()
        column.addWidget(self._nothing)
        self._desktop = SettingsDesktopCard(context)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(16)
        self._cards.addWidget(self._desktop)
        column.addLayout(self._cards)
        column.addStretch(1)
        self._bar = SettingsBar(context)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(page, 1)
        outer.addWidget(self._bar)

        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(0)
        self._next.timeout.connect(self._make_some)
        self._draft.changed.connect(self._show_draft)
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._search.setFocus)

    @property
    def most_width(self) -> int:
        """How wide its cards become."""
        return MOST_WIDTH

    def _head(self) -> QWidget:
        self._search = QLineEdit()
        self._search.setPlaceholderText(self.tr("Search settings"))
        self._search.setAccessibleName(self.tr("Search settings"))
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._find)
        self._file = SettingsFileRow(self.context)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._search)
        column.addWidget(self._file)
        return whole

    # --- rows ---

    def showEvent(self, event: QShowEvent) -> None:
        """Make the rows, and look how the settings are."""
        super().showEvent(event)
        if self._work is None:
            self._work = self._make_all()
            self._make_some()
        self._actions.read()

    def changeEvent(self, event: QEvent) -> None:
        """Whoever comes back may have edited the file elsewhere."""
        super().changeEvent(event)
        back = event.type() is QEvent.Type.ActivationChange and self.isActiveWindow()
        if back and self.isVisible():
            self._actions.read()

    def _make_all(self) -> Iterator[None]:
        for group in Group:
            card = _GroupCard(group, self.context)
            self._groups.append(card)
            self._cards.insertWidget(self._cards.count() - 1, card)
            for _ in card.make():
                self._fill(card, self._state, newest_only=True)
                yield
            self._find(self._search.text())
            yield

    def _make_some(self) -> None:
        if self._work is None or self.is_whole:
            return
        until = time.perf_counter() + PIECE_S
        for _ in self._work:
            if time.perf_counter() > until:
                self._next.start()
                return
        self.is_whole = True

    def _find(self, text: str) -> None:
        words = text.casefold().split()
        found = [card.search(words) for card in self._groups]
        self._desktop.setVisible(not words)
        self._nothing.setVisible(bool(words) and not any(found))

    # --- state ---

    def render_state(self, state: AppState) -> None:
        """Show how the settings are."""
        before, self._state = self._state, state
        settings = state.settings
        if settings.is_stale and self.isVisible():
            self._actions.read()
        self._desktop.render_state(state)
        self._file.render_state(state)
        self._notes.render_state(state)
        self._import.render_state(state, self._file.take)
        self._bar.render_state(state)
        models = _models(before) != _models(state)
        if settings.view is not self._shown or models:
            self._shown = settings.view
            for card in self._groups:
                self._fill(card, state)

    def _fill(self, card: _GroupCard, state: AppState, *, newest_only: bool = False) -> None:
        view = state.settings.view
        card.setEnabled(view is not None)
        if view is not None:
            models = _models(state) or view.models
            card.show_view(view, models, newest_only=newest_only)

    def _show_draft(self) -> None:
        for card in self._groups:
            card.show_draft()
        self._bar.render_state(self._state)


def _models(state: AppState) -> tuple[str, ...]:
    """The models that the instances know now."""
    return tuple(dict.fromkeys(model for each in state.instances for model in each.models))
