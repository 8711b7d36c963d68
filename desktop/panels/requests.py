"""Requests: every request, live and of the history, and the details of the chosen one."""

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QMessageBox, QTabBar, QVBoxLayout, QWidget

from desktop.panels.catalogue import has_panel
from desktop.panels.marks import tone_colour, tone_surface
from desktop.panels.panel import PAGE_MARGIN_PX, PAGE_TOP_PX, Panel, PanelContext
from desktop.panels.request_detail_export import open_export
from desktop.panels.requests_beside import RequestsBeside
from desktop.panels.requests_chosen import wants_pin
from desktop.panels.requests_empty import EmptyRequests
from desktop.panels.requests_menus import ChosenMenu, ColumnsMenu, RowMenu
from desktop.panels.requests_split import RequestsSplit
from desktop.panels.requests_table import RequestTable
from desktop.panels.requests_toolbar import RequestsToolbar
from desktop.slices.live_requests import RequestPhase
from desktop.slices.requests import OpenedRecord, RequestsSlice
from desktop.state import AppState, EnginePhase
from desktop.widgets.banner import Banner
from desktop.widgets.question import ask
from desktop.widgets.status_shapes import Shape
from desktop.wording import instance_titles
from gateway_engine.public import ExportKind

FOLLOW_MS = 120
"""The details follow the keyboard once it rests."""
LOOK_AHEAD_MS = 2000
"""So often at most the turn after the opened one is looked for again."""


class RequestsPanel(Panel):
    """The second page."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._actions = context.actions.requests
        self._state = AppState()
        self._titles: dict[str, str] = {}
        self._question: QMessageBox | None = None
        self._toolbar = RequestsToolbar(context)
        self._note = self._bodies_note()
        self.table = RequestTable(context)
        self._empty = EmptyRequests(context)
        self._listed = QWidget()
        listed = QVBoxLayout(self._listed)
        listed.setContentsMargins(0, 0, 0, 0)
        listed.addWidget(self.table)
        listed.addWidget(self._empty)
        self._beside = RequestsBeside(context)
        self._opened: OpenedRecord | None = None
        self._split = RequestsSplit(self._listed, self._beside, context.actions.layouts)

        column = QVBoxLayout(self)
        column.setContentsMargins(PAGE_MARGIN_PX, PAGE_TOP_PX, PAGE_MARGIN_PX, PAGE_MARGIN_PX)
        column.setSpacing(12)
        column.addWidget(self._toolbar)
        column.addWidget(self._note)
        column.addWidget(self._split, 1)
        self._follow = QTimer(self)
        self._follow.setSingleShot(True)
        self._follow.setInterval(FOLLOW_MS)
        self._follow.timeout.connect(self._open_selected)
        self._look_ahead = QTimer(self)
        self._look_ahead.setSingleShot(True)
        self._look_ahead.setInterval(LOOK_AHEAD_MS)
        self._look_ahead.timeout.connect(self._may_look_ahead)
        self._connect()

    def _bodies_note(self) -> Banner:
        tokens = self.context.tokens
        note = Banner("quiet", Shape.INFO)
        note.set_colours(tone_colour(tokens, "quiet"), tone_surface(tokens, "quiet"))
        note.say(
            self.tr("Only figures are recorded"),
            self.tr(
                "What clients ask and are answered is not kept: RECORD_BODIES is off. Set it to "
                "true in the settings to see the details of requests that come from then on."
            ),
        )
        if has_panel("settings"):
            actions = self.context.actions
            note.add_button(self.tr("Settings"), lambda: actions.show_panel("settings"))
        note.hide()
        return note

    def _connect(self) -> None:
        table, actions = self.table, self._actions
        self._toolbar.clear_wanted.connect(self._ask_to_clear)
        self._toolbar.columns_wanted.connect(self._show_columns)
        self._toolbar.left.connect(self._go_to_table)
        self._empty.all_wanted.connect(self._toolbar.show_all)
        table.places_wanted.connect(actions.need_places)
        table.open_wanted.connect(self._open)
        table.selected.connect(self._selected)
        table.chosen.changed.connect(self._chosen_changed)
        table.back_wanted.connect(self._go_back)
        beside, several = self._beside, self._beside.several
        beside.close_wanted.connect(actions.close_record)
        beside.one_wanted.connect(self._choose_one)
        several.export_wanted.connect(self._do_with_all)
        several.pin_wanted.connect(lambda: self._do_with_all("pin"))
        several.copy_wanted.connect(lambda: self._do_with_all("copy_id"))
        table.pin_wanted.connect(self._pin)
        table.pause_wanted.connect(self._switch_pause)
        table.copy_wanted.connect(self._copy)
        table.customContextMenuRequested.connect(self._show_row_menu)
        head = table.horizontalHeader()
        head.customContextMenuRequested.connect(lambda _place: self._show_columns(head))

    # --- rendering -------------------------------------------------------------------------------

    def render_state(self, state: AppState) -> None:
        """Show the slice, and ask for what it lacks."""
        before, self._state = self._state, state
        requests = state.requests
        self._beside.detail.render_state(state)
        titles, self._titles = self._titles, instance_titles(state.instances)
        is_news = requests is not before.requests or state.phase is not before.phase
        if is_news or titles != self._titles:
            self.table.rows.show_titles(self._titles)
            if self._opened is None and requests.opened is not None:
                self.table.remember(requests.opened.summary.id)
            self.table.show_requests(requests)
            self._show_opened(requests.opened)
            self._show_several()
            rows = self.table.rows.rowCount()
            self._toolbar.show_requests(requests, self.table.rows.waiting, rows, self._titles)
            self._empty.show_requests(requests, state.phase)
            self._note.setVisible(requests.view is not None and not requests.view.survey.bodies)
            is_empty = not rows and not (requests.to_be_read and self._can_read)
            self._empty.setVisible(is_empty)
            self.table.setVisible(not is_empty)
        is_due = requests.to_be_read and not self._holds_several(requests)
        if self.isVisible() and (is_due or self.table.lacks_row):
            self._read()

    def _holds_several(self, requests: RequestsSlice) -> bool:
        """Whether reading the history again can wait until what is chosen was dealt with."""
        view = requests.view
        is_same = view is not None and view.filter == requests.filter and not view.filter.pinned
        return is_same and self.table.chosen.count > 1

    def _show_opened(self, opened: OpenedRecord | None) -> None:
        before, self._opened = self._opened, opened
        if opened is not before:
            had_focus = self._beside.has_focus
            self._beside.show_opened(before, opened)
            self._show_beside()
            if opened is None and had_focus:
                self._go_to_table()
        if opened is None:
            return
        is_other = before is None or before.summary.id != opened.summary.id
        if is_other and opened.summary.id != self.table.selected_id:
            self._find_row(opened.summary.id)
        if opened.to_be_read and not self._runs(opened.summary.id):
            self._actions.read_opened()
        elif opened.may_be_followed and not self._look_ahead.isActive():
            is_new = is_other or before is None or before.record is None
            self._look_ahead.start(0 if is_new else LOOK_AHEAD_MS)

    def _find_row(self, request_id: str) -> None:
        """The details turned to another turn: the table goes along."""
        if not self.table.go_to(request_id):
            self._read()  # which finds out where it stands

    def _show_several(self) -> None:
        """What is chosen may have changed its state, or be other rows now."""
        if self.table.chosen.count > 1:
            chosen = self.table.chosen.chosen()
            running = sum(self._runs(line.id) for line in chosen.lines)
            self._beside.several.show_chosen(chosen, running, self._titles)

    def _show_beside(self) -> None:
        is_several = self.table.chosen.count > 1
        self._beside.show_which(is_several=is_several, is_opened=self._opened is not None)

    def _chosen_changed(self) -> None:
        self._show_several()
        self._show_beside()
        if self.table.chosen.count > 1:
            self._follow.stop()
            return
        self._selected()  # one again: the details follow
        requests = self._state.requests
        if self.isVisible() and requests.to_be_read:
            self._read()

    def _may_look_ahead(self) -> None:
        opened = self._opened
        if opened is not None and opened.may_be_followed and self.isVisible():
            self._actions.read_following()

    @property
    def _can_read(self) -> bool:
        return self._state.phase is EnginePhase.RUNNING

    def _read(self) -> None:
        if self._can_read and self.isVisible():
            first, last = self.table.rows_in_sight()
            self._actions.read_history(first, last, self.table.selected_id)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up."""
        super().showEvent(event)
        self._go_to_table()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is asked for while nobody looks."""
        super().hideEvent(event)
        self._look_ahead.stop()

    # --- what the user does ----------------------------------------------------------------------

    def _go_to_table(self) -> None:
        if self.table.isVisible():
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What nobody inside has taken: Ctrl+F looks for requests, Escape goes back."""
        if event.matches(QKeySequence.StandardKey.Find):
            self._go_to_search()
        elif event.key() == Qt.Key.Key_Escape and not self.table.hasFocus():
            self._go_to_table()
        else:
            super().keyPressEvent(event)

    def _open(self, goes_in: bool) -> None:
        self.table.chosen.choose_current_only()
        self._open_selected()
        if goes_in and self._opened is not None:
            detail = self._beside.detail
            (detail.findChild(QTabBar) or detail).setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_selected(self) -> None:
        line = self.table.selected_summary()
        if line is not None and self.table.chosen.count <= 1:
            self._actions.open_record(line)

    def _selected(self) -> None:
        is_other = self._opened is not None and self._opened.summary.id != self.table.selected_id
        if is_other and self.table.chosen.count <= 1:
            self._follow.start()

    def _go_back(self) -> None:
        """Escape: one of several, then none."""
        if self.table.chosen.count > 1:
            self.table.chosen.choose_current_only()
        else:
            self._actions.close_record()

    def _choose_one(self) -> None:
        self.table.chosen.choose_current_only()
        self._go_to_table()

    def _go_to_search(self) -> None:
        self._toolbar.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._toolbar.search.selectAll()

    def _switch_pause(self) -> None:
        self._actions.pause(self._state.requests.paused_at is None)

    def _pin(self) -> None:
        if self.table.chosen.count > 1:
            self._do_with_all("pin")
            return
        line = self.table.selected_summary()
        if line is not None and not self._runs(line.id):
            self._actions.pin(line, not line.pinned)

    def _copy(self, as_command: bool) -> None:
        if self.table.chosen.count > 1:
            if not as_command:
                self._do_with_all("copy_id")
            return
        line = self.table.selected_summary()
        if line is None:
            return
        if not as_command:
            self._actions.copy_id(line)
        elif not self._runs(line.id):
            self._actions.copy_curl(line)

    def _runs(self, request_id: str) -> bool:
        live = self._state.requests.live.get(request_id)
        return live is not None and live.phase is not RequestPhase.OVER

    def _ask_to_clear(self) -> None:
        if self._question is not None:
            return
        self._question = ask(
            self,
            self.tr("Delete the whole history of requests?"),
            self.tr("Delete"),
            self._actions.clear,
            details=self.tr("Pinned requests go as well. This cannot be undone."),
            destructive=True,
        )
        self._question.finished.connect(self._answered)

    def _answered(self, _answer: int) -> None:
        self._question = None

    def _show_columns(self, beside: QWidget) -> None:
        ColumnsMenu(self, self.table).popup(beside.mapToGlobal(QPoint(0, beside.height())))

    def _show_row_menu(self, place: QPoint) -> None:
        index = self.table.indexAt(place)
        by_mouse = index.isValid() and self.table.visualRect(index).contains(place)
        where = self.table.viewport().mapToGlobal(place) if by_mouse else None
        if self.table.chosen.count > 1:
            several = ChosenMenu(self, self.table.chosen.chosen(), do=self._do_with_all)
            several.popup(where or self.table.menu_position())
            return
        line = self.table.selected_summary()
        if line is None:
            return
        menu = RowMenu(
            self,
            line,
            runs=self._runs(line.id),
            do=self._do,
            filter_by=self._actions.filter_by,
        )
        menu.popup(where or self.table.menu_position())

    def _do_with_all(self, key: str) -> None:
        """Export (the kind), pin or copy everything that is chosen."""
        actions, chosen = self.context.actions.chosen, self.table.chosen.chosen()
        details = self.context.actions.details
        match key:
            case "pin":
                actions.pin(chosen, wants_pin(chosen))
            case "copy_id":
                actions.copy_ids(chosen)
            case kind:
                actions.export(
                    chosen,
                    ExportKind(kind),
                    lambda made, left_out: open_export(made, details, self.window(), left_out),
                )

    def _do(self, key: str) -> None:
        match key:
            case "open":
                self._open(True)
            case "pin":
                self._pin()
            case "copy_id":
                self._copy(False)
            case "copy_curl":
                self._copy(True)
