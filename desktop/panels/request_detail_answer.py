"""Sent back: the answer as the client shows it, its reasoning and calls apart, and as bytes."""

import textwrap
from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.panels.panel import PanelContext
from desktop.panels.request_detail_tab import (
    DetailTab,
    header_lines,
    indented,
    json_or_none,
    length,
)
from desktop.panels.texts import code_view, json_tree, markdown_view
from desktop.sizes import size
from desktop.widgets.json_items import Root
from desktop.widgets.question import ask
from desktop.widgets.styling import label, set_property
from desktop.widgets.views import Views
from gateway_engine.public import (
    Details,
    PairedCall,
    Record,
    SentAnswer,
    SentCall,
    read_answer,
    results_of,
    view_conversation,
)

ADDRESS_CHARS: Final = 60
ADDRESS_LINES: Final = 6


class AnswerTab(DetailTab):
    """What went back to the client."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        tokens = context.tokens
        self._answer = SentAnswer()
        self._earlier: dict[str, PairedCall] = {}
        self._following: Record | None = None
        self._results: list[PairedCall | None] = []
        self._note = label("", "small", wraps=True)
        self._text = markdown_view(tokens, self.tr("Answer"))
        self._reasoning = markdown_view(tokens, self.tr("Reasoning"))
        self._calls = json_tree(tokens, self.tr("Tool calls"))
        self._raw = code_view(tokens, self.tr("Answer, as it was sent"))
        self._headers = code_view(tokens, self.tr("Headers of the answer"))
        self._views = Views(self.tr("Views of the answer"))
        for key, title, view in (
            ("text", self.tr("Answer"), self._text),
            ("reasoning", self.tr("Reasoning"), self._reasoning),
            ("calls", self.tr("Tool calls"), self._calls),
            ("raw", self.tr("Raw"), self._raw),
            ("headers", self.tr("Headers"), self._headers),
        ):
            self._views.add(key, title, view)
        for text in (self._text, self._reasoning):
            text.link_wanted.connect(self._ask_to_follow)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self._note)
        column.addWidget(self._views, 1)

    def _ask_to_follow(self, url: str) -> None:
        """A model, or a page that it has read, chose where the link leads: its words may lie."""
        lines = textwrap.wrap(url, ADDRESS_CHARS)
        if len(lines) > ADDRESS_LINES:
            lines = [*lines[:ADDRESS_LINES], "…"]
        ask(
            self,
            self.tr("Open this page in the browser?"),
            self.tr("Open"),
            lambda: self.context.actions.desktop.open_page(url),
            details="\n".join(lines),
        )

    def searched(self) -> QWidget | None:
        """The view that is shown."""
        return self._views.view()

    def show_record(self, record: Record, previous: Record | None) -> None:
        """See DetailTab."""
        del previous
        details = record.details
        if details is None:
            return
        body = details.exchange.response_body
        protocol = record.summary.protocol
        first = f"HTTP/1.1 {record.summary.status}"
        self._headers.set_text(header_lines(first, details.exchange.response_headers))

        def work() -> tuple[SentAnswer, str, dict[str, PairedCall]]:
            # An agent sends calls of earlier turns back: a result may be known from this request.
            calls = view_conversation(details.conversation or {}).calls
            is_whole = not record.summary.stream
            raw = indented(body.text) if is_whole else body.text
            return read_answer(protocol, body.text), raw, dict(calls)

        def show(made: tuple[SentAnswer, str, dict[str, PairedCall]]) -> None:
            self._answer, raw, self._earlier = made
            self._results = []
            self._raw.set_text(raw)
            self._show_answer()
            self._say(record, details, self._answer)
            self._pair()

        self.prepare(record, length(body), work, show)

    def show_following(self, following: Record | None) -> None:
        """The results of this answer's calls came with that turn."""
        self._following = following
        self._pair()

    def _pair(self) -> None:
        """Find the results of the shown answer's calls in the turn after it."""
        following, calls = self._following, self._answer.calls
        if following is None or following.details is None or not calls:
            return
        conversation = following.details.conversation

        def show(results: list[PairedCall | None]) -> None:
            if self._following is following and self._answer.calls is calls:
                self._results = results
                self._show_calls()

        chars = length(following.details.exchange.request_body)
        self.context.actions.details.prepare(chars, lambda: results_of(calls, conversation), show)

    def _show_answer(self) -> None:
        answer = self._answer
        self._text.set_text(answer.text)
        self._reasoning.set_text(answer.reasoning)
        self._views.set_there("reasoning", is_there=bool(answer.reasoning))
        self._show_calls()
        if not answer.text and (answer.calls or self._earlier) and self._views.key() == "text":
            self._views.choose("calls")

    def _show_calls(self) -> None:
        results = self._results or [None] * len(self._answer.calls)
        calls = [
            *(
                self._sent(call, result)
                for call, result in zip(self._answer.calls, results, strict=True)
            ),
            *(self._answered(call) for call in reversed(self._earlier.values())),
        ]
        self._views.set_there("calls", is_there=bool(calls))
        here, earlier = len(self._answer.calls), len(self._earlier)
        title = self.tr("Tool calls ({n}, earlier {m})") if earlier else self.tr("Tool calls ({n})")
        self._views.set_title("calls", title.format(n=here, m=earlier))
        self._calls.set_roots(calls)

    def _sent(self, call: SentCall, result: PairedCall | None) -> Root:
        shown = {"id": call.call_id, "arguments": _value(call.arguments)}
        if result is None or result.result is None:
            note = self.tr("called in this answer; its result comes with the next request")
        else:
            note = self.tr("called in this answer, its result came with the turn after")
            if result.is_error:
                note = self.tr("called in this answer, failed: so the turn after says")
            shown["result"] = _value(result.result)
        words = (call.name, note)
        return Root(lambda: words, lambda: shown)

    def _answered(self, call: PairedCall) -> Root:
        if call.answered_at is None:
            note = self.tr("called in message {n}, never answered").format(n=call.called_at)
        elif call.called_at is None:
            note = self.tr("result in message {n} without its call").format(n=call.answered_at)
        elif call.is_error:
            note = self.tr("called in message {n}, failed: result in message {m}").format(
                n=call.called_at, m=call.answered_at
            )
        else:
            note = self.tr("called in message {n}, result in message {m}").format(
                n=call.called_at, m=call.answered_at
            )
        words = (call.tool or call.call_id, note)
        return Root(
            lambda: words,
            lambda: {
                "id": call.call_id,
                "arguments": _value(call.arguments),
                "result": None if call.result is None else _value(call.result),
            },
        )

    def _say(self, record: Record, details: Details, answer: SentAnswer) -> None:
        body = details.exchange.response_body
        words = [size(body.size)]
        if answer.finish:
            words.append(self.tr("ended with {reason}").format(reason=answer.finish))
        if answer.error_code:
            words.append(self.tr("error: {code}").format(code=answer.error_code))
        elif record.summary.stream and not answer.whole and not body.cut:
            words.append(self.tr("the stream broke off before its end"))
        if body.cut:
            words.append(self.tr("not all of it was kept"))
        is_bad = bool(answer.error_code) or not (answer.whole or body.cut)
        self._note.setText(" · ".join(words))
        set_property(self._note, "tone", "error" if is_bad else "")


def _value(text: str) -> object:
    value = json_or_none(text)
    return text if value is None else value
