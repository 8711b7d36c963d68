"""What a user can ask for in the table of requests: read, filter, pause, open, pin, clear, copy.

Reading goes on behind the table: one reading and one page at a time, the newest wish first.
"""

import asyncio
import logging
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication

from desktop.asking import EngineAsker
from desktop.engine_thread import EngineControl, EngineThreadGoneError
from desktop.slices.live_requests import unread
from desktop.slices.request_filter import RequestFilter
from desktop.slices.requests import (
    PAGE_ROWS,
    FilterChosen,
    FollowingAsked,
    FollowingRead,
    HistoryRead,
    HistoryWiped,
    PageRead,
    PauseSwitched,
    RecordAsked,
    RecordClosed,
    RecordOpened,
    RecordRead,
    RecordsPinned,
    RequestsSlice,
)
from desktop.state import ActionFailed
from gateway_engine.public import GatewayError, Record, RecordQuery, Summary, Survey, curl

logger = logging.getLogger(__name__)

MOST_PAGES_AT_ONCE = 3


class RequestActions:
    """Everything is called on the UI thread. Nothing is asked while there is no engine."""

    def __init__(self, asker: EngineAsker, show_panel: Callable[[str], None]) -> None:
        self._asker = asker
        self._show_panel = show_panel
        self._is_reading = False
        self._is_paging = False
        self._wanted_places = (0, 0)
        self._being_read = ""
        self._being_followed = ""

    # --- the history -----------------------------------------------------------------------------

    def read_history(self, first_row: int = 0, last_row: int = 0, selected: str = "") -> None:
        """Read what the chosen filter finds, so that these rows of the table can be shown at once.

        `selected` is located: its place is part of the survey.
        """
        if self._asker.has_engine and not self._is_reading:
            self._is_reading = True
            self._asker.spawn(self._read(first_row, last_row, selected), name="read-history")

    def need_places(self, first: int, last: int) -> None:
        """The table shows these places of the history: read what is not here yet."""
        self._wanted_places = (first, last)
        if self._asker.has_engine and not self._is_paging and self._missing_page() is not None:
            self._is_paging = True
            self._asker.spawn(self._read_pages(), name="read-page")

    def filter_by(self, chosen: RequestFilter) -> None:
        """Show others."""
        if chosen != self._slice.filter:
            self._asker.store.dispatch(FilterChosen(chosen))

    def pause(self, paused: bool) -> None:
        """Let new requests wait, or show them."""
        if paused is (self._slice.paused_at is None):
            self._asker.store.dispatch(PauseSwitched(paused))

    def clear(self) -> None:
        """Forget every record, on the disk too."""
        self._asker.request(
            "wipe-history",
            lambda engine: engine.records.wipe(),
            then=lambda _nothing: HistoryWiped(),
        )

    # --- one record ------------------------------------------------------------------------------

    def open_record(self, summary: Summary) -> None:
        """Show the details of this one."""
        opened = self._slice.opened
        if opened is None or opened.summary.id != summary.id:
            self._asker.store.dispatch(RecordOpened(summary))

    def show_record(self, request_id: str) -> None:
        """Turn to this one in the table, with its details, whatever was looked for there."""
        line = self._slice.summary(request_id)
        if line is not None:
            self._turn_to(line)
        else:
            self._asker.request(
                "find-record", lambda engine: engine.records.get(request_id), then=self._found
            )

    def close_record(self) -> None:
        """Show no details."""
        if self._slice.opened is not None:
            self._asker.store.dispatch(RecordClosed())

    def read_opened(self) -> None:
        """Read the details of the opened one."""
        opened = self._slice.opened
        if opened is None or not self._asker.has_engine:
            return
        if self._being_read != opened.summary.id:
            self._being_read = opened.summary.id
            self._asker.spawn(self._read_record(opened.summary.id), name="read-record")

    def read_following(self) -> None:
        """Look for the turn that goes on from the opened one."""
        opened = self._slice.opened
        if opened is None or not self._asker.has_engine:
            return
        if self._being_followed != opened.summary.id:
            self._being_followed = opened.summary.id
            self._asker.spawn(self._read_following(opened.summary.id), name="read-following")

    def pin(self, summary: Summary, pinned: bool) -> None:
        """Let a record outlive the tidying, or not."""

        async def pin(engine: EngineControl) -> bool:
            return await engine.records.pin(summary.id, pinned)

        def told(found: bool) -> RecordsPinned | ActionFailed:
            if found:
                return RecordsPinned(frozenset({summary.id}), pinned)
            return ActionFailed(_not_recorded())

        self._asker.request("pin-record", pin, then=told)

    def copy_id(self, summary: Summary) -> None:
        """The id, as logs and answers' headers name it."""
        QGuiApplication.clipboard().setText(summary.id)

    def copy_curl(self, summary: Summary) -> None:
        """The request as a command; its key stays in an environment variable."""

        async def command(engine: EngineControl) -> str:
            record = await engine.records.get(summary.id)
            return "" if record is None else await asyncio.to_thread(curl, record)

        def take(text: str) -> ActionFailed | None:
            if not text:
                return ActionFailed(_not_recorded())
            QGuiApplication.clipboard().setText(text)
            return None

        self._asker.request("copy-curl", command, then=take)

    # --- inside ----------------------------------------------------------------------------------

    @property
    def _slice(self) -> RequestsSlice:
        return self._asker.store.state.requests

    def _found(self, record: Record | None) -> ActionFailed | None:
        if record is None:
            return ActionFailed(_not_recorded())
        self._turn_to(record.summary)
        return None

    def _turn_to(self, line: Summary) -> None:
        self.pause(False)
        self.open_record(line)  # first: whoever reads the history anew looks for its row
        self.filter_by(RequestFilter())
        self._show_panel("requests")

    async def _read(self, first_row: int, last_row: int, selected: str) -> None:
        chosen = self._slice.filter
        query = chosen.query()
        try:
            survey = await self._asker.ask(lambda engine: engine.records.survey(query, selected))
            if survey is None:
                # Said in the window; an empty history is not asked for again and again.
                self._asker.store.dispatch(HistoryRead(chosen, Survey(0, 0), {}))
                return
            live = unread(self._slice.live, survey.recorded).values()
            above = sum(chosen.wants(request) for request in live)
            first = max(0, first_row - above) // PAGE_ROWS
            last = max(0, last_row - above) // PAGE_ROWS
            pages: dict[int, tuple[Summary, ...]] = {}
            for number in range(first, min(last, first + MOST_PAGES_AT_ONCE - 1) + 1):
                if number * PAGE_ROWS < survey.total:
                    lines = await self._read_page(query, survey, number)
                    if lines is not None:
                        pages[number] = lines
            self._asker.store.dispatch(HistoryRead(chosen, survey, pages, selected))
        finally:
            self._is_reading = False

    async def _read_pages(self) -> None:
        try:
            while (number := self._missing_page()) is not None:
                view = self._slice.view
                if view is None:
                    return
                lines = await self._read_page(view.filter.query(), view.survey, number)
                if lines is None:
                    return
                self._asker.store.dispatch(PageRead(view.serial, number, lines))
        finally:
            self._is_paging = False

    async def _read_page(
        self, query: RecordQuery, survey: Survey, number: int
    ) -> tuple[Summary, ...] | None:
        offset = number * PAGE_ROWS
        return await self._asker.ask(
            lambda engine: engine.records.stretch(query, survey.anchor, offset, PAGE_ROWS)
        )

    def _missing_page(self) -> int | None:
        view = self._slice.view
        if view is None:
            return None
        first, last = self._wanted_places
        last = min(last, view.survey.total - 1)
        wanted = range(first // PAGE_ROWS, last // PAGE_ROWS + 1)
        return next((number for number in wanted if number not in view.pages), None)

    async def _read_record(self, record_id: str) -> None:
        self._asker.store.dispatch(RecordAsked(record_id))
        try:
            record, previous = await self._asker.ask(
                lambda engine: _details(engine, record_id)
            ) or (
                None,
                None,
            )
        finally:
            if self._being_read == record_id:
                self._being_read = ""
        self._asker.store.dispatch(RecordRead(record_id, record, previous))

    async def _read_following(self, record_id: str) -> None:
        self._asker.store.dispatch(FollowingAsked(record_id))
        try:
            following = await self._asker.ask_or_raise(lambda engine: engine.turns.after(record_id))
        except (EngineThreadGoneError, TimeoutError, GatewayError) as error:
            # Nobody asked for it in words.
            logger.debug("the turn after was not found: %s", error)
            return
        finally:
            if self._being_followed == record_id:
                self._being_followed = ""
        self._asker.store.dispatch(FollowingRead(record_id, following))


async def _details(engine: EngineControl, record_id: str) -> tuple[Record | None, Record | None]:
    record = await engine.records.get(record_id)
    return record, None if record is None else await engine.turns.before(record_id)


def _not_recorded() -> str:
    return QCoreApplication.translate("Requests", "There is no record of this request (any more).")
