"""The table of requests in the window, with a history behind it on the engine's thread."""

from dataclasses import replace
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.i18n import Language
from desktop.models.request_cells import Column, short
from desktop.panels.action_failure import ActionFailure
from desktop.panels.request_detail import RequestDetail
from desktop.panels.requests_split import RequestsSplit
from desktop.panels.requests_table import RequestTable, nice_scale
from desktop.slices.request_filter import RequestFilter
from desktop.theme import Theme
from gateway_engine.inspector.recent import RecentRecords
from gateway_engine.public import HistoryTidied, InstanceChanged, RequestRecorded
from tests.gui.conftest import RunOnQt
from tests.gui.requests_house import (
    LINES,
    House,
    Make,
    buttons,
    houses,
    is_pinned,
    opened_record,
    record,
    run,
)
from tests.unit.desktop.samples import NOON, finished, started, status


@pytest.fixture
def house(theme: Theme, language: Language, qtbot: QtBot) -> Make:
    return houses(theme, language, qtbot)


def labels(widget: QWidget) -> list[str]:
    """What is written there."""
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def test_the_history_is_read_in_pages_as_it_comes_into_sight(
    run_on_qt: RunOnQt[None], house: Make
) -> None:
    made = house()

    async def scenario() -> None:
        assert made.table.rows.rowCount() == LINES
        assert made.shown(0) == f"old_{LINES - 1}"
        assert made.shown(LINES - 1) == ""
        made.table.setFocus()
        made.key(Qt.Key.Key_End)
        await made.until(lambda: made.shown(LINES - 1) == "old_0")
        assert made.table.currentIndex().row() == LINES - 1
        made.key(Qt.Key.Key_Home)
        assert made.table.currentIndex().row() == 0
        made.key(Qt.Key.Key_PageDown)
        assert made.table.currentIndex().row() > 5

    run(run_on_qt, made, scenario)


def test_selection_and_place_stay_while_rows_come_in(run_on_qt: RunOnQt[None], house: Make) -> None:
    made = house()

    async def scenario() -> None:
        table = made.table
        table.select_row(50)
        assert table.selected_id == f"old_{LINES - 51}"
        bar = table.verticalScrollBar()
        top = made.shown(bar.value() // table.row_height)
        made.tell(*(started(f"r{number}", NOON + 6000) for number in range(7)))
        assert table.currentIndex().row() == 57
        assert made.shown(57) == table.selected_id
        assert made.shown(bar.value() // table.row_height) == top
        for number in range(450):
            made.tell_recorded(f"n{number}")
        kept = table.selected_id
        # Many are over now: the history is read again, and the same request is still chosen.
        view = made.store.state.requests.view
        await made.until(lambda: made.store.state.requests.view is not view)
        assert made.shown(table.currentIndex().row()) == kept
        assert len(table.selectionModel().selectedRows()) == 1

    run(run_on_qt, made, scenario)


def test_at_the_top_the_newest_is_seen_at_once(run_on_qt: RunOnQt[None], house: Make) -> None:
    made = house()

    def scenario() -> None:
        made.tell(started("new", NOON + 6000))
        assert made.shown(0) == "new"
        assert made.table.verticalScrollBar().value() == 0
        made.tell(finished("new"))
        assert made.table.rows.index(0, Column.STATUS).data() == "200"

    run(run_on_qt, made, scenario)


def test_instances_are_called_as_the_settings_call_them(
    run_on_qt: RunOnQt[None], house: Make
) -> None:
    made = house()

    async def scenario() -> None:
        cell = made.table.rows.index(0, Column.INSTANCE)
        (choice,) = [
            c for c in made.panel.findChildren(QComboBox) if c.accessibleName() == "Instance"
        ][:1]
        made.table.select_row(0)
        made.key(Qt.Key.Key_Return)
        await made.until(lambda: bool(opened_record(made)))
        for title, words in (("", "inst-0"), ("Work", "Work · inst-0"), ("Home", "Home · inst-0")):
            made.tell(InstanceChanged(replace(status(), title=title)))
            assert cell.data() == words
            assert cell.data(Qt.ItemDataRole.AccessibleTextRole) == f"Instance: {words}"
            assert [choice.itemText(n) for n in (0, 1)] == ["Any instance", words]
            assert choice.itemData(1) == "inst-0"
            (fact,) = [text for text in labels(made.panel) if "inst-0" in text]
            assert fact == words
        row = made.table.rows.row(0)
        assert row is not None
        assert short(Column.INSTANCE, row, NOON) == "Home"
        made.key(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
        assert any(text == "Home · inst-0" for text in labels(made.panel))

    run(run_on_qt, made, scenario)


def test_one_that_was_asked_for_elsewhere_is_chosen_and_in_sight_whatever_was_looked_for(
    run_on_qt: RunOnQt[None], house: Make
) -> None:
    made = house()

    async def scenario() -> None:
        requests = made.actions.requests
        made.actions.panel_wanted.connect(made.window.show_panel)
        requests.filter_by(RequestFilter(status="failed"))
        requests.pause(True)
        await made.until(lambda: made.table.rows.rowCount() == LINES // 10)
        made.window.show_panel("overview")
        made.table.select_row(3)
        requests.show_record("old_77")  # far down: neither its row nor its page is here
        await made.until(lambda: made.table.rows.rowCount() == LINES)
        await made.until(lambda: made.shown(made.table.currentIndex().row()) == "old_77")
        assert made.window.panel == "requests"
        assert made.table.selected_id == "old_77"
        first, last = made.table.rows_in_sight()
        assert first <= made.table.currentIndex().row() <= last
        assert made.store.state.requests.opened is not None
        assert made.store.state.requests.paused_at is None
        made.tell(started("live", NOON + 6000), finished("live", "upstream_timeout", status=504))
        requests.show_record("live")
        assert made.table.currentIndex().row() == 0
        assert made.table.verticalScrollBar().value() == 0
        made.key(Qt.Key.Key_Down)  # the keyboard goes on from there
        assert made.table.selected_id == f"old_{LINES - 1}"

    run(run_on_qt, made, scenario)


def test_what_the_limits_delete_leaves_the_table_and_its_details_say_so(
    run_on_qt: RunOnQt[None], house: Make
) -> None:
    made = house(60)

    async def scenario() -> None:
        left = RecentRecords()
        await left.add([record(number) for number in range(50, 60)])
        made.engine.records = left
        made.table.select_row(55)  # its line is still there, its record is not
        made.key(Qt.Key.Key_Return)
        await made.until(lambda: any("no record of this" in words for words in labels(made.panel)))
        made.tell(HistoryTidied(50, NOON))
        await made.until(lambda: made.table.rows.rowCount() == 10)
        assert made.shown(9) == "old_50"

    run(run_on_qt, made, scenario)


def test_one_that_is_nowhere_any_more_is_told(run_on_qt: RunOnQt[None], house: Make) -> None:
    made = house(1)

    async def scenario() -> None:
        made.actions.requests.show_record("gone")
        await made.until(lambda: bool(made.store.state.action_error))
        assert "no record" in made.store.state.action_error
        failure = made.window.findChildren(ActionFailure)[0]
        assert failure.isVisible()
        buttons(failure)[0].click()
        assert not failure.isVisible()

    run(run_on_qt, made, scenario)


def test_a_filter_is_asked_of_the_history(run_on_qt: RunOnQt[None], house: Make) -> None:
    made = house()

    async def scenario() -> None:
        made.table.setFocus()
        made.key(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        search = QApplication.focusWidget()
        assert search is not None
        QTest.keyClicks(search, "old_77")
        await made.until(lambda: made.table.rows.rowCount() == 11)
        assert made.shown(0) == "old_779"
        made.actions.requests.filter_by(RequestFilter(text="old_77", status="failed"))
        await made.until(lambda: made.table.rows.rowCount() == 1)
        assert made.shown(0) == "old_770"
        QTest.keyClick(search, Qt.Key.Key_Escape)
        await made.until(lambda: made.table.rows.rowCount() == LINES // 10)
        QTest.keyClick(search, Qt.Key.Key_Escape)
        assert made.table.hasFocus()
        made.actions.requests.filter_by(RequestFilter(text="nothing like it"))
        await made.until(lambda: made.table.rows.rowCount() == 0)
        (button,) = [b for b in buttons(made.window) if b.text() == "Show all requests"]
        button.click()
        await made.until(lambda: made.table.rows.rowCount() == LINES)
        assert made.table.isVisible()

    run(run_on_qt, made, scenario)


def test_a_pause_lets_new_ones_wait_and_counts_them(run_on_qt: RunOnQt[None], house: Make) -> None:
    made = house()

    def scenario() -> None:
        made.tell(started("before", NOON + 6000))
        made.table.setFocus()
        made.key(Qt.Key.Key_Space)
        made.tell(started("a", NOON + 6001), started("b", NOON + 6002), finished("before"))
        assert (made.shown(0), made.table.rows.rowCount()) == ("before", LINES + 1)
        assert made.table.rows.index(0, Column.STATUS).data() == "200"
        (resume,) = [b for b in buttons(made.window) if b.text().startswith("Resume")]
        assert resume.text() == "Resume, 2 new"
        made.key(Qt.Key.Key_Space)
        assert (made.shown(0), resume.text()) == ("b", "Pause")

    run(run_on_qt, made, scenario)


def test_pin_and_copy_by_keys(run_on_qt: RunOnQt[None], house: Make) -> None:
    made = house()

    async def scenario() -> None:
        control = Qt.KeyboardModifier.ControlModifier
        made.table.select_row(3)
        made.key(Qt.Key.Key_P)
        await made.until(lambda: bool(is_pinned(made, 3)))
        kept = await made.engine.records.get(f"old_{LINES - 4}")
        assert kept is not None
        assert kept.summary.pinned
        made.actions.requests.filter_by(RequestFilter(pinned=True))
        await made.until(lambda: made.table.rows.rowCount() == 1)
        made.table.select_row(0)
        made.key(Qt.Key.Key_C, control)
        assert QGuiApplication.clipboard().text() == f"old_{LINES - 4}"
        made.key(Qt.Key.Key_C, control | Qt.KeyboardModifier.ShiftModifier)
        await made.until(lambda: QGuiApplication.clipboard().text().startswith("curl -sS"))
        made.key(Qt.Key.Key_P)
        await made.until(lambda: made.table.rows.rowCount() == 0)

    run(run_on_qt, made, scenario)


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_clear_asks_first_and_then_forgets_everything(
    run_on_qt: RunOnQt[None], house: Make
) -> None:
    made = house()

    async def scenario() -> None:
        made.tell(started("runs", NOON + 6000))
        for answer, left in (("Cancel", LINES + 1), ("Delete", 1)):
            (clear,) = [b for b in buttons(made.window) if b.text() == "Clear…"]
            clear.click()
            (box,) = [b for b in made.window.findChildren(QMessageBox) if b.isVisible()]
            (button,) = [b for b in box.buttons() if b.text().replace("&", "") == answer]
            button.click()
            await made.until(partial(_has_rows, made, left))
        assert made.shown(0) == "runs"
        assert await made.engine.records.get("old_5") is None

    run(run_on_qt, made, scenario)


def test_columns_and_widths_are_kept(run_on_qt: RunOnQt[None], house: Make) -> None:
    made = house()

    def scenario() -> None:
        kept: list[dict[str, str]] = []
        made.actions.layouts.changed.connect(kept.append)
        made.table.choose_column(Column.CLIENT, False)
        made.table.choose_column(Column.INSTANCE, True)
        made.table.horizontalHeader().resizeSection(Column.MODEL, 271)
        made.window.rebuild()
        table = made.window.findChildren(RequestTable)[-1]
        assert table.isColumnHidden(Column.CLIENT)
        assert not table.isColumnHidden(Column.INSTANCE)
        assert table.columnWidth(Column.MODEL) == 271
        assert "271" in kept[-1]["requests.columns"]
        table.usual_columns()
        assert not table.isColumnHidden(Column.CLIENT)

    run(run_on_qt, made, scenario)


def test_an_empty_history_says_how_to_begin(run_on_qt: RunOnQt[None], house: Make) -> None:
    made = house(0)

    def scenario() -> None:
        asked: list[str] = []
        made.actions.panel_wanted.connect(asked.append)
        assert not made.table.isVisible()
        (button,) = [b for b in buttons(made.window) if b.text() == "Go to Overview"]
        button.click()
        assert asked == ["overview"]
        made.tell(started("first"))
        assert made.table.isVisible()

    run(run_on_qt, made, scenario)


@pytest.mark.parametrize(
    ("longest", "scale"), [(0, 1000), (1000, 1000), (1001, 2000), (7000, 10_000), (61_000, 100_000)]
)
def test_the_scale_of_the_timeline(longest: float, scale: float) -> None:
    assert nice_scale(longest) == scale


def _has_rows(made: House, rows: int) -> bool:
    return made.table.rows.rowCount() == rows


def test_a_click_opens_the_details_keys_follow_and_escape_goes_back(
    run_on_qt: RunOnQt[None], house: Make
) -> None:
    made = house()

    async def scenario() -> None:
        (detail,) = made.panel.findChildren(RequestDetail)
        assert not detail.isVisible()
        place = made.table.visualRect(made.table.rows.index(2, 0)).center()
        QTest.mouseClick(
            made.table.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            place,
        )
        await made.until(lambda: opened_record(made) == f"old_{LINES - 3}")
        assert detail.isVisible()
        made.key(Qt.Key.Key_Down)
        made.key(Qt.Key.Key_Down)
        await made.until(lambda: opened_record(made) == f"old_{LINES - 5}")
        assert f"previous turn of old_{LINES - 4}" not in made.engine.asked
        made.key(Qt.Key.Key_Return)
        focused = QApplication.focusWidget()
        assert focused is not None
        assert detail.isAncestorOf(focused)
        QTest.keyClick(focused, Qt.Key.Key_Escape)
        assert made.table.hasFocus()
        made.key(Qt.Key.Key_Escape)
        assert not detail.isVisible()
        assert made.store.state.requests.opened is None

    run(run_on_qt, made, scenario)


def test_an_opened_request_is_read_once_it_is_recorded(
    run_on_qt: RunOnQt[None], house: Make
) -> None:
    made = house()

    async def scenario() -> None:
        made.tell(started("live", NOON + 6000))
        made.table.select_row(0)
        made.key(Qt.Key.Key_Return)
        opened = made.store.state.requests.opened
        assert opened is not None
        assert (opened.summary.id, opened.record, opened.loading) == ("live", None, False)
        line = replace(record(1).summary, id="live", started_at=NOON + 6000)
        await made.engine.records.add([replace(record(1), summary=line)])
        made.tell(finished("live"), RequestRecorded(line, 1))
        await made.until(lambda: opened_record(made) == "live")
        made.actions.requests.clear()
        await made.until(lambda: made.store.state.requests.opened is None)

    run(run_on_qt, made, scenario)


def test_the_details_stand_where_there_is_room(run_on_qt: RunOnQt[None], house: Make) -> None:
    made = house()

    def scenario() -> None:
        (split,) = made.panel.findChildren(RequestsSplit)
        assert split.orientation() is Qt.Orientation.Vertical
        made.window.resize(2200, 900)
        QApplication.processEvents()
        assert split.orientation() is Qt.Orientation.Horizontal

    run(run_on_qt, made, scenario)
