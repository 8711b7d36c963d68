"""The sign-in of one account as a state machine. Pure.

    logged_out, expired, failed, cancelled
        ── began ──► waiting_for_browser ── delivered ──► signing_in   (automatic: at once)
    waiting_for_browser, signing_in ── person needed ──► needs_person
    waiting_for_browser, signing_in, needs_person
        ── cancelled ──► cancelled
        ── gave up, upstream gone ──► failed
    any ── upstream: usable ──► logged_in        any ── upstream: refused account ──► failed
    logged_in ── upstream: expired ──► expired   logged_in ── upstream: logged out ──► logged_out

Whatever it is about, an account that upstream says is usable is logged in. While somebody is at it,
upstream's "logged out" is no news; afterwards `failed` and `cancelled` stay until the next attempt.
"""

from dataclasses import dataclass, replace
from typing import assert_never

from gateway_engine.events import SignInState, SignInStatus
from gateway_engine.upstreams.contract import Login, LoginState

UNDER_WAY = (SignInState.WAITING_FOR_BROWSER, SignInState.SIGNING_IN, SignInState.NEEDS_PERSON)
SETTLED = (SignInState.FAILED, SignInState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Began:
    """An address to sign in at was made; `automatic`: a program opens it, not a person."""

    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    """The browser has come to the end; upstream is to say what it makes of it."""


@dataclass(frozen=True, slots=True)
class PersonNeeded:
    """The automatic sign-in met something only a person can do."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class GaveUp:
    """This attempt is over; `code` is "" when somebody cancelled it."""

    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Reported:
    """What upstream says of the account now."""

    login: Login


@dataclass(frozen=True, slots=True)
class UpstreamWent:
    """The process ended: an address it made is worth nothing any more."""


SignInEvent = Began | Delivered | PersonNeeded | GaveUp | Reported | UpstreamWent


def advance(status: SignInStatus, event: SignInEvent, at: float) -> SignInStatus:
    """The status after `event`; the same object when nothing has changed."""
    match event:
        case Began(automatic):
            state = SignInState.SIGNING_IN if automatic else SignInState.WAITING_FOR_BROWSER
            return _enter(status, state, at)
        case Delivered():
            under_way = status.state in UNDER_WAY
            return _enter(status, SignInState.SIGNING_IN, at) if under_way else status
        case PersonNeeded(code, message):
            if status.state not in UNDER_WAY:
                return status
            return _enter(status, SignInState.NEEDS_PERSON, at, code=code, message=message)
        case GaveUp(code, message):
            if status.state not in UNDER_WAY:
                return status
            state = SignInState.FAILED if code else SignInState.CANCELLED
            return _enter(status, state, at, code=code, message=message)
        case UpstreamWent():
            if status.state not in UNDER_WAY:
                return status
            return _enter(
                status,
                SignInState.FAILED,
                at,
                code="upstream_gone",
                message="the Lingma process ended during the sign-in; start the sign-in again",
            )
        case Reported(login):
            return _reported(status, login, at)
        case _:
            assert_never(event)


def _reported(status: SignInStatus, login: Login, at: float) -> SignInStatus:
    match login.state:
        case LoginState.LOGGED_IN:
            return _enter(status, SignInState.LOGGED_IN, at, account=login.account)
        case LoginState.FORBIDDEN:
            return _enter(
                status,
                SignInState.FAILED,
                at,
                account=login.account,
                code="upstream_forbidden",
                message=login.message,
            )
        case LoginState.UNKNOWN:
            return status
        case LoginState.EXPIRED | LoginState.LOGGED_OUT:
            if status.state in (*UNDER_WAY, *SETTLED):
                return status
            expired = login.state is LoginState.EXPIRED
            state = SignInState.EXPIRED if expired else SignInState.LOGGED_OUT
            return _enter(status, state, at, account=login.account)
        case _:
            assert_never(login.state)


def _enter(
    status: SignInStatus,
    state: SignInState,
    at: float,
    *,
    account: str = "",
    code: str = "",
    message: str = "",
) -> SignInStatus:
    since = at if state is not status.state else status.since
    new = replace(
        status,
        state=state,
        since=since,
        account=account,
        error_code=code,
        error_message=message,
    )
    return status if new == status else new
