"""The accounts panel's scenes."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QPushButton

from desktop import refusals
from desktop.main_window import MainWindow
from desktop.slices.accounts import (
    AccountsLearned,
    BundleStep,
    BundleTold,
    BundleView,
    KeyringAwaited,
)
from desktop.state import AccessReady, ActionFailed, AppEvent, AppState, PlanMade, reduce_all
from gateway_engine.public import (
    AccountsKnown,
    BundleFacts,
    FileChange,
    InstallChanged,
    Installed,
    InstallState,
    InstanceChanged,
    InstanceName,
    InstanceState,
    ListenerStarted,
    PrintedLine,
    ProgramsKnown,
    Refusal,
    SignInBegan,
    SignInChanged,
    SignInPrinted,
    SignInState,
    SignInStatus,
)
from tests.shots.scenes.overview import KEY, URL, _instance
from tests.shots.scenes.scene import Scene

ME = InstanceName("inst-0")
ADDRESS = "http://127.0.0.1:37510/login?nonce=9d1c7d0c2f4e4d0f8a7e"
PROGRAMS = Path("/home/li/.local/share/lingma-gateway/programs")
SHA256 = "5d41402abc4b2a76b9719d911017c592ae1f0c7d2b6e4f58a9c3d7e1b2f4a6c8"


def scenes() -> tuple[Scene, ...]:
    """Empty, every state of a sign-in, the program, bundles, overfull."""
    now = time.time()
    ready = _after(now, _up(now), _signed(now, SignInState.LOGGED_IN, "li.lei@example.com"))
    out = _after(now, _up(now, InstanceState.NEEDS_LOGIN), _signed(now, SignInState.LOGGED_OUT))
    captcha = _signed(now, SignInState.NEEDS_PERSON, code="captcha")
    wrong = _signed(now, SignInState.FAILED, code="wrong_password")
    expired = _signed(now, SignInState.EXPIRED, "li.lei@example.com")
    return (
        _scene("empty", AppState()),
        _scene("ready", ready),
        _scene("demo", _demo(now)),
        _scene("signed_out", out),
        _scene("password", out, prepare=_press("With a password…", "使用密码…")),
        _scene("waiting", reduce_all(out, _waiting(now))),
        _scene("needs_person", reduce_all(out, [captcha])),
        _scene("failed", reduce_all(out, [wrong, _not_done()])),
        _scene("program_failed", _after(now, _up(now, InstanceState.FAILED))),
        _scene("expired", reduce_all(out, [expired])),
        _scene("agent", _agent(now)),
        _scene("downloading", reduce_all(ready, [_download(now)])),
        _scene("installed", reduce_all(ready, [_done(now)])),
        _scene("no_program", _no_program(now)),
        _scene("keyring_asked", reduce_all(out, [KeyringAwaited(ME, waits=True)])),
        _scene("refused", reduce_all(ready, [_refused_download(now)])),
        _scene("bundle_inspected", reduce_all(ready, [_inspected()])),
        _scene("bundle_tried", reduce_all(ready, [_tried()])),
        _scene("bundle_failed", reduce_all(ready, [_refused()])),
        _scene("overfull", _overfull(now), size=(1160, 2600)),
        _scene("small", out, size=(900, 600)),
        _scene("small_large_text", reduce_all(out, _waiting(now)), size=(900, 600), type_scale=2.0),
        _scene(
            "large_text",
            reduce_all(ready, [_download(now), _tried()]),
            size=(1400, 2200),
            type_scale=2.0,
        ),
        _scene("wide", ready, size=(2560, 1440)),
    )


def _scene(name: str, state: AppState, **more: object) -> Scene:
    return Scene(name, state, panel="accounts", **more)  # type: ignore[arg-type]


def _not_done() -> ActionFailed:
    refusal = Refusal("upstream_unavailable", "no instance can answer now")
    return ActionFailed(refusals.words(refusal))


def _press(*texts: str) -> Callable[[MainWindow], None]:
    def prepare(window: MainWindow) -> None:
        for button in window.findChildren(QPushButton):
            if button.text() in texts and not button.isHidden():
                button.click()
                return

    return prepare


def _after(now: float, *events: AppEvent) -> AppState:
    programs = ProgramsKnown(
        str(PROGRAMS / "2.5.20/x86_64_linux/Lingma"),
        ("/home/li/.lingma/bin/*/x86_64_linux/Lingma",),
        (
            _version("2.5.20", in_use=True),
            _version("2.4.8", in_use=False),
        ),
    )
    return reduce_all(
        AppState(),
        [
            PlanMade("lingma", "127.0.0.1", 8317),
            AccessReady(KEY),
            ListenerStarted(URL, now),
            AccountsLearned(AccountsKnown(remembered=frozenset({ME})), programs, has_window=True),
            *events,
        ],
    )


def _version(name: str, *, in_use: bool) -> Installed:
    return Installed(
        name,
        PROGRAMS / name / "x86_64_linux/Lingma",
        in_use,
        "https://marketplace.visualstudio.com/_apis/public/gallery/publishers/Alibaba-Cloud",
        SHA256,
    )


def _up(now: float, state: InstanceState = InstanceState.READY) -> InstanceChanged:
    account = "li.lei@example.com" if state is InstanceState.READY else ""
    return _instance(now, state, account=account)


def _signed(
    now: float, state: SignInState, account: str = "", *, code: str = "", name: str = ME
) -> SignInChanged:
    return SignInChanged(
        SignInStatus(InstanceName(name), state, now - 300, account, code, "In English.")
    )


def _demo(now: float) -> AppState:
    return reduce_all(
        AppState(),
        [
            PlanMade("demo", "127.0.0.1", 8317),
            AccessReady(KEY),
            ListenerStarted(URL, now),
            AccountsLearned(AccountsKnown(), ProgramsKnown("", (), ()), has_window=True),
            _instance(now, InstanceState.READY, kind="demo", account="demo"),
            _signed(now, SignInState.LOGGED_IN, "demo"),
        ],
    )


def _waiting(now: float) -> tuple[AppEvent, ...]:
    return (_signed(now, SignInState.WAITING_FOR_BROWSER), SignInBegan(ME, ADDRESS))


def _agent(now: float) -> AppState:
    lines = (
        PrintedLine("Qoder CLI 1.4.2"),
        PrintedLine(
            "Open https://login.example/device?code=ABCD-EFGH to sign in.",
            "https://login.example/device?code=ABCD-EFGH",
        ),
        PrintedLine("Waiting…"),
    )
    return _after(
        now,
        _instance(now, InstanceState.NEEDS_LOGIN, kind="acp", account="", version="1.4.2"),
        _signed(now, SignInState.WAITING_FOR_BROWSER),
        SignInPrinted(ME, lines),
    )


def _download(now: float) -> InstallChanged:
    return InstallChanged(InstallState.DOWNLOADING, now, 73_400_320, 209_715_200, 5_242_880.0, 26.0)


def _done(now: float) -> InstallChanged:
    return InstallChanged(InstallState.DONE, now, version="2.5.20", sha256=SHA256)


def _refused_download(now: float) -> InstallChanged:
    return InstallChanged(
        InstallState.FAILED,
        now,
        error_code="refused",
        error_message="In English.",
        error_detail="marketplace.visualstudio.com: HTTP 404",
    )


def _no_program(now: float) -> AppState:
    return reduce_all(
        AppState(),
        [
            PlanMade("lingma", "127.0.0.1", 8317, ("no_upstream",)),
            ListenerStarted(URL, now),
            AccountsLearned(
                AccountsKnown(), ProgramsKnown("", (), (), part_bytes=73_400_320), has_window=False
            ),
            InstallChanged(
                InstallState.FAILED, now, error_code="unreachable", error_message="no route"
            ),
        ],
    )


def _inspected() -> BundleTold:
    facts = BundleFacts(False, (("cache/id", 36), ("cache/user", 2311), ("cache/quota", 120)))
    return BundleTold(BundleView(BundleStep.INSPECTED, "/home/li/login.b64", facts=facts))


def _tried() -> BundleTold:
    changes = (FileChange("cache/id", "same"), FileChange("cache/user", "replace"))
    return BundleTold(
        BundleView(BundleStep.TRIED, "/home/li/login.age", ME, changes=changes, logged_in=True)
    )


def _refused() -> BundleTold:
    return BundleTold(BundleView(BundleStep.FAILED, "x", ME, code="wrong_passphrase"))


def _overfull(now: float) -> AppState:
    events: list[AppEvent] = []
    long_name = "a.very.long.account.name.that.never.ends@subsidiary.department.example.com"
    for number, state in enumerate(SignInState):
        name = f"inst-{number}"
        signed_in = state is SignInState.LOGGED_IN
        account = long_name if signed_in else ""
        there = InstanceState.READY if signed_in else InstanceState.NEEDS_LOGIN
        events.append(_instance(now, there, name=name, account=account))
        code = "upstream_gone" if state is SignInState.FAILED else ""
        events.append(_signed(now, state, account, name=name, code=code))
    known = AccountsKnown(domain="https://lingma.department.subsidiary.example.com/enterprise")
    return reduce_all(
        _after(now, *events),
        [AccountsLearned(known, ProgramsKnown("", (), ()), has_window=True), _inspected()],
    )
