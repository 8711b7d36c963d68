"""No refusal of the engine reaches the window in English: every code has words of ours."""

import ast
import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop import account_refusals, program_wording
from gateway_engine.accounts.browser.order import Outcome
from gateway_engine.public import InstallChanged, InstallState, InstanceName
from gateway_engine.public import SignInState as State
from gateway_engine.public import SignInStatus as Status
from gateway_engine.upstreams.lingma.install.trouble import not_written
from tests.support.house_rules import ROOT

INSTALL = ROOT / "gateway_engine" / "upstreams" / "lingma" / "install"
ACCOUNTS = (ROOT / "gateway_engine" / "accounts", ROOT / "gateway_engine" / "upstreams" / "lingma")
MESSAGE = "in English"


def calls(folder: Path) -> Iterator[ast.Call]:
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield node


def texts(node: ast.expr) -> list[str]:
    return [
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]


INSTALL_CODES = sorted(
    {
        code
        for call in calls(INSTALL)
        if isinstance(call.func, ast.Name) and call.func.id == "InstallError"
        for code in texts(call.args[0])
    }
    # Chosen beforehand in one place; the last is no failure but a cancellation.
    | {"no_space", "not_permitted"} - {"cancelled"}
)
BUNDLE_CODES = sorted(
    {
        call.args[0].value
        for call in calls(ROOT / "gateway_engine" / "accounts")
        if isinstance(call.func, ast.Name) and call.func.id == "BundleError"
        if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }
)
REASONS = sorted(
    {
        keyword.value.value
        for folder in ACCOUNTS
        for call in calls(folder)
        for keyword in call.keywords
        if keyword.arg == "reason"
        and isinstance(keyword.value, ast.Constant)
        and isinstance(keyword.value.value, str)
    }
)


@pytest.mark.parametrize("code", [c for c in INSTALL_CODES if c != "cancelled"])
def test_every_failure_of_an_installation(code: str) -> None:
    event = InstallChanged(InstallState.FAILED, 1.0, error_code=code, error_message=MESSAGE)
    assert MESSAGE not in program_wording.install_error(event)
    assert MESSAGE not in program_wording.refusal(code, MESSAGE)


@pytest.mark.parametrize("code", REASONS)
def test_every_refusal_about_accounts(code: str) -> None:
    assert MESSAGE not in account_refusals.refusal(code, MESSAGE)


@pytest.mark.parametrize("code", BUNDLE_CODES)
def test_every_bundle_that_cannot_be_used(code: str) -> None:
    assert MESSAGE not in account_refusals.bundle_error(code, MESSAGE)


@pytest.mark.parametrize("outcome", [each for each in Outcome if each is not Outcome.DONE])
def test_every_end_of_an_automatic_sign_in(outcome: Outcome) -> None:
    if outcome is Outcome.WINDOW_CLOSED:
        return  # its user has cancelled it
    status = Status(InstanceName("inst-0"), State.FAILED, 1.0, "", outcome.value, MESSAGE)
    assert MESSAGE not in account_refusals.sign_in_error(status)


def test_what_no_table_knows_stands_behind_our_words() -> None:
    event = InstallChanged(
        InstallState.FAILED,
        1.0,
        error_code="refused",
        error_message=MESSAGE,
        error_detail="market.example: HTTP 404",
    )
    assert program_wording.install_error(event).endswith("(market.example: HTTP 404)")
    said = account_refusals.refusal("upstream_error", "quota of logins")
    assert said.endswith("Details: quota of logins")
    assert account_refusals.refusal("brand_new", MESSAGE) == MESSAGE


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, "no_space"), (errno.EACCES, "not_permitted")]
)
def test_what_cannot_be_written_says_what_the_system_said(number: int, code: str) -> None:
    error = not_written("cannot unpack", OSError(number, "system's words"))
    assert (error.code, str(error)[:29]) == (code, "cannot unpack: system's words")
    said = program_wording.refusal(error.code, str(error), error.detail)
    # Behind "free / needed" there are figures or nothing.
    assert ("needed" in said, "system's words" in said) == (False, code == "not_permitted")


def test_where_a_version_came_from_is_said_in_a_few_words() -> None:
    url = "https://marketplace.example/_apis/public/gallery/publishers/A/vsextensions/b/1/vspackage"
    assert program_wording.origin(url) == "marketplace.example"
    assert program_wording.origin("lingma-2.5.20.vsix") == "lingma-2.5.20.vsix"
    assert program_wording.origin("") == ""
