"""The running program meets every transcript that can be played."""

import json
from pathlib import Path

import pytest

from tests.golden import lingma_wire
from tests.golden.lingma_wire import Json, Step, fill_in, framed, join_deltas, load, meets
from tests.integration.emulator.raw_client import RawClient
from tests.integration.emulator.running_program import program

PLAYABLE = [name for name in lingma_wire.names() if "replay" in load(name).directives]


@pytest.mark.parametrize("name", PLAYABLE)
async def test_transcript_is_met(name: str, tmp_path: Path) -> None:
    transcript = load(name)
    scenario = transcript.directives.get("scenario", "")
    async with program(tmp_path, scenario) as running, running.client() as client:
        client.answers_requests = False
        captured: dict[str, object] = {}
        for spoken, expected in rounds(transcript.steps):
            for step in spoken:
                await client.socket.send(as_sent(step, captured))
            await receive_all(client, [step.body or {} for step in expected], captured)


def rounds(steps: tuple[Step, ...]) -> list[tuple[list[Step], list[Step]]]:
    """What the client says, with what has to come before it says more."""
    found: list[tuple[list[Step], list[Step]]] = []
    for step in steps:
        if step.direction == "<<":
            found[-1][1].append(step)
        elif found and not found[-1][1]:
            found[-1][0].append(step)
        else:
            found.append(([step], []))
    return found


def as_sent(step: Step, captured: dict[str, object]) -> str | bytes:
    data = step.data
    if step.body is not None:
        filled = fill_in(step.body, captured)
        if filled != step.body:
            data = framed(json.dumps(filled).encode("utf-8"))
    return data.decode("utf-8") if step.text else data


async def receive_all(client: RawClient, expected: list[Json], captured: dict[str, object]) -> None:
    wanted = join_deltas(expected)
    came: list[Json] = []
    while wanted and not is_complete(wanted, join_deltas(came), dict(captured)):
        came.append(await client.receive())
    for wish, message in zip(wanted, join_deltas(came), strict=True):
        assert meets(wish, message, captured), f"wanted {wish}\nbut got {message}"


def is_complete(wanted: list[Json], came: list[Json], captured: dict[str, object]) -> bool:
    return len(came) >= len(wanted) and meets(wanted[-1], came[-1], captured)
