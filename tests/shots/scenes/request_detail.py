"""The scenes of one request's details: every tab, and what is said where there is nothing."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeView

from desktop.main_window import MainWindow
from desktop.page_words import page_words
from desktop.panels.request_detail import RequestDetail
from desktop.panels.request_detail_export import ExportDialog
from desktop.slices.replay import ReplayMoved, ReplayPhase, ReplayRun
from desktop.slices.request_filter import RequestFilter
from desktop.slices.requests import (
    FollowingRead,
    HistoryRead,
    RecordAsked,
    RecordOpened,
    RecordRead,
)
from desktop.state import AppEvent, AppState, PlanMade, reduce_all
from desktop.widgets.json_tree import JsonTree
from desktop.widgets.views import Views
from gateway_engine.public import (
    Change,
    Export,
    ExportKind,
    InstanceChanged,
    InstanceName,
    InstanceState,
    InstanceStatus,
    ListenerStarted,
    ModelId,
    Record,
    Survey,
    export,
)
from tests.shots.scenes.scene import Scene
from tests.support.recorded_turns import ANSWER, STARTED, answers, calls, messages, says, turn

TABS = ("client", "conversation", "upstream", "answer", "changes", "timeline", "replay")
TALL = (1160, 1000)
REASONS = (
    ("temperature", "dropped", "not_taken"),
    ("tools[3]", "dropped", "vendor_tool"),
    ("messages[1]", "degraded", "model_sees_no_images"),
    ("messages[0].content[0].cache_control", "dropped", "no_cache_marks"),
    ("a_field_of_a_client_that_nobody_here_has_ever_heard_of", "dropped", "unknown_field"),
)


def scenes() -> tuple[Scene, ...]:
    """Every tab, typical; overfull, error, nothing to show; small, wide, large type."""
    now, before = turn(4, changes=_coded(REASONS[0], REASONS[2])), turn(3)
    typical = _opened(now, before)
    failed = turn(
        status=503,
        error_code="login_required",
        answer='{"error": {"code": "login_required", "message": "Lingma is not signed in"}}',
        stream=False,
        ttft_ms=None,
        tokens_out=0,
    )
    figures = replace(now, details=None)
    long = _opened(_long_turn(120), _long_turn(119))
    done = reduce_all(typical, [ReplayMoved(_run(ReplayPhase.DONE))])
    asking = reduce_all(typical, [ReplayMoved(_run(ReplayPhase.ANSWERING))])
    said = [*messages(4), calls("call_99", "run_tests", path="tests")]
    after = turn(5, conversation=[*said, answers("call_99", "3 passed in 0.2 s")])
    followed = reduce_all(typical, [FollowingRead(now.summary.id, after)])
    lost = _opened(turn(obstacle="secrets", removed=("request.body", "upstream.frames")))
    return (
        *(_scene(key, typical, _turn_to(key)) for key in TABS),
        _scene("upstream_messages", typical, _turn_to_messages),
        _scene("overview_failed", _opened(failed)),
        _scene("answer_failed", _opened(failed), _turn_to("answer")),
        _scene("figures_only", _opened(figures), _turn_to("conversation")),
        _scene("client_text", typical, _choose_text),
        _scene("client_search", typical, _search),
        _scene("conversation_changed", _opened(_edited(), turn(2)), _turn_to("conversation")),
        _scene("conversation_long", long, _turn_to("conversation")),
        _scene("changes_many", _opened(_changed()), _turn_to("changes")),
        _scene("replay_running", asking, _turn_to("replay")),
        _scene("replay_done", done, _turn_to("replay")),
        _scene("replay_not_possible", lost, _turn_to("replay")),
        _scene("export", typical, _export),
        _scene("export_several", typical, _export_several),
        _scene("calls_answered", followed, _turn_to_calls),
        _scene("overview_between", followed),
        *(
            replace(_scene(f"{k}_small", typical, _turn_to(k)), size=(900, 600))
            for k in ("conversation", "answer", "replay")
        ),
        *(
            replace(_scene(f"{k}_wide", done, _turn_to(k)), size=(2560, 1440))
            for k in ("conversation", "timeline")
        ),
        *(
            replace(_scene(f"{k}_large_text", done, _turn_to(k)), size=(1400, 1100), type_scale=2.0)
            for k in ("client", "conversation", "timeline", "replay")
        ),
    )


def _scene(
    name: str, state: AppState, prepare: Callable[[MainWindow], None] = lambda _window: None
) -> Scene:
    return Scene(f"detail_{name}", state, size=TALL, panel="requests", prepare=prepare)


def _opened(record: Record, previous: Record | None = None) -> AppState:
    lines = tuple(each.summary for each in (record, previous) if each is not None)
    models = tuple(ModelId(name) for name in ("qwen3-coder", "kmodel"))
    events: list[AppEvent] = [
        PlanMade("lingma", "127.0.0.1", 8317),
        ListenerStarted("http://127.0.0.1:8317", STARTED),
        *(
            InstanceChanged(
                InstanceStatus(
                    InstanceName(name), "lingma", InstanceState.READY, STARTED, models=models
                )
            )
            for name in ("inst-0", "inst-1")
        ),
        HistoryRead(RequestFilter(), Survey(len(lines), len(lines)), {0: lines}),
        RecordOpened(record.summary),
        RecordAsked(record.summary.id),
        RecordRead(record.summary.id, record, previous),
    ]
    return reduce_all(AppState(), events)


def _turn_to(key: str) -> Callable[[MainWindow], None]:
    return lambda window: _detail(window).choose(key)


def _detail(window: MainWindow) -> RequestDetail:
    (detail,) = [found for found in window.findChildren(RequestDetail) if found.isVisible()]
    return detail


def _search(window: MainWindow) -> None:
    _detail(window).choose("client")
    (tree,) = [found for found in window.findChildren(JsonTree) if found.isVisible()]
    tree.open_search("read_file")


def _choose_text(window: MainWindow) -> None:
    _search(window)
    (tree,) = [found for found in window.findChildren(JsonTree) if found.isVisible()]
    view = tree.findChild(QTreeView)
    if view is not None:
        view.setFocus(Qt.FocusReason.OtherFocusReason)


def _turn_to_calls(window: MainWindow) -> None:
    _view_of(window, "answer").choose("calls")


def _turn_to_messages(window: MainWindow) -> None:
    _view_of(window, "upstream").choose("messages")


def _view_of(window: MainWindow, tab: str) -> Views:
    _detail(window).choose(tab)
    (views,) = [found for found in window.findChildren(Views) if found.isVisible()]
    return views


def _export(window: MainWindow) -> None:
    made = export([turn(removed=("request.headers.authorization",))], ExportKind.HAR)
    _show_export(window, made, 0)


def _export_several(window: MainWindow) -> None:
    made = export([turn(n) for n in range(1, 8)], ExportKind.HTML, page_words([]))
    _show_export(window, made, 2)


def _show_export(window: MainWindow, made: Export, left_out: int) -> None:
    dialog = ExportDialog(made, _detail(window).detail_actions, window, left_out)
    dialog.setWindowFlags(Qt.WindowType.Widget)  # so that it is in the window's picture
    dialog.move(120, 120)
    dialog.show()


def _long_turn(number: int) -> Record:
    return turn(number, conversation=messages(number))


def _edited() -> Record:
    said = messages(2)
    text = "The total in cart.py is wrong by a factor of two.\nPlease fix it, and add a test."
    return turn(3, conversation=[*said[:1], says("user", text), says("user", ANSWER)])


def _changed() -> Record:
    changes = _coded(*REASONS * 8)
    named = tuple(replace(c, field=f"{c.field} {n}") for n, c in enumerate(changes))
    return turn(changes=named)


def _coded(*reasons: tuple[str, str, str]) -> tuple[Change, ...]:
    return tuple(Change(f, a, f"in English: {c}", c) for f, a, c in reasons)


def _run(phase: ReplayPhase) -> ReplayRun:
    return ReplayRun(
        "req_0004",
        "anthropic_messages",
        "kmodel",
        "inst-1",
        phase,
        answer=ANSWER.replace("twice", "three times"),
        left_out=("reasoning", "images"),
        status=200,
        record_id="req_0099",
        model_used="kmodel",
        instance_used="inst-1",
        first_ms=420,
        total_ms=3100 if phase is ReplayPhase.DONE else 0,
    )
