"""What the window knows of the instances' health, and what it says should be done."""

import ast
from collections.abc import Iterator
from dataclasses import replace

import pytest

from desktop import health_wording, remedies
from desktop.remedies import Cure, cure_text, for_instance, for_listener, for_request, for_status
from desktop.slices.health import (
    KEPT_LINES,
    HealthSlice,
    InstanceOpened,
    InstanceTestBegan,
    InstanceTestEnded,
    LogTailRead,
    joined,
    reduce_health,
)
from desktop.state import AppState, EngineCrashed, reduce_all
from gateway_engine import errors
from gateway_engine.public import (
    GatewayError,
    InstanceName,
    InstanceRemoved,
    InstanceState,
    LifeEvent,
    LifeStep,
    LogTail,
    QuotaSpent,
    SmokeReport,
)
from gateway_engine.upstreams.contract import LoginState
from tests.support.house_rules import ROOT
from tests.unit.desktop import samples

ME = InstanceName("inst-0")


def test_a_log_that_is_read_again_goes_on() -> None:
    assert joined(("a", "b", "c"), ("b", "c", "d")) == ("a", "b", "c", "d")
    assert joined(("a", "b"), ("x", "y")) == ("x", "y")
    assert joined(("a", "a", "b"), ("a", "b", "c")) == ("a", "a", "b", "c")
    assert joined(("a",), ()) == ()
    long = tuple(map(str, range(KEPT_LINES)))
    assert joined(long, (long[-1], "new")) == (long[-1], "new")
    first = LogTail(ME, 1.0, ("p",), "f", ("a", "b"))
    health = reduce_health(HealthSlice(), LogTailRead(first))
    health = reduce_health(health, LogTailRead(LogTail(ME, 2.0, ("p", "q"), "f", ("b", "c"))))
    assert health.tail == LogTail(ME, 2.0, ("p", "q"), "f", ("a", "b", "c"))
    other = LogTail(InstanceName("inst-1"), 3.0, (), "g", ("c", "d"))
    assert reduce_health(health, LogTailRead(other)).tail == other


def test_a_test_and_its_end() -> None:
    health = reduce_health(HealthSlice(), InstanceTestBegan(ME, 5.0))
    assert health.tests[ME].runs
    done = reduce_health(health, InstanceTestEnded(ME, SmokeReport(())))
    assert (done.tests[ME].runs, done.tests[ME].began_at) == (False, 5.0)
    broken = reduce_health(health, InstanceTestEnded(ME, None, "no engine"))
    assert (broken.tests[ME].runs, broken.tests[ME].error) == (False, "no engine")


def test_nothing_of_an_engine_that_crashed_is_shown_on() -> None:
    state = reduce_all(AppState(), (InstanceOpened(ME), InstanceTestBegan(ME, 1.0)))
    assert reduce_all(state, (EngineCrashed("why"),)).health == HealthSlice()


def test_nothing_is_kept_of_an_instance_that_was_removed() -> None:
    tail = LogTail(ME, 1.0, ("x",), "", ())
    begun = (InstanceOpened(ME, at_log=True), InstanceTestBegan(ME, 1.0), LogTailRead(tail))
    gone = InstanceRemoved(ME, 2.0)
    assert reduce_all(AppState(), (*begun, gone)).health == HealthSlice()
    late = InstanceTestEnded(ME, None, "it has gone")
    assert reduce_all(AppState(), (*begun, gone, late)).health == HealthSlice()
    other = InstanceRemoved(InstanceName("another"), 2.0)
    assert reduce_all(AppState(), (*begun, other)).health.open == ME


# --- remedies ------------------------------------------------------------------------------------


def start_codes() -> set[str]:
    """Every code an UpstreamStartError is raised with, read in the source."""
    codes: set[str] = set()
    for path in (ROOT / "gateway_engine").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "UpstreamStartError":
                code = node.args[0]
                assert isinstance(code, ast.Constant), f"{path}: a code that is no literal"
                codes.add(str(code.value))
    return codes


def request_codes(kind: type[GatewayError] = errors.GatewayError) -> Iterator[str]:
    yield kind.code
    for special in kind.__subclasses__():
        if special.__module__ == errors.__name__ or not special.__subclasses__():
            yield from request_codes(special)


LOGIN_CODES = {
    "login_required": LoginState.LOGGED_OUT,
    "login_expired": LoginState.EXPIRED,
    "upstream_forbidden": LoginState.FORBIDDEN,
    "login_unknown": LoginState.UNKNOWN,
}
INSTANCE_CODES = sorted(
    start_codes()
    | set(LOGIN_CODES)
    | {"exited", "connection_lost", "hung", "not_answering"}
    | {"upstream_quota", "upstream_error"}
)


def test_of_one_that_ran_nothing_is_said_twice() -> None:
    ended = replace(
        samples.status(last_error="exited"),
        life=(LifeEvent(samples.NOON, LifeStep.ENDED, "exited"),),
    )
    told = for_status(ended)
    assert told is not None
    assert "English detail." not in told.words.text
    asked = LifeEvent(samples.NOON, LifeStep.RESTART_ASKED)
    told = for_status(replace(ended, life=(*ended.life, asked)))
    assert told is not None
    assert "English detail." not in told.words.text
    started = replace(ended, life=(LifeEvent(samples.NOON, LifeStep.START_FAILED, "exited"),))
    told = for_status(started)
    assert told is not None
    assert told.words.text.endswith("Details: English detail.")


def test_the_codes_are_all_there_are() -> None:
    assert {"not_found", "exited", "port_in_use", "internal_error"} <= start_codes()


@pytest.mark.parametrize("code", INSTANCE_CODES)
def test_every_code_of_an_instance_has_words_and_a_button(code: str) -> None:
    remedy = for_instance(code, "The engine's sentence.")
    assert remedy.words.title
    assert f"({code})" not in remedy.words.title
    assert cure_text(remedy.cure)
    assert remedy.second is Cure.NONE or cure_text(remedy.second)


@pytest.mark.parametrize("code", sorted(set(request_codes())))
def test_every_code_of_a_request_has_words_and_a_button(code: str) -> None:
    remedy = for_request(code, "The engine's sentence.")
    assert f"({code})" not in remedy.words.title
    assert code in remedies.REQUEST_CURES
    assert cure_text(remedy.cure)


@pytest.mark.parametrize("code", INSTANCE_CODES)
def test_what_befell_an_instance_is_told_without_its_code(code: str) -> None:
    failed = LifeEvent(samples.NOON, LifeStep.START_FAILED, code, "The engine's sentence.")
    title = for_instance(code, "").words.title
    assert health_wording.life(failed) == f"Could not start. {title}: The engine's sentence."
    assert health_wording.life(replace(failed, detail="")) == f"Could not start. {title}"
    signed_out = LifeEvent(samples.NOON, LifeStep.SIGNED_OUT, code)
    assert f"({code})" not in health_wording.life(signed_out)


def test_a_code_of_a_later_version_is_told_in_the_engines_words() -> None:
    remedy = for_instance("brand_new", "Do this.")
    assert ("brand_new" in remedy.words.title, remedy.words.text) == (True, "Do this.")
    assert cure_text(remedy.cure)


def test_an_account_that_is_the_programs_own_is_told_with_its_command() -> None:
    remedy = for_instance("login_required", "run `qodercli login`", can_sign_in=False)
    assert remedy.words.text == "run `qodercli login`"


def test_what_is_wrong_with_an_instance() -> None:
    good = samples.status()
    assert for_status(good) is None
    stopped = replace(samples.status(state=InstanceState.STOPPED), stopped=True)
    told = for_status(stopped)
    assert told is not None
    assert told.cure is Cure.START
    spent = samples.status(last_error="upstream_quota")
    spent = replace(spent, out_of_quota=QuotaSpent(1.0, 2.0, "x"))
    told = for_status(spent)
    assert told is not None
    assert (told.cure, told.second) == (Cure.SIGN_IN, Cure.TEST)


def test_a_program_that_is_missing_is_chosen() -> None:
    assert for_instance("not_found", "x").cure is Cure.PROGRAM


def test_a_closed_endpoint_has_its_button() -> None:
    assert for_listener(samples.port_taken()).cure is Cure.NEXT_PORT
