"""The page of one client: how it stands, what was said, and what can be done, a card each."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop import client_wording, wording
from desktop.client_notes import notes
from desktop.panels.clients_check import CheckCard
from desktop.panels.clients_file import FileCard
from desktop.panels.clients_key import KeyCard
from desktop.panels.clients_launch import LaunchCard
from desktop.panels.clients_paste import PasteCard
from desktop.panels.marks import client_mark, tone_colour, tone_surface
from desktop.panels.panel import PanelContext
from desktop.slices.clients import OutcomeKind
from desktop.state import AppState
from desktop.widgets.banner import Banner
from desktop.widgets.point_list import PointList
from desktop.widgets.status_mark import StatusMark
from desktop.widgets.status_shapes import Shape
from desktop.widgets.styling import label, set_property
from gateway_engine.public import ClientState, ClientView

MARK_PX = 28


class ClientPage(QWidget):
    """Shows one client after another; the cards are the same, what is in them changes."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._name = ""
        self._mark = StatusMark(MARK_PX)
        self._title = label("", "title", wraps=True)
        self._state = label("", "strong", wraps=True)
        self._meaning = label("", "soft", wraps=True)
        self._notes = PointList("soft")
        self._said = Banner("info", Shape.INFO)
        self._said.add_button(
            self.tr("Dismiss"), lambda: context.actions.clients.dismiss(self._name)
        )
        self._file = FileCard(context)
        self._launch = LaunchCard(context)
        self._paste = PasteCard(context)
        self._check = CheckCard(context)
        self._key = KeyCard(context)

        words = QVBoxLayout()
        words.setSpacing(2)
        for line in (self._title, self._state, self._meaning):
            words.addWidget(line)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addLayout(head)
        column.addWidget(self._said)
        column.addWidget(self._notes)
        for card in (self._file, self._launch, self._paste, self._check, self._key):
            column.addWidget(card)

    def show_client(self, state: AppState, view: ClientView) -> bool:
        """Show this client; True when it is another one than before."""
        status = view.status
        name = status.client.name
        is_another = name != self._name
        self._name = name
        shape, tone = client_mark(view)
        tokens = self._context.tokens
        self._mark.show_shape(shape, tone_colour(tokens, tone), tokens.window)
        words = client_wording.state_words(view)
        self._title.setText(client_wording.client_title(name))
        self._state.setText(words.title)
        set_property(self._state, "tone", tone)
        self._meaning.setText(words.text)
        is_open = status.state is not ClientState.BLOCKED
        # In the card of what they are about; only a client without cards has them on the page.
        said = notes(name, status.client.notes)
        has_file = status.path is not None
        self._file.show_notes(said if has_file else ())
        self._paste.show_notes(() if has_file else said)
        self._notes.show_points(() if is_open else said)
        self._show_outcome(state)
        for card in (self._file, self._launch, self._paste, self._check, self._key):
            card.setVisible(is_open)
        if is_open:
            self._file.show_client(state, view)
            self._launch.show_client(state, view)
            self._paste.show_client(state, view)
            self._check.show_client(state, view)
            self._key.show_client(state, view)
        return is_another

    def _show_outcome(self, state: AppState) -> None:
        outcome = state.clients.outcomes.get(self._name)
        self._said.setVisible(outcome is not None)
        if outcome is None:
            return
        has_failed = outcome.kind is OutcomeKind.FAILED
        tone, shape = ("error", Shape.TRIANGLE) if has_failed else ("info", Shape.CHECK)
        tokens = self._context.tokens
        self._said.set_tone(tone, shape)
        self._said.set_colours(tone_colour(tokens, tone), tone_surface(tokens, tone))
        words: wording.Words = client_wording.outcome(self._name, outcome)
        self._said.say(words.title, words.text)
