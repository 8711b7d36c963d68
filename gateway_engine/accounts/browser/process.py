"""Running the browser's process: started, told its order, listened to, ended with its family.

What it, its driver and its browser write for a while lies in a folder of their own, which goes with
them: whoever is ended in the middle cleans up nothing.
"""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gateway_engine.accounts.browser.order import (
    Order,
    Outcome,
    Said,
    parse_said,
    render_order,
)
from gateway_engine.own_program import own_command, own_environment
from gateway_engine.setting_secrets import without_secrets
from gateway_engine.tasks import finish
from gateway_engine.upstreams.processes.child import start_child
from gateway_engine.upstreams.processes.guard import OrphanGuard

TEMP_VARIABLES: Final = ("TMPDIR", "TMP", "TEMP")
TEMP_PREFIX: Final = "lgw-"
"""Short: sockets lie in it, and their paths have 104 bytes at most."""
COMMAND: Final = "browser-process"
LISTEN_EVERY_S: Final = 0.2
GRACE_S: Final = 3.0
MARGIN_S: Final = 60.0
"""On top of the order's own time: for the start of a browser, and its end."""


def browser_command() -> tuple[str, ...]:
    """How this program starts itself to drive a browser."""
    return own_command("gateway_engine.accounts.browser.driver", COMMAND)


async def drive_aside(order: Order, guard: OrphanGuard, waits: Callable[[Said], None]) -> Said:
    """Carry out `order`; `waits` is told when it waits for a person. No process is left."""
    folder = await asyncio.to_thread(tempfile.mkdtemp, prefix=TEMP_PREFIX)
    try:
        return await _driven(order, guard, waits, folder)
    finally:
        removing = asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        await finish(removing, name="browser/clean")


async def _driven(
    order: Order, guard: OrphanGuard, waits: Callable[[Said], None], folder: str
) -> Said:
    child = await start_child(
        browser_command(),
        cwd=Path(sys.executable).parent,
        env=without_secrets(own_environment(os.environ)) | dict.fromkeys(TEMP_VARIABLES, folder),
        guard=guard,
        given=render_order(order),
    )
    heard = 0
    try:
        async with asyncio.timeout(order.timeout_s + MARGIN_S if order.timeout_s else None):
            while child.returncode is None:
                heard += _hear(child.output()[heard:], waits)
                async with asyncio.TaskGroup() as group:
                    ended = group.create_task(child.wait())
                    await asyncio.wait((ended,), timeout=LISTEN_EVERY_S)
                    ended.cancel()
    except TimeoutError:
        return Said(Outcome.STUCK, "the browser did not come to an end", final=True)
    finally:
        await finish(child.stop(grace_s=GRACE_S), name="browser/stop")
    said = [found for line in child.output() if (found := parse_said(line)) is not None]
    if said and said[-1].final:
        return said[-1]
    last = next((line for line in reversed(child.output()) if line.strip()), "")
    return Said(Outcome.BROKEN, f"the browser ended unexpectedly: {last[:200]}", final=True)


def _hear(lines: list[str], waits: Callable[[Said], None]) -> int:
    for line in lines:
        said = parse_said(line)
        if said is not None and not said.final:
            waits(said)
    return len(lines)
