"""The log tells each change once, and what a plan lacks."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from gateway_engine.conversation import InstanceName
from gateway_engine.event_log import DEMO_NOTICE, EventLog, log_what_is_odd
from gateway_engine.events import (
    InstanceChanged,
    InstanceState,
    InstanceStatus,
    ListenerFailed,
    ListenerStarted,
    ListenerStopped,
)
from gateway_engine.plan import LaunchOptions, prepare
from tests.support.hygiene import ExpectedLogs

STARTING = InstanceStatus(InstanceName("inst-0"), "demo", InstanceState.STARTING, 1.0)


def test_each_change_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="gateway_engine.event_log")
    log = EventLog()
    failed = replace(
        STARTING,
        state=InstanceState.FAILED,
        last_error="upstream_error",
        last_error_message="it exited",
    )
    for event in (
        InstanceChanged(STARTING),
        InstanceChanged(replace(STARTING, in_flight=1)),
        ListenerStarted("http://127.0.0.1:1", 1.0),
        InstanceChanged(failed),
        InstanceChanged(failed),
        ListenerStopped(2.0),
        ListenerFailed("127.0.0.1", 1, "address_in_use", "port 1 is taken", 3.0),
    ):
        log(event)
    assert [record.getMessage() for record in caplog.records] == [
        "inst-0 (demo): starting",
        "the endpoint is open: http://127.0.0.1:1",
        "inst-0 (demo): failed: it exited",
        "the endpoint is closed",
        "no endpoint: port 1 is taken",
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [(LaunchOptions(upstream="demo"), DEMO_NOTICE), (LaunchOptions(), "no Lingma program")],
)
def test_a_plan_without_lingma_is_warned_of(
    tmp_path: Path,
    options: LaunchOptions,
    said: str,
    expected_logs: ExpectedLogs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    environ = {"LINGMA_GATEWAY_HOME": str(tmp_path / "home"), "PATH": ""}
    plan = prepare(options, environ=environ, cwd=tmp_path)
    expected_logs.expect(said, logger="gateway_engine.event_log", level=logging.WARNING)
    log_what_is_odd(plan)
