"""Several accounts, one instance each: what to know first, and more or fewer of them."""

from PySide6.QtWidgets import QComboBox, QPushButton, QWidget

from desktop import account_wording
from desktop.panels.instance_choice import chosen_instance, offer_instances
from desktop.panels.marks import tone_colour, tone_surface
from desktop.panels.panel import PanelContext
from desktop.state import AppState
from desktop.widgets.banner import Banner
from desktop.widgets.card import Card
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.question import ask
from desktop.widgets.status_shapes import Shape
from desktop.widgets.styling import GAP, label


class SeveralCard(Card):
    """Add and remove instances. Nobody comes to several accounts by accident."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._actions = context.actions.accounts
        title = self.tr("Several accounts")
        self.setAccessibleName(title)
        self._warning = Banner("warn", Shape.TRIANGLE)
        self._warning.set_colours(
            tone_colour(context.tokens, "warn"), tone_surface(context.tokens, "warn")
        )
        self._warning.say(
            self.tr("The vendor may ban pooled accounts"),
            self.tr(
                "Using several accounts as one may break the terms of Lingma and cost you all of "
                "them. Add only accounts you are allowed to use so."
            ),
        )
        self._add = QPushButton(self.tr("Add an account…"))
        self._add.clicked.connect(self._ask_to_add)
        self._which = QComboBox()
        self._which.setAccessibleName(self.tr("Account to remove"))
        self._remove = QPushButton(self.tr("Remove…"))
        self._remove.setAccessibleName(self.tr("Remove the chosen account"))
        self._remove.clicked.connect(self._ask_to_remove)
        row = FoldingRow(26, GAP)
        row.add(self._add)
        row.add(QWidget(), stretches=True)
        row.add(self._which)
        row.add(self._remove)
        self.body.setSpacing(12)
        self.body.addWidget(label(title, "heading"))
        self.body.addWidget(
            label(
                self.tr(
                    "Each account has a Lingma process of its own, and requests are shared among "
                    "them."
                ),
                "soft",
                wraps=True,
            )
        )
        self.body.addWidget(self._warning)
        self.body.addWidget(row)
        self.body.addStretch(1)

    def render_state(self, state: AppState) -> None:
        """Offer the instances that can go; the last one cannot. Without Lingma there is nothing."""
        lingmas = [s for s in state.instances if account_wording.by_browser(s.kind)]
        offer_instances(self._which, lingmas)
        several = len(state.instances) > 1 and bool(lingmas)
        self._which.setVisible(several)
        self._remove.setVisible(several)
        self.setVisible(not state.has_no_upstream and not state.demo)

    def _ask_to_add(self) -> None:
        ask(
            self,
            self.tr("Add another account?"),
            self.tr("Add it all the same"),
            self._actions.add_account,
            details=self.tr(
                "The vendor may ban accounts that are pooled. The settings file gets one more "
                "instance; sign it in afterwards."
            ),
            destructive=True,
        )

    def _ask_to_remove(self) -> None:
        name = chosen_instance(self._which)
        ask(
            self,
            self.tr("Remove {name}?").format(name=self._which.currentText()),
            self.tr("Remove"),
            lambda: self._actions.remove_account(name),
            details=self.tr("Its process ends. Its login stays in its folder on this computer."),
            destructive=True,
        )
