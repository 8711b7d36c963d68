"""From a server or a file to a program that starts; every failure leaves the old one in use."""

import asyncio
import hashlib
import random
import subprocess
import sys
from pathlib import Path

import pytest

from gateway_engine.config import Settings
from gateway_engine.events import EngineEvent, InstallChanged, InstallState
from gateway_engine.programs import Programs
from gateway_engine.upstreams.lingma.install.fetch import FetchLimits
from gateway_engine.upstreams.lingma.install.installation import (
    ChosenKind,
    InstallLimits,
    examine_chosen,
)
from gateway_engine.upstreams.lingma.install.source import VsixFile, VsixUrl
from gateway_engine.upstreams.lingma.install.trouble import InstallError
from tests.support.file_server import FileServer, Habit, serving
from tests.support.vsix import SMALL, emulator_program, make_vsix

LIMITS = InstallLimits(FetchLimits(pause_s=0.001, attempts=3, silence_s=5), SMALL)
PROGRAM = emulator_program(5000)


class Watched:
    """An installer on a folder, and what it told."""

    def __init__(self, folder: Path, unpacking: asyncio.Event | None = None) -> None:
        self.told: list[InstallChanged] = []
        self.root = folder / "upstream"
        self._unpacking = unpacking
        self.programs = Programs(self.root, emit=self._tell, wall_clock=lambda: 1.0, limits=LIMITS)

    def _tell(self, event: EngineEvent) -> None:
        assert isinstance(event, InstallChanged)
        self.told.append(event)
        if self._unpacking is not None and event.state is InstallState.UNPACKING:
            self._unpacking.set()

    def states(self) -> list[InstallState]:
        states: list[InstallState] = []
        for event in self.told:
            if event.state not in states[-1:]:
                states.append(event.state)
        return states

    def clean(self) -> bool:
        """Nothing half-done lies about."""
        left = {path.name for path in self.root.iterdir()} if self.root.exists() else set()
        staging = self.root / ".staging"
        half = list(staging.iterdir()) if staging.exists() else []
        versions = {each.name for each in self.programs.shelf.versions()}
        return not half and left - versions <= {".staging", "current"}


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a shell script")
async def test_through_resets_to_a_program_that_runs(tmp_path: Path) -> None:
    content = make_vsix(program=PROGRAM, wrapped=True)
    server = FileServer(content, habits=[Habit(close=500), Habit(cut=700)])
    watched = Watched(tmp_path)
    async with serving(server) as url:
        pin = hashlib.sha256(content).hexdigest()
        done = await watched.programs.install(VsixUrl(url, pin))
    assert watched.states() == [
        InstallState.CHECKING,
        InstallState.DOWNLOADING,
        InstallState.UNPACKING,
        InstallState.DONE,
    ]
    assert (watched.told[-1].version, watched.told[-1].sha256) == ("2.5.20", pin)
    assert watched.programs.shelf.in_use() == done
    assert watched.clean()
    said = subprocess.run([done.program, "version"], capture_output=True, check=True).stdout
    assert said.strip()


@pytest.mark.parametrize("wrapped", [False, True])
async def test_a_cut_that_nobody_could_see(tmp_path: Path, wrapped: bool) -> None:
    """The server says no length: what came is no whole file, and the next try brings it."""
    content = make_vsix(program=PROGRAM, wrapped=wrapped)
    for end in (2, 100, len(content) // 2, len(content) - 1):
        watched = Watched(tmp_path / str(end))
        server = FileServer(content, habits=[Habit(unsized=True, close=end)])
        async with serving(server) as url:
            with pytest.raises(InstallError, match="try again"):
                await watched.programs.install(VsixUrl(url))
            assert watched.told[-1].error_code == "perhaps_cut"
            assert watched.clean()
            server.always = Habit(unsized=True)
            done = await watched.programs.install(VsixUrl(url))
        assert done.sha256 == hashlib.sha256(content).hexdigest()


async def test_a_page_without_a_length_is_no_vsix(tmp_path: Path) -> None:
    server = FileServer(b"<html>please sign in to the hotel's network</html>")
    server.always = Habit(unsized=True)
    watched = Watched(tmp_path)
    async with serving(server) as url:
        with pytest.raises(InstallError):
            await watched.programs.install(VsixUrl(url))
    assert watched.told[-1].error_code == "not_a_vsix"


async def test_a_file_of_ones_own(tmp_path: Path) -> None:
    content = make_vsix(program=PROGRAM)
    file = tmp_path / "mine.vsix"
    file.write_bytes(content)
    watched = Watched(tmp_path)
    done = await watched.programs.install(VsixFile(file, hashlib.sha256(content).hexdigest()))
    assert (done.source, file.exists(), watched.clean()) == ("mine.vsix", True, True)
    for wrong in (VsixFile(file, "0" * 64), VsixFile(tmp_path / "none.vsix")):
        with pytest.raises(InstallError):
            await watched.programs.install(wrong)
    assert watched.programs.shelf.in_use() == done


def test_what_somebody_picked(tmp_path: Path) -> None:
    cases = {
        "a": (make_vsix(), ChosenKind.VSIX),
        "b": (make_vsix(wrapped=True), ChosenKind.VSIX),
        "c": (b"#!/bin/sh\n", ChosenKind.PROGRAM),
        "d": (b"PK but no zip", ChosenKind.PROGRAM),
    }
    for name, (content, kind) in cases.items():
        (tmp_path / name).write_bytes(content)
        (tmp_path / name).chmod(0o755)
        assert examine_chosen(tmp_path / name) is kind
    (tmp_path / "e").write_text("words")
    assert examine_chosen(tmp_path / "e") is ChosenKind.NEITHER
    assert examine_chosen(tmp_path / "none") is ChosenKind.NEITHER


@pytest.mark.parametrize("seed", range(10))
async def test_whatever_comes_the_old_one_stays(tmp_path: Path, seed: int) -> None:
    """A new version cut, damaged or refused: either it is whole, or the old one is in use."""
    chance = random.Random(seed)
    watched = Watched(tmp_path)
    old_file = tmp_path / "old.vsix"
    old_file.write_bytes(make_vsix(version="1.0"))
    old = await watched.programs.install(VsixFile(old_file))
    whole = make_vsix(version="2.0", program=chance.randbytes(4000))
    content = bytearray(whole)
    kind = seed % 5
    if kind == 0:
        content[chance.randrange(len(content))] ^= 0xFF
    elif kind == 1:
        del content[chance.randrange(len(content)) :]
    elif kind == 2:
        content = bytearray(make_vsix(version="2.0", program=b"#" * 10))
    elif kind == 3:
        content = bytearray(b"<html>please sign in to the hotel's network</html>")
    always = Habit(cut=chance.randrange(60)) if kind == 4 else Habit()
    server = FileServer(bytes(content), always=always)
    async with serving(server) as url:
        try:
            done = await watched.programs.install(VsixUrl(url))
        except InstallError:
            done = old
            assert watched.states()[-1] is InstallState.FAILED
            assert watched.told[-1].error_code
    assert watched.programs.shelf.in_use() == done
    if kind != 4:
        assert watched.clean()
    if done != old:
        assert (done.program).stat().st_size == 4000


async def test_cancelled_while_unpacking(tmp_path: Path) -> None:
    file = tmp_path / "big.vsix"
    file.write_bytes(make_vsix(program=bytes(120_000_000)))
    started = asyncio.Event()
    watched = Watched(tmp_path, unpacking=started)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(watched.programs.install(VsixFile(file)))
        await started.wait()
        task.cancel()
    assert task.cancelled()
    assert watched.states()[-1] is InstallState.CANCELLED
    assert watched.programs.shelf.versions() == ()
    assert watched.clean()


async def test_refreshing(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    server = FileServer(make_vsix(version="1.0"))
    async with serving(server) as url:
        settings = Settings(lingma_vsix_url=url)
        first = await watched.programs.refresh(settings)
        assert first is not None
        assert await watched.programs.refresh(settings) is None
        assert server.targets == ["GET /lingma.vsix", "HEAD /lingma.vsix"]
        pinned = Settings(lingma_vsix_url=url, lingma_vsix_sha256=first.sha256)
        assert await watched.programs.refresh(pinned) is None
        assert len(server.targets) == 2
        anew = Settings(lingma_vsix_url=url, lingma_force_refresh=True)
        again = await watched.programs.refresh(anew)
        assert again is not None
        assert again.name == "1.0"
        server.content, server.etag = make_vsix(version="1.1"), '"two"'
        newer = await watched.programs.refresh(settings)
        assert newer is not None
        assert newer.name == "1.1"
    assert [each.name for each in watched.programs.shelf.versions()] == ["1.1", "1.0"]
