"""A sign-in under way: its address for another browser, the end of that, an agent's own words."""

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desktop.icons import line_icon
from desktop.panels.panel import PanelContext
from desktop.widgets.button_icon import show_icon
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.long_value import LongValue
from desktop.widgets.styling import GAP, label
from gateway_engine.public import InstanceName, PrintedLine

FOLD_BELOW_EM = 20
OUTPUT_LINES = 7


class UnderWay(QWidget):
    """The address to open, shown and copyable, and a field for the address it all ends at."""

    def __init__(self, context: PanelContext, name: InstanceName) -> None:
        super().__init__()
        self._name = name
        self._url = ""
        self._actions = context.actions.accounts
        tokens = context.tokens
        self._address = LongValue(
            self.tr("Address of this sign-in"),
            copy_text=self.tr("Copy"),
            copied_text=self.tr("Copied"),
        )
        self._address.set_icons(
            copy=line_icon("copy", tokens.text), copied=line_icon("check", tokens.ok)
        )
        self._address.copy_wanted.connect(lambda: self._actions.copy(self._url))
        self._again = QPushButton(self.tr("Open it in the system browser"))
        show_icon(self._again, line_icon("external", tokens.text))
        self._again.clicked.connect(lambda _checked=False: self._actions.open_again(name))
        caption = label(
            self.tr("Address the browser ended at (only from another machine)"),
            "caption",
            wraps=True,
        )
        self._end = QLineEdit()
        self._end.setPlaceholderText("http://127.0.0.1:…/auth/callback?…")
        self._end.setAccessibleName(caption.text())
        caption.setBuddy(self._end)
        self._finish = QPushButton(self.tr("Finish"))
        self._finish.setEnabled(False)
        self._finish.clicked.connect(self._deliver)
        self._end.textChanged.connect(lambda text: self._finish.setEnabled(bool(text.strip())))
        self._end.returnPressed.connect(self._deliver)
        row = FoldingRow(FOLD_BELOW_EM, GAP)
        row.add(self._end, stretches=True)
        row.add(self._finish)
        again = FoldingRow(FOLD_BELOW_EM, GAP)
        again.add(self._again)
        again.add(QWidget(), stretches=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        for part in (self._address, again, caption, row):
            column.addWidget(part)

    def show_address(self, url: str) -> None:
        """Show where this sign-in is gone on with, "" for nowhere."""
        if self._url and not url:
            self._end.clear()
        self._url = url
        self._address.set_value(url, self.tr("Begun elsewhere"))
        self._again.setEnabled(bool(url))

    def _deliver(self) -> None:
        text = self._end.text().strip()
        if text:
            self._actions.deliver(self._name, text)
            self._end.clear()


class CommandOutput(QWidget):
    """What an agent's login command prints, as it comes, and the link in it."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        actions, tokens = context.actions.accounts, context.tokens
        self._link = ""
        self._lines: tuple[PrintedLine, ...] = ()
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setProperty("code", True)
        self._text.setFixedHeight(self._text.fontMetrics().lineSpacing() * OUTPUT_LINES + 24)
        self._field = LongValue(
            self.tr("Link to open"), copy_text=self.tr("Copy"), copied_text=self.tr("Copied")
        )
        self._field.set_icons(
            copy=line_icon("copy", tokens.text), copied=line_icon("check", tokens.ok)
        )
        self._field.copy_wanted.connect(lambda: actions.copy(self._link))
        self._open = QPushButton(self.tr("Open the link"))
        show_icon(self._open, line_icon("external", tokens.text))
        self._open.clicked.connect(lambda _checked=False: actions.open_link(self._link))
        row = FoldingRow(FOLD_BELOW_EM, GAP)
        row.add(self._open)
        row.add(QWidget(), stretches=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        for part in (self._text, self._field, row):
            column.addWidget(part)

    def call(self, name: str) -> None:
        """Say whose output it is."""
        words = self.tr("Output of the login command of {name}")
        self._text.setAccessibleName(words.format(name=name))

    def show_lines(self, lines: tuple[PrintedLine, ...]) -> None:
        """Show these lines, the newest at the end in sight."""
        if lines != self._lines:
            self._lines = lines
            self._text.setPlainText("\n".join(each.line for each in lines))
            bar = self._text.verticalScrollBar()
            bar.setValue(bar.maximum())
        self._link = next((each.link for each in reversed(lines) if each.link), "")
        self._field.set_value(self._link, self.tr("None yet"))
        self._open.setEnabled(bool(self._link))
