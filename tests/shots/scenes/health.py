"""The health panel's scenes."""

import time
from dataclasses import replace

from desktop.slices.health import (
    InstanceOpened,
    InstanceTestBegan,
    InstanceTestEnded,
    LogTailRead,
    VitalsTaken,
)
from desktop.state import AccessReady, AppEvent, AppState, PlanMade, reduce_all
from gateway_engine.public import (
    BackPressureStats,
    EngineStats,
    InstanceChanged,
    InstanceName,
    InstanceState,
    InstanceStatus,
    InstanceTested,
    InstanceVitals,
    LifeEvent,
    LifeStep,
    ListenerFailed,
    ListenerStarted,
    LogTail,
    ModelId,
    ProcessUsage,
    Pulse,
    QuotaSpent,
    SessionCacheStats,
    SmokeReport,
    SmokeStep,
    Vitals,
)
from tests.shots.scenes.overview import KEY, URL
from tests.shots.scenes.scene import Scene

S, L = InstanceState, LifeStep
MODELS = tuple(ModelId(name) for name in ("org_auto", "kmodel", "qmodel", "dashscope_qwen_max"))
MANY_MODELS = tuple(ModelId(f"provider/model-{number}-instruct") for number in range(40))
SLOTS = 60


def scenes() -> tuple[Scene, ...]:
    """Empty, typical, overfull, error; the page of one instance in each of these."""
    now = time.time()
    typical = _typical(now)
    overfull = _overfull(now)
    error = _error(now)
    return (
        Scene("empty", AppState(), panel="health"),
        Scene("typical", typical, panel="health"),
        Scene("overfull", overfull, panel="health"),
        Scene("error", error, panel="health"),
        Scene("narrow", typical, size=(900, 600), panel="health"),
        Scene("wide", overfull, size=(2560, 1440), panel="health"),
        Scene("large_type", error, size=(1160, 900), type_scale=2.0, panel="health"),
        Scene("narrow_large_type", typical, size=(900, 600), type_scale=2.0, panel="health"),
        Scene("instance", _opened(typical), size=(1160, 1300), panel="health"),
        Scene("instance_error", _opened(error), size=(1160, 1300), panel="health"),
        Scene("instance_narrow", _opened(error), size=(900, 600), panel="health"),
        Scene("instance_wide", _opened(overfull), size=(2560, 1440), panel="health"),
        Scene(
            "instance_large_type",
            _opened(error),
            size=(1000, 1400),
            type_scale=2.0,
            panel="health",
        ),
        Scene("instance_refused", _opened(_refused(now)), panel="health"),
        Scene("instance_empty", _opened(_unread(now)), panel="health"),
        Scene("instance_testing", _opened(_testing(now)), size=(1160, 900), panel="health"),
        Scene("instance_test_failed", _opened(_failed(now)), size=(1160, 900), panel="health"),
    )


def _opened(state: AppState) -> AppState:
    return reduce_all(state, (InstanceOpened(InstanceName("inst-0")),))


def _after(*events: AppEvent) -> AppState:
    return reduce_all(AppState(), events)


def _up(now: float, upstream: str = "lingma") -> tuple[AppEvent, ...]:
    return (
        PlanMade(upstream, "127.0.0.1", 8317),
        AccessReady(KEY),
        ListenerStarted(URL, now),
    )


def _status(now: float, name: str, state: InstanceState = S.READY) -> InstanceStatus:
    runs = state in (S.READY, S.NEEDS_LOGIN)
    return InstanceStatus(
        InstanceName(name),
        "lingma",
        state,
        now - 5400,
        logged_in=state is S.READY,
        account="li.lei@example.com" if state is S.READY else "",
        pid=4711 if runs else 0,
        upstream_version="Lingma 2.5.20" if runs else "",
        models=MODELS if state is S.READY else (),
        plan="personal_standard" if state is S.READY else "",
        quota="1000" if state is S.READY else "",
        signs_in=runs,
        life=(LifeEvent(now - 5400, L.STARTED, detail="Lingma 2.5.20"),),
    )


def _vitals(now: float, state: AppState, *, running: int, most: int, queued: int) -> AppState:
    waves = tuple((7 * n * n) % 11 for n in range(SLOTS))
    times = tuple(None if n % 13 == 5 else 300.0 + 40 * ((n * 5) % 17) for n in range(SLOTS))
    instances = tuple(
        InstanceVitals(
            status.name,
            Pulse(
                waves if status.pid else (0,) * SLOTS,
                tuple(int(n % 23 == 7) * (status.restarts > 0) for n in range(SLOTS)),
                times if status.pid else (None,) * SLOTS,
            ),
            ProcessUsage(3.4, 187 * 1024 * 1024, 3) if status.pid else None,
        )
        for status in state.instances
    )
    stats = EngineStats(
        requests=1234,
        concurrency=BackPressureStats(running, queued, 1234, 5 if queued else 0, most),
        pool=state.instances,
        session_cache=SessionCacheStats(41, 200, 1800.0, 812, 301, 12, 31, 4),
        parked=2,
    )
    return reduce_all(state, (VitalsTaken(Vitals(now, 0.004, stats, instances)),))


def _tail(now: float, name: str) -> LogTail:
    lines = tuple(
        f"2026-11-28T12:{n // 60:02}:{n % 60:02}.123 INFO chat/ask finished, request {n}, 200"
        for n in range(200)
    )
    file = "/home/li/.local/share/lingma-gateway/instances/inst-0/logs/lingma.log"
    return LogTail(
        InstanceName(name), now, ("listening on 36510", "warning: slow disk"), file, lines
    )


def _typical(now: float) -> AppState:
    second = replace(
        _status(now, "inst-1"),
        account="han.meimei@example.com",
        in_flight=3,
        restarts=1,
        life=(
            LifeEvent(now - 7200, L.STARTED, detail="Lingma 2.5.20"),
            LifeEvent(now - 3600, L.ENDED, "exited", exit_code=-9),
            LifeEvent(now - 3598, L.STARTED, detail="Lingma 2.5.20"),
        ),
    )
    agent = replace(
        _status(now, "qwen"),
        kind="acp",
        account="",
        plan="",
        quota="",
        signs_in=False,
        upstream_version="qwen-code 0.15.10",
        models=(ModelId("qwen3-coder"),),
    )
    state = _after(
        *_up(now, "mixed"),
        *(InstanceChanged(each) for each in (_status(now, "inst-0"), second, agent)),
        InstanceTestBegan(InstanceName("inst-0"), now - 60),
        InstanceTestEnded(
            InstanceName("inst-0"),
            SmokeReport(
                (
                    SmokeStep("instance", True, 0.1),
                    SmokeStep("login", True, 2.4),
                    SmokeStep("models", True, 3.1),
                    SmokeStep("turn", True, 1840.0),
                )
            ),
        ),
        LogTailRead(_tail(now, "inst-0")),
    )
    return _vitals(now, state, running=3, most=8, queued=0)


def _error(now: float) -> AppState:
    sentence = (
        "the Lingma program ended with code 3 before it was ready; it said: "
        "panic: cannot open /home/li/.lingma/db | goroutine 1 [running]"
    )
    failed = replace(
        _status(now, "inst-0", S.FAILED),
        restarts=2,
        last_error="exited",
        last_error_message=sentence,
        retry_at=now + 12.4,
        life=(
            LifeEvent(now - 400, L.STARTED, detail="Lingma 2.5.20"),
            LifeEvent(now - 300, L.SILENT),
            LifeEvent(now - 290, L.HUNG),
            LifeEvent(now - 289, L.STARTED, detail="Lingma 2.5.20"),
            LifeEvent(now - 100, L.ENDED, "exited", exit_code=3),
            LifeEvent(now - 99, L.START_FAILED, "exited", sentence),
            LifeEvent(now - 98, L.RESTART_ASKED),
            LifeEvent(now - 97, L.START_FAILED, "exited", sentence),
            LifeEvent(now - 90, L.START_FAILED, "exited", sentence),
        ),
    )
    signed_out = replace(
        _status(now, "inst-1", S.NEEDS_LOGIN),
        last_error="login_required",
        last_error_message="not signed in: sign in to Lingma",
    )
    silent = replace(
        _status(now, "inst-2"),
        silent_since=now - 7,
        last_error="not_answering",
        last_error_message="the upstream does not answer; it is restarted if that lasts",
    )
    spent = replace(
        _status(now, "inst-3"),
        out_of_quota=QuotaSpent(now - 600, now + 3000, "Lingma's quota is reached"),
        last_error="upstream_quota",
        last_error_message="Lingma's quota is reached",
        restarts=1,
    )
    stopped = replace(_status(now, "inst-4", S.STOPPED), stopped=True)
    agent = replace(
        _status(now, "qoder", S.NEEDS_LOGIN),
        kind="acp",
        signs_in=False,
        upstream_version="Qoder CLI 1.1.52",
        last_error="login_required",
        last_error_message="Qoder CLI is not signed in: run `qodercli login` in a terminal",
    )
    state = _after(
        *_up(now, "mixed"),
        ListenerFailed("127.0.0.1", 8317, "address_in_use", "taken", now),
        *(InstanceChanged(e) for e in (failed, signed_out, silent, spent, stopped, agent)),
        InstanceTestBegan(InstanceName("inst-0"), now - 60),
        InstanceTestEnded(
            InstanceName("inst-0"),
            SmokeReport(
                (SmokeStep("instance", False, 3.0, f"upstream_unavailable: failed: {sentence}"),)
            ),
        ),
        LogTailRead(replace(_tail(now, "inst-0"), written=())),
    )
    return _vitals(now, state, running=8, most=8, queued=37)


def _testing(now: float) -> AppState:
    steps = (SmokeStep("instance", True, 0.1), SmokeStep("login", True, 2.4))
    return _after(
        *_up(now),
        InstanceChanged(_status(now, "inst-0")),
        InstanceTestBegan(InstanceName("inst-0"), now),
        InstanceTested(InstanceName("inst-0"), now, steps, "models"),
    )


def _failed(now: float) -> AppState:
    said = "upstream_timeout: the upstream was silent for 60 s"
    taken = [SmokeStep(name, True, 2.0) for name in ("instance", "login", "models")]
    steps = (*taken, SmokeStep("turn", False, 60_000.0, said))
    return reduce_all(_testing(now), [InstanceTested(InstanceName("inst-0"), now, steps, "")])


def _refused(now: float) -> AppState:
    said = (
        "ws://127.0.0.1:36510 refused this machine's token (HTTP 403), which the gateway reads in "
        "/home/li/.config/ide/token: the IDE keeps it there if that is its folder"
    )
    refused = replace(
        _status(now, "inst-0", S.FAILED),
        kind="acp",
        title="IDE",
        last_error="refused",
        last_error_message=said,
        signs_in=False,
        retry_at=now + 8,
        life=(LifeEvent(now - 20, L.START_FAILED, "refused", said),),
    )
    return _after(*_up(now), InstanceChanged(refused))


def _unread(now: float) -> AppState:
    starting = replace(_status(now, "inst-0", S.STARTING), life=())
    return _after(
        *_up(now), InstanceChanged(starting), InstanceTestBegan(InstanceName("inst-0"), now)
    )


def _overfull(now: float) -> AppState:
    states = list(InstanceState)
    events = tuple(
        LifeEvent(now - 9000 + 200 * number, step, "login_expired", "Lingma 2.5.20", 3)
        for number, step in enumerate([*LifeStep] * 3)
    )
    statuses = [
        replace(
            _status(now - number * 90_000, f"inst-{number}", states[number % len(states)]),
            account="a.very.long.account.name.that.never.ends@subsidiary.department.example.com",
            in_flight=number * 7,
            restarts=number * number,
            models=MANY_MODELS,
            pid=100_000 + number,
            quota="123456789012345678901234567890 of 999999999999999999999999999",
            last_error="upstream_quota" if number % 4 == 3 else "",
            life=events,
        )
        for number in range(14)
    ]
    statuses[0] = replace(statuses[0], state=S.READY)
    state = _after(
        *_up(now, "mixed"),
        *(InstanceChanged(status) for status in statuses),
        LogTailRead(_tail(now, "inst-0")),
    )
    return _vitals(now, state, running=187, most=200, queued=95)
