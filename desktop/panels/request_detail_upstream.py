"""Upstream: every message to and from the Lingma process or agent, with its time, and the text that
was really asked."""

import re
from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.durations import duration
from desktop.panels.panel import PanelContext
from desktop.panels.request_detail_tab import DetailTab, json_or_none, length
from desktop.panels.texts import code_view, json_tree
from desktop.sizes import size
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.json_items import Root
from desktop.widgets.segments import Segments
from desktop.widgets.styling import label
from desktop.widgets.views import Views
from gateway_engine.public import AskedText, Frame, Record, asked_texts

TO_UPSTREAM: Final = "to_upstream"
FOLD_BELOW_EM: Final = 26
_METHOD: Final = re.compile(r'"method"\s*:\s*"([^"]{1,80})"')
LOOKED_AT_CHARS: Final = 400


class UpstreamTab(DetailTab):
    """The messages, the oldest first."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._note = label("", "small", wraps=True)
        self._which = Segments(
            self.tr("Messages shown"),
            (
                ("all", self.tr("All")),
                ("to", self.tr("To upstream")),
                ("from", self.tr("From upstream")),
            ),
        )
        self._which.chosen.connect(lambda _key: self._show_frames())
        self._text = code_view(context.tokens, self.tr("The text that was asked"))
        self._text.set_placeholder(self.tr("No prompt is among the messages to upstream."))
        self._frames: tuple[Frame, ...] = ()
        self._tree = json_tree(context.tokens, self.tr("Messages to and from upstream"))
        head = FoldingRow(FOLD_BELOW_EM, 8)
        head.add(self._note, stretches=True)
        head.add(self._which)
        messages = QWidget()
        inner = QVBoxLayout(messages)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(head)
        inner.addWidget(self._tree, 1)
        self._views = Views(self.tr("Views of what was asked"))
        self._views.add("prompt", self.tr("Prompt"), self._text)
        self._views.add("messages", self.tr("Messages"), messages)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self._views, 1)

    def searched(self) -> QWidget | None:
        """The tree, or the text."""
        return self._text if self._views.key() == "prompt" else self._tree

    def show_record(self, record: Record, previous: Record | None) -> None:
        """See DetailTab."""
        del previous
        details = record.details
        if details is None:
            return
        self._frames = details.frames
        asked = sum(frame.direction == TO_UPSTREAM for frame in self._frames)
        words = [
            self.tr("{n} to upstream").format(n=asked),
            self.tr("{n} from upstream").format(n=len(self._frames) - asked),
        ]
        if not self._frames:
            words = [self.tr("Upstream was not asked: the request ended before.")]
        if details.frames_left_out:
            words.append(self.tr("not kept in the middle: {n}").format(n=details.frames_left_out))
        self._note.setText(" · ".join(words))
        self._text.set_text("")
        self.prepare(
            record,
            length(*(frame.body for frame in details.frames if frame.direction == TO_UPSTREAM)),
            lambda: asked_texts(details),
            self._take_asked,
        )
        self._show_frames()

    def _take_asked(self, asked: tuple[AskedText, ...]) -> None:
        self._text.set_text("\n\n".join(self._heading(each) + each.text for each in asked))

    def _heading(self, asked: AskedText) -> str:
        words = f"→ {duration(asked.at_ms)}"
        if asked.cut:
            words += f" · {self.tr('not all of it was kept')}"
        return f"{words}\n\n"

    def _show_frames(self) -> None:
        which = self._which.key()
        self._tree.set_roots(
            [
                _root(frame)
                for frame in self._frames
                if which == "all" or (which == "to") is (frame.direction == TO_UPSTREAM)
            ]
        )


def _root(frame: Frame) -> Root:
    return Root(lambda: _words(frame), lambda: _value(frame.body.text))


def _words(frame: Frame) -> tuple[str, str]:
    arrow = "→" if frame.direction == TO_UPSTREAM else "←"
    found = _METHOD.search(frame.body.text, 0, LOOKED_AT_CHARS)
    told = size(frame.body.size)
    note = f"{found[1]} · {told}" if found is not None else told
    return f"{arrow} {duration(frame.at_ms)}", note


def _value(text: str) -> object:
    value = json_or_none(text)
    return [text] if value is None else value
