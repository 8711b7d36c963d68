"""What the window knows of clients, folded from events."""

from pathlib import Path

import pytest

from desktop.slices.clients import (
    ClientChosen,
    ClientPasted,
    ClientPlanned,
    ClientsLookedAt,
    ClientsSlice,
    ClientWorkBegan,
    ClientWorkEnded,
    Outcome,
    OutcomeKind,
    Plan,
    reduce_clients,
)
from desktop.state import AppState, reduce_all
from gateway_engine.public import (
    CLIENTS,
    ClientChange,
    ClientChecked,
    ClientState,
    ClientStatus,
    ClientView,
    Deed,
    Pasted,
    ProbeResult,
    RequestId,
    RequestStarted,
    client_pastes,
)

PLAN = Plan(Deed.APPLY, ClientChange(Path("/x"), "diff", seen="s"))
PASTED = Pasted(client_pastes("claude", "http://x", "lgw-key"), has_key=True)


def looked() -> ClientsLookedAt:
    statuses = (ClientStatus(client, ClientState.NOT_CONNECTED) for client in CLIENTS.values())
    return ClientsLookedAt(tuple(ClientView(status) for status in statuses))


def asked(client: str, at: float) -> RequestStarted:
    return RequestStarted(RequestId("r"), at, "anthropic", "/v1/messages", client, "m", stream=True)


def test_who_asked_is_seen_at_once_and_a_look_counts() -> None:
    state = reduce_all(AppState(), [looked(), asked("client:claude", 5.0), asked("curl", 6.0)])
    seen = {v.status.client.name: v.last_seen for v in state.clients.views}
    assert {name for name, at in seen.items() if at} == {"claude"}
    assert reduce_all(state, [asked("client:claude", 3.0)]).clients == state.clients
    assert reduce_all(state, [asked("client:nobody", 7.0)]).clients is state.clients


def test_who_is_said_to_be_connected_is_it_still() -> None:
    claude, codex = CLIENTS["claude"], CLIENTS["codex"]
    ended = [
        ClientWorkEnded("claude", Outcome(OutcomeKind.APPLIED)),
        ClientWorkEnded("codex", Outcome(OutcomeKind.FAILED)),
    ]
    state = reduce_all(AppState(), ended)
    for now, left in (
        (ClientState.CONNECTED, {"claude", "codex"}),
        (ClientState.DRIFTED, {"codex"}),
    ):
        views = tuple(ClientView(ClientStatus(client, now)) for client in (claude, codex))
        state = reduce_all(state, [ClientsLookedAt(views)])
        assert set(state.clients.outcomes) == left


@pytest.mark.parametrize("kind", list(OutcomeKind))
def test_what_was_done_puts_the_plan_and_the_key_away(kind: OutcomeKind) -> None:
    slice_ = ClientsSlice()
    for event in (ClientPasted("claude", PASTED), ClientPlanned("claude", PLAN)):
        slice_ = reduce_clients(slice_, event)
    slice_ = reduce_clients(slice_, ClientWorkBegan("claude"))
    assert slice_.busy == {"claude"}
    slice_ = reduce_clients(slice_, ClientWorkEnded("claude", Outcome(kind)))
    has_failed = kind is OutcomeKind.FAILED
    assert ("claude" in slice_.plans, "claude" in slice_.pasted) == (has_failed, has_failed)
    assert slice_.busy == frozenset()
    slice_ = reduce_clients(slice_, ClientWorkBegan("claude"))
    assert slice_.outcomes == {}


def test_nothing_new_is_the_same_object() -> None:
    slice_ = reduce_clients(ClientsSlice(), ClientChosen("curl"))
    assert slice_.chosen == "curl"
    assert reduce_clients(slice_, asked("someone", 1.0)) is slice_
    check = ClientChecked("curl", (ProbeResult("chat", "an answer", "/v1"),), is_running=True)
    assert reduce_clients(slice_, check).checks == {"curl": check}


def test_no_key_stands_in_what_is_printed_of_the_state() -> None:
    state = reduce_all(AppState(), [ClientPasted("claude", PASTED)])
    assert "lgw-key" not in repr(state)
    assert "lgw-key" not in repr(ClientPasted("claude", PASTED))
