"""Downloads over a real socket: whatever the network does, byte-identical or a clean failure."""

import asyncio
import hashlib
import random
from pathlib import Path
from typing import Any

import pytest

from gateway_engine.upstreams.lingma.install.fetch import Fetched, FetchLimits, fetch, validator_of
from gateway_engine.upstreams.lingma.install.progress import InstallProgress
from gateway_engine.upstreams.lingma.install.source import VsixUrl
from gateway_engine.upstreams.lingma.install.trouble import InstallError
from tests.support.file_server import FileServer, Habit, serving

CONTENT = random.Random(5).randbytes(1_500_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
QUICK = FetchLimits(pause_s=0.001, max_pause_s=0.002, attempts=4, silence_s=5)


async def brought(
    folder: Path, url: str, *, sha256: str = "", limits: FetchLimits = QUICK, **more: Any
) -> Fetched:
    told: list[InstallProgress] = more.pop("told", [])
    got = await fetch(
        VsixUrl(url, sha256), folder / "x.vsix", limits=limits, tell=told.append, **more
    )
    assert sorted(p.name for p in folder.iterdir()) == ["x.vsix"]
    return got


async def refused(folder: Path, url: str, **more: Any) -> InstallError:
    with pytest.raises(InstallError) as caught:
        await brought(folder, url, **more)
    assert not (folder / "x.vsix").exists()
    return caught.value


def right(got: Fetched) -> bool:
    return got.file.read_bytes() == CONTENT and got.sha256 == SHA256 and got.size == len(CONTENT)


async def test_an_honest_server(tmp_path: Path) -> None:
    server = FileServer(CONTENT)
    told: list[InstallProgress] = []
    async with serving(server) as url:
        got = await brought(tmp_path, url, sha256=SHA256, told=told)
        assert await validator_of(VsixUrl(url), limits=QUICK) == '"one"'
    assert right(got)
    assert got.validator == '"one"'
    assert server.sent == len(CONTENT)
    assert told[0].bytes_done == 0
    assert (told[-1].bytes_done, told[-1].bytes_total) == (len(CONTENT), len(CONTENT))
    assert server.asked[0]["accept-encoding"] == "identity"


@pytest.mark.parametrize("seed", range(12))
async def test_reset_again_and_again(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    habits = []
    for _ in range(chance.randrange(1, 8)):
        at = chance.randrange(1, 400_000)
        habits.append(Habit(cut=at) if chance.random() < 0.5 else Habit(close=at))
        if chance.random() < 0.3:
            habits.append(Habit(status=503))
    server = FileServer(CONTENT, habits=habits)
    async with serving(server) as url:
        assert right(await brought(tmp_path, url))
    # It went on: nothing that had been written was sent again, but for what a reset swallows.
    assert server.sent < 2 * len(CONTENT)
    assert any("range" in asked for asked in server.asked)


async def test_a_server_without_ranges(tmp_path: Path) -> None:
    server = FileServer(CONTENT, habits=[Habit(cut=500_000), Habit(ignore_range=True)])
    async with serving(server) as url:
        assert right(await brought(tmp_path, url))


async def test_without_a_mark_of_the_version(tmp_path: Path) -> None:
    server = FileServer(CONTENT, etag="", habits=[Habit(close=500_000)])
    async with serving(server) as url:
        assert right(await brought(tmp_path, url))
        assert "if-range" not in server.asked[1]
        assert await validator_of(VsixUrl(url), limits=QUICK) == ""


async def test_the_file_changes_on_the_way(tmp_path: Path) -> None:
    server = FileServer(b"old" * 100_000, etag='"old"', habits=[Habit(close=200_000)])
    async with serving(server) as url:
        server.then = (CONTENT, '"new"')
        assert right(await brought(tmp_path, url))


async def test_a_range_of_something_else(tmp_path: Path) -> None:
    server = FileServer(CONTENT, habits=[Habit(close=500_000), Habit(wrong_range=True)])
    async with serving(server) as url:
        assert right(await brought(tmp_path, url))


async def test_the_rest_is_gone(tmp_path: Path) -> None:
    server = FileServer(CONTENT, habits=[Habit(close=500_000), Habit(status=416)])
    async with serving(server) as url:
        assert right(await brought(tmp_path, url))


async def test_chunked_and_chunked_cut(tmp_path: Path) -> None:
    habits = [Habit(chunked=True, cut=300_000), Habit(chunked=True, ignore_range=True)]
    server = FileServer(CONTENT, etag="", habits=habits)
    async with serving(server) as url:
        assert right(await brought(tmp_path, url))


async def test_a_chunked_file_ends_with_its_last_chunk(tmp_path: Path) -> None:
    """An end of the connection is none of the file, wherever it comes."""
    server = FileServer(CONTENT)
    async with serving(server) as url:
        for end in (1, 65_536, 300_001, len(CONTENT) - 1):
            server.habits = [Habit(chunked=True, close=end), Habit(chunked=True)]
            got = await brought(tmp_path, url)
            assert right(got)
            assert got.is_whole
            got.file.unlink()


async def test_a_reset_is_no_end_where_no_length_was_said(tmp_path: Path) -> None:
    server = FileServer(CONTENT, habits=[Habit(unsized=True, cut=300_000), Habit(unsized=True)])
    async with serving(server) as url:
        assert right(await brought(tmp_path, url))
    assert [asked.get("range") for asked in server.asked] == [None, "bytes=300000-"]


async def test_nobody_knows_the_end_where_no_length_was_said(tmp_path: Path) -> None:
    server = FileServer(CONTENT, habits=[Habit(unsized=True, close=300_000)])
    async with serving(server) as url:
        got = await brought(tmp_path, url)
        assert got.size == 300_000
        assert not got.is_whole
        got.file.unlink()
        assert (await brought(tmp_path, url)).is_whole


async def test_it_gives_up_and_goes_on_at_the_next_try(tmp_path: Path) -> None:
    server = FileServer(CONTENT, habits=[Habit(close=700_000)], always=Habit(status=503))
    async with serving(server) as url:
        assert (await refused(tmp_path, url)).code == "unreachable"
        assert (tmp_path / "x.vsix.part").stat().st_size == 700_000
        server.always = Habit()
        server.sent = 0
        assert right(await brought(tmp_path, url))
    assert server.sent == len(CONTENT) - 700_000


async def test_a_part_of_another_address_or_version_is_not_used(tmp_path: Path) -> None:
    server = FileServer(CONTENT, habits=[Habit(close=700_000)], always=Habit(status=503))
    async with serving(server) as url:
        await refused(tmp_path, url)
        server.always = Habit()
        assert right(await brought(tmp_path, url + "?other"))
        server.habits, server.always = [Habit(close=700_000)], Habit(status=503)
        (tmp_path / "x.vsix").unlink()
        await refused(tmp_path, url)
        server.always, server.content, server.etag = Habit(), CONTENT[::-1], '"two"'
        got = await brought(tmp_path, url)
        assert got.file.read_bytes() == CONTENT[::-1]
        assert got.validator == '"two"'


async def test_cancelled_it_keeps_what_it_has(tmp_path: Path) -> None:
    server = FileServer(CONTENT, habits=[Habit(stall=600_000)])
    async with serving(server) as url:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await brought(tmp_path, url)
        server.stalled.set()
        assert right(await brought(tmp_path, url))
        assert "range" in server.asked[-1]


async def test_what_has_come_is_told_while_nothing_comes(tmp_path: Path) -> None:
    server = FileServer(CONTENT, habits=[Habit(stall=1000)])
    told: list[InstallProgress] = []
    async with serving(server) as url, asyncio.TaskGroup() as tasks:
        bringing = tasks.create_task(brought(tmp_path, url, told=told))
        async with asyncio.timeout(QUICK.silence_s - 1):
            while told[-1:] == [] or told[-1].bytes_done != 1000:  # noqa: ASYNC110 - a list
                await asyncio.sleep(0.01)
        assert (len(server.asked), bringing.done()) == (1, False)
        server.stalled.set()
        assert right(await bringing)


async def test_silence_is_a_break(tmp_path: Path) -> None:
    server = FileServer(CONTENT, habits=[Habit(stall=600_000)])
    limits = FetchLimits(pause_s=0.001, attempts=3, silence_s=0.2)
    async with serving(server) as url:
        assert right(await brought(tmp_path, url, limits=limits))


@pytest.mark.parametrize("sha256", ["", "00" * 32])
async def test_a_corrupt_file_and_the_pin(tmp_path: Path, sha256: str) -> None:
    server = FileServer(CONTENT)
    async with serving(server) as url:
        if not sha256:
            assert right(await brought(tmp_path, url))
            return
        error = await refused(tmp_path, url, sha256=sha256)
    assert error.code == "checksum"
    assert SHA256 in str(error)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 501])
async def test_refusals_are_not_tried_again(tmp_path: Path, status: int) -> None:
    server = FileServer(CONTENT, always=Habit(status=status))
    async with serving(server) as url:
        error = await refused(tmp_path, url)
    assert error.code == "refused"
    assert str(status) in str(error)
    assert len(server.asked) == 1


async def test_nobody_there(tmp_path: Path) -> None:
    server = FileServer(CONTENT)
    async with serving(server) as url:
        pass
    assert (await refused(tmp_path, url)).code == "unreachable"


async def test_redirects(tmp_path: Path) -> None:
    target = FileServer(CONTENT, habits=[Habit(close=10_000)])
    server = FileServer(b"")
    async with serving(target) as there, serving(server) as url:
        server.always = Habit(location=there)
        assert right(await brought(tmp_path, url))
        for bad, code in (
            ("http://a.example/x", "bad_source"),
            ("file:///etc/passwd", "bad_source"),
            ("/again", "refused"),
        ):
            (tmp_path / "x.vsix").unlink(missing_ok=True)
            server.always = Habit(location=bad)
            assert (await refused(tmp_path, url)).code == code


async def test_more_than_was_said_or_can_be(tmp_path: Path) -> None:
    server = FileServer(CONTENT)
    async with serving(server) as url:
        limits = FetchLimits(max_bytes=1_000_000)
        assert (await refused(tmp_path, url, limits=limits)).code == "too_large"
        server.habits = [Habit(chunked=True)]
        assert (await refused(tmp_path, url, limits=limits)).code == "too_large"
    assert list(tmp_path.iterdir()) == []


async def test_less_than_was_said(tmp_path: Path) -> None:
    server = FileServer(CONTENT, always=Habit(claim=len(CONTENT) + 5))
    async with serving(server) as url:
        assert (await refused(tmp_path, url)).code == "unreachable"


async def test_no_room(tmp_path: Path) -> None:
    server = FileServer(CONTENT)
    async with serving(server) as url:
        error = await refused(tmp_path, url, free_bytes=lambda _: 4_000_000)
        assert error.code == "no_space"
        assert right(await brought(tmp_path, url, free_bytes=lambda _: 5_000_000))
        server.habits = [Habit(chunked=True)]
        (tmp_path / "x.vsix").unlink()
        error = await refused(tmp_path, url, free_bytes=lambda _: 5_000_000)
        assert error.code == "no_space"
