"""The official OpenAI package as the oracle for Responses."""

from typing import Any

import openai
import pydantic
import pytest

from gateway_engine import errors
from gateway_engine.conversation import (
    FinishReason,
    ReasoningDelta,
    Role,
    TextDelta,
    TextPart,
    ToolCallArguments,
    ToolCallFinished,
    ToolCallStarted,
    TurnFinished,
    Usage,
)
from tests.conformance.test_openai_sdk import ANSWERS, CALLS_FINISHED, call, client
from tests.support.scripted_backend import ROUTED, Step, endpoint, text_answer

ASK: Any = {"model": "qwen-max", "input": "Hi"}
TOOLS: Any = [
    {"type": "function", "name": "weather", "parameters": {"type": "object"}, "strict": True},
    {"type": "web_search"},
    {
        "type": "namespace",
        "name": "mcp__files",
        "description": "Files",
        "tools": [{"type": "function", "name": "read", "parameters": {"type": "object"}}],
    },
    {"type": "custom", "name": "apply_patch"},
]
MORE: dict[str, list[Step]] = {
    "reasoning between calls": [
        ROUTED,
        ReasoningDelta("a"),
        *call(0, "{}"),
        ReasoningDelta("b"),
        TextDelta("c"),
        *call(1, '{"x": null}'),
        CALLS_FINISHED,
    ],
    "calls of every kind": [
        ROUTED,
        ToolCallStarted(0, "call_0", "mcp__files__read"),
        ToolCallArguments(0, '{"path":"/x"}'),
        ToolCallFinished(0),
        ToolCallStarted(1, "call_1", "apply_patch"),
        ToolCallArguments(1, '{"input":"*** Begin'),
        ToolCallArguments(1, '\\n"}'),
        ToolCallFinished(1),
        CALLS_FINISHED,
    ],
}
ALL = {**ANSWERS, **MORE}
CUT = {"length": "max_output_tokens", "filter": "content_filter"}


def unnamed(value: Any) -> Any:
    """Leave out nulls and ids, which differ from one response to the next."""
    if isinstance(value, dict):
        return {k: unnamed(v) for k, v in value.items() if v is not None and k != "id"}
    return [unnamed(v) for v in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", ALL)
async def test_a_streamed_answer_adds_up_to_the_whole_one(name: str) -> None:
    async with endpoint(*ALL[name]) as server, client(server) as sdk:
        whole = await sdk.responses.create(**ASK, tools=TOOLS)
        last: Any = None
        seen = []
        async with sdk.responses.stream(**ASK, tools=TOOLS) as stream:
            async for event in stream:
                seen.append(event)
                last = event
    if name in CUT:
        assert last.type == "response.incomplete"
        assert whole.status == last.response.status == "incomplete"
        assert last.response.incomplete_details.reason == CUT[name]
    else:
        assert last.type == "response.completed"
        assert whole.status == "completed"
    assert [event.sequence_number for event in seen] == [*range(len(seen))]
    raw = last.response.model_dump(exclude={"output": {"__all__": {"parsed_arguments"}}})
    ours = whole.model_dump()
    for response in (raw, ours):
        for item in response["output"]:
            for part in item.get("content") or []:
                part.pop("parsed", None)
    assert unnamed(raw) == unnamed(ours)


async def test_what_the_sdk_adds_up_from_deltas_is_what_the_items_say() -> None:
    async with endpoint(*ALL["prose between calls"]) as server, client(server) as sdk:
        text: dict[int, str] = {}
        items: dict[int, Any] = {}
        async for event in await sdk.responses.create(**ASK, stream=True):
            if event.type in (
                "response.output_text.delta",
                "response.function_call_arguments.delta",
            ):
                text[event.output_index] = text.get(event.output_index, "") + event.delta
            elif event.type == "response.output_item.done":
                items[event.output_index] = event.item
    assert [item.type for _, item in sorted(items.items())] == [
        "message",
        "function_call",
        "message",
        "function_call",
    ]
    said = {
        i: item.content[0].text if item.type == "message" else item.arguments
        for i, item in items.items()
    }
    assert text == said


async def test_calls_go_back_under_the_clients_names() -> None:
    async with endpoint(*ALL["calls of every kind"]) as server, client(server) as sdk:
        whole = await sdk.responses.create(**ASK, tools=TOOLS)
        asked = server.backend.asked[-1][0]
    read, patch = whole.output
    assert read.type == "function_call"
    assert (read.namespace, read.name, read.arguments) == ("mcp__files", "read", '{"path":"/x"}')
    assert patch.type == "custom_tool_call"
    assert (patch.name, patch.input) == ("apply_patch", "*** Begin\n")
    assert [tool.name for tool in asked.tools] == ["weather", "mcp__files__read", "apply_patch"]
    assert "tools[1]" in [change.field for change in asked.changes]


async def test_parsed_answers() -> None:
    class Answer(pydantic.BaseModel):
        n: int

    async with endpoint(*text_answer('{"n"', ": 42}")) as server, client(server) as sdk:
        parsed = await sdk.responses.parse(**ASK, text_format=Answer)
        async with sdk.responses.stream(**ASK, text_format=Answer) as stream:
            final = await stream.get_final_response()
        asked = server.backend.asked[-1][0]
    assert parsed.output_parsed == final.output_parsed == Answer(n=42)
    assert asked.json_format is not None
    assert asked.json_format.schema is not None
    assert asked.json_format.schema["required"] == ["n"]


async def test_a_conversation_goes_on_from_a_stored_response() -> None:
    async with endpoint(*text_answer("Hello")) as server, client(server) as sdk:
        one = await sdk.responses.create(**ASK, instructions="Be brief.")
        two = await sdk.responses.create(
            model="qwen-max", input="And?", previous_response_id=one.id, stream=True
        )
        async for event in two:
            last = event
        assert last.type == "response.completed"
        three = await sdk.responses.create(
            model="qwen-max", input=[], previous_response_id=last.response.id
        )
        asked = [request for request, _ in server.backend.asked]
        with pytest.raises(openai.NotFoundError) as gone:
            await sdk.responses.create(**ASK, previous_response_id="resp_nobody")
    assert [m.role for m in asked[1].messages] == [Role.USER, Role.ASSISTANT, Role.USER]
    assert asked[1].messages[1].parts == (TextPart("Hello"),)
    assert [m.role for m in asked[2].messages] == [*[Role.USER, Role.ASSISTANT] * 2]
    assert three.previous_response_id == last.response.id
    assert gone.value.code == "not_found"


async def test_stored_responses_are_read_listed_and_deleted() -> None:
    async with endpoint(*text_answer("Hello")) as server, client(server) as sdk:
        made = await sdk.responses.create(
            model="qwen-max",
            input=[{"role": "user", "content": f"m{i}"} for i in range(3)],
            metadata={"a": "b"},
        )
        again = await sdk.responses.retrieve(made.id)
        items: Any = [i async for i in sdk.responses.input_items.list(made.id, limit=2)]
        first = [i async for i in sdk.responses.input_items.list(made.id, order="asc")]
        await sdk.responses.delete(made.id)
        for gone in (sdk.responses.retrieve(made.id), sdk.responses.delete(made.id)):
            with pytest.raises(openai.NotFoundError):
                await gone
        unstored = await sdk.responses.create(**ASK, store=False)
        with pytest.raises(openai.NotFoundError):
            await sdk.responses.retrieve(unstored.id)
    assert again.model_dump() == made.model_dump()
    assert again.metadata == {"a": "b"}
    assert [item.content[0].text for item in items] == ["m2", "m1", "m0"]
    assert [item.id for item in items] == [item.id for item in reversed(first)]


async def test_items_are_referred_to_by_id() -> None:
    async with endpoint(*ALL["reasoning"]) as server, client(server) as sdk:
        made = await sdk.responses.create(**ASK)
        references: Any = [{"type": "item_reference", "id": item.id} for item in made.output]
        asks = [{"role": "user", "content": "Hi"}, *references, {"role": "user", "content": "?"}]
        await sdk.responses.create(model="qwen-max", input=asks)
        asked = server.backend.asked[-1][0]
        with pytest.raises(openai.NotFoundError):
            await sdk.responses.create(
                model="qwen-max", input=[{"type": "item_reference", "id": "msg_gone_0"}]
            )
    assert [m.role for m in asked.messages] == [Role.USER, Role.ASSISTANT, Role.USER]
    assert [type(part).__name__ for part in asked.messages[1].parts] == [
        "ReasoningPart",
        "TextPart",
    ]


async def test_a_tool_turn_with_items_sent_back() -> None:
    async with endpoint(*ALL["calls of every kind"]) as server, client(server) as sdk:
        include: Any = ["reasoning.encrypted_content"]
        made = await sdk.responses.create(**ASK, tools=TOOLS, store=False, include=include)
        server.backend.script = text_answer("done")
        back: Any = [
            {"role": "user", "content": "Hi"},
            *(item.model_dump(exclude_none=True) for item in made.output),
            {"type": "function_call_output", "call_id": "call_0", "output": "text"},
            {"type": "custom_tool_call_output", "call_id": "call_1", "output": "ok"},
        ]
        final = await sdk.responses.create(model="qwen-max", input=back, tools=TOOLS)
        asked = server.backend.asked[-1][0]
    assert final.output_text == "done"
    assert [m.role for m in asked.messages] == [Role.USER, Role.ASSISTANT, Role.TOOL, Role.TOOL]
    names = [part.name for part in asked.messages[1].parts if hasattr(part, "name")]
    assert names == ["mcp__files__read", "apply_patch"]


async def test_a_failure_in_mid_stream_is_told_and_never_completed() -> None:
    async with (
        endpoint(ROUTED, TextDelta("Hel"), errors.ContextLengthExceededError(10, 5)) as server,
        client(server) as sdk,
    ):
        events: Any = [e async for e in await sdk.responses.create(**ASK, stream=True)]
        assert [e.type for e in events].count("response.failed") == 1
        failed = events[-1].response
        assert failed.status == "failed"
        assert failed.error.code == "context_length_exceeded"
        assert failed.output[0].status == "incomplete"
        with pytest.raises(openai.NotFoundError):
            await sdk.responses.retrieve(failed.id)


@pytest.mark.parametrize("stream", [False, True])
async def test_failures_before_content_have_their_status(stream: bool) -> None:
    failure = errors.ContextLengthExceededError(10, 5)
    async with endpoint(ROUTED, failure) as server, client(server) as sdk:
        with pytest.raises(openai.BadRequestError) as caught:
            await sdk.responses.create(**ASK, stream=stream)
    assert caught.value.code == "context_length_exceeded"


async def test_input_tokens_are_counted() -> None:
    async with endpoint() as server, client(server) as sdk:
        one = await sdk.responses.create(**ASK)
        counted = await sdk.responses.input_tokens.count(
            model="qwen-max", input="And?", previous_response_id=one.id
        )
        (request,) = server.backend.counted
    assert counted.input_tokens == ROUTED.input_tokens
    assert len(request.messages) == 3


async def test_finished_by_length_of_a_call_is_not_called_complete() -> None:
    cut: list[Step] = [ToolCallStarted(0, "call_0", "weather"), ToolCallArguments(0, '{"ci')]
    ended = TurnFinished(FinishReason.LENGTH, Usage(12, 1))
    async with endpoint(ROUTED, *cut, ended) as server, client(server) as sdk:
        whole: Any = await sdk.responses.create(**ASK, tools=TOOLS)
    assert whole.status == "incomplete"
    assert whole.output[0].status == "incomplete"
