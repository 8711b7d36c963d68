"""The scenes of the table of requests."""

import random
import time
from dataclasses import replace

from PySide6.QtCore import Qt

from desktop.main_window import MainWindow
from desktop.panels.requests_split import RequestsSplit
from desktop.panels.requests_table import RequestTable
from desktop.slices.request_filter import RequestFilter
from desktop.slices.requests import (
    PAGE_ROWS,
    FilterChosen,
    HistoryRead,
    PauseSwitched,
    RecordAsked,
    RecordOpened,
    RecordRead,
)
from desktop.state import AppEvent, AppState, EngineCrashed, PlanMade, reduce_all
from gateway_engine.public import (
    InstanceName,
    ListenerStarted,
    ModelId,
    Record,
    RequestId,
    RequestProgressed,
    RequestRouted,
    RequestStarted,
    SessionUse,
    Summary,
    Survey,
)
from tests.shots.scenes.scene import Scene
from tests.support.recorded_turns import turn

CLIENTS = ("claude-cli", "codex", "curl", "Zed", "opencode")
PROTOCOLS = ("anthropic_messages", "openai_responses", "openai_chat", "openai_chat", "ollama")
MODELS = ("claude-sonnet-4", "gpt-4o", "kmodel", "qwen3-coder", "org_auto")
RUNNING = 3
OPENED_LINE = 2
"""One of the history that ended well; those that run stand above it."""
ENDS = ((200, ""), (200, ""), (200, ""), (200, ""), (502, "upstream_error"), (499, "client_gone"))


def scenes() -> tuple[Scene, ...]:
    """Empty, typical, overfull, error."""
    now = time.time()
    typical = _after(now, *_running(now, RUNNING), history=36)
    overfull = _after(now, *_running(now, 200), history=100_000, long_names=True)
    chosen = replace(turn(4), summary=_line(now, OPENED_LINE, long_names=False))
    earlier = turn(3)
    began = chosen.summary.started_at - 24
    earlier = replace(earlier, summary=replace(earlier.summary, started_at=began))
    opened = _opened(typical, chosen.summary, chosen, earlier)
    searched = RequestFilter(text="fix the total")
    none_fit = RequestFilter(text="nowhere to be found", status="failed", client="codex")
    return (
        _scene("empty", _after(now, history=0)),
        _scene("typical", typical, _choose_third),
        _scene("running", _after(now, *_running(now, 12), history=4)),
        _scene("paused", reduce_all(typical, [PauseSwitched(True), *_running(now, 5, "later")])),
        _scene("none_fit", _after(now, FilterChosen(none_fit), history=0, chosen=none_fit)),
        replace(_scene("details", opened), prepare=_choose_opened),
        _scene("details_running", _opened(typical, typical.requests.live["run_0001"].summary)),
        replace(_scene("details_small", opened), prepare=_choose_opened, size=(900, 600)),
        replace(_scene("several", opened), prepare=_choose_several),
        replace(_scene("several_small", opened), prepare=_choose_several, size=(900, 600)),
        replace(_scene("several_wide", opened), prepare=_choose_several, size=(2560, 1440)),
        replace(
            _scene("several_large_text", opened),
            prepare=_choose_several,
            size=(1400, 1100),
            type_scale=2.0,
        ),
        replace(_scene("several_too_many", overfull), prepare=_choose_all),
        replace(_scene("border", opened), prepare=_go_to_border),
        _scene("searched", _after(now, FilterChosen(searched), history=3, chosen=searched)),
        replace(_scene("details_wide", opened), prepare=_choose_opened, size=(2560, 1440)),
        replace(_scene("details_large_text", opened), size=(1400, 1100), type_scale=2.0),
        _scene("bodies_off", _after(now, history=36, bodies=False)),
        _scene("overfull", overfull, _choose_third),
        _scene("crashed", reduce_all(typical, [EngineCrashed("MemoryError")])),
        replace(_scene("small", typical, _choose_third), size=(900, 600)),
        replace(_scene("large_text", typical), size=(1400, 1100), type_scale=2.0),
        replace(_scene("small_large_text", typical), size=(900, 600), type_scale=2.0),
        replace(_scene("wide", overfull, _choose_third), size=(2560, 1440)),
    )


def _opened(
    state: AppState,
    summary: Summary,
    record: Record | None = None,
    previous: Record | None = None,
) -> AppState:
    events: list[AppEvent] = [RecordOpened(summary), RecordAsked(summary.id)]
    return reduce_all(state, [*events, RecordRead(summary.id, record, previous)])


def _scene(name: str, state: AppState, prepare: object = None) -> Scene:
    scene = Scene(name, state, panel="requests")
    return scene if prepare is None else replace(scene, prepare=_choose_third)


def _choose_third(window: MainWindow) -> None:
    table = _table(window)
    table.select_row(2)
    table.setFocus()


def _choose_opened(window: MainWindow) -> None:
    table = _table(window)
    table.select_row(RUNNING + OPENED_LINE)
    table.setFocus()


def _choose_several(window: MainWindow) -> None:
    table = _table(window)
    table.select_row(2)
    table.chosen.choose_up_to(9)
    table.setFocus()


def _choose_all(window: MainWindow) -> None:
    table = _table(window)
    table.selectAll()
    table.setFocus()


def _go_to_border(window: MainWindow) -> None:
    (split,) = [split for split in window.findChildren(RequestsSplit) if split.isVisible()]
    split.handle(1).setFocus(Qt.FocusReason.TabFocusReason)


def _table(window: MainWindow) -> RequestTable:
    (table,) = [table for table in window.findChildren(RequestTable) if table.isVisible()]
    return table


def _after(
    now: float,
    *events: AppEvent,
    history: int,
    bodies: bool = True,
    long_names: bool = False,
    chosen: RequestFilter | None = None,
) -> AppState:
    up = (PlanMade("lingma", "127.0.0.1", 8317), ListenerStarted("http://127.0.0.1:8317", now))
    lines = tuple(_line(now, number, long_names) for number in range(min(history, PAGE_ROWS)))
    survey = Survey(
        history,
        history,
        protocols=tuple(sorted(set(PROTOCOLS))),
        clients=CLIENTS,
        instances=("inst-0", "inst-1"),
        bodies=bodies,
    )
    read = HistoryRead(chosen or RequestFilter(), survey, {0: lines} if lines else {})
    return reduce_all(AppState(), (*up, *events, read))


def _running(now: float, count: int, prefix: str = "run") -> tuple[AppEvent, ...]:
    dice = random.Random(5)
    events: list[AppEvent] = []
    for number in range(count):
        request_id = RequestId(f"{prefix}_{number:04}")
        kind = number % len(CLIENTS)
        at = now - 9.0 * (count - number) / count - dice.uniform(0.1, 0.2)
        events.append(
            RequestStarted(
                request_id, at, PROTOCOLS[kind], "/v1", CLIENTS[kind], MODELS[kind], True
            )
        )
        if number % 3:
            events.append(
                RequestRouted(request_id, InstanceName("inst-0"), ModelId("kmodel"), SessionUse.HIT)
            )
        if number % 3 == 2:
            events.append(RequestProgressed(request_id, 400, (now - at) * 400))
    return tuple(events)


def _line(now: float, number: int, long_names: bool) -> Summary:
    dice = random.Random(number)
    kind = dice.randrange(len(CLIENTS))
    status, code = ENDS[dice.randrange(len(ENDS))]
    waited = dice.uniform(200, 2500)
    has_content = status == 200
    return Summary(
        id=f"req_{number:08}",
        started_at=now - 12 - number * 31,
        protocol=PROTOCOLS[kind],
        path="/v1/messages",
        client="a-client-with-a-very-long-name/12.345.678-beta" if long_names else CLIENTS[kind],
        model_asked="publisher/a-model-of-a-very-long-name-20260101"
        if long_names
        else MODELS[kind],
        model_used="kmodel",
        instance=f"inst-{number % 2}",
        session=("hit", "miss", "off")[number % 3],
        status=status,
        error_code=code,
        ttft_ms=waited if has_content else None,
        total_ms=waited + dice.uniform(100, 9000),
        tokens_in=dice.randrange(200, 64_000) if has_content else 0,
        tokens_out=dice.randrange(10, 4000) if has_content else 0,
        stream=True,
        pinned=number in (4, 9),
    )
