"""Name and password for the automatic sign-in."""

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.panels.panel import PanelContext
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.styling import GAP, label
from desktop.widgets.switch_row import SwitchRow
from gateway_engine.public import InstanceName


class PasswordForm(QWidget):
    """Typed here, handed over once, cleared at once."""

    def __init__(
        self, context: PanelContext, name: InstanceName, on_close: Callable[[], None]
    ) -> None:
        super().__init__()
        self._name = name
        self._actions = context.actions.accounts
        self._on_close = on_close
        self._kept = label("", "soft", wraps=True)
        self._user = QLineEdit()
        self._password = QLineEdit()
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._remember = SwitchRow(
            self.tr("Remember the password"),
            self.tr(
                "In the system's keyring, or encrypted with a passphrase; never in plain text."
            ),
        )
        tokens = context.tokens
        self._remember.switch.set_colours(
            on=tokens.ok, off=tokens.border_strong, knob=tokens.surface, focus=tokens.accent
        )
        self._remember.wanted.connect(self._want_to_remember)
        self._passphrase = QLineEdit()
        self._passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        title = self.tr("Passphrase, only where this computer has no keyring")
        self._passphrase.setAccessibleName(title)
        self._passphrase_title = label(title, "caption", wraps=True)
        self._passphrase_title.setBuddy(self._passphrase)
        self._is_locked = False
        self._begin = QPushButton(self.tr("Sign in automatically"))
        self._begin.setProperty("kind", "primary")
        self._begin.clicked.connect(self._start)
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self._give_up)
        for field in (self._password, self._passphrase):
            field.returnPressed.connect(self._start)
        for field in (self._user, self._password):
            field.textChanged.connect(self._look)
        self.setFocusProxy(self._user)
        row = FoldingRow(20, GAP)
        row.add(self._begin)
        row.add(close)
        row.add(QWidget(), stretches=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(
            label(
                self.tr(
                    "A browser on this computer fills in the sign-in page by itself. Where a "
                    "captcha or a code is asked for, you are."
                ),
                "soft",
                wraps=True,
            )
        )
        column.addWidget(self._kept)
        for title, field in (
            (self.tr("User name"), self._user),
            (self.tr("Password"), self._password),
        ):
            caption = label(title, "caption")
            caption.setBuddy(field)
            field.setAccessibleName(title)
            column.addWidget(caption)
            column.addWidget(field)
        column.addWidget(self._remember)
        column.addWidget(self._passphrase_title)
        column.addWidget(self._passphrase)
        column.addWidget(row)
        self._has_kept = False
        self._look()

    def show_kept(self, has_password: bool, *, locked: bool) -> None:
        """Whether a password is there already: then only what unlocks it needs to be typed."""
        self._has_kept = has_password
        self._is_locked = locked and has_password
        text = self.tr("A password is kept for this account: leave both fields empty to use it.")
        if self._is_locked:
            text = self.tr(
                "A password is kept for this account, but it is locked: enter its passphrase and "
                "leave the other fields empty."
            )
        self._kept.setText(text)
        self._kept.setVisible(has_password)
        self._look()

    def _want_to_remember(self, on: bool) -> None:
        self._remember.show_on(on)
        self._look()

    def _look(self) -> None:
        needs_passphrase = self._remember.switch.isChecked() or self._is_locked
        self._passphrase.setVisible(needs_passphrase)
        self._passphrase_title.setVisible(needs_passphrase)
        user, password = self._user.text().strip(), self._password.text()
        nothing = not user and not password
        self._begin.setEnabled(bool(user and password) or (nothing and self._has_kept))

    def _start(self) -> None:
        if not self._begin.isEnabled():
            return
        user, password = self._user.text().strip(), self._password.text()
        self._actions.sign_in_by_password(
            self._name,
            user,
            password,
            remember=self._remember.switch.isChecked() and bool(password),
            passphrase=self._passphrase.text(),
        )
        self._clear()
        self._on_close()

    def _clear(self) -> None:
        self._password.clear()
        self._passphrase.clear()

    def _give_up(self) -> None:
        self._clear()
        self._on_close()
