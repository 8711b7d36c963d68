"""`bundle`, `login` and `logout` as real processes, with and without a gateway that runs."""

import asyncio
import signal
import sys
from pathlib import Path
from urllib.parse import urljoin

import aiohttp
import pytest

from gateway_engine.accounts.browser.installed import find_browser
from tests.integration.cli.commands import Command, run, started

DEMO = ("--upstream", "demo")
CANARY = "correct-horse-battery-staple"


def file_mode(file: Path) -> int:
    return file.stat().st_mode & 0o777


@pytest.mark.deadline(90)
async def test_a_bundle_there_and_back_without_a_gateway(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    phrase = tmp_path / "phrase"
    phrase.write_text(f"{CANARY}\nsecond line\n")
    out = tmp_path / "login.age"
    code, said, err = await run(
        one, "bundle", "export", *DEMO, "--instance", "inst-0", "--out", str(out),
        "--passphrase-file", str(phrase), LINGMA_EMULATOR_ACCOUNT="traveller",
    )  # fmt: skip
    assert (code, said) == (0, ""), err
    assert "encrypted" in err
    if sys.platform != "win32":
        assert file_mode(out) == 0o600
    code, said, err = await run(one, "bundle", "inspect", str(out))
    assert (code, said) == (1, "")
    assert "passphrase" in err
    code, said, err = await run(
        one, "bundle", "inspect", str(out), "--passphrase-file", str(phrase)
    )
    assert code == 0, err
    assert "encrypted bundle" in said
    assert "cache/user" in said
    code, said, err = await run(
        two, "bundle", "import", str(out), *DEMO, "--passphrase-file", str(phrase),
        scenario="logged_out",
    )  # fmt: skip
    assert code == 0, err
    assert "add      cache/user" in said
    code, said, err = await run(two, "bundle", "export", *DEMO)
    assert code == 0, err
    assert "NOT encrypted" in err
    assert said.strip().isascii()
    # Neither the passphrase nor what is in the bundle lies anywhere else.
    plain = [p for p in (*one.rglob("*"), *two.rglob("*")) if p.is_file()]
    assert len(plain) > 5
    assert not [p for p in plain if CANARY.encode() in p.read_bytes()]
    assert not [p for p in plain if said.strip().encode() in p.read_bytes()]


@pytest.mark.deadline(60)
async def test_a_bundle_through_the_gateway_that_runs(tmp_path: Path) -> None:
    async with started(tmp_path, "serve", *DEMO) as command:
        await command.ready()
        await command.upstreams()
        out = tmp_path / "login"
        code, _, err = await run(tmp_path, "bundle", "export", "--out", str(out))
        assert code == 0, err
        code, said, err = await run(tmp_path, "bundle", "import", str(out))
        assert (code, said) == (1, "")
        assert "signed in already" in err
        code, said, err = await run(tmp_path, "bundle", "import", str(out), "--dry-run")
        assert code == 0, err
        assert "same     cache/user" in said
        assert "nothing was changed" in err
        code, said, err = await run(tmp_path, "logout")
        assert (code, said) == (0, "inst-0 is signed out\n"), err
        code, said, err = await run(tmp_path, "bundle", "import", str(out))
        assert code == 0, err
        assert (await command.health())["ok"]
        await command.end(signal.SIGTERM)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("bundle", "inspect", "none"), 1, "none"),
        (("bundle", "inspect", "junk"), 1, "no bundle"),
        (("bundle", "import", "junk", *DEMO), 1, "no bundle"),
        (("bundle", "inspect", "junk", "--passphrase-file", "none"), 2, "cannot be read"),
        (("bundle", "export", *DEMO, "--instance", "inst-7"), 1, "there are: inst-0"),
        (("login", *DEMO, "--callback", "http://x/auth/callback?a=b"), 1, "no gateway runs"),
    ],
)
async def test_what_is_refused(
    tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    (tmp_path / "junk").write_text("!junk!")
    got, out, err = await run(tmp_path, *arguments)
    assert (got, out) == (code, ""), err
    assert words in err
    assert "Traceback" not in err


async def address_of(command: Command) -> str:
    assert command.process.stderr is not None
    while line := (await command.process.stderr.readline()).decode():
        if line.startswith("http://127.0.0.1:"):
            return line.strip()
    raise AssertionError("no address")


async def end_of(url: str, *, follow: bool) -> str:
    submit = urljoin(url, "/login/submit")
    asked = {"nonce": url.rpartition("nonce=")[2], "username": "ann"}
    async with (
        aiohttp.ClientSession() as client,
        client.get(submit, params=asked, allow_redirects=follow) as got,
    ):
        return urljoin(url, got.headers.get("Location", ""))


@pytest.mark.deadline(110)
async def test_login_in_a_browser(tmp_path: Path) -> None:
    arguments = ("login", *DEMO, "--instance", "inst-0")
    async with started(tmp_path, *arguments, scenario="logged_out", DISPLAY="") as command:
        await end_of(await address_of(command), follow=True)
        out, _ = await command.process.communicate()
        assert out.decode() == "inst-0 is signed in as ann\n"
        assert command.process.returncode == 0
    code, _, err = await run(tmp_path, "login", *DEMO)
    assert code == 1
    assert "already" in err


@pytest.mark.deadline(110)
async def test_login_from_another_machine(tmp_path: Path) -> None:
    async with started(tmp_path, "serve", *DEMO, scenario="logged_out") as gateway:
        await gateway.ready()
        while (await gateway.health())["instances"][0]["state"] != "needs_login":  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        async with started(tmp_path, "login", DISPLAY="") as command:
            address = await end_of(await address_of(command), follow=False)
            code, said, err = await run(tmp_path, "login", "--callback", address)
            assert (code, said) == (0, "inst-0 is signed in as ann\n"), err
            out, _ = await command.process.communicate()
            assert out.decode() == "inst-0 is signed in as ann\n"
        await gateway.end(signal.SIGTERM)


@pytest.mark.deadline(60)
async def test_commands_of_the_same_user_need_no_key_to_be_set(tmp_path: Path) -> None:
    async with started(tmp_path, "serve", *DEMO, API_KEYS="") as gateway:
        await gateway.ready()
        await gateway.upstreams()
        assert await run(tmp_path, "logout", API_KEYS="") == (0, "inst-0 is signed out\n", "")
        async with started(tmp_path, "login", DISPLAY="", API_KEYS="") as command:
            await end_of(await address_of(command), follow=True)
            out, _ = await command.process.communicate()
            assert out.decode() == "inst-0 is signed in as ann\n"
        async with (
            aiohttp.ClientSession() as client,
            client.get(f"{gateway.url}/internal/stats", headers={"x-api-key": "any"}) as got,
        ):
            assert (got.status, (await got.json())["error"]["code"]) == (403, "not_enabled")
        await gateway.end(signal.SIGTERM)


@pytest.mark.deadline(110)
@pytest.mark.skipif(
    not find_browser({"PATH": "/usr/bin:/usr/local/bin:/snap/bin"}, platform=sys.platform),
    reason="needs an installed browser",
)
async def test_login_by_a_browser_that_a_program_drives(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{CANARY}\n")
    who = ("--browser", "auto", "--username", "ann", "--password-file", str(file))
    arguments = ("login", *DEMO, *who)
    # No keyring here: nothing is kept, and that is said.
    settings = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere", "scenario": "logged_out"}
    code, out, err = await run(tmp_path, *arguments, "--remember", **settings)
    assert (code, out) == (1, "")
    assert "never kept in plain text" in err
    async with started(tmp_path, *arguments, scenario="logged_out") as command:
        said, _ = await command.process.communicate()
        assert said.decode() == "inst-0 is signed in as ann\n"
        assert command.process.returncode == 0
    kept = [p for p in tmp_path.rglob("*") if p.is_file() and p != file]
    assert not [p for p in kept if CANARY.encode() in p.read_bytes()]
