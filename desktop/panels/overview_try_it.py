"""Try it: one line in, a real answer out, over the same HTTP a client uses."""

from collections.abc import Mapping

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton

from desktop import wording
from desktop.durations import duration
from desktop.icons import line_icon
from desktop.panels.panel import PanelContext
from desktop.sentences import in_a_row, titled
from desktop.try_it import TryIt, TryItState
from desktop.try_it_wire import Protocol
from desktop.widgets.button_icon import show_icon
from desktop.widgets.card import Card
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.segments import Segments
from desktop.widgets.styling import label, set_property
from desktop.wording import called

ANSWER_LINES = 6
FOLD_BELOW_EM = 15


class TryItCard(Card):
    """Prompt, protocol, Send or Stop, the answer as it streams, and what really happened."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._actions = context.actions
        self._session = context.actions.try_it
        self.setAccessibleName(self.tr("Try it"))
        self._shown = ""

        self._protocol = Segments(
            self.tr("Protocol"),
            ((Protocol.OPENAI.value, "OpenAI"), (Protocol.ANTHROPIC.value, "Anthropic")),
        )
        self._protocol.choose(self._session.protocol.value)
        self._protocol.chosen.connect(self._choose)
        self._titles: Mapping[str, str] = {}
        self._prompt = QLineEdit(self._session.prompt)
        self._prompt.setPlaceholderText(self.tr("Ask something, for example: count to ten"))
        self._prompt.setAccessibleName(self.tr("Question"))
        self._prompt.textChanged.connect(self._typed)
        self._prompt.returnPressed.connect(self._send)
        self._send_icon = line_icon(
            "send", context.tokens.on_accent, disabled=context.tokens.text_soft
        )
        self._stop_icon = line_icon("stop", context.tokens.text)
        self._button = QPushButton()
        self._button.clicked.connect(self._pressed)
        self._answer = QPlainTextEdit()
        self._answer.setReadOnly(True)
        self._answer.setTabChangesFocus(True)
        self._answer.setProperty("answer", True)
        self._answer.setAccessibleName(self.tr("Answer"))
        self._answer.setPlaceholderText(
            self.tr("This sends a real request; its answer streams in here.")
        )
        self._answer.setMinimumHeight(self._answer.fontMetrics().lineSpacing() * ANSWER_LINES + 24)
        self._status = label("", "small", wraps=True)

        head = FoldingRow(FOLD_BELOW_EM, 8)
        head.add(label(self.tr("Try it"), "heading"), stretches=True)
        head.add(self._protocol)
        ask = QHBoxLayout()
        ask.setSpacing(8)
        ask.addWidget(self._prompt, 1)
        ask.addWidget(self._button)
        self.body.setSpacing(12)
        self.body.addWidget(head)
        self.body.addLayout(ask)
        self.body.addWidget(self._answer, 1)
        self.body.addWidget(self._status)

        self._session.changed.connect(self.show_view)
        self.show_view(self._session.view)

    @property
    def question(self) -> QLineEdit:
        """Where the question is typed."""
        return self._prompt

    def _choose(self, key: str) -> None:
        self._session.protocol = Protocol(key)

    def _typed(self, text: str) -> None:
        self._session.prompt = text
        self._render_button()

    def _pressed(self) -> None:
        if self._session.view.is_running:
            self._session.stop()
        else:
            self._send()

    def _send(self) -> None:
        prompt = self._prompt.text().strip()
        if prompt and not self._session.view.is_running:
            self._actions.try_prompt(prompt, self._session.protocol)

    def show_titles(self, titles: Mapping[str, str]) -> None:
        """Call the instances as the settings do."""
        if titles != self._titles:
            self._titles = titles
            self.show_view(self._session.view)

    def show_view(self, view: TryIt) -> None:
        """Show where the request is."""
        if not view.answer.startswith(self._shown):
            self._answer.clear()
            self._shown = ""
        more = view.answer[len(self._shown) :]
        if more:
            cursor = QTextCursor(self._answer.document())
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(more)
            bar = self._answer.verticalScrollBar()
            bar.setValue(bar.maximum())
        self._shown = view.answer
        self._status.setText(self._status_text(view))
        self._status.setVisible(bool(self._status.text()))
        set_property(self._status, "tone", _tone(view))
        self._render_button()

    def _render_button(self) -> None:
        running = self._session.view.is_running
        self._button.setText(self.tr("Stop") if running else self.tr("Send"))
        show_icon(self._button, self._stop_icon if running else self._send_icon)
        self._button.setEnabled(running or bool(self._prompt.text().strip()))
        set_property(self._button, "kind", "" if running else "primary")

    def _status_text(self, view: TryIt) -> str:
        match view.state:
            case TryItState.IDLE:
                return ""
            case TryItState.ASKING:
                return self.tr("Asked, waiting for the first words…")
            case TryItState.ANSWERING:
                return self._facts(view, self.tr("Answering"))
            case TryItState.DONE:
                done = self.tr("Complete after {time}").format(time=duration(view.total_ms))
                return self._facts(view, done)
            case TryItState.STOPPED:
                return self._facts(view, self.tr("Stopped by you"))
            case TryItState.FAILED:
                return self._failure(view)

    def _facts(self, view: TryIt, first: str) -> str:
        facts = [first]
        if view.first_text_ms:
            facts.append(
                self.tr("first words after {time}").format(time=duration(view.first_text_ms))
            )
        if view.upstream == "demo":
            facts.append(self.tr("demo answer, not from Lingma"))
        facts += [fact for fact in (view.model, called(view.instance, self._titles)) if fact]
        return " · ".join(facts)

    def _failure(self, view: TryIt) -> str:
        failure = view.failure
        if failure is None:
            return ""
        known = {
            "endpoint_closed": self.tr("The endpoint is closed: nothing was sent."),
            "connection_refused": self.tr("Nothing answers at the endpoint's address."),
            "connection_failed": self.tr("The connection broke before an answer came."),
            "stream_cut": self.tr("The answer was cut off before its end."),
            "malformed_event": self.tr("The answer has a part that cannot be read."),
        }
        if failure.code in known:
            return known[failure.code]
        words = wording.error(failure.code, failure.message)
        sentences = titled(words.title, words.text)
        if not view.status:
            return sentences
        return in_a_row(sentences, self.tr("(HTTP {status})").format(status=view.status))


def _tone(view: TryIt) -> str:
    if view.state is TryItState.FAILED:
        return "error"
    return "demo" if view.upstream == "demo" else ""
