"""The automatic sign-in with a real browser, at sites of many shapes."""

import asyncio
import contextlib
import http.client
import json
import os
import socket
import sys
import tempfile
import urllib.request
from pathlib import Path

import psutil
import pytest

from gateway_engine.accounts.browser.installed import find_browser
from gateway_engine.accounts.browser.order import Order, Outcome, Said, Selectors
from gateway_engine.accounts.browser.process import drive_aside
from gateway_engine.upstreams.processes.guard import OrphanGuard
from tests.support.file_server import FileServer, serving
from tests.support.house_rules import ROOT
from tests.support.sign_in_site import PASSWORD, USER, SignInSite, served

pytestmark = [
    pytest.mark.deadline(120),
    pytest.mark.skipif(
        not find_browser({"PATH": "/usr/bin:/usr/local/bin:/snap/bin"}, platform=sys.platform),
        reason="needs an installed browser",
    ),
]


async def attempt(site: SignInSite, folder: Path, **more: object) -> tuple[Said, bool]:
    """What became of it, and whether the browser came to the callback."""
    end = FileServer(b"signed in", etag="")
    guard = OrphanGuard()
    browser = find_browser({"PATH": "/usr/bin:/usr/local/bin:/snap/bin"})
    try:
        async with serving(end), served(site) as url:
            site.callback = lambda: f"http://127.0.0.1:{end.port}/auth/callback?nonce=1"
            order = Order(
                url,
                USER,
                PASSWORD,
                screenshot=str(folder / "picture.png"),
                **({"browser": browser, "timeout_s": 60.0} | more),  # type: ignore[arg-type]
            )
            said = await drive_aside(order, guard, lambda said: None)
    finally:
        guard.close()
    left = [p.name() for p in psutil.Process().children(recursive=True)]
    assert not [name for name in left if "chrom" in name or "node" in name]
    return said, any("/auth/callback" in target for target in end.targets)


@pytest.mark.parametrize(
    "entry", ["/one", "/chinese", "/two", "/tabs", "/frame", "/scripted", "/late", "/trap"]
)
async def test_good_credentials(tmp_path: Path, entry: str) -> None:
    site = SignInSite(entry, callback=str)
    said, arrived = await attempt(site, tmp_path)
    assert said == Said(Outcome.DONE, "", final=True)
    assert arrived
    assert site.tries == [(USER, PASSWORD)]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("entry", "silent"),
    [
        ("/one", False),
        ("/one", True),
        ("/two", False),
        ("/scripted", False),
        ("/frame", False),
        ("/soft", False),
    ],
)
async def test_a_wrong_password_is_tried_once(tmp_path: Path, entry: str, silent: bool) -> None:
    site = SignInSite(entry, callback=str, password="another", silent=silent)
    said, arrived = await attempt(site, tmp_path)
    assert (said.outcome, arrived) == (Outcome.WRONG_PASSWORD, False)
    assert site.tries == [(USER, PASSWORD)]
    picture = tmp_path / "picture.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    if sys.platform != "win32":
        assert picture.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("entry", "outcome", "tries"),
    [
        ("/captcha", Outcome.CAPTCHA, 0),
        ("/widget", Outcome.CAPTCHA, 0),
        ("/picture", Outcome.CAPTCHA, 0),
        ("/code", Outcome.SECOND_FACTOR, 1),
        ("/app", Outcome.SECOND_FACTOR, 1),
        ("/nobox", Outcome.AGREEMENT, 1),
        ("/nothing", Outcome.STUCK, 0),
        ("/gate", Outcome.HTTP_PASSWORD, 0),
    ],
)
async def test_what_needs_a_person(
    tmp_path: Path, entry: str, outcome: Outcome, tries: int
) -> None:
    site = SignInSite(entry, callback=str)
    said, arrived = await attempt(site, tmp_path)
    assert (said.outcome, arrived, len(site.tries)) == (outcome, False, tries)
    assert PASSWORD not in json.dumps(said.message)


@pytest.mark.parametrize(
    ("entry", "status"), [("/denied", 403), ("/missing", 404), ("/broken", 500)]
)
async def test_a_page_of_an_error_is_told_with_its_status(
    tmp_path: Path, entry: str, status: int
) -> None:
    """Once one did "not go on", and another could "not be reached"."""
    said, arrived = await attempt(SignInSite(entry, callback=str), tmp_path)
    assert (said.outcome, arrived) == (Outcome.PAGE_ERROR, False)
    assert said.message == f"the sign-in page answers with an error (HTTP {status})"


async def test_a_form_on_a_page_of_an_error_is_a_form(tmp_path: Path) -> None:
    site = SignInSite("/unsigned", callback=str)
    said, arrived = await attempt(site, tmp_path)
    assert (said.outcome, arrived, site.tries) == (Outcome.DONE, True, [(USER, PASSWORD)])


@pytest.mark.parametrize("entry", ["/agree", "/drawn"])
async def test_the_terms_are_agreed_to_and_nothing_else(tmp_path: Path, entry: str) -> None:
    """Once the box was left as it was, and what came back was taken for a wrong password."""
    site = SignInSite(entry, callback=str)
    said, arrived = await attempt(site, tmp_path)
    assert (said.outcome, arrived) == (Outcome.DONE, True)
    assert (site.tries, site.offers) == ([(USER, PASSWORD)], 0)


@pytest.mark.parametrize("entry", ["/door", "/modal"])
async def test_a_form_behind_a_link_or_a_button(tmp_path: Path, entry: str) -> None:
    site = SignInSite(entry, callback=str)
    said, arrived = await attempt(site, tmp_path)
    assert (said.outcome, arrived) == (Outcome.DONE, True)
    assert site.tries == [(USER, PASSWORD)]


async def test_a_wrong_password_in_the_window_behind_a_link(tmp_path: Path) -> None:
    site = SignInSite("/door", callback=str, password="another")
    said, arrived = await attempt(site, tmp_path)
    assert (said.outcome, arrived) == (Outcome.WRONG_PASSWORD, False)
    assert site.tries == [(USER, PASSWORD)]


async def test_a_button_under_something_else(tmp_path: Path) -> None:
    """Once the page was said not to have loaded in time."""
    said, arrived = await attempt(SignInSite("/covered", callback=str), tmp_path)
    assert (said.outcome, arrived) == (Outcome.DONE, True)


async def test_selectors_for_what_is_odd(tmp_path: Path) -> None:
    site = SignInSite("/odd", callback=str)
    chosen = Selectors(username="[name=mail]", password=".secret", submit="#go")
    said, arrived = await attempt(site, tmp_path, selectors=chosen)
    assert (said.outcome, arrived) == (Outcome.DONE, True)


async def test_a_page_that_never_loads(tmp_path: Path) -> None:
    site = SignInSite("/one", callback=str, hang=True)
    said, _ = await attempt(site, tmp_path, timeout_s=3.0)
    assert said.outcome is Outcome.PAGE_TIMEOUT


async def test_nobody_there_and_no_such_browser(tmp_path: Path) -> None:
    guard = OrphanGuard()
    try:
        real = find_browser({"PATH": "/usr/bin:/usr/local/bin:/snap/bin"})
        for browser, outcome in ((real, Outcome.UNREACHABLE), ("/none", Outcome.BROKEN)):
            order = Order("http://127.0.0.1:9/", USER, PASSWORD, browser=browser, timeout_s=30)
            said = await drive_aside(order, guard, lambda said: None)
            assert said.outcome is outcome
    finally:
        guard.close()


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script, SIGKILL")
@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        ("closed", Outcome.WINDOW_CLOSED),
        ("browser", Outcome.BROKEN),
        ("renderer", Outcome.BROKEN),
    ],
)
async def test_a_window_that_is_closed_and_one_that_dies(
    tmp_path: Path, end: str, outcome: Outcome
) -> None:
    """Once who dies had been closed by a person, or stood on a page that does not go on; and a
    window that was closed before its page came could not reach it.
    """
    # It is taken for one with a window, which a person closes; there may be no display.
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    browser = tmp_path / "browser"
    real = find_browser({"PATH": "/usr/bin:/usr/local/bin:/snap/bin"})
    flags = f"--headless=new --remote-debugging-port={port}"
    browser.write_text(f'#!/bin/sh\nexec {real} {flags} "$@"\n')
    browser.chmod(0o700)
    site = SignInSite("/nothing", callback=str, hang=end == "closed")
    trying = asyncio.ensure_future(  # noqa: TID251 - awaited below
        attempt(site, tmp_path, headless=False, browser=str(browser))
    )
    while not trying.done():
        await asyncio.sleep(0.1)
        if end == "closed" and site.asked:
            await asyncio.to_thread(close_window, port)
        for process in psutil.Process().children(recursive=True) if site.shown else ():
            if kind_of(process) == end:
                with contextlib.suppress(psutil.NoSuchProcess):  # its parent went
                    process.kill()
    said, arrived = await trying
    assert (said.outcome, said.final, arrived) == (outcome, True, False)


def close_window(port: int) -> None:
    """Close what a browser shows, by its own interface for tools; it may have gone already."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as reply:
            targets = json.load(reply)
        for target in targets:
            if target["type"] == "page":
                where = f"http://127.0.0.1:{port}/json/close/{target['id']}"
                urllib.request.urlopen(where).close()


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
async def test_nothing_of_a_browser_stays_whoever_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upstream that is signed in ends the browser, which then cleans up nothing."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    browser = find_browser({"PATH": "/usr/bin:/usr/local/bin:/snap/bin"})
    guard = OrphanGuard()
    async with served(SignInSite("/one", callback=str, hang=True)) as url, asyncio.timeout(90):
        order = Order(url, USER, PASSWORD, browser=browser, timeout_s=60)
        driving = asyncio.ensure_future(  # noqa: TID251 - awaited
            drive_aside(order, guard, lambda said: None)
        )
        while not any("chrom" in each.name for each in tmp_path.rglob("*")):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        for process in psutil.Process().children(recursive=True):
            if name_of(process) != "sh":  # the guard's
                with contextlib.suppress(psutil.NoSuchProcess):  # its parent went
                    process.kill()
        assert (await driving).outcome is Outcome.BROKEN
    guard.close()
    assert list(tmp_path.iterdir()) == []


# A gateway's part in it, as a process that can be killed.
GATEWAY = """
import asyncio, sys
from gateway_engine.accounts.browser.order import Order
from gateway_engine.accounts.browser.process import drive_aside
from gateway_engine.upstreams.processes.guard import OrphanGuard
order = Order(sys.argv[1], "ann", "secret-in-no-list", browser=sys.argv[2], timeout_s=60)
asyncio.run(drive_aside(order, OrphanGuard(), lambda said: None))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
async def test_killed_with_the_gateway(tmp_path: Path) -> None:
    browser = find_browser({"PATH": "/usr/bin:/usr/local/bin:/snap/bin"})
    async with served(SignInSite("/one", callback=str, hang=True)) as url:
        gateway = await asyncio.create_subprocess_exec(
            sys.executable, "-c", GATEWAY, url, browser, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        family: list[psutil.Process] = []
        while not any("chrom" in name_of(process) for process in family):
            await asyncio.sleep(0.1)
            family = psutil.Process(gateway.pid).children(recursive=True)
        # What could be seen of it by others holds no password.
        assert not any("secret-in-no-list" in " ".join(command_of(p)) for p in family)
        gateway.kill()
        await gateway.wait()
        _, alive = await asyncio.to_thread(psutil.wait_procs, family, timeout=15)
        assert alive == []


def name_of(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.Error:
        return ""


def command_of(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def kind_of(process: psutil.Process) -> str:
    """Which of Chromium's processes it is, "" for none of them."""
    if "chrom" not in name_of(process):
        return ""
    kinds = [each for each in command_of(process) if each.startswith("--type=")]
    return kinds[0].removeprefix("--type=") if kinds else "browser"
