"""The four protocols' clients of tools: each asks, reads calls, and sends their results back.

Written from the vendors' references, with plain JSON: what the official SDKs see is looked at in
tests/conformance.
"""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

Json = dict[str, Any]
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}


@dataclass
class Seen:
    """One answer as the client sees it; `calls` are (id, name, arguments)."""

    status: int
    headers: dict[str, str]
    text: str = ""
    reasoning: str = ""
    finish: str = ""
    calls: list[tuple[str, str, Json]] = field(default_factory=list)
    error: Json = field(default_factory=dict)
    answer_id: str = ""


class Dialect:
    """One conversation in one protocol. `history` is what is sent in the next request."""

    path = ""
    tool_finish = ""

    def __init__(
        self, client: aiohttp.ClientSession, *, stream: bool, tools: tuple[str, ...], **fields: Any
    ) -> None:
        self.client = client
        self.stream = stream
        self.tools = tools
        self.fields = fields
        self.history: list[Json] = []
        self.key = "k1"

    async def say(self, text: str) -> Seen:
        """Ask this as the user."""
        self.history.append({"role": "user", "content": text})
        return await self.send()

    async def give(self, seen: Seen, *results: str) -> Seen:
        """Send the results of an answer's calls."""
        self.remember(seen)
        self.history += self.results(seen, results)
        return await self.send()

    async def send(self) -> Seen:
        """Send the history as it is, and read the answer."""
        body = {"model": "any", "stream": self.stream, **self.body(), **self.fields}
        headers = {"authorization": f"Bearer {self.key}"}
        async with self.client.post(self.path, json=body, headers=headers) as response:
            seen = Seen(response.status, {k.lower(): v for k, v in response.headers.items()})
            if response.status != 200:
                seen.error = await response.json()
            elif self.stream:
                events = [event async for event in self.events(response)]
                self.read_stream(events, seen)
            else:
                self.read_whole(await response.json(), seen)
            return seen

    async def events(self, response: aiohttp.ClientResponse) -> AsyncIterator[Json]:
        """The JSON events of the stream."""
        async for raw in response.content:
            line = raw.decode().strip().removeprefix("data: ")
            if line.startswith("{"):
                yield json.loads(line)

    def body(self) -> Json:
        """The request's fields besides model and stream."""
        raise NotImplementedError

    def remember(self, seen: Seen) -> None:
        """Add the answer to the history as this protocol's clients do."""
        raise NotImplementedError

    def results(self, seen: Seen, results: tuple[str, ...]) -> list[Json]:
        """What is sent for the results of these calls."""
        raise NotImplementedError

    def read_whole(self, content: Json, seen: Seen) -> None:
        """Read an answer that was not streamed."""
        raise NotImplementedError

    def read_stream(self, events: list[Json], seen: Seen) -> None:
        """Read a streamed answer."""
        raise NotImplementedError


class Chat(Dialect):
    """POST /v1/chat/completions."""

    path = "/v1/chat/completions"
    tool_finish = "tool_calls"

    def body(self) -> Json:
        functions = [{"name": name, "parameters": SCHEMA} for name in self.tools]
        tools = [{"type": "function", "function": function} for function in functions]
        return {"messages": self.history, "tools": tools}

    def remember(self, seen: Seen) -> None:
        calls = [
            {"id": i, "type": "function", "function": {"name": n, "arguments": json.dumps(a)}}
            for i, n, a in seen.calls
        ]
        answer: Json = {"role": "assistant", "content": seen.text or None}
        self.history.append({**answer, "tool_calls": calls} if calls else answer)

    def results(self, seen: Seen, results: tuple[str, ...]) -> list[Json]:
        return [
            {"role": "tool", "tool_call_id": call[0], "content": result}
            for call, result in zip(seen.calls, results, strict=True)
        ]

    def read_whole(self, content: Json, seen: Seen) -> None:
        (choice,) = content["choices"]
        message = choice["message"]
        seen.text, seen.finish = message["content"] or "", choice["finish_reason"]
        seen.reasoning = message.get("reasoning_content") or ""
        for call in message.get("tool_calls", ()):
            function = call["function"]
            seen.calls.append((call["id"], function["name"], json.loads(function["arguments"])))

    def read_stream(self, events: list[Json], seen: Seen) -> None:
        calls: dict[int, list[str]] = {}
        for event in events:
            seen.error = event.get("error") or seen.error
            for choice in event.get("choices", ()):
                delta = choice["delta"]
                seen.text += delta.get("content") or ""
                seen.reasoning += delta.get("reasoning_content") or ""
                seen.finish = choice["finish_reason"] or seen.finish
                for call in delta.get("tool_calls", ()):
                    known = calls.setdefault(call["index"], ["", "", ""])
                    known[0] += call.get("id", "")
                    known[1] += call["function"].get("name", "")
                    known[2] += call["function"].get("arguments", "")
        seen.calls = [(i, name, json.loads(text)) for i, name, text in calls.values()]


class Responses(Dialect):
    """POST /v1/responses, with the items sent back."""

    path = "/v1/responses"
    tool_finish = "completed"

    def body(self) -> Json:
        tools = [{"type": "function", "name": n, "parameters": SCHEMA} for n in self.tools]
        return {"input": self.history, "tools": tools, "store": False}

    def remember(self, seen: Seen) -> None:
        if seen.text:
            text = {"type": "output_text", "text": seen.text, "annotations": []}
            self.history.append({"type": "message", "role": "assistant", "content": [text]})
        self.history += [
            {"type": "function_call", "call_id": i, "name": n, "arguments": json.dumps(a)}
            for i, n, a in seen.calls
        ]

    def results(self, seen: Seen, results: tuple[str, ...]) -> list[Json]:
        return [
            {"type": "function_call_output", "call_id": call[0], "output": result}
            for call, result in zip(seen.calls, results, strict=True)
        ]

    def read_whole(self, content: Json, seen: Seen) -> None:
        seen.finish, seen.answer_id = content["status"], content["id"]
        for item in content["output"]:
            if item["type"] == "message":
                seen.text += "".join(part["text"] for part in item["content"])
            elif item["type"] == "reasoning":
                seen.reasoning += "".join(
                    part["text"] for part in (item.get("content") or item["summary"])
                )
            elif item["type"] == "function_call":
                arguments = json.loads(item["arguments"])
                seen.calls.append((item["call_id"], item["name"], arguments))

    def read_stream(self, events: list[Json], seen: Seen) -> None:
        assert [event["sequence_number"] for event in events] == list(range(len(events)))
        last = events[-1]
        if last["type"] == "response.completed":
            self.read_whole(last["response"], seen)
        else:
            seen.error = last


class Anthropic(Dialect):
    """POST /v1/messages."""

    path = "/v1/messages"
    tool_finish = "tool_use"

    def body(self) -> Json:
        tools = [{"name": name, "input_schema": SCHEMA} for name in self.tools]
        return {"messages": self.history, "tools": tools, "max_tokens": 4096}

    def remember(self, seen: Seen) -> None:
        content: list[Json] = [{"type": "text", "text": seen.text}] if seen.text else []
        content += [{"type": "tool_use", "id": i, "name": n, "input": a} for i, n, a in seen.calls]
        self.history.append({"role": "assistant", "content": content})

    def results(self, seen: Seen, results: tuple[str, ...]) -> list[Json]:
        content = [
            {"type": "tool_result", "tool_use_id": call[0], "content": result}
            for call, result in zip(seen.calls, results, strict=True)
        ]
        return [{"role": "user", "content": content}]

    def read_whole(self, content: Json, seen: Seen) -> None:
        seen.finish = content["stop_reason"]
        for block in content["content"]:
            if block["type"] == "text":
                seen.text += block["text"]
            elif block["type"] == "thinking":
                seen.reasoning += block["thinking"]
            else:
                seen.calls.append((block["id"], block["name"], block["input"]))

    def read_stream(self, events: list[Json], seen: Seen) -> None:
        blocks: dict[int, Json] = {}
        for event in events:
            match event["type"]:
                case "content_block_start":
                    blocks[event["index"]] = {**event["content_block"], "json": ""}
                case "content_block_delta":
                    for name, piece in event["delta"].items():
                        if name != "type":
                            field_name = "json" if name == "partial_json" else name
                            block = blocks[event["index"]]
                            block[field_name] = block.get(field_name, "") + piece
                case "message_delta":
                    seen.finish = event["delta"]["stop_reason"]
                case "error":
                    seen.error = event["error"]
        for block in blocks.values():
            block["input"] = json.loads(block.pop("json") or "{}")
        whole = {"stop_reason": seen.finish, "content": list(blocks.values())}
        self.read_whole(whole, seen)


class Ollama(Dialect):
    """POST /api/chat, by a client that sends no call ids back."""

    path = "/api/chat"
    tool_finish = "stop"

    def body(self) -> Json:
        functions = [{"name": name, "parameters": SCHEMA} for name in self.tools]
        tools = [{"type": "function", "function": function} for function in functions]
        return {"messages": self.history, "tools": tools}

    def remember(self, seen: Seen) -> None:
        calls = [{"function": {"name": n, "arguments": a}} for _, n, a in seen.calls]
        self.history.append({"role": "assistant", "content": seen.text, "tool_calls": calls})

    def results(self, seen: Seen, results: tuple[str, ...]) -> list[Json]:
        return [
            {"role": "tool", "tool_name": call[1], "content": result}
            for call, result in zip(seen.calls, results, strict=True)
        ]

    def read_whole(self, content: Json, seen: Seen) -> None:
        self.read_stream([content], seen)

    def read_stream(self, events: list[Json], seen: Seen) -> None:
        for event in events:
            message = event.get("message", {})
            seen.text += message.get("content", "")
            seen.reasoning += message.get("thinking", "")
            seen.finish = event.get("done_reason", seen.finish)
            seen.error = event.get("error") or seen.error
            for call in message.get("tool_calls", ()):
                function: Mapping[str, Any] = call["function"]
                seen.calls.append(
                    (call.get("id", ""), function["name"], dict(function["arguments"]))
                )


DIALECTS = (Chat, Responses, Anthropic, Ollama)
