"""Native calls through the official packages: what they add up, and what they send back."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anthropic
import openai
import pytest

from tests.integration.chat.conversing import Gateway, gateway
from tests.support.hygiene import ExpectedLogs

ASK: Any = {"role": "user", "content": 'native tool weather {"city": "Bonn"}'}
RUN: Any = {"role": "user", "content": 'run tool run_in_terminal {"command": "ls"}'}
SAYS = "The tool weather returned: rain in Bonn\n"
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
CHAT_TOOLS: Any = [{"type": "function", "function": {"name": "weather", "parameters": SCHEMA}}]
RESPONSE_TOOLS: Any = [
    {"type": "function", "name": "weather", "parameters": SCHEMA, "strict": False}
]


@asynccontextmanager
async def openai_client(gate: Gateway) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=f"{gate.url}/v1", api_key="k1", max_retries=0) as sdk:
        yield sdk


@asynccontextmanager
async def anthropic_client(gate: Gateway) -> AsyncIterator[anthropic.AsyncAnthropic]:
    async with anthropic.AsyncAnthropic(base_url=gate.url, api_key="k1", max_retries=0) as sdk:
        yield sdk


@anthropic.beta_async_tool
async def weather(city: str) -> str:
    """Tell the weather.

    Args:
        city: Where.
    """
    return f"rain in {city}"


async def test_anthropics_tool_runner(tmp_path: Path) -> None:
    async with gateway(tmp_path) as gate, anthropic_client(gate) as sdk:
        message = await sdk.beta.messages.tool_runner(
            max_tokens=1000, model="any", tools=[weather], messages=[ASK]
        ).until_done()
        assert [block.type for block in message.content] == ["text"]
        assert message.content[0].type == "text"
        assert message.content[0].text == SAYS
        assert gate.engine.parked().resumed_total == 1


async def test_anthropics_streaming_tool_runner(tmp_path: Path) -> None:
    async with gateway(tmp_path) as gate, anthropic_client(gate) as sdk:
        runner = sdk.beta.messages.tool_runner(
            max_tokens=1000, model="any", tools=[weather], messages=[ASK], stream=True
        )
        messages = [await stream.get_final_message() async for stream in runner]
        assert [message.stop_reason for message in messages] == ["tool_use", "end_turn"]
        (block,) = messages[-1].content
        assert block.type == "text"
        assert block.text == SAYS
        assert gate.engine.parked().resumed_total == 1


async def test_openais_chat_stream(tmp_path: Path) -> None:
    async with gateway(tmp_path) as gate, openai_client(gate) as sdk:
        history: list[Any] = [ASK]
        for _ in range(2):
            async with sdk.chat.completions.stream(
                model="any", messages=history, tools=CHAT_TOOLS
            ) as stream:
                message = (await stream.get_final_completion()).choices[0].message
            # What the SDK itself would send back.
            history.append(message.model_dump(exclude_none=True, exclude={"parsed"}))
            for call in message.tool_calls or []:
                assert call.function.name == "weather"
                result = {"role": "tool", "tool_call_id": call.id, "content": "rain in Bonn"}
                history.append(result)
        assert history[-1]["content"] == SAYS
        assert gate.engine.parked().resumed_total == 1


@pytest.mark.parametrize("stored", [False, True])
async def test_openais_responses_stream(tmp_path: Path, stored: bool) -> None:
    async with gateway(tmp_path) as gate, openai_client(gate) as sdk:
        asked: Any = {"model": "any", "tools": RESPONSE_TOOLS, "store": stored}
        async with sdk.responses.stream(**asked, input=[ASK]) as stream:
            first = await stream.get_final_response()
        (call,) = [item for item in first.output if item.type == "function_call"]
        done = {"type": "function_call_output", "call_id": call.call_id, "output": "rain in Bonn"}
        if stored:
            asked |= {"previous_response_id": first.id, "input": [done]}
        else:
            items = [item.model_dump(exclude={"parsed_arguments"}) for item in first.output]
            asked |= {"input": [ASK, *items, done]}
        async with sdk.responses.stream(**asked) as stream:
            last = await stream.get_final_response()
        assert last.output_text == SAYS
        assert gate.engine.parked().resumed_total == 1


async def test_what_upstream_ran_breaks_no_accumulator_and_is_no_call(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("shell commands", level=logging.WARNING)
    async with (
        gateway(tmp_path, TOOL_APPROVAL="auto") as gate,
        openai_client(gate) as sdk,
        anthropic_client(gate) as claude,
    ):
        async with sdk.chat.completions.stream(
            model="any", messages=[RUN], tools=CHAT_TOOLS
        ) as chat:
            choice = (await chat.get_final_completion()).choices[0]
        assert not choice.message.tool_calls
        assert choice.finish_reason == "stop"
        assert "run_in_terminal" in choice.message.to_dict()["reasoning_content"]  # type: ignore[operator]

        async with sdk.responses.stream(
            model="any", input=[RUN], tools=RESPONSE_TOOLS
        ) as responses:
            response = await responses.get_final_response()
        assert [item.type for item in response.output] == ["reasoning", "message"]

        plain: Any = {"model": "any", "max_tokens": 2000, "messages": [RUN]}
        async with claude.messages.stream(**plain) as messages:
            message = await messages.get_final_message()
        assert message.stop_reason == "end_turn"
        assert [block.type for block in message.content] == ["text"]
        thinking: Any = {"type": "enabled", "budget_tokens": 1024}
        async with claude.messages.stream(**plain, thinking=thinking) as messages:
            message = await messages.get_final_message()
        assert [block.type for block in message.content] == ["thinking", "text"]
