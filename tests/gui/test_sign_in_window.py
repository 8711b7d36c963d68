"""The sign-in's window with the real QtWebEngine: what it refuses, and what becomes of it."""

import asyncio
import json
import os
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from PySide6.QtWidgets import QApplication

from desktop.browser import availability
from desktop.browser.availability import SandboxLack, sandbox_lack
from desktop.browser.launching import window_program
from desktop.browser.order import may_show, parse_order, shown_address
from tests.support.company_network import make_authority
from tests.support.house_rules import ROOT

PAGE = """<!doctype html><meta charset=utf-8><title>Some site</title><h1>Sign in</h1>
<script>console.log('canary-console')</script>
<a id=d href=/file>d</a><a id=p target=_blank href=/other>p</a><a id=x href=vscode://x>x</a>
<a id=f href=file:///etc/passwd>f</a>"""
ENV = {
    "QT_QPA_PLATFORM": "offscreen",
    # Root has no sandbox here; whoever is not root needs nothing of it.
    "QTWEBENGINE_DISABLE_SANDBOX": "1",
    "QTWEBENGINE_CHROMIUM_FLAGS": "--disable-gpu",
}

pytestmark = pytest.mark.timeout(180)


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("QT", "DBUS_", "XDG_"))}
    return {**kept, "HOME": str(home), "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", **ENV, **more}


class Site:
    """Pages for a browser, one request a connection. `asked` are the paths."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.port = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ")[1].partition("?")[0]
            self.asked.append(path)
            kind, status, body = "text/html; charset=utf-8", "200 OK", PAGE.encode()
            if path in ("/broken", "/busy"):
                status, body = "503 So", b"" if path == "/broken" else b"<p>We are busy.</p>"
            if path == "/basic":
                status, body = '401 So\r\nWWW-Authenticate: Basic realm="x"', b""
            if path == "/file":
                kind = "application/octet-stream\r\nContent-Disposition: attachment"
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                "Connection: close\r\n\r\n".encode()
                + body
            )
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def served(context: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    site = Site()
    listener = await asyncio.start_server(site.answer, "127.0.0.1", 0, ssl=context)
    site.port = listener.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        listener.close()
        await listener.wait_closed()


def drive(home: Path, url: str, what: str) -> dict[str, Any]:
    """What the window shows once that was done; nothing secret may be in its output."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.window_script", url, what],
        cwd=ROOT,
        env=environment(home),
        capture_output=True,
        timeout=150,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said.decode()
    assert b"canary-console" not in said
    return dict(json.loads(done.stdout.splitlines()[-1]))


def on_site(work: Callable[[Site], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        async with served() as site:
            await work(site)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("what", "refused", "hint"),
    [
        ("d.click()", [], "A download was refused"),
        ("x.click()", ["address"], "The page wanted to open another program or a file"),
        (
            # Offered beside other ways it is nothing to speak of; asked for, once.
            "const publicKey = {challenge: new Uint8Array(9)};"
            "navigator.credentials.get({mediation: 'conditional', publicKey}).catch(() => 0);"
            "navigator.credentials.get({publicKey}).catch(() => 0)",
            ["passkey"],
            "The site asks for a passkey",
        ),
        ("location = 'data:text/html,hi'", None, None),
        ("", [], ""),
    ],
)
def test_what_a_page_may_not_do_is_said(
    tmp_path: Path, what: str, refused: list[str] | None, hint: str | None
) -> None:
    async def work(site: Site) -> None:
        url = f"http://127.0.0.1:{site.port}/start?nonce=canary-nonce"
        said = await asyncio.to_thread(drive, tmp_path, url, what)
        assert said["address"] == f"http://127.0.0.1:{site.port}/start"
        assert said["storage"] is True
        assert said["title"] == "Sign in inst-0 – Some site"
        assert said["icon"] is True
        if hint is not None:
            assert (said["refused"], said["hint"]) == (refused, hint)

    on_site(work)
    held = [p for p in tmp_path.rglob("*") if p.is_file() and b"canary" in p.read_bytes()]
    assert held == []


@pytest.mark.parametrize(
    ("path", "notice", "hint"),
    [
        ("/broken", "The sign-in page answers with an error", ""),
        ("/busy", "", ""),
        ("/basic", "The site asks for a name and password outside of its page", ""),
    ],
)
def test_a_page_that_says_nothing_is_not_left_blank(
    tmp_path: Path, path: str, notice: str, hint: str
) -> None:
    async def work(site: Site) -> None:
        url = f"http://127.0.0.1:{site.port}{path}?nonce=canary-nonce"
        said = await asyncio.to_thread(drive, tmp_path, url, "")
        assert (said["notice"], said["hint"]) == (notice, hint)
        assert "nonce" not in said["title"]

    on_site(work)


def test_a_popup_has_a_window_of_its_own_and_closing_is_told(tmp_path: Path) -> None:
    async def work(site: Site) -> None:
        start = f"http://127.0.0.1:{site.port}/start"
        said = await asyncio.to_thread(drive, tmp_path, start, "p.click()")
        assert said["popups"] == [f"http://127.0.0.1:{site.port}/other"]
        said = await asyncio.to_thread(drive, tmp_path, start, "close")
        assert said["words"][:1] == ["ended"]

    on_site(work)


def test_a_bad_certificate_is_refused_and_said(tmp_path: Path) -> None:
    async def run() -> None:
        _authority, context = make_authority(tmp_path)
        async with served(context) as site:
            url = f"https://127.0.0.1:{site.port}/start"
            said = await asyncio.to_thread(drive, tmp_path, url, "")
            assert said["notice"] == "This site cannot prove who it is"
            assert site.asked == []

    asyncio.run(run())


def test_nobody_there_is_said(tmp_path: Path) -> None:
    said = drive(tmp_path, "http://127.0.0.1:9/start", "")
    assert said["notice"] == "The sign-in page cannot be reached"
    assert said["address"].startswith("http://127.0.0.1:")


def system_gives_namespaces() -> bool:
    """Asked of util-linux: Ubuntu, say, gives none to programs that no AppArmor profile names."""
    ask = ("unshare", "--user", "--map-root-user", "true")
    return subprocess.run(ask, stderr=subprocess.DEVNULL, check=False).returncode == 0


def without_namespaces() -> tuple[str, ...]:
    """What to put before a command that is to get none."""
    if not system_gives_namespaces():
        return ()
    # The limit is that of a namespace of our own: the system's stays what it is.
    none_more = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    return ("unshare", "--user", "--map-root-user", "sh", "-c", none_more, "sh")


AS_USER = "import os; os.geteuid = lambda: {uid}; from desktop.browser.program import main; main()"
ONLY_LINUX = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux gives its sandbox to some"
)


@ONLY_LINUX
@pytest.mark.parametrize("uid", [0, 1000])
def test_without_a_sandbox_it_is_said_and_no_page_is_loaded(tmp_path: Path, uid: int) -> None:
    prefix = without_namespaces() if uid else ()
    env = environment(tmp_path, QTWEBENGINE_DISABLE_SANDBOX="0")
    order = json.dumps({"url": "http://127.0.0.1:9/start", "language": "en"}).encode()
    with subprocess.Popen(
        [*prefix, sys.executable, "-c", AS_USER.format(uid=uid)],
        cwd=ROOT,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as child:
        assert child.stdin is not None
        child.stdin.write(order + b"\n")
        child.stdin.close()
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(4)
        assert psutil.Process(child.pid).children(recursive=True) == []
        child.terminate()
        child.wait(10)


@ONLY_LINUX
def test_whether_the_system_gives_namespaces_is_tried() -> None:
    ask = "from desktop.browser.availability import gives_namespaces; print(gives_namespaces())"
    for prefix, given in (((), system_gives_namespaces()), (without_namespaces(), False)):
        command = [*prefix, sys.executable, "-c", ask]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False)
        assert done.stdout.decode().strip() == str(given), done.stderr.decode()


def test_root_and_whoever_gets_no_namespaces_have_no_sandbox_unless_tests_say_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    ours = {"QTWEBENGINE_DISABLE_SANDBOX": "1"}
    for uid, given, environ, lack in (
        (0, True, {}, SandboxLack.ROOT),
        (0, True, ours, None),
        (1000, True, {}, None),
        (1000, False, {}, SandboxLack.NAMESPACES),
        (1000, False, ours, None),
    ):
        monkeypatch.setattr(os, "geteuid", lambda uid=uid: uid, raising=False)
        monkeypatch.setattr(availability, "gives_namespaces", lambda given=given: given)
        assert sandbox_lack(environ) is lack


def test_the_window_is_told_no_secret_of_ours(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_KEYS", "canary-key")
    monkeypatch.setenv("LINGMA_PASSWORD", "canary-password")
    program = window_program("inst-0")
    assert "canary" not in repr((program.argv, dict(program.env), dict(program.order)))
    assert program.order["who"] == "inst-0"


@pytest.mark.parametrize("order", [b"", b"{}", b"[]", b'{"url": "file:///etc/passwd"}', b"\xff"])
def test_no_order_no_window(tmp_path: Path, order: bytes) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "desktop", "sign-in-window"],
        cwd=ROOT,
        env=environment(tmp_path),
        input=order,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    ("url", "main", "frame"),
    [
        ("https://a.example/x", True, True),
        ("HTTP://a.example", True, True),
        ("about:blank", True, True),
        ("about:srcdoc", False, True),
        ("blob:https://a.example/1", False, True),
        ("data:text/html,x", False, True),
        ("file:///etc/passwd", False, False),
        ("javascript:alert(1)", False, False),
        ("chrome://gpu", False, False),
        ("qrc:/x", False, False),
        ("vscode://x", False, False),
        ("", False, False),
        ("http://[", False, False),
    ],
)
def test_where_a_page_may_go(url: str, main: bool, frame: bool) -> None:
    assert may_show(url, is_main_frame=True) is main
    assert may_show(url, is_main_frame=False) is frame


def test_the_address_shown_holds_no_secret() -> None:
    assert shown_address("https://u:p@a.example:8/x/y?code=1#t") == "https://a.example:8/x/y"
    assert shown_address("about:blank") == "about:blank"
    assert shown_address("data:text/html,x") == ""
    assert parse_order(b'{"url": "http://x/", "more": 1}').url == "http://x/"
