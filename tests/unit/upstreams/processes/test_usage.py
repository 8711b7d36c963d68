"""What a process and its children take."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator

import pytest

from gateway_engine.upstreams.processes.child import ChildProcess, start_child
from gateway_engine.upstreams.processes.guard import OrphanGuard
from gateway_engine.upstreams.processes.usage import UsageSampler
from tests.integration.emulator.running_program import until
from tests.support.house_rules import ROOT

WITH_A_CHILD = """
import subprocess, sys
busy = "print('up', flush=True)\\nwhile sys.stdin.read(0) == '': pass"
subprocess.run([sys.executable, "-c", "import sys\\n" + busy])
"""


@pytest.fixture
async def family() -> AsyncIterator[ChildProcess]:
    guard = OrphanGuard()
    up = asyncio.Event()
    child = await start_child(
        [sys.executable, "-c", WITH_A_CHILD],
        cwd=ROOT,
        env=dict(os.environ),
        guard=guard,
        on_line=lambda _: up.set(),
    )
    await asyncio.wait_for(up.wait(), 20)
    yield child
    await child.stop(grace_s=0.1)
    await asyncio.to_thread(guard.close)


async def test_a_family_is_one(family: ChildProcess) -> None:
    ticks = iter(range(1000))
    sampler = UsageSampler(clock=lambda: float(next(ticks)))
    first = sampler.sample([family.pid])[family.pid]
    assert first.processes == 2
    assert first.memory_bytes > 1024 * 1024
    assert first.cpu_percent is None
    await until(lambda: (sampler.sample([family.pid])[family.pid].cpu_percent or 0) > 0)


async def test_what_is_gone_is_left_out(family: ChildProcess) -> None:
    await family.stop(grace_s=0.1)
    assert UsageSampler().sample([family.pid]) == {}
