"""The overview's scenes."""

import time
from dataclasses import replace
from functools import cache

from PySide6.QtCore import QCoreApplication

from desktop.state import (
    Access,
    AccessReady,
    ActionFailed,
    AppEvent,
    AppState,
    EndpointSwitched,
    EngineCrashed,
    EnginePhase,
    PhaseChanged,
    PlanMade,
    TrayFound,
    TrayPresence,
    reduce_all,
)
from desktop.try_it import Failure, TryIt, TryItState
from gateway_engine.public import (
    InstanceChanged,
    InstanceName,
    InstanceState,
    InstanceStatus,
    ListenerFailed,
    ListenerStarted,
    ListenerStopped,
    ModelId,
    RequestFinished,
    RequestId,
    RequestStarted,
)
from tests.shots.scenes.scene import Scene

URL = "http://127.0.0.1:8317"
KEY = Access("lgw-" + "x7Qp" * 8, "keyring")
KEY_IN_FILE = Access(KEY.api_key, "file", "/home/li/.local/share/lingma-gateway/local-secrets.json")
MODELS = tuple(ModelId(name) for name in ("org_auto", "kmodel", "qmodel", "dashscope_qwen_max"))


@cache
def scenes() -> tuple[Scene, ...]:
    """Empty, typical, overfull, error; others' scenes begin with these, too."""
    now = time.time()
    lingma = PlanMade("lingma", "127.0.0.1", 8317)
    up: tuple[AppEvent, ...] = (lingma, AccessReady(KEY), ListenerStarted(URL, now))
    ready = _after(*up, _instance(now), *_requests(now, 41, running=2, failed=0))
    demo = _after(
        PlanMade("demo", "127.0.0.1", 8317),
        AccessReady(KEY_IN_FILE),
        ListenerStarted(URL, now),
        _instance(now, kind="demo", account="demo", version="2.11.1-emulator"),
        *_requests(now, 3, running=1, failed=0),
    )
    typing = TryIt(
        TryItState.ANSWERING,
        "1\n2\n3\n4\nA streamed answer, 你好,",
        200,
        420,
        0,
        "kmodel",
        "inst-0",
        "lingma",
    )
    done = replace(typing, state=TryItState.DONE, total_ms=2310, upstream="demo", model="demo-auto")
    refused = TryIt(
        TryItState.FAILED,
        status=503,
        failure=Failure("login_required", "Lingma is not signed in: sign in first"),
    )
    return (
        Scene("empty", AppState()),
        Scene(
            "starting",
            _after(*up, _instance(now, InstanceState.STARTING, account="", version="")),
        ),
        Scene(
            "keyring",
            _after(lingma, PhaseChanged(EnginePhase.WAITING_FOR_KEYRING)),
        ),
        Scene("ready", ready),
        Scene(
            "passing_key",
            reduce_all(ready, [AccessReady(replace(KEY, storage="session", path=""))]),
        ),
        Scene("demo", demo, done, "Count to four"),
        Scene(
            "needs_login",
            _after(
                *up,
                _instance(
                    now, InstanceState.NEEDS_LOGIN, account="", error=("login_required", "Sign in.")
                ),
            ),
            refused,
            "Are you there?",
        ),
        Scene(
            "error",
            _after(
                *up,
                _instance(
                    now,
                    InstanceState.FAILED,
                    account="",
                    error=("upstream_error", "Lingma exited with code 3 five times in a row."),
                ),
                *_requests(now, 12, running=0, failed=4),
            ),
        ),
        Scene(
            "port_taken",
            _after(
                lingma,
                AccessReady(KEY),
                ListenerFailed("127.0.0.1", 8317, "address_in_use", "taken", now),
                _instance(now),
            ),
        ),
        Scene(
            "stopped",
            _after(*up, _instance(now), EndpointSwitched(wanted=False), ListenerStopped(now)),
        ),
        Scene(
            "no_lingma",
            _after(
                PlanMade("lingma", "127.0.0.1", 8317, ("no_upstream",)),
                AccessReady(KEY),
                ListenerStarted(URL, now),
            ),
        ),
        Scene("no_tray", reduce_all(ready, [TrayFound(TrayPresence.MISSING)])),
        Scene(
            "crashed",
            reduce_all(ready, [EngineCrashed("MemoryError"), _not_asked()]),
        ),
        Scene("try_it", ready, typing, "Count to ten, then say hello in Chinese"),
        Scene("overfull", _overfull(now), size=(1160, 1500)),
        Scene("small", demo, done, "Count to four", size=(900, 600)),
        Scene("large_text", demo, done, "Count to four", size=(1400, 1700), type_scale=2.0),
        Scene("small_large_text", ready, size=(900, 600), type_scale=2.0),
        Scene("wide", ready, typing, "Count to ten", size=(2560, 1440)),
    )


def _not_asked() -> ActionFailed:
    return ActionFailed(QCoreApplication.translate("Actions", "The engine is not running."))


def _after(*events: AppEvent) -> AppState:
    return reduce_all(AppState(), events)


def _instance(
    now: float,
    state: InstanceState = InstanceState.READY,
    *,
    name: str = "inst-0",
    kind: str = "lingma",
    account: str = "li.lei@example.com",
    version: str = "2.5.20",
    error: tuple[str, str] = ("", ""),
    in_flight: int = 0,
    restarts: int = 0,
) -> InstanceChanged:
    return InstanceChanged(
        InstanceStatus(
            InstanceName(name),
            kind,
            state,
            now - 900,
            logged_in=bool(account),
            account=account,
            in_flight=in_flight,
            restarts=restarts,
            last_error=error[0],
            last_error_message=error[1],
            upstream_version=version,
            models=MODELS if state is InstanceState.READY else (),
            signs_in=kind == "lingma",
        )
    )


def _requests(now: float, total: int, *, running: int, failed: int) -> tuple[AppEvent, ...]:
    events: list[AppEvent] = []
    for number in range(total):
        request_id = RequestId(f"req_{number:04}")
        events.append(
            RequestStarted(
                request_id, now, "openai_chat", "/v1/chat/completions", "curl", "kmodel", True
            )
        )
        if number >= running:
            is_failed = number < running + failed
            events.append(
                RequestFinished(
                    request_id,
                    now,
                    502 if is_failed else 200,
                    "upstream_error" if is_failed else "",
                    "Lingma went away in the middle of the answer.",
                    120.0,
                    900.0,
                    10,
                    200,
                )
            )
    return tuple(events)


def _overfull(now: float) -> AppState:
    states = list(InstanceState)
    long_name = "a.very.long.account.name.that.never.ends@subsidiary.department.example.com"
    return _after(
        PlanMade("mixed", "127.0.0.1", 8317),
        AccessReady(KEY_IN_FILE),
        ListenerStarted(URL, now),
        *(
            _instance(
                now - number * 90_000,
                states[number % len(states)],
                name=f"inst-{number}",
                account=long_name if number % 2 else "li.lei@example.com",
                in_flight=number * 7,
                restarts=number * number,
                error=("upstream_quota", "") if number % 4 == 3 else ("", ""),
            )
            for number in range(14)
        ),
        *_requests(now, 12_345, running=187, failed=321),
        TrayFound(TrayPresence.MISSING),
    )
