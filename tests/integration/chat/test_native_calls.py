"""Native tool calls of a real process, seen by clients of every protocol."""

import asyncio
import logging
import os
import random
import signal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.integration.chat.conversing import Gateway, gateway
from tests.integration.chat.dialects import (
    DIALECTS,
    Anthropic,
    Chat,
    Dialect,
    Responses,
)
from tests.integration.emulator.running_program import until
from tests.support.hygiene import ExpectedLogs

ASK = 'native tool weather {"city": "上海"}'
MADE = ("weather", {"city": "上海"})
SAYS = "The tool weather returned: sunny\n"

every_protocol = pytest.mark.parametrize("dialect", DIALECTS)
both_ways = pytest.mark.parametrize("stream", [False, True])


def idle(gate: Gateway) -> bool:
    """Whether nothing is held anywhere."""
    now = gate.engine.concurrency()
    held = [now.in_flight, now.queued, gate.engine.parked().parked]
    return not any(held) and not any(status.in_flight for status in gate.engine.instances())


async def upstream_idle(gate: Gateway) -> None:
    """The emulator says that no turn runs there but the one that asks."""
    for _ in range(200):
        if '"in_flight": 1' in (await gate.ask("stats")).text:
            return
        await asyncio.sleep(0.02)
    raise AssertionError((await gate.ask("stats")).text)


def talk(gate: Gateway, dialect: type[Dialect], *, stream: bool, **fields: Any) -> Dialect:
    return dialect(gate.client, stream=stream, tools=("weather", "clock"), **fields)


@every_protocol
@both_ways
async def test_a_call_its_result_and_the_rest(
    tmp_path: Path, dialect: type[Dialect], stream: bool
) -> None:
    async with gateway(tmp_path, LINGMA_INSTANCE_COUNT=2) as gate:
        chat = talk(gate, dialect, stream=stream)
        first = await chat.say(ASK)
        assert [call[1:] for call in first.calls] == [MADE]
        assert (first.text, first.finish) == ("", chat.tool_finish)
        assert gate.engine.parked().parked == 1
        assert gate.engine.concurrency().in_flight == 0
        rest = await chat.give(first, "sunny")
        assert (rest.text, rest.calls) == (SAYS, [])
        assert rest.headers["x-gateway-session"] == "hit"
        for name in ("x-gateway-instance", "x-gateway-model", "x-gateway-upstream"):
            assert rest.headers[name] == first.headers[name]
        assert gate.engine.parked().resumed_total == 1
        await until(lambda: idle(gate))
        chat.remember(rest)
        after = await chat.say("history")
        assert after.headers["x-gateway-session"] == "hit"
        assert "1 earlier" in after.text


async def test_operators_see_the_call_and_the_parked_turn(tmp_path: Path) -> None:
    async with gateway(tmp_path) as gate:

        def shown(native: int, text: int, parked: int) -> bool:
            lines = gate.engine.operations.metrics()[0].decode().splitlines()
            return {
                f'gateway_tool_calls_total{{source="native"}} {native}.0',
                f'gateway_tool_calls_total{{source="text"}} {text}.0',
                f"gateway_parked_turns {parked}.0",
            } <= set(lines)

        chat = talk(gate, Chat, stream=True)
        first = await chat.say(ASK)
        await until(lambda: shown(native=1, text=0, parked=1))
        rest = await chat.give(first, "sunny")
        await until(lambda: shown(native=1, text=0, parked=0))
        chat.remember(rest)
        await chat.say('call tool weather {"city": "x"}')
        await until(lambda: shown(native=1, text=1, parked=0))


@every_protocol
async def test_parallel_calls(tmp_path: Path, dialect: type[Dialect]) -> None:
    async with gateway(tmp_path) as gate:
        chat = talk(gate, dialect, stream=True)
        first = await chat.say('native tools weather {"city": "x"} and clock {}')
        assert [call[1:] for call in first.calls] == [("weather", {"city": "x"}), ("clock", {})]
        rest = await chat.give(first, "sunny", "noon")
        assert rest.text == f"{SAYS}The tool clock returned: noon\n"
        assert gate.engine.parked().resumed_total == 1


@every_protocol
async def test_one_call_after_the_other(tmp_path: Path, dialect: type[Dialect]) -> None:
    async with gateway(tmp_path) as gate:
        chat = talk(gate, dialect, stream=True)
        first = await chat.say("native tool weather {} and clock {}")
        second = await chat.give(first, "sunny")
        assert (second.text, [call[1] for call in second.calls]) == (SAYS, ["clock"])
        rest = await chat.give(second, "noon")
        assert rest.text == "The tool clock returned: noon\n"
        assert gate.engine.parked().resumed_total == 2


@pytest.mark.parametrize(
    "scenario",
    [
        "tool_flow=strict",
        "tool_flow=invoke",
        "tool_flow=echo",
        "tool_routing=once",
        "string_ids,needs_answers,split_frames",
        *(
            f"tool_shape={shape},tool_routing=once"
            for shape in ("toolCall", "tool_call", "tool", "data.tool", "data.tool_call", "results")
        ),
    ],
)
async def test_however_upstream_spells_it(tmp_path: Path, scenario: str) -> None:
    async with gateway(tmp_path, scenario) as gate:
        chat = talk(gate, Chat, stream=True)
        first = await chat.say(ASK)
        assert [call[1:] for call in first.calls] == [MADE]
        assert (await chat.give(first, "sunny")).text == SAYS
        stats = (await gate.ask("stats")).text
        assert '"unexpected_answers": 0' in stats
        assert '"invalid_messages": 0' in stats


async def test_an_event_of_no_call_is_dropped_with_a_warning(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("tool/call/sync dropped: no_request", level=logging.WARNING)
    async with gateway(tmp_path, "tool_routing=stray") as gate:
        chat = talk(gate, Chat, stream=False)
        assert (await chat.give(await chat.say(ASK), "sunny")).text == SAYS


async def test_tools_are_given_to_upstream_too_unless_that_is_off(tmp_path: Path) -> None:
    for forward, names in (("true", "weather, clock"), ("false", "none")):
        async with gateway(tmp_path / forward, TOOL_FORWARD_ENABLED=forward) as gate:
            seen = await talk(gate, Chat, stream=False).say("list forwarded tools")
            assert seen.text == f"Tools given with this message: {names}\n"


async def test_a_stored_response_is_gone_on_with_by_its_id(tmp_path: Path) -> None:
    async with gateway(tmp_path) as gate:
        chat = Responses(gate.client, stream=True, tools=("weather",), store=True)
        first = await chat.say(ASK)
        chat.history = chat.results(first, ("sunny",))
        chat.fields["previous_response_id"] = first.answer_id
        assert (await chat.send()).text == SAYS
        assert gate.engine.parked().resumed_total == 1


async def test_the_functions_of_2023(tmp_path: Path) -> None:
    async with gateway(tmp_path) as gate:

        async def ask(*messages: dict[str, Any]) -> dict[str, Any]:
            body = {"model": "m", "messages": messages, "functions": [{"name": "weather"}]}
            headers = {"authorization": "Bearer k1"}
            async with gate.client.post(Chat.path, json=body, headers=headers) as response:
                message: dict[str, Any] = (await response.json())["choices"][0]["message"]
                return message

        question = {"role": "user", "content": ASK}
        answer = await ask(question)
        assert answer["function_call"]["name"] == "weather"
        given = {"role": "function", "name": "weather", "content": "sunny"}
        assert (await ask(question, answer, given))["content"] == SAYS
        assert gate.engine.parked().resumed_total == 1


# --- tools of upstream's own ---


@every_protocol
@both_ways
async def test_a_tool_of_upstreams_own_is_denied_and_the_model_told_why(
    tmp_path: Path, dialect: type[Dialect], stream: bool
) -> None:
    async with gateway(tmp_path) as gate:
        seen = await talk(gate, dialect, stream=stream).say('run tool run_in_terminal {"c": "ls"}')
        assert seen.text.startswith("The tool run_in_terminal was not allowed to run: the tool")
        assert not seen.calls
        assert "returned" not in seen.text + seen.reasoning


@every_protocol
@both_ways
async def test_what_upstream_may_run_is_shown_and_is_no_call(
    tmp_path: Path, dialect: type[Dialect], stream: bool, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("shell commands", level=logging.WARNING)
    async with gateway(tmp_path, TOOL_APPROVAL="auto") as gate:
        chat = talk(gate, dialect, stream=stream)
        seen = await chat.say('run tool run_in_terminal {"c": "ls"}')
        assert not seen.calls
        shown = seen.text if dialect is Anthropic else seen.reasoning
        for piece in ("run_in_terminal", '"c"', "nothing was executed"):
            assert piece in shown
        assert seen.text.endswith(
            "returned: emulated result of run_in_terminal; nothing was executed\n"
        )
        chat.remember(seen)
        after = await chat.say("history")
        assert (after.headers["x-gateway-session"], "1 earlier" in after.text) == ("hit", True)


@both_ways
async def test_a_client_that_sees_thinking_sees_it_there(
    tmp_path: Path, stream: bool, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("shell commands", level=logging.WARNING)
    async with gateway(tmp_path, "tool_flow=unasked", TOOL_APPROVAL="auto") as gate:
        thinking = {"type": "enabled", "budget_tokens": 1024}
        chat = talk(gate, Anthropic, stream=stream, thinking=thinking)
        seen = await chat.say("run tool read_file {}")
        assert "read_file" in seen.reasoning
        assert seen.text.startswith("The tool read_file returned")


async def test_a_tool_that_upstream_runs_unasked_is_shown_under_deny_too(tmp_path: Path) -> None:
    async with gateway(tmp_path, "tool_flow=unasked") as gate:
        seen = await talk(gate, Chat, stream=True).say("run tool read_file {}")
        assert "read_file" in seen.reasoning
        assert not seen.calls


async def test_nobody_here_runs_a_tool_that_upstream_hands_over(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("shell commands", level=logging.WARNING)
    async with gateway(tmp_path, TOOL_APPROVAL="auto") as gate:
        seen = await talk(gate, Chat, stream=True).say("native tool run_in_terminal {}")
        assert "nobody here runs the tool run_in_terminal" in seen.text
        assert not seen.calls


async def test_a_clients_tool_named_like_upstreams_own_never_runs_twice(tmp_path: Path) -> None:
    async with gateway(tmp_path) as gate:
        chat = Chat(gate.client, stream=True, tools=("run_in_terminal",), model="agent")
        first = await chat.say('run tool run_in_terminal {"c": "ls"}')
        assert [call[1] for call in first.calls] == ["run_in_terminal"]
        rest = await chat.give(first, "a.txt")
        assert (rest.headers["x-gateway-session"], "a.txt" in rest.text) == ("miss", True)
        assert "emulated result" not in rest.text


async def test_its_result_goes_back_unapproved_where_upstreams_own_tools_are_off(
    tmp_path: Path,
) -> None:
    async with gateway(tmp_path) as gate:
        chat = Chat(gate.client, stream=True, tools=("run_in_terminal",))
        first = await chat.say('run tool run_in_terminal {"c": "ls"}')
        assert [call[1] for call in first.calls] == ["run_in_terminal"]
        rest = await chat.give(first, "a.txt")
        assert "returned: a.txt" in rest.text
        assert "emulated result" not in rest.text
        assert gate.engine.parked().resumed_total == 1


# --- turns that nobody comes back to ---


@every_protocol
async def test_an_expired_turn_is_stopped_and_goes_on_as_a_transcript(
    tmp_path: Path, dialect: type[Dialect]
) -> None:
    async with gateway(tmp_path, TOOL_PARK_TIMEOUT_SEC=0.2) as gate:
        chat = talk(gate, dialect, stream=True)
        first = await chat.say(ASK)
        await until(lambda: gate.engine.parked().expired_total == 1)
        await upstream_idle(gate)
        assert '"stopped": 1' in (await gate.ask("stats")).text
        rest = await chat.give(first, "sunny")
        assert rest.headers["x-gateway-session"] == "miss"
        assert rest.text.startswith("工具返回了")  # what the demo says to a transcript
        assert "sunny" in rest.text
        await until(lambda: idle(gate))


async def test_a_parked_turn_whose_process_died_goes_on_as_a_transcript(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("is being restarted", level=logging.WARNING)
    async with gateway(tmp_path, LINGMA_INSTANCE_COUNT=2) as gate:
        chat = talk(gate, Chat, stream=True)
        first = await chat.say(ASK)
        os.kill(gate.pid(first.headers["x-gateway-instance"]), signal.SIGKILL)
        await until(lambda: gate.engine.parked().dropped_total == 1)
        rest = await chat.give(first, "sunny")
        assert (rest.status, "sunny" in rest.text) == (200, True)
        await until(lambda: idle(gate))


async def test_an_upstream_that_gave_up_waiting_goes_on_as_a_transcript(tmp_path: Path) -> None:
    async with gateway(tmp_path, LINGMA_EMULATOR_TOOL_WAIT_S=0.2) as gate:
        chat = talk(gate, Chat, stream=True)
        first = await chat.say(ASK)
        await asyncio.sleep(0.5)
        rest = await chat.give(first, "sunny")
        assert (rest.headers["x-gateway-session"], "sunny" in rest.text) == ("miss", True)


async def test_another_key_does_not_get_into_a_parked_turn(tmp_path: Path) -> None:
    async with gateway(tmp_path) as gate:
        chat = talk(gate, Chat, stream=True)
        first = await chat.say(ASK)
        thief = talk(gate, Chat, stream=True)
        thief.key, thief.history = "k2", chat.history.copy()
        stolen = await thief.give(first, "rain")
        assert stolen.headers["x-gateway-session"] == "miss"
        assert (await chat.give(first, "sunny")).text == SAYS


@every_protocol
@pytest.mark.parametrize("shows_the_call", [True, False])
async def test_a_client_that_goes_on_without_the_result_ends_upstreams_turn_at_once(
    tmp_path: Path, dialect: type[Dialect], shows_the_call: bool
) -> None:
    async with gateway(tmp_path) as gate:
        chat, aside = talk(gate, dialect, stream=True), talk(gate, dialect, stream=True)
        first = await chat.say(ASK)
        await aside.say(ASK)  # the same at the same time: a branch of its own
        assert gate.engine.parked().parked == 2
        if shows_the_call:
            chat.remember(first)
        assert (await chat.say("never mind")).status == 200
        assert gate.engine.parked().dropped_total == 1
        assert gate.engine.parked().parked == 1


async def test_stopping_the_engine_ends_parked_turns(tmp_path: Path) -> None:
    async with gateway(tmp_path) as gate:
        await talk(gate, Chat, stream=True).say(ASK)
        assert gate.engine.parked().parked == 1
        await gate.engine.stop()
        assert gate.engine.parked().parked == 0


@pytest.mark.deadline(90)
async def test_whoever_parks_and_vanishes_everything_is_free_afterwards(tmp_path: Path) -> None:
    chance = random.Random(11)
    async with gateway(
        tmp_path, LINGMA_INSTANCE_COUNT=2, GATEWAY_MAX_IN_FLIGHT=6, TOOL_PARK_TIMEOUT_SEC=1.5
    ) as gate:

        async def client(number: int) -> None:
            dialect = DIALECTS[number % len(DIALECTS)]
            chat = talk(gate, dialect, stream=chance.random() < 0.7)
            seen = await chat.say(f'native tool weather {{"n": {number}}} and clock {{}}')
            while seen.calls and chance.random() < 0.6:
                seen = await chat.give(seen, *("done" for _ in seen.calls))

        async def one(number: int) -> None:
            # Some leave in the middle of a request, some between two, some never.
            limit = chance.choice([0.02, 0.1, 0.3, None, None, None])
            try:
                async with asyncio.timeout(limit):
                    await client(number)
            except (TimeoutError, aiohttp.ClientError):
                if limit is None:
                    raise

        async with asyncio.TaskGroup() as group:
            for number in range(50):
                group.create_task(one(number))
        assert gate.engine.parked().parked_total > 20
        await until(lambda: idle(gate))
        await upstream_idle(gate)
        stats = gate.engine.parked()
        assert stats.expired_total > 0
        assert stats.parked_total == (
            stats.resumed_total + stats.expired_total + stats.dropped_total
        )
