"""`lingma-gateway --self-test`: this installation, tried from its start to its end.

The program starts itself in an empty folder, headless and as the desktop, with the bundled demo as
upstream, asks one streamed question in every protocol, quits, and fails on any line of output or of
the log that is not expected. Nothing of the user's is read or changed. The build calls it.
"""

import http.client
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from gateway_engine.cli.self_test_asks import ASKS, Ask, BrokenAnswerError, ask_once
from gateway_engine.cli.self_test_process import (
    KEY,
    Child,
    SelfTestError,
    started,
)
from gateway_engine.own_program import is_built
from gateway_engine.version import __version__

EXIT_OK, EXIT_FAILED = 0, 1
CALL_TIMEOUT_S: Final = 5.0


def self_test(*, with_desktop: bool, offscreen: bool) -> int:
    """Try everything. `offscreen` shows the desktop's windows nowhere; exit code 0 or 1."""
    kind = "the built application" if is_built() else "a Python package"
    _say(f"lingma-gateway {__version__}, {kind}")
    failures = 0
    # What a failed run leaves open must not hide its failure behind that of the clean-up.
    with tempfile.TemporaryDirectory(prefix="lgw-self-test-", ignore_cleanup_errors=True) as folder:
        failures += _part("gateway", lambda: _gateway(Path(folder) / "gateway"))
        if with_desktop:
            failures += _part("desktop", lambda: _desktop(Path(folder) / "desktop", offscreen))
        else:
            _ok("desktop", "not installed here (the extra 'desktop')")
    _say("self-test: " + (f"{failures} of its parts failed" if failures else "all good"))
    return EXIT_FAILED if failures else EXIT_OK


def _part(name: str, work: Callable[[], None]) -> int:
    try:
        work()
    except (SelfTestError, BrokenAnswerError, OSError) as error:
        _say(f"FAIL  {name}: {error}")
        return 1
    return 0


def _gateway(home: Path) -> None:
    with started(home, "serve", "--upstream", "demo") as child:
        child.until(lambda: bool(child.lines("stdout")), "a line that says it is ready")
        first = child.lines("stdout")[0]
        if not first.startswith("ready http://"):
            raise SelfTestError(f"unexpected output: {first}")
        _ok("gateway", f"listening after {child.age_ms:.0f} ms")
        url = first.removeprefix("ready ")
        _wait_for_demo(child, url)
        for ask in ASKS:
            _answer(url, ask)
        child.remember_family()
        child.interrupt()
        child.wait_for_end()
        child.check_lines(stdout=1)
        _ok("quit", "the gateway and its processes are gone, no line was unexpected")


def _desktop(home: Path, offscreen: bool) -> None:
    env = {"QT_QPA_PLATFORM": "offscreen"} if offscreen else {}
    with started(home, "desktop", "--upstream", "demo", env=env) as child:
        child.until(lambda: bool(child.url()), "the desktop's endpoint")
        _ok("desktop", f"listening after {child.age_ms:.0f} ms")
        _wait_for_demo(child, child.url())
        _answer(child.url(), ASKS[0])
        child.until(lambda: bool(_tray(child)), "a word about the tray")
        _ok("tray", _tray(child) + (" (no screen here)" if offscreen else ""))
        child.remember_family()
        asking = env | {"LINGMA_GATEWAY_HOME": str(home)}
        with started(home / "asker", "desktop", "--quit", env=asking) as asker:
            asker.wait_for_end()
            asker.check_lines(stdout=0)
        child.wait_for_end()
        child.check_lines(stdout=0)
        _ok("quit", "the desktop and its processes are gone, no line was unexpected")


def _wait_for_demo(child: Child, url: str) -> None:
    child.until(lambda: _is_ready(url), "the demo is ready")
    if not child.remember_family():
        raise SelfTestError("the demo is ready and has no process")
    _ok("emulator", f"ready after {child.age_ms:.0f} ms")


def _is_ready(url: str) -> bool:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=CALL_TIMEOUT_S)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    finally:
        connection.close()


def _answer(url: str, ask: Ask) -> None:
    try:
        answer = ask_once(url, KEY, ask)
    except BrokenAnswerError as error:
        raise SelfTestError(f"{ask.name}: {error}") from None
    if answer.upstream != "demo":
        raise SelfTestError(f"{ask.name}: answered by {answer.upstream or 'nobody'}, not the demo")
    _ok(ask.name, f"{len(answer.text)} characters, the first after {answer.first_ms:.0f} ms")


def _tray(child: Child) -> str:
    return next((str(one["message"]) for one in child.records() if "tray" in one), "")


def _ok(name: str, words: str) -> None:
    _say(f"ok    {name}: {words}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
