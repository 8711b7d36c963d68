"""A client's settings file: where it is, what to know of it, what would change, apply and undo."""

from collections.abc import Sequence

from PySide6.QtWidgets import QPushButton, QSizePolicy

from desktop import client_wording
from desktop.panels.clients_plan import PlanView
from desktop.panels.panel import PanelContext
from desktop.state import AppState
from desktop.widgets.button_row import ButtonRow
from desktop.widgets.card import Card
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.point_list import PointList
from desktop.widgets.reader_names import captioned, show_value
from desktop.widgets.styling import label, set_property
from gateway_engine.public import ClientState, ClientView, Deed, HintCode

FOLD_BELOW_EM = 20
AGAIN = (ClientState.DRIFTED, ClientState.REVOKED)
WARNINGS = (HintCode.READ_ONLY, HintCode.STRONGER, HintCode.DISPLACED, HintCode.NOT_PLAIN)


class FileCard(Card):
    """Nothing is written before its difference was shown; no key is in it."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._actions = context.actions.clients
        self._desktop = context.actions.desktop
        self._name = ""
        self.setAccessibleName(self.tr("Settings file"))
        self._path = captioned(ElidedLabel(), self.tr("Path of the settings file"))
        self._path.setProperty("code", True)
        self._path.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._open = QPushButton(self.tr("Open the folder"))
        self._open.clicked.connect(
            lambda _checked=False: self._desktop.open_folder(self._path.text())
        )
        self._notes = PointList("soft")
        self._hints = PointList("soft")
        self._apply = QPushButton()
        self._apply.clicked.connect(
            lambda _checked=False: self._actions.plan(self._name, Deed.APPLY)
        )
        self._undo = QPushButton(self.tr("Undo…"))
        self._undo.clicked.connect(lambda _checked=False: self._actions.plan(self._name, Deed.UNDO))

        self._plan = PlanView(context)

        place = FoldingRow(FOLD_BELOW_EM, 8)
        place.add(self._path, stretches=True)
        place.add(self._open)
        self._buttons = ButtonRow([self._apply, self._undo])
        self.body.setSpacing(12)
        self.body.addWidget(label(self.tr("Settings file"), "heading"))
        self.body.addWidget(place)
        self.body.addWidget(self._notes)
        self.body.addWidget(self._hints)
        self.body.addWidget(self._buttons)
        self.body.addWidget(self._plan)

    def show_notes(self, said: Sequence[str]) -> None:
        """Say what to know of this client's file."""
        self._notes.show_points(said)

    def show_client(self, state: AppState, view: ClientView) -> None:
        """Show the file of this client; nothing where it has none."""
        status = view.status
        self._name = status.client.name
        self.setVisible(status.path is not None)
        if status.path is None:
            return
        show_value(self._path, str(status.path))
        hints = [client_wording.hint(hint) for hint in status.hints]
        is_warning = any(hint.code in WARNINGS for hint in status.hints)
        self._hints.show_points(hints, tone="warn" if is_warning else "")
        plan = state.clients.plans.get(self._name)
        is_connected = status.state is not ClientState.NOT_CONNECTED
        is_again = status.state in AGAIN or bool(status.elsewhere)
        self._apply.setText(self.tr("Connect again…") if is_connected else self.tr("Connect…"))
        self._apply.setVisible(not is_connected or is_again)
        # What cannot be read cannot be connected either: then pasting is what helps.
        may_connect = plan is None and status.problem is None
        set_property(self._apply, "kind", "primary" if may_connect else "")
        self._undo.setVisible(is_connected)
        self._buttons.setVisible(plan is None)
        is_free = self._name not in state.clients.busy
        for button in (self._apply, self._undo):
            button.setEnabled(is_free)
        back_to = self._undo if is_connected else self._apply
        self._plan.show_plan(self._name, plan, is_free=is_free, back_to=back_to)
