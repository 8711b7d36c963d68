"""What the window knows of client programs: how they stand, what is planned, what was done.

Of one client, in this order:

    a look ──► a view ──plan──► a plan, its difference shown ──do──► an outcome, and another look
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from gateway_engine.public import (
    CLIENT_ID_PREFIX,
    ClientChange,
    ClientChecked,
    ClientState,
    ClientView,
    Deed,
    EngineEvent,
    Pasted,
    Refusal,
    RequestStarted,
)

T = TypeVar("T")


class OutcomeKind(StrEnum):
    """What became of something the user asked for."""

    APPLIED = "applied"
    UNDONE = "undone"
    REVOKED = "revoked"
    LAUNCHED = "launched"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`code`, `message`, `path` and `refusal` say why it FAILED; `kept` and `readable` are of the
    change.
    """

    kind: OutcomeKind
    code: str = ""
    message: str = ""
    path: Path | None = None
    kept: tuple[str, ...] = ()
    readable: bool = False
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A deed whose difference is shown before it is done."""

    deed: Deed
    change: ClientChange


@dataclass(frozen=True, slots=True)
class ClientsSlice:
    """`views` is empty before the first look. All maps are by the client's name; `pasted` may hold
    keys."""

    views: tuple[ClientView, ...] = ()
    plans: Mapping[str, Plan] = field(default_factory=dict)
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    pasted: Mapping[str, Pasted] = field(default_factory=dict, repr=False)
    checks: Mapping[str, ClientChecked] = field(default_factory=dict)
    busy: frozenset[str] = frozenset()
    """Clients for which something is being done right now."""
    chosen: str = ""
    """The client whose page is shown, "" for the first one."""

    def view(self, name: str) -> ClientView | None:
        """The view of one client, None before the first look."""
        return next((view for view in self.views if view.status.client.name == name), None)


# --- what happens --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClientsLookedAt:
    """Every client, as it stands now."""

    views: tuple[ClientView, ...]


@dataclass(frozen=True, slots=True)
class ClientChosen:
    """This client's page is wanted."""

    client: str


@dataclass(frozen=True, slots=True)
class ClientWorkBegan:
    """Something is being done for a client; what was said of the last time goes."""

    client: str


@dataclass(frozen=True, slots=True)
class ClientPlanned:
    """What a deed would do; None: the plan was put aside."""

    client: str
    plan: Plan | None


@dataclass(frozen=True, slots=True)
class ClientWorkEnded:
    """What became of it; None: nothing to say, or the user has read it."""

    client: str
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class ClientPasted:
    """What to paste for a client."""

    client: str
    pasted: Pasted = field(repr=False)


ClientsEvent = (
    ClientsLookedAt
    | ClientChosen
    | ClientWorkBegan
    | ClientPlanned
    | ClientWorkEnded
    | ClientPasted
)


def reduce_clients(clients: ClientsSlice, event: EngineEvent | ClientsEvent) -> ClientsSlice:
    """The slice after `event`; the same object when nothing of it has changed."""
    match event:
        case ClientsLookedAt(views):
            return replace(clients, views=views, outcomes=_still_true(clients.outcomes, views))
        case ClientChosen(client):
            return replace(clients, chosen=client)
        case ClientWorkBegan(client):
            return replace(
                clients,
                busy=clients.busy | {client},
                outcomes=_with(clients.outcomes, client, None),
            )
        case ClientPlanned(client, plan):
            return replace(
                clients,
                busy=clients.busy - {client},
                plans=_with(clients.plans, client, plan),
            )
        case ClientWorkEnded(client, outcome):
            is_done = outcome is not None and outcome.kind is not OutcomeKind.FAILED
            return replace(
                clients,
                busy=clients.busy - {client},
                outcomes=_with(clients.outcomes, client, outcome),
                plans=_with(clients.plans, client, None) if is_done else clients.plans,
                # The key in it may be another one now.
                pasted=_with(clients.pasted, client, None) if is_done else clients.pasted,
            )
        case ClientPasted(client, pasted):
            return replace(clients, pasted=_with(clients.pasted, client, pasted))
        case ClientChecked(client):
            return replace(clients, checks=_with(clients.checks, client, event))
        case RequestStarted() if event.client.startswith(CLIENT_ID_PREFIX):
            return _seen(clients, event.client.removeprefix(CLIENT_ID_PREFIX), event.at)
        case _:
            return clients


def _seen(clients: ClientsSlice, name: str, at: float) -> ClientsSlice:
    if clients.view(name) is None:
        return clients
    views = tuple(
        replace(view, last_seen=max(at, view.last_seen))
        if view.status.client.name == name
        else view
        for view in clients.views
    )
    return replace(clients, views=views)


def _still_true(
    outcomes: Mapping[str, Outcome], views: tuple[ClientView, ...]
) -> Mapping[str, Outcome]:
    """Whose file was changed since is not said to be connected any more."""
    drifted = {
        view.status.client.name for view in views if view.status.state is ClientState.DRIFTED
    }
    untrue = {n for n in drifted & set(outcomes) if outcomes[n].kind is OutcomeKind.APPLIED}
    return {n: outcome for n, outcome in outcomes.items() if n not in untrue}


def _with(known: Mapping[str, T], client: str, value: T | None) -> Mapping[str, T]:
    if value is None and client not in known:
        return known
    kept = {name: each for name, each in known.items() if name != client}
    return kept if value is None else {**kept, client: value}
