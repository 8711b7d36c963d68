"""The official OpenAI package as the oracle for Chat Completions and Models."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from openai.lib.streaming.chat import ChatCompletionStreamState

from gateway_engine import errors
from gateway_engine.conversation import (
    FinishReason,
    ReasoningDelta,
    TextDelta,
    ToolCallArguments,
    ToolCallFinished,
    ToolCallStarted,
    TurnFinished,
    Usage,
)
from tests.support.scripted_backend import (
    FINISHED,
    KEY,
    ROUTED,
    Endpoint,
    Step,
    endpoint,
    text_answer,
)

ASK: Any = {"model": "qwen-max", "messages": [{"role": "user", "content": "Hi"}]}
TOOLS: Any = [
    {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
]


def call(index: int, *arguments: str) -> list[Step]:
    return [
        ToolCallStarted(index, f"call_{index}", "weather"),
        *(ToolCallArguments(index, text) for text in arguments),
        ToolCallFinished(index),
    ]


CALLS_FINISHED = TurnFinished(FinishReason.TOOL_CALLS, Usage(12, 7, cached_tokens=4))
ANSWERS: dict[str, list[Step]] = {
    "text": text_answer("Hello", " wörld ", "🎉"),
    "empty": [ROUTED, FINISHED],
    "reasoning": [
        ROUTED,
        ReasoningDelta("Let me "),
        ReasoningDelta("see."),
        *text_answer("42")[1:],
    ],
    "reasoning only": [ROUTED, ReasoningDelta("Hm."), FINISHED],
    "one call": [ROUTED, *call(0, '{"city":', '"Köln"}'), CALLS_FINISHED],
    "three calls": [ROUTED, *call(0, "{}"), *call(1, '{"a":1}'), *call(2), CALLS_FINISHED],
    "prose between calls": [
        ROUTED,
        TextDelta("First. "),
        *call(0, "{}"),
        TextDelta("Second."),
        *call(1, '{"b":[1,2]}'),
        CALLS_FINISHED,
    ],
    "length": [ROUTED, TextDelta("cut"), TurnFinished(FinishReason.LENGTH, Usage(12, 1))],
    "filter": [ROUTED, TextDelta("no"), TurnFinished(FinishReason.CONTENT_FILTER, Usage(12, 1))],
}


@contextlib.asynccontextmanager
async def client(server: Endpoint, key: str = KEY) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=f"{server.url}/v1", api_key=key, max_retries=0) as sdk:
        yield sdk


@pytest.mark.parametrize("name", ANSWERS)
async def test_a_streamed_answer_adds_up_to_the_whole_one(name: str) -> None:
    async with endpoint(*ANSWERS[name]) as server, client(server) as sdk:
        whole = await sdk.chat.completions.create(**ASK, tools=TOOLS)
        state = ChatCompletionStreamState(input_tools=TOOLS)
        stream = await sdk.chat.completions.create(
            **ASK, tools=TOOLS, stream=True, stream_options={"include_usage": True}
        )
        async for chunk in stream:
            state.handle_chunk(chunk)
    added = state.current_completion_snapshot.model_dump()
    expected = whole.model_dump()
    for tool_call in added["choices"][0]["message"]["tool_calls"] or []:
        tool_call.pop("index", None)
        tool_call["function"].pop("parsed_arguments", None)
    added["choices"][0]["message"].pop("parsed", None)
    for reply in (added, expected):
        reply.pop("id")
        reply.pop("object")
    assert strip(added) == strip(expected)


def strip(value: Any) -> Any:
    """Leave out nulls: the SDK's accumulator knows fewer optional fields than its models."""
    if isinstance(value, dict):
        return {k: strip(v) for k, v in value.items() if v is not None}
    return [strip(v) for v in value] if isinstance(value, list) else value


async def test_the_usage_chunk_comes_only_when_asked() -> None:
    async with endpoint(*ANSWERS["text"]) as server, client(server) as sdk:
        without = [c async for c in await sdk.chat.completions.create(**ASK, stream=True)]
        asked = [
            c
            async for c in await sdk.chat.completions.create(
                **ASK, stream=True, stream_options={"include_usage": True}
            )
        ]
    assert all(chunk.choices and chunk.usage is None for chunk in without)
    assert asked[-1].choices == []
    assert asked[-1].usage is not None
    assert asked[-1].usage.total_tokens == 19
    assert all(chunk.usage is None for chunk in asked[:-1])


ERRORS: list[tuple[errors.GatewayError, type[openai.APIError], int]] = [
    (errors.InvalidRequestError("bad", param="x"), openai.BadRequestError, 400),
    (errors.ContextLengthExceededError(10, 5), openai.BadRequestError, 400),
    (errors.ContentFilteredError("no"), openai.BadRequestError, 400),
    (errors.UpstreamForbiddenError("no"), openai.PermissionDeniedError, 403),
    (errors.NotFoundError("gone"), openai.NotFoundError, 404),
    (errors.BusyError("full", retry_after_s=2), openai.RateLimitError, 429),
    (errors.UpstreamQuotaError("quota", passes_soon=False), openai.RateLimitError, 429),
    (errors.UpstreamError("broke"), openai.InternalServerError, 502),
    (errors.UpstreamGoneError("died"), openai.InternalServerError, 502),
    (errors.LoginRequiredError("sign in"), openai.InternalServerError, 503),
    (errors.UpstreamUnavailableError("none"), openai.InternalServerError, 503),
    (errors.UpstreamTimeoutError("late"), openai.InternalServerError, 504),
]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("error", "kind", "status"), ERRORS)
async def test_failures_before_content_have_their_status(
    error: errors.GatewayError, kind: type[openai.APIError], status: int, stream: bool
) -> None:
    async with endpoint(ROUTED, error) as server, client(server) as sdk:
        with pytest.raises(kind) as caught:
            await sdk.chat.completions.create(**ASK, stream=stream)
    failure = caught.value
    assert isinstance(failure, openai.APIStatusError)
    assert failure.status_code == status
    assert failure.code == error.code
    assert str(error) in failure.message
    assert failure.request_id


async def test_a_failure_in_mid_stream_raises() -> None:
    async with (
        endpoint(ROUTED, TextDelta("Hel"), errors.UpstreamGoneError("it died")) as server,
        client(server) as sdk,
    ):
        stream = await sdk.chat.completions.create(**ASK, stream=True)
        with pytest.raises(openai.APIError, match="it died") as caught:
            async for _ in stream:
                pass
    assert caught.value.code == "upstream_error"


async def test_a_wrong_key_is_an_authentication_error() -> None:
    async with endpoint() as server, client(server, "sk-wrong") as sdk:
        with pytest.raises(openai.AuthenticationError) as caught:
            await sdk.chat.completions.create(**ASK)
    assert caught.value.code == "invalid_api_key"


@pytest.mark.parametrize("name", ["text", "empty", "length", "filter", "reasoning"])
async def test_a_legacy_completion_adds_up(name: str) -> None:
    asked: Any = {"model": "qwen-max", "prompt": "Say", "echo": True}
    async with endpoint(*ANSWERS[name]) as server, client(server) as sdk:
        whole = await sdk.completions.create(**asked)
        chunks = [chunk async for chunk in await sdk.completions.create(**asked, stream=True)]
    assert "".join(chunk.choices[0].text for chunk in chunks) == whole.choices[0].text
    assert chunks[-1].choices[0].finish_reason == whole.choices[0].finish_reason
    assert whole.choices[0].text.startswith("Say")


@pytest.mark.parametrize("name", ["one call", "prose between calls", "text"])
async def test_functions_of_2023_get_a_function_call(name: str) -> None:
    asked: Any = {**ASK, "functions": [{"name": "weather", "parameters": {"type": "object"}}]}
    async with endpoint(*ANSWERS[name]) as server, client(server) as sdk:
        whole = await sdk.chat.completions.create(**asked)
        state = ChatCompletionStreamState()
        async for chunk in await sdk.chat.completions.create(**asked, stream=True):
            state.handle_chunk(chunk)
    message = whole.choices[0].message
    added = state.get_final_completion().choices[0]
    assert message.tool_calls is None
    if name == "text":
        assert message.function_call is None
        return
    assert message.function_call is not None
    assert whole.choices[0].finish_reason == added.finish_reason == "function_call"
    assert added.message.function_call is not None
    assert added.message.function_call.model_dump() == message.function_call.model_dump()


async def test_models_are_listed_and_found() -> None:
    async with endpoint() as server, client(server) as sdk:
        listed = [model async for model in sdk.models.list()]
        one = await sdk.models.retrieve("qwen-max")
        with pytest.raises(openai.NotFoundError):
            await sdk.models.retrieve("nobody/knows")
    assert [model.id for model in listed] == ["qwen-max"]
    assert one == listed[0]


async def test_headers_say_who_answered() -> None:
    async with endpoint() as server, client(server) as sdk:
        whole = await sdk.chat.completions.with_raw_response.create(**ASK)
        streamed = await sdk.chat.completions.with_raw_response.create(**ASK, stream=True)
        async for _ in streamed.parse():
            pass
    for headers in (whole.headers, streamed.headers):
        assert headers["x-gateway-instance"] == "inst-0"
        assert headers["x-gateway-model"] == "qwen-max"
        assert headers["x-gateway-upstream"] == "demo"
        assert headers["x-gateway-session"] == "miss"
        assert headers["x-request-id"].startswith("req_")
