"""The desk without any program: what an import leaves behind when the disk fails it."""

import asyncio
import logging
from pathlib import Path

import pytest

from gateway_engine.accounts import bundle, sealing
from gateway_engine.accounts import desk as module
from gateway_engine.accounts.bundle import BundleError
from gateway_engine.accounts.desk import AccountDesk
from gateway_engine.conversation import InstanceName
from gateway_engine.errors import BadBundleError, ConflictError
from gateway_engine.events import EngineEvent, InstanceState, SignInBegan
from gateway_engine.upstreams.contract import Login, LoginState, SigningIn
from tests.integration.emulator.running_program import until
from tests.support.hygiene import ExpectedLogs

NAME = InstanceName("inst-0")


class Refusing:
    """An instance whose program accepts no login."""

    name = NAME
    state = InstanceState.FAILED
    generation = 1
    stopped = False
    login = Login(LoginState.LOGGED_OUT)
    signing_in: SigningIn | None = None
    runs = True

    def hold(self) -> None:
        self.runs = False

    async def pause(self) -> None:
        self.runs = False

    def resume(self) -> None:
        self.runs = True


class NeverUp(Refusing):
    """An instance whose program never comes so far as to say anything."""

    state = InstanceState.STARTING


async def test_stopping_does_not_wait_for_a_verdict(tmp_path: Path) -> None:
    desk = AccountDesk(emit=lambda _: None, wall_clock=lambda: 0.0)
    desk.serve([(NeverUp(), tmp_path)])
    desk.inject(NAME, bundle.as_text(bundle.pack({"cache/user": b"somebody"})).encode())
    async with asyncio.timeout(10):
        await until((tmp_path / "cache" / "user").exists)
        await desk.aclose()
    assert not (tmp_path / "cache" / "user").exists()


async def test_an_instance_goes_on_though_its_login_cannot_be_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("is not back", logger=module.__name__, level=logging.ERROR)
    instance = Refusing()
    desk = AccountDesk(emit=lambda _: None, wall_clock=lambda: 0.0, verdict_s=0.01)
    desk.serve([(instance, tmp_path)])

    def full(_folder: Path) -> bool:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "recover", full)
    text = bundle.as_text(bundle.pack({"cache/user": b"somebody"}))
    with pytest.raises(BadBundleError):
        await desk.bring(NAME, text.encode())
    assert instance.runs
    await desk.aclose()


class Addresses:
    """An upstream that makes an address a sign-in."""

    made = 0

    async def sign_in_url(self) -> str:
        self.made += 1
        return f"https://x.example/{self.made}"

    async def finish_sign_in(self, address: str) -> None:
        raise AssertionError(address)

    async def sign_out(self) -> None:
        raise AssertionError

    async def check_login(self) -> Login:
        return Login(LoginState.LOGGED_OUT)


async def test_every_beginning_is_told_with_its_address(tmp_path: Path) -> None:
    told: list[EngineEvent] = []
    instance = Refusing()
    instance.signing_in = Addresses()
    desk = AccountDesk(emit=told.append, wall_clock=lambda: 0.0)
    desk.serve([(instance, tmp_path)])
    for automatic in (False, False, True):
        await desk.begin(NAME, automatic=automatic)
    await desk.aclose()
    begun = [each for each in told if isinstance(each, SignInBegan)]
    assert [each.url for each in begun] == ["https://x.example/1", "https://x.example/2", ""]
    assert "x.example" not in repr(told)


class SignedIn(Refusing):
    """An instance whose account is usable."""

    state = InstanceState.READY
    login = Login(LoginState.LOGGED_IN, "ann")


async def test_bundles_are_sealed_and_opened_one_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each takes a core and a quarter of a gigabyte."""
    at_it: list[int] = []
    most = 0

    async def slow(data: bytes, _passphrase: str) -> bytes:
        nonlocal most
        at_it.append(1)
        most = max(most, len(at_it))
        for _ in range(20):
            await asyncio.sleep(0)
        at_it.pop()
        return b"-----BEGIN AGE ENCRYPTED FILE-----" if data.startswith(b"\x1f\x8b") else b"x"

    monkeypatch.setattr(sealing, "seal_aside", slow)
    monkeypatch.setattr(sealing, "unseal_aside", slow)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "user").write_bytes(b"somebody")
    desk = AccountDesk(emit=lambda _: None, wall_clock=lambda: 0.0)
    desk.serve([(SignedIn(), tmp_path)])
    sealed = b"-----BEGIN AGE ENCRYPTED FILE-----"
    done = await asyncio.gather(
        *(desk.export(NAME, "phrase") for _ in range(4)),
        *(desk.bring(NAME, sealed, passphrase="phrase") for _ in range(4)),
        return_exceptions=True,
    )
    assert [type(each).__name__ for each in done] == ["Exported"] * 4 + ["BadBundleError"] * 4
    assert most == 1
    await desk.aclose()


async def test_a_machine_too_busy_to_seal_is_no_missing_login(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def busy(_data: bytes, _passphrase: str) -> bytes:
        raise BundleError("too_busy_to_seal", "too busy")

    monkeypatch.setattr(sealing, "seal_aside", busy)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "user").write_bytes(b"somebody")
    desk = AccountDesk(emit=lambda _: None, wall_clock=lambda: 0.0)
    desk.serve([(SignedIn(), tmp_path)])
    with pytest.raises(ConflictError) as caught:
        await desk.export(NAME, "phrase")
    assert caught.value.code == "too_busy_to_seal"
    await desk.aclose()
