"""`lingma-gateway upstream` and a `serve` that fetches its program, as real processes."""

import asyncio
import hashlib
import random
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.cli.commands import log_lines, run, started
from tests.support.file_server import FileServer, Habit, serving
from tests.support.vsix import emulator_program, make_vsix

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the program is a shell script")

# As large as the real thing, so that the command's own floors hold.
PROGRAM_BYTES = 50 * 1024 * 1024 + 100


def real_sized(version: str) -> bytes:
    return make_vsix(
        version=version,
        program=emulator_program(PROGRAM_BYTES),
        local=random.Random(1).randbytes(5 * 1024 * 1024),
        wrapped=True,
    )


CONTENT = real_sized("2.5.20")
PIN = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
async def server() -> AsyncIterator[FileServer]:
    made = FileServer(CONTENT)
    async with serving(made):
        yield made


@pytest.mark.deadline(60)
async def test_install_list_use_remove(tmp_path: Path, server: FileServer) -> None:
    server.habits = [Habit(close=2_000_000)]
    code, out, err = await run(
        tmp_path, "upstream", "install", "--url", server.url, LINGMA_VSIX_SHA256=PIN
    )
    assert code == 0, err
    first, second = out.splitlines()
    program = Path(first.removeprefix("installed 2.5.20 "))
    assert program.is_file()
    assert second == f"sha256 {PIN}"
    assert "downloading: 100 %" in err
    assert "unpacking: 100 %" in err

    vsix = tmp_path / "new.vsix"
    vsix.write_bytes(real_sized("2.6.1"))
    code, out, err = await run(tmp_path, "upstream", "install", "--vsix", str(vsix))
    assert code == 0, err
    code, out, _ = await run(tmp_path, "upstream", "list")
    assert [line[:9].strip() for line in out.splitlines()] == ["* 2.6.1", "2.5.20"]
    assert (await run(tmp_path, "upstream", "use", "2.5.20"))[0] == 0
    code, out, err = await run(tmp_path, "upstream", "list")
    assert [line[:9].strip() for line in out.splitlines()] == ["2.6.1", "* 2.5.20"]
    assert str(program) in err
    code, out, err = await run(tmp_path, "upstream", "remove", "2.5.20")
    assert (code, out) == (0, "removed 2.5.20\n")
    assert "now used: 2.6.1" in err
    assert not program.exists()
    code, _, err = await run(tmp_path, "upstream", "use", "9.9")
    assert code == 1
    assert "2.6.1" in err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("install", "--url", "http://a.example/x.vsix"), 1, "https"),
        (("install", "--vsix", "none.vsix"), 1, "none.vsix"),
        (("install", "--vsix", "a", "--url", "b"), 2, "not allowed with"),
        (("polish",), 2, "invalid choice"),
        ((), 2, "required"),
    ],
)
async def test_wrong_usage(
    tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    got, out, err = await run(tmp_path, "upstream", *arguments)
    assert (got, out) == (code, "")
    assert words in err
    assert "Traceback" not in err


async def test_interrupted_it_goes_on_later(tmp_path: Path, server: FileServer) -> None:
    server.habits = [Habit(stall=30_000)]
    async with started(tmp_path, "upstream", "install", "--url", server.url) as command:
        part = tmp_path / "home" / "data" / "upstream" / "lingma.vsix.part"
        async with asyncio.timeout(15):
            while not (part.exists() and part.stat().st_size == 30_000):  # noqa: ASYNC110 - a file
                await asyncio.sleep(0.01)
        code, out, err = await command.end(signal.SIGINT)
    assert (code, out) == (1, "")
    assert "cancelled" in err
    server.stalled.set()
    assert (await run(tmp_path, "upstream", "install", "--url", server.url))[0] == 0
    assert server.asked[-1]["range"] == "bytes=30000-"


@pytest.mark.deadline(60)
async def test_serve_fetches_the_program_it_was_told_of(tmp_path: Path, server: FileServer) -> None:
    settings = {"LINGMA_VSIX_URL": server.url, "LINGMA_VSIX_SHA256": PIN}
    async with started(tmp_path, "serve", **settings) as command:
        await command.ready()
        assert await command.upstreams()
        assert (await command.health())["upstream"] == "lingma"
        assert await command.ask("hello there")
        code, _, err = await command.end(signal.SIGTERM)
    assert code == 0
    assert any("2.5.20 is installed" in line["message"] for line in log_lines(err))
    # The next start has it already.
    asked = len(server.asked)
    async with started(tmp_path, "serve", **settings) as command:
        await command.ready()
        assert await command.upstreams()
        await command.end(signal.SIGTERM)
    assert len(server.asked) == asked


async def test_serve_ends_at_once_while_it_fetches(tmp_path: Path, server: FileServer) -> None:
    server.always = Habit(stall=1000)
    async with started(tmp_path, "serve", LINGMA_VSIX_URL=server.url) as command:
        await command.ready()
        assert not (await command.health())["ok"]
        while not server.asked:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.01)
        assert (await command.end(signal.SIGTERM))[0] == 0


async def test_serve_goes_on_without_the_program(tmp_path: Path, server: FileServer) -> None:
    server.always = Habit(status=404)
    async with started(tmp_path, "serve", LINGMA_VSIX_URL=server.url) as command:
        await command.ready()
        while not server.asked:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.01)
        assert not (await command.health())["ok"]
        code, _, err = await command.end(signal.SIGTERM)
    assert code == 0
    assert any("could not be fetched" in line["message"] for line in log_lines(err))
