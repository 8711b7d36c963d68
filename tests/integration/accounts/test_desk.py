"""Accounts over a whole engine and a real program: signing in and out, and carrying logins."""

import asyncio
import base64
import os
import random
import signal
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import aiohttp
import pytest

from gateway_engine.accounts.bundle import as_text, pack, unpack
from gateway_engine.accounts.login_files import exchange, read_login
from gateway_engine.conversation import InstanceName
from gateway_engine.errors import ConflictError, InvalidRequestError, NotFoundError
from gateway_engine.events import InstanceState, SignInChanged, SignInState, SignInStatus
from gateway_engine.server import account_routes
from gateway_engine.server.account_routes import ROUTES
from tests.integration.engine.running_engine import Gateway, gateway
from tests.support.hygiene import ExpectedLogs
from tests.unit.accounts.test_bundle import in_armour, quickly_sealed
from tests.unit.protocols.hostile import NONSENSE

ME = InstanceName("inst-0")
READY, NEEDS_LOGIN = InstanceState.READY, InstanceState.NEEDS_LOGIN


def account(running: Gateway, number: int = 0) -> SignInStatus:
    return running.engine.accounts.desk.statuses()[number]


async def signed(running: Gateway, *states: SignInState, number: int = 0) -> SignInStatus:
    return await running.events.until(
        lambda: account(running, number) if account(running, number).state in states else None
    )


def told(running: Gateway) -> list[SignInState]:
    states: list[SignInState] = []
    for event in running.events.seen:
        if isinstance(event, SignInChanged) and event.status.state not in states[-1:]:
            states.append(event.status.state)
    return states


async def browse(url: str, name: str) -> str:
    """What a person does on the emulator's page; the address it all ends at."""
    async with aiohttp.ClientSession() as client:
        nonce = url.rpartition("nonce=")[2]
        submit = urljoin(url, "/login/submit")
        asked = client.get(submit, params={"nonce": nonce, "username": name}, allow_redirects=False)
        async with asked as got:
            return urljoin(url, got.headers["Location"])


async def follow(address: str) -> int:
    async with aiohttp.ClientSession() as client, client.get(address) as got:
        return got.status


async def test_through_the_systems_browser(tmp_path: Path) -> None:
    async with gateway(tmp_path, "logged_out") as running:
        await running.state(NEEDS_LOGIN)
        assert account(running).state is SignInState.LOGGED_OUT
        url = await running.engine.accounts.desk.begin(ME)
        assert account(running).state is SignInState.WAITING_FOR_BROWSER
        assert await follow(await browse(url, "ann")) == 200
        assert (await signed(running, SignInState.LOGGED_IN)).account == "ann"
        await running.state(READY)
        assert (await running.ask("hello")).text
        with pytest.raises(ConflictError) as caught:
            await running.engine.accounts.desk.begin(ME)
        assert caught.value.code == "already_logged_in"
    assert told(running) == [SignInState.WAITING_FOR_BROWSER, SignInState.LOGGED_IN]


@pytest.mark.parametrize("scenario", ["logged_out", "logged_out,login_url_string"])
async def test_a_browser_elsewhere(tmp_path: Path, scenario: str) -> None:
    async with gateway(tmp_path, scenario) as running:
        await running.state(NEEDS_LOGIN)
        desk = running.engine.accounts.desk
        address = await browse(await desk.begin(ME), "ann")
        for wrong in ("", "http://127.0.0.1/other?x=1", address.split("?")[0], "x" * 20_000):
            with pytest.raises(InvalidRequestError):
                await desk.deliver(ME, wrong)
        assert account(running).state is SignInState.WAITING_FOR_BROWSER
        # The browser's own 127.0.0.1 is another machine: only what follows the port counts.
        await desk.deliver(ME, f"  http://localhost:1/auth/callback?{address.split('?')[1]}\n")
        assert account(running).account == "ann"
        with pytest.raises(InvalidRequestError, match="used before"):
            await desk.deliver(ME, address)


async def test_a_program_that_takes_no_ports(tmp_path: Path) -> None:
    async with gateway(tmp_path, "logged_out,refuse_port_flags") as running:
        await running.state(NEEDS_LOGIN)
        address = await browse(await running.engine.accounts.desk.begin(ME), "ann")
        await running.engine.accounts.desk.deliver(ME, address)
        assert account(running).state is SignInState.LOGGED_IN


async def test_cancelled_and_begun_again(tmp_path: Path) -> None:
    async with gateway(tmp_path, "logged_out") as running:
        await running.state(NEEDS_LOGIN)
        desk = running.engine.accounts.desk
        await desk.begin(ME)
        await desk.cancel(ME)
        assert account(running).state is SignInState.CANCELLED
        await desk.begin(ME)
        assert await follow(await browse(await desk.begin(ME), "bob")) == 200
        await signed(running, SignInState.LOGGED_IN)


async def test_switching_and_signing_out(tmp_path: Path) -> None:
    async with gateway(tmp_path) as running:
        await running.state(READY)
        desk = running.engine.accounts.desk
        assert (await signed(running, SignInState.LOGGED_IN)).account == "demo"
        url = await desk.begin(ME, switch=True)
        await running.state(NEEDS_LOGIN)
        assert await follow(await browse(url, "carl")) == 200
        assert (await signed(running, SignInState.LOGGED_IN)).account == "carl"
        await desk.sign_out(ME)
        assert account(running).state is SignInState.LOGGED_OUT
        await running.state(NEEDS_LOGIN)
        assert (await running.ask("hello")).error["code"] == "login_required"


async def test_the_program_dies_in_mid_login(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("restarted", logger="gateway_engine.pool")
    async with gateway(tmp_path, "logged_out") as running:
        await running.state(NEEDS_LOGIN)
        await running.engine.accounts.desk.begin(ME)
        os.kill(running.status.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        status = await signed(running, SignInState.FAILED)
        assert status.error_code == "upstream_gone"
        await running.state(NEEDS_LOGIN, restarts=1)
        url = await running.engine.accounts.desk.begin(ME)
        assert await follow(await browse(url, "ann")) == 200
        await signed(running, SignInState.LOGGED_IN)


async def test_an_expired_login_is_noticed(tmp_path: Path) -> None:
    async with gateway(tmp_path, "expired_login=1") as running:
        await signed(running, SignInState.LOGGED_IN)
        status = await signed(running, SignInState.EXPIRED)
        assert status.account == "demo"
        await running.state(NEEDS_LOGIN)
        url = await running.engine.accounts.desk.begin(ME)
        assert await follow(await browse(url, "demo")) == 200
        await signed(running, SignInState.LOGGED_IN)


@pytest.mark.deadline(60)
async def test_two_accounts_at_once(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    accounts = "ann:secret-of-ann,bob:secret-of-bob"
    settings = {"LINGMA_ACCOUNTS": accounts, "AUTO_LOGIN_ENABLED": "false"}
    async with gateway(tmp_path, "logged_out", **settings) as running:
        desk = running.engine.accounts.desk
        names = [InstanceName("inst-0"), InstanceName("inst-1")]
        await running.events.until(
            lambda: all(s.state is NEEDS_LOGIN for s in running.engine.instances()) or None
        )
        urls = [await desk.begin(name) for name in names]
        ends = await asyncio.gather(*map(browse, urls, ("ann", "bob")))
        assert await asyncio.gather(*map(follow, ends)) == [200, 200]
        assert (await signed(running, SignInState.LOGGED_IN)).account == "ann"
        assert (await signed(running, SignInState.LOGGED_IN, number=1)).account == "bob"
        folders = {item.work_dir for item in running.plan.instances}
        assert len(folders) == 2


async def test_unknown_instances(tmp_path: Path) -> None:
    async with gateway(tmp_path) as running:
        await running.state(READY)
        with pytest.raises(NotFoundError, match="inst-0"):
            await running.engine.accounts.desk.begin(InstanceName("inst-9"))


# --- carrying logins -----------------------------------------------------------------------------


async def internal(
    running: Gateway, path: str, body: dict[str, Any] | None = None
) -> tuple[int, dict[str, Any]]:
    async with (
        running.client() as client,
        client.post(f"/internal/{path}?instance=inst-0", json=body) as got,
    ):
        return got.status, await got.json()


async def exported(home: Path, **body: str) -> dict[str, Any]:
    home.mkdir()
    async with gateway(home, LINGMA_EMULATOR_ACCOUNT="traveller") as running:
        await running.state(READY)
        status, done = await internal(running, "session/export", body)
        assert status == 200
        assert done["instance"] == "inst-0"
        files = read_login(running.work_dir)
        assert set(done["files"]) == set(files)
        assert done["bytes"] == sum(map(len, files.values()))
        return done


@pytest.mark.deadline(90)
@pytest.mark.parametrize("passphrase", ["", "correct horse"])
async def test_a_login_travels(tmp_path: Path, passphrase: str) -> None:
    done = await exported(tmp_path / "one", **({"passphrase": passphrase} if passphrase else {}))
    key = "bundle_age" if passphrase else "bundle_b64"
    assert (key in done, len({"bundle_age", "bundle_b64"} & set(done))) == (True, 1)
    body = {key: done[key]}
    home = tmp_path / "two"
    home.mkdir()
    async with gateway(home, "logged_out") as running:
        await running.state(NEEDS_LOGIN)
        if passphrase:
            status, error = await internal(running, "session/import", body)
            assert (status, error["error"]["code"]) == (400, "passphrase_needed")
            wrong = body | {"passphrase": "wrong"}
            status, error = await internal(running, "session/import", wrong)
            assert (status, error["error"]["code"]) == (400, "wrong_passphrase")
            body["passphrase"] = passphrase
        dry = body | {"dry_run": True}
        status, told_ = await internal(running, "session/import", dry)
        assert (status, told_["logged_in"]) == (200, False)
        assert {each["change"] for each in told_["changes"]} == {"add"}
        assert read_login(running.work_dir) == {}
        status, did = await internal(running, "session/import", body)
        assert status == 200
        assert did == told_ | {"logged_in": True}
        await running.state(READY)
        assert running.status.account == "traveller"
        assert (await running.ask("hello")).text
        status, error = await internal(running, "session/import", body)
        assert (status, error["error"]["code"]) == (409, "already_logged_in")
        status, did = await internal(running, "session/import", body | {"replace": True})
        assert status == 200
        assert {each["change"] for each in did["changes"]} == {"same"}


@pytest.mark.deadline(60)
async def test_a_login_of_another_machine_is_put_back(tmp_path: Path) -> None:
    done = await exported(tmp_path / "one")
    home = tmp_path / "two"
    home.mkdir()
    async with gateway(home, LINGMA_EMULATOR_MACHINE="another") as running:
        await running.state(READY)
        before = read_login(running.work_dir)
        body = {"bundle_b64": done["bundle_b64"], "replace": True}
        status, error = await internal(running, "session/import", body)
        assert (status, error["error"]["code"]) == (400, "not_accepted")
        assert "tied to the machine" in error["error"]["message"]
        await running.state(READY)
        assert running.status.account == "demo"
        assert read_login(running.work_dir) == before
        assert not [p for p in running.work_dir.iterdir() if "exchange" in p.name]


async def test_what_is_refused(tmp_path: Path) -> None:
    async with gateway(tmp_path, "logged_out") as running:
        await running.state(NEEDS_LOGIN)
        status, error = await internal(running, "session/export")
        assert (status, error["error"]["code"]) == (409, "not_logged_in")
        for body, code in (
            ({}, "invalid_request"),
            ({"bundle_b64": "x", "bundle_age": "y"}, "invalid_request"),
            ({"bundle_b64": 5}, "invalid_request"),
            ({"bundle_b64": "AAAA"}, "unreadable"),
            ({"bundle_b64": "AAAA", "replace": "yes"}, "invalid_request"),
            ({"bundle_age": "not age"}, "invalid_request"),
            ({"bundle_age": base64.b64encode(b"not age").decode()}, "unreadable"),
            ({"bundle_b64": as_text(pack({"cache/user": b"junk"}))}, "not_accepted"),
        ):
            status, error = await internal(running, "session/import", body)
            assert (status, error["error"]["code"]) == (400, code), body
        assert read_login(running.work_dir) == {}
        await running.state(NEEDS_LOGIN)


async def test_a_body_larger_than_any_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_routes, "MAX_BODY_BYTES", 1000)
    async with gateway(tmp_path, "logged_out") as running:
        await running.state(NEEDS_LOGIN)
        body = {"bundle_b64": "A" * 1000}
        status, error = await internal(running, "session/import", body)
        assert (status, error["error"]["code"]) == (413, "request_too_large")
        assert "MAX_BODY_BYTES" not in error["error"]["message"]


@pytest.mark.deadline(60)
async def test_bodies_that_are_nearly_right(tmp_path: Path) -> None:
    """Answered or refused, never a failure of ours; nothing is signed in by nonsense."""
    dice = random.Random(1)
    good: dict[str, Any] = {
        "switch": False,
        "callback": "http://127.0.0.1/auth/callback?nonce=x",
        "passphrase": "",
        "bundle_b64": as_text(pack({"cache/user": b"junk"}))[:-4],
        "bundle_age": "",
        "replace": False,
        "dry_run": True,
    }
    paths = [route.path for route in ROUTES if route.method == "POST"]
    async with gateway(tmp_path, "logged_out") as running, running.client() as client:
        await running.state(NEEDS_LOGIN)
        for number in range(80):
            path = paths[number % len(paths)]
            body = {
                name: dice.choice(NONSENSE) if dice.random() < 0.4 else value
                for name, value in good.items()
                if dice.random() < 0.8
            }
            params = {"instance": dice.choice(("inst-0", "inst-0", "inst-9", ""))}
            async with client.post(path, json=body, params=params) as got:
                assert got.status in (200, 202, 400, 404, 409), (path, body)
                assert "Traceback" not in await got.text()
        assert read_login(running.work_dir) == {}


@pytest.mark.deadline(60)
async def test_an_import_that_a_crash_interrupted_is_undone_at_start(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("undone", logger="gateway_engine.accounts.desk")
    async with gateway(tmp_path) as running:
        await running.state(READY)
        folder = running.work_dir
    before = read_login(folder)
    exchange(folder, {"cache/user": b"of another machine"})
    async with gateway(tmp_path) as running:
        await running.state(READY)
        assert read_login(folder) == before


@pytest.mark.deadline(60)
async def test_from_the_environment(tmp_path: Path) -> None:
    done = await exported(tmp_path / "one")
    text = str(done["bundle_b64"])
    file = tmp_path / "bundle"
    file.write_bytes(in_armour(quickly_sealed(text.encode(), b"a phrase")))
    file.chmod(0o600)
    phrase = tmp_path / "phrase"
    phrase.write_text("a phrase\n")
    both: list[dict[str, object]] = [
        {"LINGMA_SESSION_BUNDLE": text},
        {"LINGMA_SESSION_BUNDLE_FILE": file, "PASSPHRASE_FILE": phrase},
    ]
    for number, settings in enumerate(both):
        home = tmp_path / f"two{number}"
        home.mkdir()
        async with gateway(home, "logged_out", **settings) as running:
            # Requests wait for it.
            assert (await running.ask("hello")).text
            assert running.status.account == "traveller"
            assert NEEDS_LOGIN not in running.events.states()
        async with gateway(home, "", **settings) as running:
            await running.state(READY)
            assert running.status.restarts == 0
        if sys.platform != "win32":
            user = running.work_dir / "cache" / "user"
            assert user.stat().st_mode & 0o777 == 0o600


async def test_a_bad_bundle_in_the_environment(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("was not used", logger="gateway_engine.accounts.desk")
    async with gateway(tmp_path, "logged_out", LINGMA_SESSION_BUNDLE="H4sIAAAA") as running:
        await running.state(NEEDS_LOGIN)
        status = await signed(running, SignInState.FAILED)
        assert status.error_code == "unreadable"


def test_an_unpacked_bundle_has_what_was_exported() -> None:
    assert unpack(as_text(pack({"cache/user": b"u"})).encode()) == {"cache/user": b"u"}
