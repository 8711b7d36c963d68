"""The rows of the table of requests against a slow and obvious list."""

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPixmap
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.i18n import Language
from desktop.models import request_cells as cells
from desktop.models.request_cells import Column, Row
from desktop.models.request_table import RequestTableModel
from desktop.panels.panel import PanelContext
from desktop.panels.requests_columns import WIDTHS_EM
from desktop.panels.requests_pictures import PAD, RowPictures, RowStyle
from desktop.panels.requests_table import DRAWN_AT_ONCE, RequestTable
from desktop.remedies import REQUEST_CURES
from desktop.slices.request_filter import RequestFilter
from desktop.slices.requests import (
    PAGE_ROWS,
    FilterChosen,
    HistoryRead,
    HistoryWiped,
    PageRead,
    PauseSwitched,
    RecordsPinned,
    RequestsSlice,
)
from desktop.state import AppEvent, AppState, reduce
from desktop.store import StateStore
from desktop.theme import Theme
from desktop.try_it import TryItSession
from gateway_engine.public import (
    RequestId,
    RequestProgressed,
    RequestRecorded,
    Summary,
    Survey,
    TaskOwner,
)
from tests.gui.alone import shown_alone
from tests.unit.desktop.samples import NOON, finished, started

TOTAL = 2 * PAGE_ROWS + 30


class Follower:
    """What a view knows that hears of every change: rows it has seen, None for one not looked at
    again since it changed."""

    def __init__(self, model: RequestTableModel) -> None:
        self.model = model
        self.seen: list[str | None] = []
        self.resets = 0
        model.rowsInserted.connect(self._inserted)
        model.rowsRemoved.connect(self._removed)
        model.dataChanged.connect(self._changed)
        model.modelReset.connect(self._reset)

    def _inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        self.seen[first:first] = [None] * (last - first + 1)
        assert len(self.seen) == self.model.rowCount()

    def _removed(self, _parent: QModelIndex, first: int, last: int) -> None:
        del self.seen[first : last + 1]
        assert len(self.seen) == self.model.rowCount()

    def _changed(self, first: QModelIndex, last: QModelIndex, *_roles: object) -> None:
        for row in range(first.row(), last.row() + 1):
            self.seen[row] = None

    def _reset(self) -> None:
        self.resets += 1
        self.seen = [None] * self.model.rowCount()

    def look(self) -> list[str]:
        """Look at what has changed only."""
        for row, words in enumerate(self.seen):
            if words is None:
                self.seen[row] = shown(self.model, row)
        return [words or "" for words in self.seen]


def shown(model: RequestTableModel, row: int) -> str:
    found = model.row(row)
    if found is None:
        return "not here"
    line = found.line
    return f"{line.id} {found.phase} {line.status} {line.client} {line.ttft_ms} {line.pinned}"


def obvious(requests: RequestsSlice) -> list[str]:
    """The rows from the beginning, without any cleverness."""
    rows = []
    for live in list(requests.live.values())[::-1]:
        is_waiting = requests.paused_at is not None and live.arrival > requests.paused_at
        if requests.shown_filter.wants(live) and not is_waiting:
            line = live.summary
            rows.append(
                f"{line.id} {live.phase} {line.status} {line.client} {line.ttft_ms} {line.pinned}"
            )
    view = requests.view
    for place in range(view.survey.total if view else 0):
        found = view.line(place) if view else None
        rows.append(
            "not here"
            if found is None
            else f"{found.id} over {found.status} {found.client} {found.ttft_ms} {found.pinned}"
        )
    return rows


def page(number: int, size: int = PAGE_ROWS) -> tuple[Summary, ...]:
    first = number * PAGE_ROWS
    return tuple(
        Summary(f"old_{place}", NOON, "openai_chat", "/v1", "curl", status=200)
        for place in range(first, min(first + size, TOTAL))
    )


IDS = st.sampled_from([f"r{number}" for number in range(7)])
NUMBERS = st.integers(1, 9)
FILTERS = st.sampled_from(
    [
        RequestFilter(),
        RequestFilter(status="running"),
        RequestFilter(status="failed"),
        RequestFilter(client="curl"),
        RequestFilter(pinned=True),
    ]
)


def _recorded(request_id: str, number: int, client: str) -> RequestRecorded:
    line = Summary(request_id, NOON, "openai_chat", "/v1", client, status=200)
    return RequestRecorded(line, number)


def _read(chosen: RequestFilter, total: int, recorded: int) -> HistoryRead:
    survey = Survey(total, total, recorded=recorded)
    return HistoryRead(chosen, survey, {0: page(0)[:total]} if total else {})


EVENTS: st.SearchStrategy[AppEvent] = st.one_of(
    st.builds(started, IDS),
    st.builds(started, IDS),
    st.builds(lambda name: RequestProgressed(RequestId(name), 1, 50.0), IDS),
    st.builds(finished, IDS, st.sampled_from(["", "busy"])),
    st.builds(_recorded, IDS, NUMBERS, st.sampled_from(["curl", "Zed"])),
    st.builds(FilterChosen, FILTERS),
    st.builds(PauseSwitched, st.booleans()),
    st.builds(_read, FILTERS, st.sampled_from([0, 5, TOTAL]), st.integers(0, 5)),
    st.builds(
        lambda number, size, serial: PageRead(serial, number, page(number, size)),
        st.integers(0, 2),
        st.sampled_from([PAGE_ROWS, 12]),
        st.integers(1, 3),
    ),
    st.builds(
        RecordsPinned,
        st.frozensets(st.sampled_from(["r1", "r2", "old_3"]), min_size=1),
        st.booleans(),
    ),
    st.just(HistoryWiped()),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(EVENTS, max_size=6), max_size=12))
def test_a_view_that_hears_of_changes_shows_what_is_there(batches: list[list[AppEvent]]) -> None:
    model = RequestTableModel(clock=lambda: NOON)
    follower = Follower(model)
    state = AppState()
    for batch in batches:
        for event in batch:
            state = reduce(state, event)
        model.show(state.requests)
        assert follower.look() == obvious(state.requests)
        waiting = [live for live in state.requests.live.values() if _waits(state.requests, live)]
        assert model.waiting == len(waiting)


def _waits(requests: RequestsSlice, live: Any) -> bool:
    is_new = requests.paused_at is not None and live.arrival > requests.paused_at
    return is_new and requests.shown_filter.wants(live)


def test_only_what_changed_is_told() -> None:
    model = RequestTableModel(clock=lambda: NOON)
    state = reduce(AppState(), _read(RequestFilter(), TOTAL, 0))
    for number in range(5):
        state = reduce(state, started(f"r{number}"))
    model.show(state.requests)
    told: list[tuple[str, int, int]] = []
    model.rowsInserted.connect(lambda _p, first, last: told.append(("new", first, last)))
    model.rowsRemoved.connect(lambda _p, first, last: told.append(("gone", first, last)))
    model.dataChanged.connect(
        lambda first, last, *_roles: told.append(("changed", first.row(), last.row()))
    )
    model.modelReset.connect(lambda: told.append(("reset", 0, 0)))
    state = reduce(state, RequestProgressed(RequestId("r1"), 1, 5.0))
    state = reduce(state, started("r9"))
    model.show(state.requests)
    assert told == [("new", 0, 0), ("changed", 4, 4)]
    told.clear()
    state = reduce(state, PageRead(1, 1, page(1)))
    model.show(state.requests)
    assert told == [("changed", 6 + PAGE_ROWS, 6 + 2 * PAGE_ROWS - 1)]
    told.clear()
    model.show(state.requests)
    assert told == []


def test_a_row_is_found_by_its_id_wherever_it_stands() -> None:
    model = RequestTableModel(clock=lambda: NOON)
    survey = Survey(TOTAL, TOTAL, place=333)
    state = reduce(AppState(), HistoryRead(RequestFilter(), survey, {0: page(0)}, "old_333"))
    state = reduce(state, started("r1"))
    model.show(state.requests)
    found = [model.row_of(name) for name in ("r1", "old_0", "old_199", "old_333", "old_250", "x")]
    assert found == [0, 1, 200, 334, None, None]
    assert sorted(model.rows_of({"r1", "old_199", "old_333"})) == [0, 200]


def test_cells_are_named_for_those_who_hear_them() -> None:
    model = RequestTableModel(clock=lambda: NOON)
    state = reduce(AppState(), started("r1"))
    model.show(state.requests)
    role = Qt.ItemDataRole.AccessibleTextRole
    assert model.data(model.index(0, Column.STATUS), role) == "Status: Waiting"
    assert model.data(model.index(0, Column.MODEL), role) == "Model: kmodel"
    state = reduce(state, _recorded("r1", 1, "curl"))
    state = reduce(state, RecordsPinned(frozenset({"r1"}), True))
    model.show(state.requests)
    assert str(model.data(model.index(0, Column.TIME), role)).endswith("pinned")


@pytest.mark.parametrize("code", ["en", "zh_CN"])
def test_a_status_without_room_is_its_number_and_a_word(
    theme: Theme, language: Language, code: str
) -> None:
    language.install(code)
    font = QFont()
    width = round(WIDTHS_EM[Column.STATUS] * QFontMetrics(font).height())
    drawn: list[str] = []

    class Watched(RowPictures):
        def _fitting(self, words: str, width: int) -> str:
            drawn.append(super()._fitting(words, width))
            return drawn[-1]

    def shown(row: Row, room: int, column: Column = Column.STATUS) -> str:
        pictures = Watched(theme.tokens)
        style = RowStyle(((column, 0, room),), QSize(room, 24), 1.0, font, 1000.0, 1)
        pictures.begin(style, 1)
        sheet = QPixmap(style.size)
        painter = QPainter(sheet)
        pictures.draw(painter, 0, 0, row, NOON, is_selected=False, has_focus=False)
        painter.end()
        return drawn[-1]

    usual = page(0)[0]
    said = set()
    for error in REQUEST_CURES:
        row = Row(replace(usual, status=503, error_code=error))
        told = shown(row, width)
        assert told.startswith("503 ")
        assert "…" not in told
        said.add(told)
        # Where there is room, all of it.
        whole = cells.text(Column.STATUS, row, NOON)
        assert shown(row, 40 * width) == whole
    assert len(said) > 15
    assert shown(Row(replace(usual, status=499, error_code="client_gone")), width)[:4] == "499 "
    aliased = Row(replace(usual, model_asked="claude-sonnet-4-5-20991231", model_used="qwen3"))
    told = shown(aliased, width, Column.MODEL)
    assert told.startswith("clau")
    assert told.endswith("… → qwen3"), "which model answered is what the column is for"
    long = Row(replace(aliased.line, model_used="dashscope_qwen_max_latest"))
    asked, arrow, used = shown(long, width, Column.MODEL).partition(" → ")
    assert arrow
    assert asked[:2] == "cl"
    assert used[:3] == "das"


@pytest.mark.parametrize("code", ["en", "zh_CN"])
def test_a_protocol_is_named_whole_where_its_column_is_shown(language: Language, code: str) -> None:
    language.install(code)
    metrics = QFontMetrics(QFont())
    room = round(WIDTHS_EM[Column.PROTOCOL] * metrics.height()) - 2 * PAD
    for key in ("openai_chat", "openai_responses", "anthropic_messages", "ollama"):
        assert metrics.horizontalAdvance(cells.PROTOCOLS[key]) <= room


def test_a_row_is_drawn_once_and_again_only_when_it_changes(theme: Theme) -> None:
    drawn: list[str] = []

    class Watched(RowPictures):
        def _draw_cell(
            self, painter: QPainter, cell: QRect, column: Column, row: Row, now: float
        ) -> None:
            drawn.append(row.line.id)
            super()._draw_cell(painter, cell, column, row, now)

    pictures = Watched(theme.tokens)
    columns = ((Column.CLIENT, 0, 80), (Column.MODEL, 80, 100))
    style = RowStyle(columns, QSize(180, 24), 1.0, QFont(), 1000.0, 1)
    sheet = QPixmap(180, 24 * 40)

    def paint(rows: list[Row], look: RowStyle = style) -> list[str]:
        drawn.clear()
        pictures.begin(look, 40)
        painter = QPainter(sheet)
        for place, row in enumerate(rows):
            pictures.draw(painter, 0, place * 24, row, NOON, is_selected=False, has_focus=False)
        painter.end()
        return sorted(set(drawn))

    rows = [Row(line) for line in page(0)[:40]]
    assert len(paint(rows)) == 40
    assert paint(rows) == []
    assert paint(rows[::-1]) == []
    rows[3] = Row(replace(rows[3].line, client="another"))
    assert paint(rows) == ["old_3"]
    assert len(paint(rows, replace(style, scale_ms=2000.0))) == 40


def test_of_many_new_rows_a_few_are_drawn_in_each_painting(theme: Theme) -> None:
    pictures = RowPictures(theme.tokens)
    style = RowStyle(((Column.CLIENT, 0, 80),), QSize(80, 24), 1.0, QFont(), 1000.0, 1)
    sheet = QPixmap(80, 24 * 9)

    def paint(rows: list[Row], look: RowStyle) -> list[bool]:
        pictures.begin(look, 9, 4)
        painter = QPainter(sheet)
        done = [
            pictures.draw(painter, 0, place * 24, row, NOON, is_selected=False, has_focus=False)
            for place, row in enumerate(rows)
        ]
        painter.end()
        return done

    rows = [Row(line) for line in page(0)[:9]]
    assert paint(rows, style) == [True] * 9, "the first look at it is whole"
    rows = [Row(line) for line in page(1)[:9]]
    for done in (4, 8, 9):
        assert sum(paint(rows, style)) == done
    longer = replace(style, scale_ms=2000.0)
    for done in (4, 8, 9):
        assert sum(paint(rows, longer)) == done
    assert sum(paint(rows, replace(longer, columns=((Column.MODEL, 0, 80),)))) == 9


def test_the_table_paints_on_until_all_new_rows_are_drawn(qtbot: QtBot, theme: Theme) -> None:
    batches: list[set[str]] = []

    class Watched(RowPictures):
        def begin(self, *told: Any) -> None:
            batches.append(set())
            super().begin(*told)

        def _picture(self, row: Row, *told: Any, **more: Any) -> QPixmap:
            batches[-1].add(row.line.id)
            return super()._picture(row, *told, **more)

    actions = Actions(StateStore(AppState()), TaskOwner("test"), TryItSession())
    theme.apply("light")
    table = RequestTable(PanelContext(actions, theme.tokens), clock=lambda: NOON)
    table._pictures = Watched(theme.tokens)
    shown_alone(qtbot, table, 500, 900)
    state = reduce(AppState(), _read(RequestFilter(), TOTAL, 0))
    table.show_requests(state.requests)
    bar, place = table.verticalScrollBar(), PAGE_ROWS * table.row_height
    qtbot.waitUntil(lambda: bar.maximum() > place)
    bar.setValue(place)
    qtbot.waitUntil(lambda: table.rows_in_sight()[0] == PAGE_ROWS and batches[-1] == set())
    batches.clear()
    view = state.requests.view
    assert view is not None
    table.show_requests(reduce(state, PageRead(view.serial, 1, page(1))).requests)
    first, last = table.rows_in_sight()
    in_sight = {f"old_{place}" for place in range(first, last)}
    assert len(in_sight) > 2 * DRAWN_AT_ONCE
    qtbot.waitUntil(lambda: set().union(*batches) >= in_sight)
    assert max(map(len, batches)) == DRAWN_AT_ONCE


def test_places_whose_lines_are_not_here_share_one_picture(theme: Theme) -> None:
    made: list[RowStyle] = []

    class Watched(RowPictures):
        def _picture_of_absent(self, style: RowStyle) -> QPixmap:
            made.append(style)
            return super()._picture_of_absent(style)

    pictures = Watched(theme.tokens)
    style = RowStyle(((Column.CLIENT, 0, 80),), QSize(80, 24), 1.0, QFont(), 1000.0, 1)
    for look in (style, style, replace(style, size=QSize(80, 30))):
        sheet = QPixmap(80, 90)
        sheet.fill(Qt.GlobalColor.white)
        pictures.begin(look, 3)
        painter = QPainter(sheet)
        for place in range(3):
            top = place * look.size.height()
            pictures.draw(painter, 0, top, None, NOON, is_selected=False, has_focus=False)
        painter.end()
        height = look.size.height()
        strips = [sheet.copy(0, place * height, 80, height).toImage() for place in range(3)]
        assert strips[0] == strips[1] == strips[2]
        assert strips[0].pixelColor(PAD + 2, height // 2).name() == theme.tokens.border
    assert [look.size.height() for look in made] == [24, 30]


@pytest.mark.parametrize("code", ["en", "zh_CN"])
def test_columns_that_have_room_need_no_scrolling(
    qtbot: QtBot, theme: Theme, language: Language, code: str
) -> None:
    language.install(code)
    actions = Actions(StateStore(AppState()), TaskOwner("test"), TryItSession())
    theme.apply("light")
    table = shown_alone(qtbot, RequestTable(PanelContext(actions, theme.tokens)), 500, 300)
    for width in range(500, 1400, 7):
        table.resize(width, 300)
        assert table.horizontalScrollBar().maximum() == 0, width
        head = table.horizontalHeader()
        for column in Column:  # one that comes back has room for its head, too
            assert table.columnWidth(column) >= head.sectionSizeHint(column), (width, column)


def test_of_another_day_the_time_is_not_what_is_cut(language: Language) -> None:
    language.install("en")
    line = Summary("old", NOON - 3 * 86400, "openai_chat", "/v1/chat/completions")
    whole = cells.text(Column.TIME, Row(line), NOON)
    less = cells.short(Column.TIME, Row(line), NOON)
    assert len(less) < len(whole)
    assert less.endswith(time.strftime("%H:%M", time.localtime(NOON)))
    today = Row(replace(line, started_at=NOON))
    assert cells.short(Column.TIME, today, NOON) == "", "as short as it gets"
