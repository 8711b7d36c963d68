"""The sign-in's machine: every state against every event."""

import pytest

from gateway_engine.accounts.sign_in import (
    UNDER_WAY,
    Began,
    Delivered,
    GaveUp,
    PersonNeeded,
    Reported,
    SignInEvent,
    UpstreamWent,
    advance,
)
from gateway_engine.conversation import InstanceName
from gateway_engine.events import SignInState as State
from gateway_engine.events import SignInStatus
from gateway_engine.upstreams.contract import Login, LoginState

ME = InstanceName("inst-0")
IN = Reported(Login(LoginState.LOGGED_IN, "ann"))
OUT = Reported(Login(LoginState.LOGGED_OUT))
EXPIRED = Reported(Login(LoginState.EXPIRED, "ann"))
FORBIDDEN = Reported(Login(LoginState.FORBIDDEN, "ann", "no licence"))
UNKNOWN = Reported(Login(LoginState.UNKNOWN))
CAPTCHA = PersonNeeded("captcha", "solve it")
WRONG = GaveUp("wrong_password", "check it")


def at(state: State) -> SignInStatus:
    return SignInStatus(ME, state, 1.0)


def after(state: State, *events: SignInEvent) -> SignInStatus:
    status = at(state)
    for number, event in enumerate(events, 2):
        status = advance(status, event, float(number))
    return status


@pytest.mark.parametrize(
    ("events", "state", "code"),
    [
        ((Began(), Delivered(), IN), State.LOGGED_IN, ""),
        ((Began(), OUT, UNKNOWN, IN), State.LOGGED_IN, ""),
        ((Began(), OUT), State.WAITING_FOR_BROWSER, ""),
        ((Began(automatic=True),), State.SIGNING_IN, ""),
        ((Began(automatic=True), CAPTCHA), State.NEEDS_PERSON, "captcha"),
        ((Began(automatic=True), CAPTCHA, OUT), State.NEEDS_PERSON, "captcha"),
        ((Began(automatic=True), CAPTCHA, IN), State.LOGGED_IN, ""),
        ((Began(automatic=True), CAPTCHA, Began()), State.WAITING_FOR_BROWSER, ""),
        ((Began(automatic=True), WRONG), State.FAILED, "wrong_password"),
        ((Began(automatic=True), WRONG, OUT), State.FAILED, "wrong_password"),
        ((Began(automatic=True), WRONG, Began()), State.WAITING_FOR_BROWSER, ""),
        ((Began(), GaveUp()), State.CANCELLED, ""),
        ((Began(), GaveUp(), OUT), State.CANCELLED, ""),
        ((Began(), GaveUp(), IN), State.LOGGED_IN, ""),
        ((Began(), UpstreamWent()), State.FAILED, "upstream_gone"),
        ((Began(), Delivered(), FORBIDDEN), State.FAILED, "upstream_forbidden"),
        ((IN, EXPIRED), State.EXPIRED, ""),
        ((IN, OUT), State.LOGGED_OUT, ""),
        ((IN, EXPIRED, Began(), EXPIRED), State.WAITING_FOR_BROWSER, ""),
        ((IN, UpstreamWent(), UNKNOWN), State.LOGGED_IN, ""),
    ],
)
def test_ways(events: tuple[SignInEvent, ...], state: State, code: str) -> None:
    status = after(State.LOGGED_OUT, *events)
    assert (status.state, status.error_code) == (state, code)
    assert status.account == (
        "ann" if state in (State.LOGGED_IN, State.EXPIRED) else status.account
    )


@pytest.mark.parametrize("state", State)
def test_what_holds_everywhere(state: State) -> None:
    assert after(state, IN).state is State.LOGGED_IN
    assert after(state, FORBIDDEN).state is State.FAILED
    assert after(state, UNKNOWN) == at(state)
    assert after(state, Began()).state is State.WAITING_FOR_BROWSER
    ends: dict[SignInEvent, State] = {
        Delivered(): State.SIGNING_IN,
        CAPTCHA: State.NEEDS_PERSON,
        WRONG: State.FAILED,
        GaveUp(): State.CANCELLED,
        UpstreamWent(): State.FAILED,
    }
    for event, end in ends.items():
        status = after(state, event)
        if state in UNDER_WAY:
            assert status.state is end
        else:
            assert status == at(state)


def test_since_and_identity() -> None:
    status = after(State.LOGGED_OUT, IN)
    assert (status.since, status.account) == (2.0, "ann")
    assert advance(status, IN, 9.0) is status
    other = advance(status, Reported(Login(LoginState.LOGGED_IN, "bob")), 9.0)
    assert (other.account, other.since) == ("bob", 2.0)
