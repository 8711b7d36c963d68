"""What an agent's login command prints is kept while its instance is there, and no longer."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from gateway_engine.accounts.agent_sign_in import AgentSignIns
from gateway_engine.accounts.desk import AccountDesk
from gateway_engine.conversation import InstanceName
from gateway_engine.events import EngineEvent, PrintedLine, SignInPrinted
from tests.integration.emulator.running_program import until
from tests.unit.accounts.test_desk import Refusing

NAME = InstanceName("inst-0")


async def test_what_was_printed_is_forgotten_with_its_instance(tmp_path: Path) -> None:
    said: list[EngineEvent] = []
    desk = AccountDesk(emit=said.append, wall_clock=lambda: 0.0)
    desk.serve([(Refusing(), tmp_path)])

    async def run(_name: InstanceName, take: Callable[[str, str], None]) -> int:
        take("Open this page", "https://login.example/")
        return 3

    agents = AgentSignIns(desk, run, can=lambda _name: True, emit=said.append)
    async with asyncio.timeout(10):
        await agents.begin(NAME)
        line = PrintedLine("Open this page", "https://login.example/")
        await until(lambda: SignInPrinted(NAME, (line,)) in said)
        assert agents.snapshot() == (SignInPrinted(NAME, (line,)),)
        await desk.aclose()
    agents.forget(NAME)
    assert agents.snapshot() == ()
    agents.close()
