"""What the window knows of requests: the live ones, stretches of the history, the opened one. Pure.

The table shows the live ones above the history as it was surveyed last. The history is read again
(`to_be_read`) when the filter is another one, many have ended since, or lines were tidied away;
what ended is then part of it. Everything here is bounded, however long the history is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, assert_never

from desktop.slices.live_requests import (
    LiveRequests,
    RequestEvent,
    newest,
    running,
    unread,
    unrecorded,
    with_event,
)
from desktop.slices.request_filter import RequestFilter
from gateway_engine.public import (
    HistoryTidied,
    Record,
    RequestProgressed,
    RequestRecorded,
    RequestRouted,
    Summary,
    Survey,
)

ANY = RequestFilter()
PAGE_ROWS = 200
MAX_PAGES = 16
MANY_OVER = 400
"""So many ended requests above the history are enough to read it again."""
MAX_OVER = 2 * MANY_OVER

Pages = Mapping[int, tuple[Summary, ...]]


@dataclass(frozen=True, slots=True)
class HistoryView:
    """The history as one reading found it. `serial` tells readings apart; `pages` are those parts
    of it that were asked for last, PAGE_ROWS lines each. `located` is the id whose place the survey
    knows.
    """

    serial: int
    filter: RequestFilter
    survey: Survey
    pages: Pages
    located: str = ""

    def line(self, place: int) -> Summary | None:
        """The line at `place`, None while it is not here."""
        page = self.pages.get(place // PAGE_ROWS, ())
        within = place % PAGE_ROWS
        return page[within] if within < len(page) else None


@dataclass(frozen=True, slots=True)
class OpenedRecord:
    """The request whose details are shown. `record` is None while it runs or is being read, and
    when there is none (`missing`); `previous` is that of the conversation's turn before,
    `following` that of the turn after. `may_be_followed`: that one is to be looked for (again).
    """

    summary: Summary
    record: Record | None = None
    previous: Record | None = None
    following: Record | None = None
    may_be_followed: bool = False
    loading: bool = False
    missing: bool = False
    to_be_read: bool = True


@dataclass(frozen=True, slots=True)
class RequestsSlice:
    """`paused_at`: requests that arrived later wait; None when none do."""

    filter: RequestFilter = ANY
    live: LiveRequests = field(default_factory=dict)
    arrived: int = 0
    paused_at: int | None = None
    view: HistoryView | None = None
    opened: OpenedRecord | None = None
    is_stale: bool = False
    readings: int = 0

    @property
    def to_be_read(self) -> bool:
        """Whether the history is to be read (again)."""
        if self.view is None or self.view.filter != self.filter:
            return True
        return self.is_stale and self.paused_at is None

    @property
    def shown_filter(self) -> RequestFilter:
        """What the table is filtered by: the chosen filter, once the history was read by it."""
        return self.filter if self.view is None else self.view.filter

    def summary(self, request_id: str) -> Summary | None:
        """The line of a request, as far as it is here."""
        if request_id in self.live:
            return self.live[request_id].summary
        pages = () if self.view is None else self.view.pages.values()
        lines = (line for page in pages for line in page)
        return next((line for line in lines if line.id == request_id), None)

    def after_loss(self) -> "RequestsSlice":
        """Events were lost: what runs is told again, the rest is in the history."""
        return replace(self, live={}, is_stale=True)

    def without_engine(self) -> "RequestsSlice":
        """The engine has ended: nothing runs, and another one counts anew."""
        return replace(self, live={}, view=None, paused_at=None, is_stale=False)


# --- what only the desktop learns ---


@dataclass(frozen=True, slots=True)
class FilterChosen:
    """Other requests are wanted."""

    filter: RequestFilter


@dataclass(frozen=True, slots=True)
class PauseSwitched:
    """New requests wait, or do not any more."""

    paused: bool


@dataclass(frozen=True, slots=True)
class HistoryRead:
    """The history was surveyed with this filter, and the first pages were read."""

    filter: RequestFilter
    survey: Survey
    pages: Pages
    located: str = ""


@dataclass(frozen=True, slots=True)
class PageRead:
    """One more page of the reading `serial`."""

    serial: int
    number: int
    lines: tuple[Summary, ...]


@dataclass(frozen=True, slots=True)
class HistoryWiped:
    """Nothing is left of the history."""


@dataclass(frozen=True, slots=True)
class RecordsPinned:
    """Records were pinned, or are not any more."""

    ids: frozenset[str]
    pinned: bool


@dataclass(frozen=True, slots=True)
class RecordOpened:
    """The details of this one are wanted."""

    summary: Summary


@dataclass(frozen=True, slots=True)
class RecordAsked:
    """They are being read."""

    id: str


@dataclass(frozen=True, slots=True)
class RecordRead:
    """They are here; `record` is None when there are none."""

    id: str
    record: Record | None
    previous: Record | None = None


@dataclass(frozen=True, slots=True)
class FollowingAsked:
    """The turn after this one is being looked for."""

    id: str


@dataclass(frozen=True, slots=True)
class FollowingRead:
    """The turn after this one is here; None while there is none."""

    id: str
    record: Record | None


@dataclass(frozen=True, slots=True)
class RecordClosed:
    """The details are not wanted any more."""


RequestsEvent = (
    FilterChosen
    | PauseSwitched
    | HistoryRead
    | PageRead
    | HistoryWiped
    | RecordsPinned
    | RecordOpened
    | RecordAsked
    | RecordRead
    | FollowingAsked
    | FollowingRead
    | RecordClosed
)
RequestsNews = RequestEvent | RequestsEvent | HistoryTidied
RequestsAlone = RequestProgressed | RequestRouted | RequestsEvent | HistoryTidied
"""What changes nothing but this slice. Hundreds of the first come at once."""


# --- the reducer ---


def reduce_requests(state: RequestsSlice, event: RequestsNews) -> RequestsSlice:
    """The slice after `event`; the same object when nothing of it has changed."""
    if isinstance(event, RequestEvent):
        return _with_live(state, event)
    match event:
        case FilterChosen(chosen):
            return replace(state, filter=chosen)
        case PauseSwitched(paused):
            return replace(state, paused_at=state.arrived if paused else None)
        case HistoryRead():
            return _with_history(state, event)
        case PageRead():
            return _with_page(state, event)
        case HistoryWiped():
            opened, live = state.opened, unrecorded(state.live)
            is_left = opened is not None and opened.summary.id in live
            return replace(state, live=live, view=None, opened=opened if is_left else None)
        case HistoryTidied():
            return replace(state, is_stale=True)
        case RecordsPinned():
            return _with_pin(state, event)
        case RecordOpened(summary):
            return replace(state, opened=OpenedRecord(summary))
        case RecordAsked(record_id):
            return _with_opened(state, record_id, loading=True, to_be_read=False)
        case RecordRead():
            return _with_record(state, event)
        case FollowingAsked(record_id):
            return _with_opened(state, record_id, may_be_followed=False)
        case FollowingRead(_, None):
            return state
        case FollowingRead(record_id, record):
            return _with_opened(state, record_id, following=record, may_be_followed=False)
        case RecordClosed():
            return replace(state, opened=None)
        case _:
            assert_never(event)


def _with_live(state: RequestsSlice, event: RequestEvent) -> RequestsSlice:
    arrival = state.arrived + 1
    live = with_event(state.live, event, arrival)
    if live is state.live:
        return state
    is_new = len(live) > len(state.live)
    changed = replace(state, live=live, arrived=arrival if is_new else state.arrived)
    if isinstance(event, RequestRecorded):
        changed = _with_line(changed, event)
    return _with_opened_line(changed, event)


def _with_line(state: RequestsSlice, event: RequestRecorded) -> RequestsSlice:
    live = state.live
    if state.view is not None and event.number <= state.view.survey.recorded:
        live = {i: known for i, known in live.items() if i != event.summary.id}
    over = len(live) - len(running(live)) if len(live) > MANY_OVER else 0
    if over > MAX_OVER:
        live = newest(live, MANY_OVER)
    return replace(state, live=live, is_stale=state.is_stale or over > MANY_OVER)


def _with_opened_line(state: RequestsSlice, event: RequestEvent) -> RequestsSlice:
    """The opened one goes on; its details can be read once it is recorded."""
    opened = state.opened
    if opened is None:
        return state
    if isinstance(event, RequestRecorded):
        if event.summary.id != opened.summary.id:
            if not _may_follow(event.summary, opened):
                return state
            opened = replace(opened, may_be_followed=True)
        else:
            opened = replace(
                opened, summary=event.summary, to_be_read=opened.record is None, missing=False
            )
    else:
        known = state.live.get(opened.summary.id)
        if known is None or known.summary == opened.summary:
            return state
        opened = replace(opened, summary=known.summary)
    return replace(state, opened=opened)


def _may_follow(line: Summary, opened: OpenedRecord) -> bool:
    """Whether this new line may be the turn after the opened one."""
    known = opened.summary
    return (
        opened.record is not None
        and opened.following is None
        and not opened.may_be_followed
        and (line.client, line.protocol) == (known.client, known.protocol)
    )


def _with_opened(state: RequestsSlice, record_id: str, **changes: Any) -> RequestsSlice:
    opened = state.opened
    if opened is None or opened.summary.id != record_id:
        return state
    return replace(state, opened=replace(opened, **changes))


def _with_history(state: RequestsSlice, event: HistoryRead) -> RequestsSlice:
    serial = state.readings + 1
    return replace(
        state,
        live=unread(state.live, event.survey.recorded),
        paused_at=None if state.paused_at is None else state.arrived,
        view=HistoryView(serial, event.filter, event.survey, event.pages, event.located),
        is_stale=False,
        readings=serial,
    )


def _with_page(state: RequestsSlice, event: PageRead) -> RequestsSlice:
    view = state.view
    if view is None or view.serial != event.serial:
        return state
    pages = {**view.pages, event.number: event.lines}
    far = sorted(pages, key=lambda number: abs(number - event.number))[MAX_PAGES:]
    pages = {number: lines for number, lines in pages.items() if number not in far}
    survey = view.survey
    end = event.number * PAGE_ROWS + len(event.lines)
    if len(event.lines) < PAGE_ROWS and end < survey.total:
        # The oldest were tidied away meanwhile.
        survey = replace(survey, total=end)
    return replace(state, view=replace(view, pages=pages, survey=survey))


def _with_pin(state: RequestsSlice, event: RecordsPinned) -> RequestsSlice:
    def pinned(line: Summary) -> Summary:
        return replace(line, pinned=event.pinned) if line.id in event.ids else line

    live, view, opened = state.live, state.view, state.opened
    if not event.ids.isdisjoint(live):
        live = {i: replace(known, summary=pinned(known.summary)) for i, known in live.items()}
    if view is not None:
        pages = {
            number: tuple(map(pinned, lines)) if any(i.id in event.ids for i in lines) else lines
            for number, lines in view.pages.items()
        }
        view = replace(view, pages=pages)
    if opened is not None:
        opened = replace(opened, summary=pinned(opened.summary))
    is_stale = state.is_stale or state.shown_filter.pinned
    return replace(state, live=live, view=view, opened=opened, is_stale=is_stale)


def _with_record(state: RequestsSlice, event: RecordRead) -> RequestsSlice:
    opened = state.opened
    if opened is None or opened.summary.id != event.id:
        return state
    summary = opened.summary if event.record is None else event.record.summary
    is_over = event.id not in running(state.live)
    return replace(
        state,
        opened=replace(
            opened,
            summary=summary,
            record=event.record,
            previous=event.previous,
            may_be_followed=event.record is not None and event.record.details is not None,
            loading=False,
            missing=event.record is None and is_over,
            to_be_read=opened.to_be_read and event.record is None,
        ),
    )
