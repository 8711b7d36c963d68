"""A fetch that a window begins: it goes on by itself, can be stopped, and its program is used."""

import asyncio
from pathlib import Path

import pytest

from gateway_engine.errors import ConflictError, InvalidRequestError
from gateway_engine.events import InstallChanged, InstallState, InstanceState
from gateway_engine.upstreams.lingma.install.source import VsixUrl
from tests.integration.engine.running_engine import gateway
from tests.integration.install.test_installation import PROGRAM, Watched
from tests.support.file_server import FileServer, Habit, serving
from tests.support.vsix import make_vsix


async def until(watched: Watched, state: InstallState) -> InstallChanged:
    async with asyncio.timeout(15):
        while not watched.told or watched.told[-1].state is not state:  # noqa: ASYNC110 - a thread
            await asyncio.sleep(0.01)
    return watched.told[-1]


async def test_it_is_begun_stopped_and_gone_on_with(tmp_path: Path) -> None:
    vsix = make_vsix(program=PROGRAM)
    server = FileServer(vsix, habits=[Habit(stall=len(vsix) // 2)])
    watched = Watched(tmp_path)
    async with serving(server) as url:
        watched.programs.begin(VsixUrl(url))
        async with asyncio.timeout(15):
            while not any(each.bytes_done for each in watched.told):  # noqa: ASYNC110 - a thread
                await asyncio.sleep(0.01)
        assert len(server.asked) == 1
        await watched.programs.cancel()
        assert watched.told[-1].state is InstallState.CANCELLED
        watched.programs.begin(VsixUrl(url))
        done = await until(watched, InstallState.DONE)
    assert done.version == "2.5.20"
    assert any("range" in asked for asked in server.asked)
    await watched.programs.aclose()


async def test_a_failure_is_told_and_nothing_else(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    async with serving(FileServer(b"no vsix at all")) as url:
        watched.programs.begin(VsixUrl(url))
        assert (await until(watched, InstallState.FAILED)).error_code == "not_a_vsix"
    await watched.programs.aclose()


async def test_what_cannot_be_used_or_removed_is_refused(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    for work in (watched.programs.use, watched.programs.remove):
        with pytest.raises(ConflictError) as caught:
            await work("9.9.9")
        assert caught.value.code == "unknown_version"


async def test_the_engine_says_what_there_is(tmp_path: Path) -> None:
    async with gateway(tmp_path) as running:
        await running.state(InstanceState.READY)
        known = await running.engine.programs_known()
        # The demo is no Lingma.
        assert (known.used, known.versions, known.part_bytes) == ("", (), 0)
        assert known.looked_at
        for url in ("http://example.com/a.vsix", "https://user:pw@example.com/a.vsix", "nonsense"):
            with pytest.raises(InvalidRequestError):
                await running.engine.fetch_program(url=url)
