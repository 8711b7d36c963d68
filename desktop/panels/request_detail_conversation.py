"""Conversation: the neutral form of the request, message by message, beside the turn before."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QStackedWidget, QTreeView, QVBoxLayout, QWidget

from desktop import detail_wording as wording
from desktop.panels.diff import diff_view
from desktop.panels.panel import PanelContext
from desktop.panels.request_detail_messages import SETTINGS_ROW, MessageRows
from desktop.panels.request_detail_tab import DetailTab, indented
from desktop.panels.texts import code_view, json_tree
from desktop.sentences import in_a_row
from desktop.sizes import size
from desktop.widgets.diff_lines import Diff, diff_of
from desktop.widgets.level_line import LevelLine
from desktop.widgets.split_pane import SplitPane
from desktop.widgets.styling import label
from gateway_engine.public import (
    ConversationView,
    Mark,
    PairedCall,
    Record,
    ShownMessage,
    message_text,
    parts_of,
    text_of,
    view_conversation,
)


class ConversationTab(DetailTab):
    """A list of the messages, and the chosen one in full."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._view = ConversationView()
        self._note = label("", wraps=True)
        self._rows = MessageRows(context.tokens)
        self._list = QTreeView()
        self._list.setModel(self._rows)
        self._list.setItemDelegate(LevelLine(self._list))
        self._list.setAccessibleName(self.tr("Messages of the conversation"))
        self._list.setHeaderHidden(True)
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self._list.setTabKeyNavigation(False)
        self._list.selectionModel().currentRowChanged.connect(self._chosen)
        self._text = code_view(context.tokens, self.tr("The chosen message"))
        self._diff = diff_view(context.tokens, self.tr("What changed in the chosen message"))
        self._settings = json_tree(context.tokens, self.tr("What was asked beside the messages"))
        self._pages = QStackedWidget()
        for page in (self._text, self._diff, self._settings):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self._note)
        border = self.tr("Border between the messages and the chosen one")
        column.addWidget(SplitPane(self._list, self._pages, border), 1)

    def searched(self) -> QWidget | None:
        """The chosen message."""
        return self._pages.currentWidget()

    def show_record(self, record: Record, previous: Record | None) -> None:
        """See DetailTab."""
        details = record.details
        if details is None:
            return
        conversation = details.conversation
        if conversation is None:
            self._rows.show_view(None)
            self._text.set_text("")
            self._pages.setCurrentWidget(self._text)
            self._note.setText(
                self.tr("The request was refused before it was understood: there is none.")
            )
            return
        before = previous.details.conversation if previous and previous.details else None
        body = details.exchange.request_body
        # With a previous turn both are compared: twice the text.
        chars = len(body.text) * (2 if before is not None else 1)
        self.prepare(
            record,
            chars,
            lambda: view_conversation(conversation, before),
            lambda view: self._show(view, record),
        )

    def _show(self, view: ConversationView, record: Record) -> None:
        self._view = view
        self._note.setText(self._words(view, record))
        self._rows.show_view(view)
        self._list.setColumnWidth(0, self._rows.names_width(self._list.fontMetrics()))
        news = [n for n, m in enumerate(view.messages) if m.mark is not Mark.SAME]
        first = (news[0] if news else max(0, len(view.messages) - 1)) + 1
        self._list.setCurrentIndex(self._rows.index(min(first, self._rows.rowCount() - 1), 0))

    def _words(self, view: ConversationView, record: Record) -> str:
        if not view.has_previous:
            known = self.tr("Messages: {n}. No earlier turn of it is recorded.")
        elif view.reused:
            known = self.tr("Messages: {n}. Taken over from the turn before: {reused}.")
        else:
            known = self.tr("Messages: {n}. The beginning differs from the turn before.")
        count = sum(m.mark is not Mark.GONE for m in view.messages)
        return in_a_row(
            known.format(n=count, reused=view.reused), wording.session(record.summary.session)
        )

    # --- the chosen message ----------------------------------------------------------------------

    def _chosen(self, index: QModelIndex, _before: QModelIndex) -> None:
        if not index.isValid():
            return
        if index.row() == SETTINGS_ROW:
            self._settings.set_value(dict(self._view.settings))
            self._pages.setCurrentWidget(self._settings)
            return
        shown = self._view.messages[index.row() - 1]
        if shown.was is not None:
            self._show_difference(message_text(shown.was), message_text(shown.message), shown)
            self._pages.setCurrentWidget(self._diff)
            return
        self._text.set_text(self._full_text(shown.message))
        self._pages.setCurrentWidget(self._text)

    def _show_difference(self, before: str, now: str, shown: ShownMessage) -> None:
        def show(diff: Diff) -> None:
            row = self._list.currentIndex().row() - 1
            if 0 <= row < len(self._view.messages) and self._view.messages[row] is shown:
                self._diff.show_diff(diff)

        self._diff.show_diff(Diff())
        chars = len(before) + len(now)
        self.context.actions.details.prepare(chars, lambda: diff_of(before, now), show)

    def _full_text(self, message: Mapping[str, Any]) -> str:
        return "\n\n".join(self._part_text(part) for part in parts_of(message))

    def _part_text(self, part: Mapping[str, Any]) -> str:
        if "call" in part:
            call = self._view.calls.get(str(part["call"]), PairedCall(str(part["call"])))
            head = self.tr("→ Call of {tool} ({id})").format(tool=call.tool, id=call.call_id)
            return f"{head}: {self._answered(call)}\n{indented(str(part.get('arguments', '')))}"
        if "result_of" in part:
            call = self._view.calls.get(str(part["result_of"]), PairedCall(""))
            where = "?" if call.called_at is None else call.called_at
            head = self.tr("← Result of {tool} ({id}), called in message {n}")
            said = head.format(tool=call.tool or "?", id=part["result_of"], n=where)
            if part.get("is_error"):
                said += f" · {self.tr('failed')}"
            return f"{said}\n{text_of(part)}"
        if "reasoning" in part:
            return f"{self.tr('Reasoning')}:\n{part['reasoning']}"
        if "image" in part:
            kind = part["image"] or "?"
            if part.get("url"):
                return self.tr("[image, {kind}, {url}]").format(kind=kind, url=part["url"])
            told = size(int(part.get("bytes") or 0))
            return self.tr("[image, {kind}, {size}]").format(kind=kind, size=told)
        if "audio" in part:
            return self.tr("[audio, {kind}]").format(kind=part["audio"] or "?")
        return text_of(part)

    def _answered(self, call: PairedCall) -> str:
        if call.answered_at is None:
            return self.tr("no result yet")
        if call.is_error:
            return self.tr("failed, see message {n}").format(n=call.answered_at)
        return self.tr("its result is in message {n}").format(n=call.answered_at)
