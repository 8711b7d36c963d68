"""What to paste into a client by hand: its key is hidden until it is asked for."""

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.client_notes import paste_label
from desktop.icons import line_icon
from desktop.panels.panel import PanelContext
from desktop.state import AppState
from desktop.widgets.card import Card
from desktop.widgets.code_block import CodeBlock
from desktop.widgets.point_list import PointList
from desktop.widgets.styling import label
from gateway_engine.public import ClientView, Paste

PLACEHOLDER = "***"
MASK = "•" * 12


class PasteCard(Card):
    """A block for each thing; Copy copies it whole, with the key."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._actions = context.actions.clients
        self._name = ""
        self._url = ""
        self._shown: tuple[Paste, ...] = ()
        self._is_revealed = False
        self._blocks: list[CodeBlock] = []
        self.setAccessibleName(self.tr("Paste it yourself"))
        self._reveal = QPushButton()
        self._reveal.setCheckable(True)
        self._reveal.toggled.connect(self._set_revealed)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(self.tr("Paste it yourself"), "heading", wraps=True), 1)
        head.addWidget(self._reveal)
        self._box = QWidget()
        self._column = QVBoxLayout(self._box)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self.body.setSpacing(12)
        self._notes = PointList("soft")
        self.body.addLayout(head)
        self.body.addWidget(self._notes)
        self.body.addWidget(self._box)
        self._name_button()

    def show_notes(self, said: Sequence[str]) -> None:
        """Say what to do in the client, and why its file is not edited."""
        self._notes.show_points(said)

    def show_client(self, state: AppState, view: ClientView) -> None:
        """Show what is to be pasted; another client begins with its key hidden."""
        name = view.status.client.name
        pasted = state.clients.pasted.get(name)
        is_another = name != self._name
        if is_another:
            self._name = name
            self._reveal.setChecked(False)
        if self.isVisible() and (is_another or pasted is None or state.endpoint.url != self._url):
            self._url = state.endpoint.url
            self._actions.show_pastes(name, with_key=self._is_revealed)
        pastes = tuple(map(_hidden, pasted.pastes)) if pasted is not None else ()
        if pasted is not None and pasted.has_key and not self._is_revealed:
            # A key that was fetched to be seen is in no widget once it is hidden again.
            pastes = tuple(Paste(paste.label, "", paste.secret) for paste in pastes)
        self._reveal.setVisible(any(paste.secret for paste in pastes))
        if is_another or pastes != self._shown:
            self._shown = pastes
            self._show_blocks(pastes)

    def _show_blocks(self, pastes: tuple[Paste, ...]) -> None:
        titles = [paste_label(paste.label) for paste in pastes]
        if [block.accessibleName() for block in self._blocks] != titles:
            for block in self._blocks:
                block.hide()
                block.deleteLater()
            self._blocks = [self._block(title, number) for number, title in enumerate(titles)]
        for block, paste in zip(self._blocks, pastes, strict=True):
            block.set_text(paste.text.rstrip())

    def _block(self, title: str, number: int) -> CodeBlock:
        tokens = self._context.tokens
        block = CodeBlock(title, copy_text=self.tr("Copy"), copied_text=self.tr("Copied"))
        block.setAccessibleName(title)
        block.set_icons(copy=line_icon("copy", tokens.text), copied=line_icon("check", tokens.ok))
        block.copy_wanted.connect(lambda: self._actions.copy_paste(self._name, number))
        self._column.addWidget(block)
        return block

    def _set_revealed(self, revealed: bool) -> None:
        self._is_revealed = revealed
        self._name_button()
        self._actions.show_pastes(self._name, with_key=revealed)

    def _name_button(self) -> None:
        colour = self._context.tokens.text_soft
        self._reveal.setIcon(line_icon("hide" if self._is_revealed else "reveal", colour))
        text = self.tr("Hide the key") if self._is_revealed else self.tr("Show the key")
        self._reveal.setToolTip(text)
        self._reveal.setAccessibleName(text)


def _hidden(paste: Paste) -> Paste:
    return Paste(paste.label, paste.text.replace(PLACEHOLDER, MASK), paste.secret)
