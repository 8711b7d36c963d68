"""Start a client without touching any file: in a terminal from here, or by a command to copy."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QPushButton, QSizePolicy

from desktop.client_launch import launch_line
from desktop.client_wording import client_title
from desktop.icons import line_icon
from desktop.panels.panel import PanelContext
from desktop.state import AppState
from desktop.widgets.button_row import ButtonRow
from desktop.widgets.card import Card
from desktop.widgets.code_block import CodeBlock
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.reader_names import captioned, show_value
from desktop.widgets.styling import label
from gateway_engine.public import ClientView

FOLD_BELOW_EM = 16


class LaunchCard(Card):
    """The client gets address and key in its environment, for this one start."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        actions, tokens = context.actions.clients, context.tokens
        self._name = ""
        self._folder = Path.home()
        self.setAccessibleName(self.tr("Start it from here"))
        self._about = label("", "soft", wraps=True)
        self._command = CodeBlock(
            self.tr("Command"), copy_text=self.tr("Copy"), copied_text=self.tr("Copied")
        )
        self._command.set_icons(
            copy=line_icon("copy", tokens.text), copied=line_icon("check", tokens.ok)
        )
        self._command.copy_wanted.connect(lambda: actions.copy_launch(self._name))
        caption = label(self.tr("Folder it works in"), "caption")
        self._where = captioned(ElidedLabel(str(self._folder)), self.tr("Folder it works in"))
        self._where.setProperty("code", True)
        self._where.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        choose = QPushButton(self.tr("Choose…"))
        choose.setAccessibleName(self.tr("Choose the folder it works in"))
        choose.clicked.connect(lambda _checked=False: self._choose_folder())
        self._start = QPushButton(self.tr("Open in a terminal"))
        self._start.clicked.connect(lambda _checked=False: actions.launch(self._name, self._folder))
        place = FoldingRow(FOLD_BELOW_EM, 8)
        place.add(self._where, stretches=True)
        place.add(choose)
        self.body.setSpacing(12)
        self.body.addWidget(label(self.tr("Start it from here"), "heading", wraps=True))
        self.body.addWidget(self._about)
        self.body.addWidget(self._command)
        self.body.addWidget(caption)
        self.body.addWidget(place)
        self.body.addWidget(ButtonRow([self._start]))

    def show_client(self, state: AppState, view: ClientView) -> None:
        """Offer the start, where the client takes its address from its start."""
        client = view.status.client
        self._name = client.name
        self.setVisible(client.launch is not None)
        if client.launch is None:
            return
        title = client_title(client.name)
        self._about.setText(
            self.tr(
                "{client} gets the address and its key for this start; no file changes."
            ).format(client=title)
            if view.status.installed
            else self.tr("Install {client} first: it was not found on this computer.").format(
                client=title
            )
        )
        self._command.set_text(launch_line(client.name))
        self._start.setEnabled(view.status.installed and client.name not in state.clients.busy)

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("Folder it works in"), str(self._folder))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._take_folder)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take_folder(self, folder: str) -> None:
        self._folder = Path(folder)
        show_value(self._where, folder)
