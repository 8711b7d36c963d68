"""A child's certain end, with whatever it left behind."""

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil
import pytest

from gateway_engine.config import Origin, load_settings
from gateway_engine.upstreams.processes.child import ChildProcess, start_child
from gateway_engine.upstreams.processes.guard import MARK_NAME, OrphanGuard
from gateway_engine.upstreams.processes.leftovers import end_leftover, forget_child, record_child
from tests.integration.emulator.running_program import until
from tests.integration.engine.running_engine import alive

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="process groups of POSIX")
ROOT = Path(__file__).parents[4]
GRACE_S = 0.3
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
WAIT = "import time; time.sleep(300)\n"
FAMILY = (
    "import subprocess, sys\n"
    "child = subprocess.Popen([sys.executable, '-c', {code!r}], start_new_session={session})\n"
    "print(child.pid, flush=True)\n"
)


@asynccontextmanager
async def child_of(code: str) -> AsyncIterator[ChildProcess]:
    guard = OrphanGuard()
    child = await start_child(
        [sys.executable, "-c", code], cwd=ROOT, env=dict(os.environ), guard=guard
    )
    try:
        yield child
    finally:
        await child.stop(grace_s=GRACE_S)
        await asyncio.to_thread(guard.close)


async def said(child: ChildProcess, lines: int = 1) -> list[str]:
    await until(lambda: len(child.output()) >= lines)
    return child.output()


async def test_what_it_wrote_and_how_it_ended() -> None:
    code = (
        "import sys\nprint('out')\nsys.stderr.write('err \\u5f15\\n')\n"
        "sys.stdout.write('x' * 9000)\nsys.exit(3)\n"
    )
    async with child_of(code) as child:
        assert await child.wait() == 3
        output = await said(child, 3)
        assert "out" in output
        assert "err 引" in output
        assert max(map(len, output)) == 2000
        assert child.output(1) == output[-1:]
    assert child.returncode == 3
    await child.stop(grace_s=GRACE_S)


async def test_it_keeps_the_last_lines_only() -> None:
    async with child_of("for n in range(5000): print(n)") as child:
        await child.wait()
        await until(lambda: child.output(1) == ["4999"])
        assert len(child.output()) == 400


@pytest.mark.parametrize("deaf", ["", DEAF])
async def test_the_end_reaches_the_whole_group(deaf: str) -> None:
    code = FAMILY.format(code=deaf + "print('up', flush=True)\n" + WAIT, session=False)
    async with child_of(deaf + code + WAIT) as child:
        grandchild = int(next(line for line in await said(child, 2) if line.isdigit()))
    assert child.returncode == (-signal.SIGKILL if deaf else -signal.SIGTERM)
    await until(lambda: not alive(grandchild))


@pytest.mark.parametrize("deaf", ["", DEAF])
async def test_the_end_reaches_a_stray_that_left_the_group(deaf: str) -> None:
    code = FAMILY.format(code=deaf + "print('up', flush=True)\n" + WAIT, session=True)
    async with child_of(code + WAIT) as child:
        stray = int(next(line for line in await said(child, 2) if line.isdigit()))
        assert os.getpgid(stray) != child.pid
    await until(lambda: not alive(stray))


async def test_an_exit_is_seen_though_a_grandchild_holds_the_pipes() -> None:
    async with child_of(FAMILY.format(code=WAIT, session=False)) as child:
        grandchild = int((await said(child))[0])
        async with asyncio.timeout(5):
            assert await child.wait() == 0
        assert alive(grandchild)
    await until(lambda: not alive(grandchild))


async def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    guard = OrphanGuard()
    with pytest.raises(FileNotFoundError):
        await start_child([str(tmp_path / "none")], cwd=tmp_path, env={}, guard=guard)
    guard.close()


PARENT = """
import asyncio, os, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from gateway_engine.upstreams.processes.child import start_child
from gateway_engine.upstreams.processes.guard import OrphanGuard

async def main():
    guard = OrphanGuard()
    child = await start_child(
        [sys.executable, "-c", {code!r}], cwd=Path("/"), env=dict(os.environ), guard=guard
    )
    gone = await start_child(["/bin/true"], cwd=Path("/"), env={{}}, guard=guard)
    await gone.wait()
    await gone.stop(grace_s=1)
    while not child.output():
        await asyncio.sleep(0.01)
    print(child.pid, child.output()[0], flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.parametrize("session", [False, True])
@pytest.mark.parametrize("deaf", ["", DEAF])
async def test_no_orphan_after_the_parent_was_killed(session: bool, deaf: str) -> None:
    code = deaf + FAMILY.format(code=deaf + WAIT, session=session) + WAIT
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PARENT.format(root=str(ROOT), code=code),
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    family = [int(pid) for pid in (await process.stdout.readline()).split()]
    assert len(family) == 2
    assert all(alive(pid) for pid in family)
    process.kill()
    await process.communicate()
    await until(lambda: not any(alive(pid) for pid in family), 5.0)


async def test_a_gateway_within_a_child_takes_nothing_for_a_setting(tmp_path: Path) -> None:
    guard = OrphanGuard()
    code = "import json, os; print(json.dumps(dict(os.environ)))"
    child = await start_child([sys.executable, "-c", code], cwd=tmp_path, env={}, guard=guard)
    await child.wait()
    await until(lambda: bool(child.output()), 5.0)
    await child.stop(grace_s=GRACE_S)
    await asyncio.to_thread(guard.close)
    environ = json.loads(child.output()[0])
    assert MARK_NAME in environ
    read = load_settings(file=tmp_path / "none.toml", environ=environ, dotenv=None, cli={})
    assert set(read.origins.values()) == {Origin.DEFAULT}


STARTING = """
import os, signal, sys
sys.path.insert(0, {root!r})
from gateway_engine.upstreams.processes.guard import MARK_NAME, OrphanGuard

guard = OrphanGuard()
with guard.expecting() as mark:
    pass
with guard.expecting() as mark:
    pid = os.fork()
    if not pid:
        os.setsid()
        code = {code!r}
        os.execve(sys.executable, [sys.executable, "-c", code], {{**os.environ, MARK_NAME: mark}})
    print(pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("deaf", ["", DEAF])
async def test_no_orphan_when_the_parent_is_killed_while_it_starts_one(deaf: str) -> None:
    code = STARTING.format(root=str(ROOT), code=deaf + WAIT)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    pid = int(await process.stdout.readline())
    await until(lambda: not alive(pid), 5.0)
    await process.communicate()


async def test_the_guard_ends_what_is_still_watched_when_it_lets_go() -> None:
    guard = OrphanGuard()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WAIT, start_new_session=True
    )
    guard.watch(process.pid)
    await asyncio.to_thread(guard.close)
    assert await process.wait() == -signal.SIGTERM
    guard.close()


async def test_a_guard_whose_shell_was_killed_is_made_anew() -> None:
    guard = OrphanGuard()
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", WAIT, start_new_session=True)
        for _ in range(2)
    ]
    guard.watch(processes[0].pid)
    shell = guard._shell
    assert shell is not None
    shell.kill()
    shell.wait()
    guard.watch(processes[1].pid)
    await asyncio.to_thread(guard.close)
    assert [await process.wait() for process in processes] == [-signal.SIGTERM] * 2


class TestLeftovers:
    def test_the_same_process_is_ended(self, tmp_path: Path) -> None:
        file = tmp_path / "child.json"
        with subprocess.Popen(
            [sys.executable, "-c", DEAF + WAIT], start_new_session=True
        ) as process:
            record_child(file, process.pid)
            assert end_leftover(file)
            assert not alive(process.pid)
        assert not file.exists()
        assert not end_leftover(file)

    def test_another_process_with_its_number_is_let_alone(self, tmp_path: Path) -> None:
        file = tmp_path / "child.json"
        record_child(file, os.getpid())
        noted = psutil.Process().create_time()
        file.write_text(f'{{"pid":{os.getpid()},"started":{noted - 60}}}')
        assert not end_leftover(file)
        assert not file.exists()

    @pytest.mark.parametrize(
        "content",
        ["", "{", "[]", '{"pid":1}', '{"pid":4194303,"started":1}', '{"pid":-5,"started":1}'],
    )
    def test_a_record_of_nobody(self, tmp_path: Path, content: str) -> None:
        file = tmp_path / "child.json"
        file.write_text(content)
        assert not end_leftover(file)
        assert not file.exists()

    def test_nothing_is_said_of_one_that_ended_with_the_gateway(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        file = tmp_path / "child.json"
        file.write_text('{"pid":4194303,"started":1}')
        assert not end_leftover(file)
        assert not caplog.records

    def test_a_process_that_is_gone_is_not_noted(self, tmp_path: Path) -> None:
        record_child(tmp_path / "child.json", 4194303)
        assert not list(tmp_path.iterdir())
        with suppress(FileNotFoundError):
            forget_child(tmp_path / "child.json")


@asynccontextmanager
async def spoken_with(code: str) -> AsyncIterator[tuple[ChildProcess, list[bytes]]]:
    guard = OrphanGuard()
    heard: list[bytes] = []

    def hear(data: bytes) -> list[bytes]:
        heard.append(data)
        return [data.strip()] if data.startswith(b"#") else []

    child = await start_child(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=dict(os.environ),
        guard=guard,
        on_stdout=hear,
    )
    try:
        yield child, heard
    finally:
        await child.stop(grace_s=GRACE_S)
        await asyncio.to_thread(guard.close)


async def test_what_it_answers_goes_where_it_is_wanted() -> None:
    echo = "import sys\nfor line in sys.stdin: print('got ' + line.strip(), flush=True)\n"
    async with spoken_with(echo) as (child, heard):
        await child.write(b"one\n")
        await until(lambda: b"".join(heard) == b"got one\n")
        assert child.output() == []


async def test_what_is_no_answer_is_kept_with_its_other_output() -> None:
    async with spoken_with("print('# no longer maintained', flush=True)") as (child, _):
        await child.wait()
        await until(child.output)
        assert child.last_words() == "; it said: # no longer maintained"


async def test_one_that_does_not_read_makes_the_writer_wait() -> None:
    async with spoken_with(WAIT) as (child, _):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await child.write(b"x" * 4_000_000)


async def test_one_that_has_ended_cannot_be_written_to() -> None:
    async with spoken_with("") as (child, _):
        await child.wait()
        with pytest.raises(BrokenPipeError):
            await child.write(b"x")


async def test_every_line_is_told_as_it_comes() -> None:
    guard = OrphanGuard()
    lines: list[str] = []
    child = await start_child(
        [sys.executable, "-c", "print('open')\nprint('https://x.example')"],
        cwd=ROOT,
        env=dict(os.environ),
        guard=guard,
        on_line=lines.append,
    )
    await child.wait()
    await until(lambda: len(lines) == 2)
    assert lines == ["open", "https://x.example"]
    await child.stop(grace_s=GRACE_S)
    await asyncio.to_thread(guard.close)


async def test_what_is_not_worth_keeping_is_forgotten_once_it_is_whole() -> None:
    guard = OrphanGuard()

    def forgets(lines: Sequence[str]) -> int:
        return 2 if list(lines)[-2:] == ["begin", "end"] else 0

    child = await start_child(
        [sys.executable, "-c", "for line in 'one begin end two begin'.split(): print(line)"],
        cwd=ROOT,
        env=dict(os.environ),
        guard=guard,
        forgets=forgets,
    )
    await child.wait()
    await until(lambda: child.output()[-1:] == ["begin"])
    assert child.output() == ["one", "two", "begin"]
    await child.stop(grace_s=GRACE_S)
    await asyncio.to_thread(guard.close)
