"""The sign-in pages without a server."""

from pathlib import Path
from urllib.parse import urlencode

import pytest

from gateway_engine.emulator.account import Account
from gateway_engine.emulator.ids import Ids
from gateway_engine.emulator.login_pages import respond
from gateway_engine.emulator.work_dir import WorkDir

IDS = Ids("pages")


@pytest.fixture
def account(tmp_path: Path) -> Account:
    work_dir = WorkDir(tmp_path)
    work_dir.create()
    return Account(work_dir, Ids("seed"), "m")


def test_the_way_through(account: Account) -> None:
    nonce = account.new_nonce()
    page = respond(f"/login?nonce={nonce}", account, IDS)
    assert page.status == 200
    assert nonce in page.body
    assert "Demo · 演示" in page.body
    submitted = respond(
        f"/login/submit?{urlencode({'nonce': nonce, 'username': '小明'})}", account, IDS
    )
    assert submitted.status == 302
    done = respond(submitted.headers["Location"], account, IDS)
    assert (done.status, done.signed_in) == (200, True)
    assert "close this window" in done.body
    assert "可以关闭" in done.body
    assert account.name == "小明"
    again = respond(submitted.headers["Location"], account, IDS)
    assert (again.status, again.signed_in) == (400, False)


def test_names_are_escaped(account: Account) -> None:
    nonce = account.new_nonce()
    query = urlencode({"nonce": nonce, "username": "<script>alert(1)</script>"})
    submitted = respond(f"/login/submit?{query}", account, IDS)
    assert "<script>" not in respond(submitted.headers["Location"], account, IDS).body


@pytest.mark.parametrize(
    "target", ["/login", "/login?nonce=x", "/login/submit?nonce=x&username=a", "/auth/callback"]
)
def test_a_foreign_nonce_is_refused(account: Account, target: str) -> None:
    page = respond(target, account, IDS)
    assert (page.status, page.signed_in) == (400, False)


def test_other_places(account: Account) -> None:
    assert respond("/favicon.ico", account, IDS).status == 404
    nonce = account.new_nonce()
    assert respond(f"/login/submit?nonce={nonce}&username=+", account, IDS).status == 400
