"""The reducer and what is derived from its state: no Qt anywhere."""

from dataclasses import replace

import pytest

from desktop.slices.endpoint import reachable
from desktop.state import (
    NO_UPSTREAM,
    Access,
    AccessReady,
    ActionFailed,
    AppEvent,
    AppState,
    EndpointSwitched,
    EngineCrashed,
    EnginePhase,
    ErrorDismissed,
    PhaseChanged,
    PlanMade,
    SnapshotTaken,
    TrayFound,
    TrayPresence,
    reduce,
    reduce_all,
)
from desktop.tray_state import TrayState, tray_state
from gateway_engine.public import (
    InstanceChanged,
    InstanceName,
    InstanceRemoved,
    InstanceState,
    ListenerStopped,
    PrintedLine,
    QuotaSpent,
    RequestId,
    RequestProgressed,
    SignInBegan,
    SignInChanged,
    SignInPrinted,
    SignInState,
    SignInStatus,
)
from tests.unit.desktop.samples import (
    NOON,
    URL,
    changed,
    finished,
    listening,
    port_taken,
    started,
    status,
)

PLAN = PlanMade("lingma", "127.0.0.1", 8317)
NO_LINGMA = PlanMade("lingma", "127.0.0.1", 8317, (NO_UPSTREAM,))
DAY_S = 86_400.0
SPENT = InstanceChanged(replace(status(), out_of_quota=QuotaSpent(NOON, NOON + 60, "later")))


def after(*events: AppEvent) -> AppState:
    return reduce_all(AppState(), events)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param((), TrayState.STARTING, id="nothing yet"),
        pytest.param((PLAN, listening()), TrayState.STARTING, id="no instance yet"),
        pytest.param((NO_LINGMA, listening()), TrayState.ERROR, id="no instance at all"),
        pytest.param((listening(), changed()), TrayState.READY, id="ready"),
        pytest.param((listening(), SPENT), TrayState.OUT_OF_QUOTA, id="quota spent"),
        pytest.param(
            (listening(), SPENT, changed(name="inst-1")), TrayState.READY, id="another has quota"
        ),
        pytest.param(
            (listening(), SPENT, changed(InstanceState.NEEDS_LOGIN, "inst-1")),
            TrayState.OUT_OF_QUOTA,
            id="quota spent, another signed out",
        ),
        pytest.param((listening(), SPENT, changed()), TrayState.READY, id="quota is back"),
        pytest.param((changed(),), TrayState.STARTING, id="ready but not listening yet"),
        pytest.param(
            (listening(), changed(InstanceState.STARTING)), TrayState.STARTING, id="starting"
        ),
        pytest.param(
            (listening(), changed(InstanceState.RECONNECTING)), TrayState.STARTING, id="back soon"
        ),
        pytest.param(
            (listening(), changed(InstanceState.NEEDS_LOGIN)), TrayState.NEEDS_LOGIN, id="login"
        ),
        pytest.param(
            (listening(), changed(InstanceState.NEEDS_LOGIN), changed(name="inst-1")),
            TrayState.READY,
            id="one of two can answer",
        ),
        pytest.param(
            (listening(), changed(InstanceState.FAILED)), TrayState.ERROR, id="failed for good"
        ),
        pytest.param((changed(), port_taken()), TrayState.ERROR, id="port taken"),
        pytest.param(
            (listening(), changed(), EndpointSwitched(wanted=False), ListenerStopped(NOON)),
            TrayState.STOPPED,
            id="switched off",
        ),
        pytest.param(
            (port_taken(), EndpointSwitched(wanted=False)), TrayState.STOPPED, id="given up"
        ),
        pytest.param(
            (listening(), changed(), EngineCrashed("boom")), TrayState.ERROR, id="engine crashed"
        ),
        pytest.param(
            (listening(), changed(), PhaseChanged(EnginePhase.STOPPING)),
            TrayState.STOPPED,
            id="leaving",
        ),
    ],
)
def test_the_tray_shows(events: tuple[AppEvent, ...], expected: TrayState) -> None:
    assert tray_state(after(*events)) is expected


def test_requests_are_counted_once_and_freed_on_every_end() -> None:
    state = after(started("a"), started("b"), started("c"))
    assert (state.in_flight, state.today.total) == (3, 3)
    state = reduce_all(
        state, [finished("a"), finished("b", "upstream_error", status=502), finished("c")]
    )
    assert (state.in_flight, state.today.total, state.today.failed) == (0, 3, 1)
    assert state.last_error is not None
    assert (state.last_error.code, state.last_error.source) == ("upstream_error", "b")


def test_a_client_that_left_is_no_failure() -> None:
    state = after(started("a"), finished("a", "client_closed", status=499))
    assert (state.today.failed, state.last_error) == (0, None)


def test_the_count_of_today_starts_again_the_next_day() -> None:
    state = after(started("a"), finished("a", "busy"), started("b", NOON + DAY_S))
    assert (state.today.total, state.today.failed) == (1, 0)


def test_progress_changes_nothing_a_view_shows() -> None:
    state = after(started("a"), RequestProgressed(RequestId("a"), 5))
    assert reduce(state, RequestProgressed(RequestId("a"), 10)) is state


def test_the_same_status_again_is_the_same_state() -> None:
    state = after(changed())
    assert reduce(state, changed()) is state


def test_instances_keep_their_order_and_are_replaced_in_place() -> None:
    state = after(changed(name="inst-0"), changed(name="inst-1"))
    state = reduce(state, changed(InstanceState.FAILED, "inst-0"))
    assert [(i.name, i.state) for i in state.instances] == [
        ("inst-0", InstanceState.FAILED),
        ("inst-1", InstanceState.READY),
    ]


def test_an_instance_error_is_told_once_and_again_only_when_new() -> None:
    failed = InstanceChanged(status(state=InstanceState.FAILED, last_error="upstream_error"))
    state = reduce(after(failed), ErrorDismissed())
    busier = InstanceChanged(
        status(state=InstanceState.FAILED, last_error="upstream_error", in_flight=1)
    )
    assert reduce(state, busier).last_error is None
    later = InstanceChanged(
        status(state=InstanceState.FAILED, last_error="upstream_error", since=NOON + 5)
    )
    assert reduce(state, later).last_error is not None


def test_a_missing_login_is_no_error_of_an_instance_that_is_on_its_way() -> None:
    asked = status(state=InstanceState.RECONNECTING, last_error="login_required", since=NOON + 5)
    assert after(InstanceChanged(asked)).last_error is None


def test_an_instances_error_goes_with_the_program_that_had_it() -> None:
    failed = status(state=InstanceState.FAILED, last_error="upstream_error")
    started = status(state=InstanceState.STARTING)
    state = after(InstanceChanged(failed), InstanceChanged(started))
    assert state.last_error is not None
    other = replace(started, kind="acp" if started.kind != "acp" else "lingma")
    assert reduce(state, InstanceChanged(other)).last_error is None


def test_a_failed_listener_heals_when_it_opens() -> None:
    state = after(port_taken())
    assert state.endpoint.failure is not None
    state = reduce(state, listening("http://127.0.0.1:40000"))
    assert (state.endpoint.failure, state.endpoint.url) == (None, "http://127.0.0.1:40000")


@pytest.mark.parametrize(
    ("events", "on", "usable"),
    [
        pytest.param((), True, True, id="opening"),
        pytest.param((listening(), changed()), True, True, id="open"),
        pytest.param((changed(), port_taken()), False, True, id="port taken"),
        pytest.param((port_taken(), EndpointSwitched(wanted=True)), True, True, id="once more"),
        pytest.param((listening(), EndpointSwitched(wanted=False)), False, True, id="off"),
        pytest.param((listening(), EngineCrashed("x")), False, False, id="crashed"),
        pytest.param((listening(), PhaseChanged(EnginePhase.STOPPING)), False, False, id="leaving"),
        pytest.param(
            (PhaseChanged(EnginePhase.WAITING_FOR_KEYRING),), True, False, id="waiting for the key"
        ),
    ],
)
def test_a_switch_never_says_on_when_nothing_is_or_will_be_open(
    events: tuple[AppEvent, ...], on: bool, usable: bool
) -> None:
    state = after(*events)
    assert (state.endpoint_on, state.can_switch) == (on, usable)


def test_a_snapshot_does_not_forget_why_the_endpoint_is_closed() -> None:
    state = after(port_taken(), SnapshotTaken((changed(), ListenerStopped(NOON))))
    assert tray_state(state) is TrayState.ERROR
    state = reduce(state, SnapshotTaken((changed(), listening())))
    assert tray_state(state) is TrayState.READY


def test_a_crash_forgets_what_the_engine_said_and_a_new_start_forgets_the_crash() -> None:
    state = after(listening(), changed(), started("a"), EngineCrashed("ValueError: boom"))
    assert (state.endpoint.url, state.instances, state.in_flight) == ("", (), 0)
    assert state.crash == "ValueError: boom"
    state = reduce(state, PhaseChanged(EnginePhase.STARTING))
    assert (state.crash, state.phase) == ("", EnginePhase.STARTING)


def test_a_snapshot_replaces_the_present_but_not_the_history() -> None:
    state = after(listening(), changed(), changed(name="gone"), started("a"), started("lost"))
    state = reduce(state, SnapshotTaken((listening(), changed(), started("a"))))
    assert [i.name for i in state.instances] == ["inst-0"]
    assert state.running == {"a"}
    assert (state.today.total, state.endpoint.url) == (2, URL)


def test_small_facts() -> None:
    state = after(
        PlanMade("demo", "127.0.0.1", 1, ("demo_fallback",)),
        AccessReady(Access("secret-key", "file", "/x")),
        TrayFound(TrayPresence.MISSING),
        ActionFailed("no"),
    )
    assert (state.demo, state.notices, state.tray) == (
        True,
        ("demo_fallback",),
        TrayPresence.MISSING,
    )
    assert state.action_error == "no"
    assert "secret-key" not in repr(state)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8317", "http://127.0.0.1:8317"),
        ("http://0.0.0.0:8317/", "http://127.0.0.1:8317"),
        ("http://[::]:8317", "http://[::1]:8317"),
        ("http://192.168.1.5:1", "http://192.168.1.5:1"),
    ],
)
def test_a_wildcard_address_is_shown_as_one_that_can_be_called(url: str, expected: str) -> None:
    assert reachable(url) == expected


def test_what_a_login_command_prints_is_kept_by_instance() -> None:
    one, two = InstanceName("inst-0"), InstanceName("inst-1")
    line = PrintedLine("Open https://x.example", "https://x.example")
    state = after(SignInPrinted(one, ()), SignInPrinted(two, (line,)))
    assert state.accounts.printed == {one: (), two: (line,)}
    begun = (SignInBegan(two, "https://x.example"), InstanceRemoved(two, 1.0))
    state = reduce_all(state, begun)
    assert state.accounts.printed == {one: ()}
    assert state.accounts.addresses == {}


def test_the_address_of_a_sign_in_is_the_one_of_its_last_beginning() -> None:
    me = InstanceName("inst-0")
    waits = SignInChanged(SignInStatus(me, SignInState.WAITING_FOR_BROWSER, 1.0))
    state = after(SignInBegan(me, "https://x.example/1"), waits)
    state = reduce_all(state, [SignInBegan(me, "https://x.example/2")])
    assert state.accounts.addresses == {me: "https://x.example/2"}
    assert "x.example" not in repr(state.accounts)
    by_a_program = SignInBegan(me, "")
    assert reduce(state, by_a_program).accounts.addresses == {}


def test_what_failed_of_a_sign_in_is_taken_back_once_the_account_is_signed_in() -> None:
    one, two = InstanceName("inst-0"), InstanceName("inst-1")

    def signed(name: InstanceName, state: SignInState = SignInState.LOGGED_IN) -> SignInChanged:
        return SignInChanged(SignInStatus(name, state, 1.0))

    for action in ("sign-in", "deliver", "cancel"):
        state = after(ActionFailed("no", f"{one}/{action}"))
        others = [signed(two), signed(one, SignInState.WAITING_FOR_BROWSER)]
        assert reduce_all(state, others).action_error == "no"
        assert reduce(state, signed(one)).action_error == ""
    for action in ("", f"{one}/sign-out", f"{one}/keep-password"):
        assert reduce(after(ActionFailed("no", action)), signed(one)).action_error == "no"
