"""Commands as forks: one that nobody waits for any more is killed and takes no other with it."""

import asyncio
from pathlib import Path

import pytest

from tests.integration.cli.commands import its_environment, run
from tests.integration.cli.forked import CAN_FORK, run_forked
from tests.support import hygiene


@pytest.mark.skipif(not CAN_FORK, reason="every command is started by its command line there")
async def test_one_that_is_given_up_is_killed_and_the_next_runs(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await run_forked(("serve", "--upstream", "demo"), tmp_path, its_environment(tmp_path))
    assert hygiene.looks_for_orphans()
    assert (await run(tmp_path, "nonsense"))[0] == 2
    assert (await run(tmp_path, "--version"))[0] == 0
