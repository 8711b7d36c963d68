"""What a file of settings would change, shown before it is taken over."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton, QWidget

from desktop import import_wording
from desktop.panels.panel import PanelContext
from desktop.slices.settings import Incoming
from desktop.state import AppState
from desktop.widgets.button_row import ButtonRow
from desktop.widgets.card import Card
from desktop.widgets.fact_grid import Fact, FactGrid
from desktop.widgets.styling import label
from desktop.widgets.tab_order import bring_into_sight


class ImportCard(Card):
    """Hidden while no file was looked into."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        actions = context.actions.settings
        self._shown: Incoming | None = None
        self._title = label("", "heading", wraps=True)
        self._nothing = label(self.tr("Everything in it is so already."), "soft", wraps=True)
        self._table = FactGrid()
        self._notes = label("", "soft", wraps=True)
        self._do = QPushButton(self.tr("Import"))
        self._do.setProperty("kind", "primary")
        self._do.clicked.connect(actions.bring)
        self._leave = QPushButton(self.tr("Cancel"))
        self._leave.clicked.connect(actions.put_aside)
        for button in (self._do, self._leave):
            button.setAutoDefault(True)  # the keyboard comes here by itself: Return presses, too
        for widget in (self._title, self._nothing, self._table, self._notes):
            self.body.addWidget(widget)
        self.body.addWidget(ButtonRow([self._do, self._leave]))
        self.hide()

    def render_state(self, state: AppState, back_to: QWidget) -> None:
        """Show what was looked into; when it is gone, `back_to` has the keyboard."""
        incoming = state.settings.incoming
        if incoming is self._shown:
            return
        had_focus = self._do.hasFocus() or self._leave.hasFocus()
        self._shown = incoming
        self.setVisible(incoming is not None)
        if incoming is None:
            if had_focus and back_to.isVisible():
                back_to.setFocus()
            return
        self._fill(incoming)
        if self.isVisible():
            (self._do if self._do.isVisible() else self._leave).setFocus()
            QTimer.singleShot(0, self, self._bring_into_view)

    def _fill(self, incoming: Incoming) -> None:
        rows = import_wording.rows(incoming.preview)
        words = (
            self.tr("Importing {name} would change")
            if rows
            else self.tr("Importing {name} would change nothing")
        )
        title = words.format(name=incoming.file.name)
        self._title.setText(title)
        self.setAccessibleName(title)
        notes = import_wording.notes(incoming.preview)
        if rows:
            notes.append(self.tr("Everything else stays. It can be undone afterwards."))
        self._nothing.setVisible(not rows)
        self._do.setVisible(bool(rows))
        self._leave.setText(self.tr("Cancel") if rows else self.tr("Close"))
        self._notes.setText("\n".join(notes))
        self._notes.setVisible(bool(notes))
        self._table.setVisible(bool(rows))
        self._table.show_facts([Fact(name, change) for name, change in rows])

    def _bring_into_view(self) -> None:
        if self.isVisible():
            bring_into_sight(self._leave)
