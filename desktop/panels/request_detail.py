"""The details of one request, two-sided: a tab for each side, remembered from one to the next.

Tabs are filled when they are looked at. Nothing here fetches: `show_record` is given what is known.
"""

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop import detail_wording as wording
from desktop.client_wording import client_name
from desktop.models.request_cells import started
from desktop.panels.panel import PanelContext
from desktop.panels.request_detail_answer import AnswerTab
from desktop.panels.request_detail_changes import ChangesTab
from desktop.panels.request_detail_client import ClientTab
from desktop.panels.request_detail_conversation import ConversationTab
from desktop.panels.request_detail_export import EXPORT_KINDS, export_title, open_export
from desktop.panels.request_detail_overview import OverviewTab
from desktop.panels.request_detail_replay import ReplayTab
from desktop.panels.request_detail_tab import DetailTab
from desktop.panels.request_detail_timeline import TimelineTab
from desktop.panels.request_detail_turns import TurnButtons
from desktop.panels.request_detail_upstream import UpstreamTab
from desktop.state import AppState
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.styling import label, set_property
from desktop.wording import instance_titles
from gateway_engine.public import ExportKind, Record, Summary

MARGIN_PX: Final = 12
FOLD_BELOW_EM: Final = 30
TALL_EM: Final = 24
"""From such a height on the head may take a second line rather than shorten its words."""
LOOSE_PX: Final = 8
"""So much more room than they need, and the tabs stand apart again."""
OVERVIEW: Final = "overview"


class RequestDetail(QWidget):
    """What is known of the chosen request."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self.detail_actions = context.actions.details
        self._record: Record | None = None
        self._previous: Record | None = None
        self._following: Record | None = None
        self._summary: Summary | None = None
        self._is_missing = False
        self._stale: set[str] = set()
        self._title = ElidedLabel()
        self._title.setProperty("type", "heading")
        self._overview = OverviewTab(context)
        self._pages: dict[str, TabPage] = {}
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        # The frame passes the keyboard on to its bar, and is read out as well.
        for part in (self._tabs, self._tabs.tabBar()):
            part.setAccessibleName(self.tr("Sides of the request"))
        self._tabs.tabBar().setUsesScrollButtons(True)
        self._loose_px = 0
        self._corner: QWidget | None = None
        self._keys = [OVERVIEW]
        self._tabs.addTab(self._overview, self.tr("Overview"))
        self._add("client", self.tr("Client sent"), ClientTab(context))
        self._add("conversation", self.tr("Conversation"), ConversationTab(context))
        self._add("upstream", self.tr("Upstream"), UpstreamTab(context))
        self._answer = AnswerTab(context)
        self._add("answer", self.tr("Sent back"), self._answer)
        self._add("changes", self.tr("Changes"), ChangesTab(context))
        self._add("timeline", self.tr("Timeline"), TimelineTab(context))
        self._replay = ReplayTab(context)
        self._add("replay", self.tr("Replay"), self._replay)
        if self.detail_actions.tab in self._keys:
            self._tabs.setCurrentIndex(self._keys.index(self.detail_actions.tab))
        self._tabs.currentChanged.connect(self._turned)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
        column.setSpacing(8)
        self._fold = self._head()
        column.addWidget(self._fold)
        column.addWidget(self._tabs, 1)
        self.show_record(None, None, None)

    def show_record(
        self,
        record: Record | None,
        previous: Record | None,
        summary: Summary | None,
        is_missing: bool = False,
    ) -> None:
        """Show this request. Without a record what the line of the history says; without either
        that nothing is chosen. `is_missing`: the history has no record of it any more."""
        self._is_missing = is_missing
        self._record, self._previous, self._following = record, previous, None
        self._answer.show_following(None)
        self._turns.show_turns(previous, None)
        self._summary = record.summary if record is not None else summary
        self._stale = set(self._keys)
        whole, *shorter = self._words()
        self._title.setText(whole)
        self._title.offer_shorter(*shorter)
        for button in self._needs_record:
            button.setEnabled(record is not None and record.details is not None)
        self._fill()

    def show_following(self, following: Record | None) -> None:
        """Show the turn after the shown one beside it."""
        self._following = following
        self._turns.show_turns(self._previous, following)
        self._answer.show_following(following)
        self._show_overview()

    def render_state(self, state: AppState) -> None:
        """Show what the state says beside the record."""
        self._overview.show_titles(instance_titles(state.instances))
        self._replay.render_state(state)

    def show_corner(self, widget: QWidget) -> None:
        """Show a widget at the end of the tabs' row."""
        self._corner = widget
        self._tabs.setCornerWidget(widget)
        self._arrange_tabs()

    def choose(self, key: str) -> None:
        """Turn to a tab."""
        self._tabs.setCurrentIndex(self._keys.index(key))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What there is room for is shown whole."""
        super().resizeEvent(event)
        self._fold.keep_whole(self.height() >= TALL_EM * self.fontMetrics().height())
        self._arrange_tabs()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+F from the tabs' bar and the buttons."""
        page = self._pages.get(self._keys[self._tabs.currentIndex()])
        if event.matches(QKeySequence.StandardKey.Find) and page is not None:
            page.tab.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    # --- inside ----------------------------------------------------------------------------------

    def _arrange_tabs(self) -> None:
        """Closer together where some would stand behind an arrow."""
        bar = self._tabs.tabBar()
        room = self.contentsRect().width() - 2 * MARGIN_PX
        room -= self._corner.sizeHint().width() if self._corner is not None else 0
        is_tight = bool(bar.property("tight"))
        if not is_tight:
            self._loose_px = bar.sizeHint().width()
        wants_tight = room < self._loose_px + (LOOSE_PX if is_tight else 0)
        if wants_tight is not is_tight:
            set_property(bar, "tight", wants_tight)
            QApplication.sendEvent(bar, QEvent(QEvent.Type.StyleChange))  # they lie anew at once

    def _head(self) -> FoldingRow:
        buttons = QWidget()
        row = QHBoxLayout(buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._needs_record: list[QPushButton] = []
        copy = self._menu_button(
            self.tr("Copy as"),
            (("cURL", "curl"), ("Python", "python"), ("JavaScript", "javascript")),
            self._copy,
        )
        export = self._menu_button(
            self.tr("Export"),
            tuple((export_title(kind), kind.value) for kind in EXPORT_KINDS),
            self._export,
        )
        row.addWidget(copy)
        row.addWidget(export)
        again = QPushButton(self.tr("Replay"))
        again.clicked.connect(lambda: self.choose("replay"))
        self._needs_record.append(again)
        row.addWidget(again)
        self._turns = TurnButtons(self._context, self._context.actions.requests.open_record, self)
        named = QWidget()
        name = QHBoxLayout(named)
        name.setContentsMargins(0, 0, 0, 0)
        name.setSpacing(8)
        name.addWidget(self._turns)
        name.addWidget(self._title, 1)
        head = FoldingRow(FOLD_BELOW_EM, 8)
        head.add(named, stretches=True)
        head.add(buttons)
        return head

    def _menu_button(
        self, title: str, choices: tuple[tuple[str, str], ...], then: Callable[[str], None]
    ) -> QPushButton:
        button = QPushButton(title)
        menu = QMenu(button)
        for text, key in choices:
            menu.addAction(text).triggered.connect(lambda _checked=False, key=key: then(key))
        button.setMenu(menu)
        self._needs_record.append(button)
        return button

    def _copy(self, language: str) -> None:
        if self._record is not None:
            self.detail_actions.copy_program(self._record, language)

    def _export(self, kind: str) -> None:
        if self._record is not None:
            self.detail_actions.make_export(
                self._record,
                ExportKind(kind),
                lambda made: open_export(made, self.detail_actions, self.window()),
            )

    def _add(self, key: str, title: str, tab: DetailTab) -> None:
        page = TabPage(tab, self._context)
        self._pages[key] = page
        self._keys.append(key)
        self._tabs.addTab(page, title)

    def _turned(self, number: int) -> None:
        self.detail_actions.tab = self._keys[number]
        self._fill()

    def _fill(self) -> None:
        key = self._keys[self._tabs.currentIndex()]
        if key not in self._stale:
            return
        self._stale.discard(key)
        if key == OVERVIEW:
            self._show_overview()
        else:
            self._pages[key].show_record(self._record, self._previous, self._absence())

    def _show_overview(self) -> None:
        why = self._absence()
        self._overview.show_line(self._summary, self._record, why, self._previous, self._following)

    def _absence(self) -> str:
        return wording.absence(self._record, self._summary, is_missing=self._is_missing)

    def _words(self) -> list[str]:
        """Who, how, when and with what end; without what the overview says, too, for less room."""
        line = self._summary
        if line is None:
            return [self.tr("No request chosen")]
        who = client_name(line.client) or self.tr("Unknown client")
        when = started(line.started_at, time.time())
        end = f"{line.status} {line.error_code}".strip() if line.status else "…"
        short = str(line.status) if line.status else end
        whole = (who, wording.protocol(line.protocol), when, end)
        # Of another day's moment the date goes before its letters do.
        clock = started(line.started_at, line.started_at)
        shorter = ((who, when, end), (who, when, short), (who, clock, short), (clock, short))
        return [" · ".join(words) for words in (whole, *shorter)]


class TabPage(QStackedWidget):
    """A tab, or why it has nothing to show."""

    def __init__(self, tab: DetailTab, context: PanelContext) -> None:
        super().__init__()
        self.tab = tab
        self._why = label("", "soft", wraps=True)
        self._settings = QPushButton(self.tr("Recording settings…"))
        self._settings.clicked.connect(lambda: context.actions.show_panel("settings"))
        absent = QWidget()
        column = QVBoxLayout(absent)
        column.setContentsMargins(0, 16, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._why)
        row = QHBoxLayout()
        row.addWidget(self._settings)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        self._absent = absent
        self.addWidget(absent)
        self.addWidget(tab)

    def show_record(self, record: Record | None, previous: Record | None, why: str) -> None:
        """Show the record, or say why it cannot be shown ("": it can)."""
        self._why.setText(why)
        self._settings.setVisible(record is not None)
        if record is not None and not why:
            self.tab.show_record(record, previous)
            self.setCurrentWidget(self.tab)
        else:
            self.setCurrentWidget(self._absent)
