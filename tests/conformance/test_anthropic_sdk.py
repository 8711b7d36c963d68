"""The official Anthropic package as the oracle for Messages and Models."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import anthropic
import pytest

from gateway_engine import errors
from gateway_engine.conversation import (
    FinishReason,
    Model,
    ModelId,
    ReasoningDelta,
    TextDelta,
    ToolChoiceMode,
    TurnFinished,
    Usage,
)
from tests.conformance.test_openai_sdk import ANSWERS, call
from tests.support.scripted_backend import (
    KEY,
    ROUTED,
    Endpoint,
    ScriptedBackend,
    Step,
    endpoint,
)

ASK: Any = {
    "model": "qwen-max",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "Hi"}],
}
THINK: Any = {"thinking": {"type": "adaptive"}}
MORE: dict[str, list[Step]] = {
    "thinking between calls": [
        ROUTED,
        ReasoningDelta("a"),
        *call(0, "{}"),
        ReasoningDelta("b"),
        TextDelta("c"),
        *call(1, '{"x": null}'),
        TurnFinished(FinishReason.TOOL_CALLS, Usage(12, 7, cached_tokens=4)),
    ],
    "stop sequence": [
        ROUTED,
        TextDelta("one"),
        TurnFinished(FinishReason.STOP_SEQUENCE, Usage(12, 1), stop_sequence="\n\n"),
    ],
}
ALL = {**ANSWERS, **MORE}


@contextlib.asynccontextmanager
async def client(server: Endpoint, key: str = KEY) -> AsyncIterator[anthropic.AsyncAnthropic]:
    async with anthropic.AsyncAnthropic(base_url=server.url, api_key=key, max_retries=0) as sdk:
        yield sdk


@pytest.mark.parametrize("thinking", [{}, THINK], ids=["no thinking", "thinking"])
@pytest.mark.parametrize("name", ALL)
async def test_a_streamed_answer_adds_up_to_the_whole_one(
    name: str, thinking: dict[str, Any]
) -> None:
    async with endpoint(*ALL[name]) as server, client(server) as sdk:
        whole = await sdk.messages.create(**ASK, **thinking)
        async with sdk.messages.stream(**ASK, **thinking) as stream:
            added = await stream.get_final_message()
    kinds = [block.type for block in whole.content]
    assert kinds
    assert ("thinking" in kinds) == (
        bool(thinking) and any(isinstance(step, ReasoningDelta) for step in ALL[name])
    )
    assert strip(added.model_dump()) == strip(whole.model_dump())


def strip(value: Any) -> Any:
    """Leave out nulls and ids."""
    if isinstance(value, dict):
        return {
            k: strip(v)
            for k, v in value.items()
            if v is not None and not (k == "id" and str(v).startswith("msg_"))
        }
    return [strip(v) for v in value] if isinstance(value, list) else value


ERRORS: list[tuple[errors.GatewayError, type[anthropic.APIStatusError], int, str]] = [
    (errors.InvalidRequestError("bad"), anthropic.BadRequestError, 400, "invalid_request_error"),
    (
        errors.ContextLengthExceededError(10, 5),
        anthropic.BadRequestError,
        400,
        "invalid_request_error",
    ),
    (
        errors.UpstreamForbiddenError("no"),
        anthropic.PermissionDeniedError,
        403,
        "permission_error",
    ),
    (errors.NotFoundError("gone"), anthropic.NotFoundError, 404, "not_found_error"),
    (errors.BusyError("full", retry_after_s=2), anthropic.RateLimitError, 429, "rate_limit_error"),
    (errors.UpstreamError("broke"), anthropic.InternalServerError, 502, "api_error"),
    (errors.LoginRequiredError("sign in"), anthropic.InternalServerError, 503, "api_error"),
    (
        errors.UpstreamUnavailableError("none"),
        anthropic.InternalServerError,
        503,
        "overloaded_error",
    ),
    (errors.UpstreamTimeoutError("late"), anthropic.InternalServerError, 504, "timeout_error"),
]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("error", "kind", "status", "name"), ERRORS)
async def test_failures_before_content_have_their_status(
    error: errors.GatewayError,
    kind: type[anthropic.APIStatusError],
    status: int,
    name: str,
    stream: bool,
) -> None:
    async with endpoint(ROUTED, error) as server, client(server) as sdk:
        with pytest.raises(kind) as caught:
            await sdk.messages.create(**ASK, stream=stream)
    body: Any = caught.value.body
    assert caught.value.status_code == status
    assert body["type"] == "error"
    assert body["error"]["type"] == name
    assert body["error"]["message"] == str(error)
    assert body["request_id"] == caught.value.request_id


async def test_a_failure_in_mid_stream_raises() -> None:
    async with (
        endpoint(ROUTED, TextDelta("Hel"), errors.UpstreamGoneError("it died")) as server,
        client(server) as sdk,
    ):
        stream = await sdk.messages.create(**ASK, stream=True)
        with pytest.raises(anthropic.APIStatusError, match="it died"):
            async for _ in stream:
                pass


async def test_the_tool_runner_goes_on_when_threads_are_refused() -> None:
    backend = ScriptedBackend()
    script = iter(
        [
            [ROUTED, *call(0, '{"city":"Bonn"}'), ALL["one call"][-1]],
            ALL["text"],
        ]
    )

    class TwoTurns:
        def __iter__(self) -> Any:
            return iter(next(script))

    backend.script = TwoTurns()

    @anthropic.beta_async_tool
    async def weather(city: str) -> str:
        """Tell the weather.

        Args:
            city: Where.
        """
        return f"rain in {city}"

    async with endpoint(backend=backend) as server, client(server) as sdk:
        runner = sdk.beta.messages.tool_runner(
            max_tokens=100, model="qwen-max", tools=[weather], messages=ASK["messages"]
        )
        message = await runner.until_done()
    assert message.content[0].type == "text"
    last = backend.asked[-1][0]
    assert [m.role for m in last.messages] == ["user", "assistant", "tool"]
    assert last.tool_choice.mode is ToolChoiceMode.AUTO


async def test_tokens_are_counted_without_a_limit() -> None:
    async with endpoint() as server, client(server) as sdk:
        counted = await sdk.messages.count_tokens(
            model="qwen-max",
            messages=ASK["messages"],
            system="Be brief.",
            tools=[{"name": "weather", "input_schema": {"type": "object"}}],
            **THINK,
        )
        with pytest.raises(anthropic.BadRequestError):
            await sdk.messages.count_tokens(model="qwen-max", messages=[])
        (request,) = server.backend.counted
        assert server.backend.asked == []
    assert counted.input_tokens == ROUTED.input_tokens
    assert [tool.name for tool in request.tools] == ["weather"]
    assert request.max_tokens is None


async def test_models_are_paged() -> None:
    catalogue = [
        Model(ModelId(f"m{i}"), f"M {i}", "demo", aliases=(f"claude-{i}",)) for i in range(3)
    ]
    async with (
        endpoint(backend=ScriptedBackend(catalogue=catalogue)) as server,
        client(server) as sdk,
    ):
        ids = [model.id async for model in sdk.models.list(limit=2)]
        back = [model.id async for model in sdk.models.list(limit=2, before_id="claude-2")]
        one = await sdk.models.retrieve("m1")
    assert ids == ["m0", "claude-0", "m1", "claude-1", "m2", "claude-2"]
    assert sorted(back) == sorted(ids[:-1])
    assert one.id == "m1"


async def test_a_wrong_key_is_an_authentication_error() -> None:
    async with endpoint() as server, client(server, "sk-wrong") as sdk:
        with pytest.raises(anthropic.AuthenticationError):
            await sdk.messages.create(**ASK)
