"""Several requests chosen together, and the turns around one."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QLabel,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.chosen_actions import Chosen
from desktop.i18n import Language
from desktop.panels.request_detail import RequestDetail
from desktop.panels.request_detail_export import ExportDialog
from desktop.panels.requests_chosen import ChosenRequests
from desktop.panels.requests_chosen_times import ChosenTimesView
from desktop.slices.request_filter import RequestFilter
from desktop.theme import Theme
from desktop.widgets.timeline import Timeline
from gateway_engine.public import (
    ExportKind,
    RequestRecorded,
)
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
from tests.unit.desktop.samples import NOON, started


@pytest.fixture
def house(theme: Theme, language: Language, qtbot: QtBot) -> Make:
    return houses(theme, language, qtbot)


# --- several -------------------------------------------------------------------------------------

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def _click(made: House, row: int, modifiers: Qt.KeyboardModifier) -> None:
    place = made.table.visualRect(made.table.rows.index(row, 0)).center()
    QTest.mouseClick(made.table.viewport(), Qt.MouseButton.LeftButton, modifiers, place)


def _ids(made: House) -> list[str]:
    return [line.id for line in made.table.chosen.chosen().lines]


def _says(widget: QWidget, words: str) -> bool:
    labels = widget.findChildren(QLabel)
    return any(words in label.text() for label in labels if label.isVisible())


def test_several_are_chosen_by_mouse_and_keys(run_on_qt: RunOnQt[None], house: Make) -> None:
    made = house()

    async def scenario() -> None:
        (several,) = made.panel.findChildren(ChosenRequests)
        newest = [f"old_{LINES - 1 - row}" for row in range(10)]
        made.table.select_row(2)
        made.key(Qt.Key.Key_Down, SHIFT)
        made.key(Qt.Key.Key_Down, SHIFT)
        assert _ids(made) == newest[2:5]
        assert several.isVisible()
        assert _says(several, "Chosen requests: 3")
        made.key(Qt.Key.Key_Up, SHIFT)
        assert _ids(made) == newest[2:4]
        _click(made, 6, CONTROL)
        assert _ids(made) == [newest[2], newest[3], newest[6]]
        assert made.store.state.requests.opened is None
        made.key(Qt.Key.Key_Down, CONTROL)
        made.key(Qt.Key.Key_Space, CONTROL)
        assert _ids(made) == [newest[2], newest[3], newest[6], newest[7]]
        made.key(Qt.Key.Key_Home, SHIFT)
        assert _ids(made)[:3] == newest[:3]
        made.key(Qt.Key.Key_Escape)
        assert made.table.chosen.count == 1
        assert not several.isVisible()
        _click(made, 1, Qt.KeyboardModifier.NoModifier)
        _click(made, 4, SHIFT)
        assert _ids(made) == newest[1:5]
        await made.until(lambda: opened_record(made) == newest[1])
        made.key(Qt.Key.Key_Return)
        await made.until(lambda: opened_record(made) == newest[4])
        assert not several.isVisible()

    run(run_on_qt, made, scenario)


def test_where_the_time_of_several_went_is_drawn_and_told(
    run_on_qt: RunOnQt[None], house: Make
) -> None:
    made = house()

    def scenario() -> None:
        (times,) = made.panel.findChildren(ChosenTimesView)
        (timeline,) = times.findChildren(Timeline)
        made.table.select_row(2)
        assert not times.isVisible()
        made.key(Qt.Key.Key_Down, SHIFT)
        made.key(Qt.Key.Key_Down, SHIFT)
        assert times.isVisible()
        # Each takes 1.2 s and begins 1 s after the one before: none of the time is the client's.
        assert timeline.accessibleDescription().count("1.20 s") == 3
        QTest.keyClick(timeline, Qt.Key.Key_End)
        assert _says(times, "Request 3: 1.20 s, beginning after 2.00 s")
        _click(made, 9, CONTROL)
        told = timeline.accessibleDescription()
        assert "None ran for 3.80 s, from 1.20 s to 5.00 s: the client's own time" in told
        made.key(Qt.Key.Key_A, CONTROL)
        assert not times.isVisible()

    run(run_on_qt, made, scenario)


def test_the_whole_history_is_too_much_and_says_so(run_on_qt: RunOnQt[None], house: Make) -> None:
    made = house()

    def scenario() -> None:
        made.table.setFocus()
        made.key(Qt.Key.Key_A, CONTROL)
        (several,) = made.panel.findChildren(ChosenRequests)
        assert _says(several, "Chosen requests: 900")
        assert _says(several, "Up to 500")
        assert not any(b.isEnabled() for b in several.findChildren(QPushButton) if b.text())

    run(run_on_qt, made, scenario)


def test_what_is_chosen_stays_while_rows_come_in(run_on_qt: RunOnQt[None], house: Make) -> None:
    made = house()

    async def scenario() -> None:
        made.table.select_row(3)
        made.key(Qt.Key.Key_Down, SHIFT)
        kept = _ids(made)
        view = made.store.state.requests.view
        for number in range(450):
            made.tell_recorded(f"n{number}")
        assert _ids(made) == kept
        assert made.store.state.requests.view is view, "it is read again when that is dealt with"
        made.key(Qt.Key.Key_Escape)
        await made.until(lambda: made.store.state.requests.view is not view)
        assert _ids(made) == kept[1:]
        made.key(Qt.Key.Key_Up, SHIFT)
        chosen = _ids(made)
        made.actions.requests.read_history()
        view = made.store.state.requests.view
        await made.until(lambda: made.store.state.requests.view is not view)
        assert _ids(made) == chosen

    run(run_on_qt, made, scenario)


def test_several_are_pinned_and_copied_together(run_on_qt: RunOnQt[None], house: Make) -> None:
    made = house()

    async def scenario() -> None:
        made.table.select_row(0)
        for _ in range(3):
            made.key(Qt.Key.Key_Down, SHIFT)
        made.key(Qt.Key.Key_P)
        await made.until(lambda: all(is_pinned(made, row) for row in range(4)))
        kept = await made.engine.records.get(f"old_{LINES - 3}")
        assert kept is not None
        assert kept.summary.pinned
        (unpin,) = [b for b in buttons(made.window) if b.text() == "Unpin"]
        unpin.click()
        await made.until(lambda: not any(is_pinned(made, row) for row in range(4)))
        made.key(Qt.Key.Key_C, CONTROL)
        ids = "\n".join(_ids(made))
        await made.until(lambda: QGuiApplication.clipboard().text() == ids)

    run(run_on_qt, made, scenario)


@pytest.mark.parametrize(("kind", "ending"), [("HAR", "har"), ("Web page", "html"), ("Raw", "zip")])
@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_several_are_exported_and_what_runs_is_left_out(
    run_on_qt: RunOnQt[None], house: Make, kind: str, ending: str
) -> None:
    made = house()

    async def scenario() -> None:
        made.tell(started("runs", NOON + 6000))
        made.table.select_row(0)
        for _ in range(2):
            made.key(Qt.Key.Key_Down, SHIFT)
        (several,) = made.panel.findChildren(ChosenRequests)
        assert _says(several, "running: 1")
        (button,) = [b for b in several.findChildren(QPushButton) if b.text() == "Export"]
        (action,) = [a for a in button.menu().actions() if kind in a.text()]
        action.trigger()
        await until_seen(lambda: bool(made.window.findChildren(ExportDialog)))
        (dialog,) = made.window.findChildren(ExportDialog)
        assert _says(dialog, f"lingma-gateway-2-requests.{ending}")
        assert _says(dialog, "1, still running or not kept any more")
        assert _emptiest(dialog) <= 2 * dialog.fontMetrics().height()
        dialog.reject()

    run(run_on_qt, made, scenario)


def _emptiest(dialog: ExportDialog) -> int:
    """The highest stripe of a dialog that shows nothing."""
    boxes = [
        QRect(part.mapTo(dialog, QPoint()), part.size())
        for part in dialog.findChildren(QWidget)
        if isinstance(part, QLabel | QPushButton) and part.isVisible()
    ]
    boxes.sort(key=QRect.top)
    end, most = 0, 0
    for box in boxes:
        most, end = max(most, box.top() - end), max(end, box.bottom())
    return most


async def until_seen(holds: Callable[[], bool]) -> None:
    """For what comes without any change of the state; the test's deadline ends it."""
    while not holds():  # noqa: ASYNC110 - a dialog tells nobody that it opens
        await asyncio.sleep(0.01)


def test_rows_that_are_not_here_are_read_for_an_export(
    run_on_qt: RunOnQt[None], house: Make
) -> None:
    made = house()

    async def scenario() -> None:
        chosen = Chosen(3, (), (400, 401, 650))
        got: list[tuple[int, int]] = []
        made.actions.chosen.export(
            chosen, ExportKind.HAR, lambda export, left: got.append((export.requests, left))
        )
        await until_seen(lambda: bool(got))
        assert got == [(3, 0)]
        made.actions.chosen.copy_ids(chosen)
        ids = "\n".join(f"old_{LINES - 1 - place}" for place in chosen.places)
        await made.until(lambda: QGuiApplication.clipboard().text() == ids)
        made.tell(started("runs", NOON + 6000))
        live = made.store.state.requests.live["runs"].summary
        made.actions.chosen.export(
            Chosen(1, (live,)), ExportKind.HAR, lambda *_: got.append((0, 0))
        )
        await made.until(lambda: "has a record" in made.store.state.action_error)
        assert len(got) == 1

    run(run_on_qt, made, scenario)


def test_the_turns_around_are_a_click_away(run_on_qt: RunOnQt[None], house: Make) -> None:
    made = house()

    async def scenario() -> None:
        before, shown, after = (record(LINES - 1 - row) for row in (8, 5, 2))
        name = shown.summary.id
        made.engine.turns.around[name] = (before, after)
        made.table.select_row(5)
        made.key(Qt.Key.Key_Return)
        await made.until(lambda: _following(made) == after.summary.id)
        (detail,) = made.panel.findChildren(RequestDetail)
        QTest.keyClick(detail, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
        await made.until(lambda: opened_record(made) == after.summary.id)
        assert made.table.selected_id == after.summary.id
        assert made.table.currentIndex().row() == 2
        (nowhere,) = [
            b
            for b in detail.findChildren(QToolButton)
            if b.accessibleName() == "No turn after is recorded yet"
        ]
        assert not nowhere.isEnabled()
        made.table.select_row(5)
        await made.until(lambda: opened_record(made) == name)
        (back,) = [
            b for b in detail.findChildren(QToolButton) if b.accessibleName() == "Turn before"
        ]
        back.click()
        await made.until(lambda: opened_record(made) == before.summary.id)
        assert made.table.currentIndex().row() == 8

    run(run_on_qt, made, scenario)


def test_a_turn_far_down_in_the_history_is_found(run_on_qt: RunOnQt[None], house: Make) -> None:
    made = house()

    async def scenario() -> None:
        far, near = record(100), record(LINES - 1)
        made.engine.turns.around[near.summary.id] = (far, None)
        made.table.select_row(0)
        made.key(Qt.Key.Key_Return)
        await made.until(lambda: opened_record(made) == near.summary.id)
        (detail,) = made.panel.findChildren(RequestDetail)
        QTest.keyClick(detail, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
        await made.until(lambda: opened_record(made) == far.summary.id)
        await made.until(lambda: made.table.currentIndex().row() == LINES - 101)
        assert made.table.selected_id == far.summary.id
        await made.until(lambda: made.shown(LINES - 101) == far.summary.id)
        assert opened_record(made) == far.summary.id

    run(run_on_qt, made, scenario)


def _following(made: House) -> str:
    opened = made.store.state.requests.opened
    return opened.following.summary.id if opened and opened.following else ""


def test_it_says_what_a_text_is_looked_for_in(run_on_qt: RunOnQt[None], house: Make) -> None:
    made = house()

    async def scenario() -> None:
        assert not _says(made.panel, "Looks in ids")
        made.actions.requests.filter_by(RequestFilter(text="frage"))
        await made.until(lambda: made.table.rows.rowCount() == 0)
        assert _says(made.panel, "the first 500 characters of the last question")
        line = replace(record(1).summary, id="new", started_at=NOON + 6000)
        made.tell(started("new", NOON + 6000))
        assert made.table.rows.rowCount() == 0
        made.tell(RequestRecorded(line, 1, "new\neine frage"))
        assert made.shown(0) == "new"

    run(run_on_qt, made, scenario)
