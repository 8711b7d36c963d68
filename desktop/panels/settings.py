"""Settings: made of the engine's one list of them, validated as typed, saved by one button."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop import setting_words
from desktop.panels.panel import Panel, PanelContext, scrolled_column
from desktop.panels.settings_bar import SettingsBar
from desktop.panels.settings_desktop import SettingsDesktopCard
from desktop.panels.settings_file import SettingsFileRow, SettingsNotes
from desktop.panels.settings_row import SettingRow
from desktop.state import AppState
from desktop.widgets.card import Card, Rule
from desktop.widgets.question import ask
from desktop.widgets.styling import label
from gateway_engine.public import Group, SettingsView, setting_specs

MOST_WIDTH = 980
FIRST_GROUPS = 3
"""Made at once: what is seen first. The others follow one by one, so that nothing stands still."""


class _GroupCard(Card):
    """The settings of one group."""

    def __init__(self, group: Group, context: PanelContext) -> None:
        super().__init__()
        title = setting_words.group_title(group)
        self.setAccessibleName(title)
        self.body.setSpacing(2)
        self.body.addWidget(label(title, "heading"))
        self._context = context
        self.title = title.casefold()
        self.rows = [SettingRow(s, context) for s in setting_specs() if s.group is group]
        self._rules: list[QWidget] = []
        for row in self.rows:
            rule = Rule()
            self._rules.append(rule)
            self.body.addWidget(rule)
            self.body.addWidget(row)
        self._rules[0].hide()
        if group is Group.HISTORY:
            self._add_wipe()
        if group is Group.INSTANCES:
            self._add_instances()

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
        button = QPushButton(self.tr("Open the settings file"))
        button.clicked.connect(self._context.actions.settings.open_file)
        self.body.addSpacing(8)
        self.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

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
    """All settings. Rows are made when the page is first seen."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._actions = context.actions.settings
        self._draft = self._actions.draft
        for name in list(self._draft.problems):
            self._draft.leave(name)  # what was typed went with the page before this one
        self._state = AppState()
        self._shown: SettingsView | None = None
        self._groups: list[_GroupCard] = []
        self._waiting = list(Group)

        page = QWidget()
        column = scrolled_column(page, MOST_WIDTH)
        column.addWidget(self._head())
        self._notes = SettingsNotes(context)
        column.addWidget(self._notes)
        self._nothing = label(self.tr("No setting is called so."), "soft")
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
        self._next.timeout.connect(self._make_one)
        self._draft.changed.connect(self._show_draft)
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._search.setFocus)

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
        if self._waiting and not self._groups:
            for _ in range(FIRST_GROUPS):
                self._make_one()
        self._actions.read()

    def _make_one(self) -> None:
        if not self._waiting:
            return
        card = _GroupCard(self._waiting.pop(0), self.context)
        self._groups.append(card)
        self._cards.insertWidget(self._cards.count() - 1, card)
        self._fill(card, self._state)
        self._find(self._search.text())
        if self._waiting:
            self._next.start()

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
        self._bar.render_state(state)
        models = _models(before) != _models(state)
        if settings.view is not self._shown or models:
            self._shown = settings.view
            for card in self._groups:
                self._fill(card, state)

    def _fill(self, card: _GroupCard, state: AppState) -> None:
        view = state.settings.view
        card.setEnabled(view is not None)
        if view is None:
            return
        rows = {row.name: row for row in view.rows}
        for row in card.rows:
            if row.spec.name in rows:
                row.show_state(rows[row.spec.name], _models(state) or view.models)

    def _show_draft(self) -> None:
        for card in self._groups:
            for row in card.rows:
                row.show_draft()
        self._bar.render_state(self._state)


def _models(state: AppState) -> tuple[str, ...]:
    """The models that the instances know now."""
    return tuple(dict.fromkeys(model for each in state.instances for model in each.models))
