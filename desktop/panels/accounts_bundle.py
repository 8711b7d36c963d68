"""Logins as files: carry one away, look into one, bring one in."""

from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QPushButton, QWidget

from desktop import account_wording
from desktop.panels.instance_choice import chosen_instance, offer_instances
from desktop.panels.marks import tone_colour, tone_surface
from desktop.panels.panel import PanelContext
from desktop.slices.accounts import BundleStep, BundleView
from desktop.state import AppState
from desktop.widgets.banner import Banner
from desktop.widgets.card import Card
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.question import ask
from desktop.widgets.status_shapes import Shape
from desktop.widgets.styling import GAP, label, set_property
from desktop.wording import name_of
from gateway_engine.public import InstanceName, InstanceStatus, SignInState

FOLD_BELOW_EM = 26
TONES = {
    BundleStep.FAILED: ("error", Shape.TRIANGLE),
    BundleStep.IMPORTED: ("info", Shape.CHECK),
    BundleStep.EXPORTED: ("info", Shape.CHECK),
}


class BundleCard(Card):
    """Export and import of an account's login. A file may be dropped on it."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._actions = context.actions.accounts
        self._tokens = context.tokens
        self._file = ""
        self._instances: tuple[InstanceStatus, ...] = ()
        self._signed_in: frozenset[InstanceName] = frozenset()
        title = self.tr("Carry a login")
        self.setAccessibleName(title)
        self._account = QComboBox()
        self._account.setAccessibleName(self.tr("Account"))
        self._account.currentTextChanged.connect(lambda _text: self._look())
        self._passphrase = QLineEdit()
        self._passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self._passphrase.setPlaceholderText(self.tr("Passphrase (empty: not encrypted)"))
        self._passphrase.setAccessibleName(self.tr("Passphrase"))
        self._export = QPushButton(self.tr("Export…"))
        self._export.clicked.connect(self._ask_to_export)
        self._pick = QPushButton(self.tr("Choose a bundle…"))
        self._pick.clicked.connect(self._choose)
        self._name = ElidedLabel()
        self._inspect = QPushButton(self.tr("Look into it"))
        self._inspect.clicked.connect(
            lambda _checked=False: self._actions.look_into(self._file, self._take_passphrase())
        )
        self._try = QPushButton(self.tr("Try it"))
        self._try.setToolTip(self.tr("Says what an import would change"))
        self._try.clicked.connect(lambda _checked=False: self._bring(dry_run=True))
        self._import = QPushButton(self.tr("Import"))
        self._import.clicked.connect(self._ask_to_import)
        self._outcome = Banner("info", Shape.INFO)
        self._outcome.add_button(self.tr("Dismiss"), self._actions.dismiss_bundle)
        self._lay_out(title)

    def _lay_out(self, title: str) -> None:
        self.body.setSpacing(12)
        self.body.addWidget(label(title, "heading"))
        self.body.addWidget(
            label(
                self.tr(
                    "A bundle signs another machine in without a browser. It equals a password: "
                    "encrypt it with a passphrase, and give it to nobody."
                ),
                "soft",
                wraps=True,
            )
        )
        who = FoldingRow(FOLD_BELOW_EM, GAP)
        who.add(self._account)
        who.add(self._passphrase, stretches=True)
        ways = FoldingRow(FOLD_BELOW_EM, GAP)
        ways.add(self._export)
        ways.add(self._pick)
        ways.add(QWidget(), stretches=True)
        with_file = FoldingRow(FOLD_BELOW_EM, GAP)
        with_file.add(self._name, stretches=True)
        for button in (self._inspect, self._try, self._import):
            with_file.add(button)
        self._with_file = with_file
        self._hint = label("", "small", wraps=True)
        self._who = who
        for part in (who, ways, self._hint, with_file, self._outcome):
            self.body.addWidget(part)
        self.body.addStretch(1)

    # --- what it shows ---------------------------------------------------------------------------

    def render_state(self, state: AppState) -> None:
        """Show the accounts that can be carried, and what came of the last try."""
        self._instances = state.instances
        lingmas = [s for s in state.instances if account_wording.by_browser(s.kind)]
        offer_instances(self._account, lingmas)
        self._signed_in = frozenset(
            s.instance for s in state.sign_ins if s.state is SignInState.LOGGED_IN
        )
        bundle = state.accounts.bundle
        if bundle.file and not bundle.instance and bundle.file != self._file:
            self._file = bundle.file  # the system gave it to us
        self._show_outcome(bundle)
        self._look()

    def _show_outcome(self, view: BundleView) -> None:
        words = account_wording.bundle_words(view, name_of(self._instances, view.instance or ""))
        self._outcome.setVisible(words is not None)
        if words is None:
            return
        tone, shape = TONES.get(view.step, ("info", Shape.INFO))
        if view.step is BundleStep.EXPORTED and not view.sealed:
            tone, shape = "warn", Shape.TRIANGLE
        self._outcome.set_tone(tone, shape)
        self._outcome.set_colours(tone_colour(self._tokens, tone), tone_surface(self._tokens, tone))
        self._outcome.say(words.title, words.text)

    def _look(self) -> None:
        name = chosen_instance(self._account)
        self._export.setEnabled(name in self._signed_in)
        self._who.setVisible(bool(name))
        self._pick.setEnabled(bool(name))
        self._name.setText(Path(self._file).name)
        self._with_file.setVisible(bool(self._file))
        self._hint.setText(
            self.tr("Or drop a bundle here.")
            if name
            else self.tr("There is no Lingma here yet that could use a login.")
        )
        self._hint.setVisible(not self._file or not name)
        for button in (self._try, self._import):
            button.setEnabled(bool(name))

    # --- what its user does ----------------------------------------------------------------------

    def take_file(self, file: str) -> None:
        """This is the bundle: say at once what it is."""
        self._file = file
        self._look()
        self._actions.look_into(file, self._take_passphrase())

    def _take_passphrase(self) -> str:
        return self._passphrase.text()

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a bundle"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.take_file)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask_to_export(self) -> None:
        if self._passphrase.text():
            self._choose_target()
            return
        ask(
            self,
            self.tr("Export this login without a passphrase?"),
            self.tr("Export it unencrypted"),
            self._choose_target,
            details=self.tr(
                "Whoever gets the file is signed in as you. It is written so that only you can "
                "read it on this computer."
            ),
            destructive=True,
        )

    def _choose_target(self) -> None:
        dialog = QFileDialog(self, self.tr("Export the login to"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(f"lingma-login-{chosen_instance(self._account)}.lgbundle")
        dialog.fileSelected.connect(self._export_to)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _export_to(self, file: str) -> None:
        name = chosen_instance(self._account)
        self._actions.export(name, file, self._take_passphrase())
        self._passphrase.clear()

    def _ask_to_import(self) -> None:
        name = chosen_instance(self._account)
        if name not in self._signed_in:
            self._bring()
            return
        ask(
            self,
            self.tr("{name} is signed in. Replace its login?").format(
                name=self._account.currentText()
            ),
            self.tr("Replace it"),
            lambda: self._bring(replace=True),
            details=self.tr("The present login comes back if Lingma does not accept the new one."),
            destructive=True,
        )

    def _bring(self, *, replace: bool = False, dry_run: bool = False) -> None:
        name = chosen_instance(self._account)
        passphrase = self._take_passphrase()
        self._actions.bring(name, self._file, passphrase, replace=replace, dry_run=dry_run)
        if not dry_run:
            self._passphrase.clear()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One file of this computer may be dropped."""
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            event.acceptProposedAction()
            set_property(self, "drop", True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """It goes elsewhere."""
        super().dragLeaveEvent(event)
        set_property(self, "drop", False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the file."""
        event.acceptProposedAction()
        set_property(self, "drop", False)
        self.take_file(event.mimeData().urls()[0].toLocalFile())
