"""What clients ask, one short request for each thing they rely on, and what a right answer shows.

Pure: requests as bytes, answers judged from status, headers and bytes. Each probe was written from
what real clients sent; none needs more than a few tokens of an answer.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

MODEL: Final = "auto"
_ASK: Final = "Reply with the one word: ready"
_ARGUMENTS: Final = {"zone": "UTC"}
# A model is to call the tool; the line is also what the bundled emulator understands.
_ASK_TOOL: Final = f"Please do this once:\ncall tool report_time {json.dumps(_ARGUMENTS)}"
_SCHEMA: Final = {
    "type": "object",
    "properties": {"zone": {"type": "string", "description": "a time zone"}},
    "required": ["zone"],
}
_ABOUT: Final = "Reports the time in a zone."


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as it came; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body, for reading."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON. Raises ValueError."""
        return json.loads(self.body)


SAID: Final = {
    "status": "status {status}: {detail}",
    "form": "status {status}, not of the form expected ({detail})",
    "empty": "{detail} is empty",
    "stream": "the stream lacks {detail}",
    "no_call": "the model did not call the tool",
    "call_end": "the answer does not end as a tool call",
    "call_argument": "the call lacks its argument",
    "other_status": "status {status}, not {detail}",
    "unreachable": "no answer: {detail}",
}
"""What may be wrong, by its code."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with an answer. `code` is one of SAID; `detail` is the wire's word."""

    code: str
    detail: str = ""
    status: int = 0

    def __str__(self) -> str:
        return SAID[self.code].format(detail=self.detail, status=self.status)


@dataclass(frozen=True, slots=True)
class Probe:
    """One request. `judge` says what is wrong with its answer, None for nothing.

    `at_once`: how many of it are sent side by side; each must be answered.
    """

    name: str
    title: str
    method: str
    path: str
    judge: "Judge"
    body: dict[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    at_once: int = 1


Judge = Callable[[Answered], Wrong | None]


def judged(probe: Probe, answered: Answered) -> Wrong | None:
    """Return what is wrong with the answer, None when it is what the client needs."""
    try:
        return probe.judge(answered)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        return Wrong("form", type(error).__name__, answered.status)


def _ok(answered: Answered) -> Wrong | None:
    if answered.status == 200:
        return None
    try:
        error = answered.json()["error"]
        said = error if isinstance(error, str) else error["message"]
    except (ValueError, KeyError, TypeError):
        said = answered.text[:80]
    return Wrong("status", str(said), answered.status)


def _shows(*path: Any) -> Judge:
    """Something stands at `path` of the JSON answer."""

    def judge(answered: Answered) -> Wrong | None:
        wrong = _ok(answered)
        if wrong:
            return wrong
        value = answered.json()
        for step in path:
            value = value[step]
        return None if value or value == 0 else Wrong("empty", str(path[-1]))

    return judge


def _streams(*marks: str) -> Judge:
    """Each of `marks` comes in the stream, in this order."""

    def judge(answered: Answered) -> Wrong | None:
        wrong = _ok(answered)
        position = 0
        for mark in marks if not wrong else ():
            found = answered.text.find(mark, position)
            if found < 0:
                return Wrong("stream", mark)
            position = found
        return wrong

    return judge


def _chat_call(answered: Answered) -> Wrong | None:
    wrong = _ok(answered)
    if wrong:
        return wrong
    choice = answered.json()["choices"][0]
    calls = choice["message"].get("tool_calls") or []
    return _call(
        choice["finish_reason"] == "tool_calls", [c["function"]["arguments"] for c in calls]
    )


def _responses_call(answered: Answered) -> Wrong | None:
    wrong = _ok(answered)
    if wrong:
        return wrong
    calls = [item for item in answered.json()["output"] if item["type"] == "function_call"]
    return _call(bool(calls), [call["arguments"] for call in calls])


def _anthropic_call(answered: Answered) -> Wrong | None:
    wrong = _ok(answered)
    if wrong:
        return wrong
    message = answered.json()
    calls = [block for block in message["content"] if block["type"] == "tool_use"]
    stopped = message["stop_reason"] == "tool_use"
    return _call(stopped, [json.dumps(call["input"]) for call in calls])


def _call(finished: bool, arguments: list[str]) -> Wrong | None:
    if not arguments:
        return Wrong("no_call")
    if not finished:
        return Wrong("call_end")
    return None if json.loads(arguments[0]).get("zone") else Wrong("call_argument")


def _answers_with(*statuses: int) -> Judge:
    """One of these statuses, whatever the body."""

    def judge(answered: Answered) -> Wrong | None:
        if answered.status in statuses:
            return None
        return Wrong("other_status", "/".join(map(str, statuses)), answered.status)

    return judge


def _refuses(*path: str, says: str = "") -> Judge:
    """A refusal with status 400; something (or just `says`) stands at `path` of its body."""

    def judge(answered: Answered) -> Wrong | None:
        if answered.status != 400:
            return Wrong("other_status", "400", answered.status)
        value = answered.json()
        for step in path:
            value = value[step]
        is_right = value == says if says else bool(value)
        return None if is_right else Wrong("empty", path[-1])

    return judge


def _chat(text: str, **more: Any) -> dict[str, Any]:
    return {"model": MODEL, "messages": [{"role": "user", "content": text}], **more}


def _function(**more: Any) -> dict[str, Any]:
    return {"name": "report_time", "description": _ABOUT, "parameters": _SCHEMA, **more}


def _messages(text: str, **more: Any) -> dict[str, Any]:
    system = [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}]
    return {"max_tokens": 256, "system": system, **_chat(text), **more}


def _seen(protocol: str) -> list[dict[str, Any]]:
    """What a user wrote, with a picture of one white pixel."""
    if protocol == "responses":
        return [{"type": "input_text", "text": _ASK}, {"type": "input_image", "image_url": _URL}]
    text = {"type": "text", "text": _ASK}
    if protocol == "chat":
        return [text, {"type": "image_url", "image_url": {"url": _URL}}]
    source = {"type": "base64", "media_type": "image/png", "data": _PIXEL}
    return [text, {"type": "image", "source": source}]


_PIXEL: Final = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC"
)
_URL: Final = f"data:image/png;base64,{_PIXEL}"
_ANTHROPIC: Final = {"anthropic-version": "2023-06-01"}
_UPGRADE: Final = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
                   "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}  # fmt: skip
_CHAT: Final = "/v1/chat/completions"
_RESPONSES: Final = "/v1/responses"
_MESSAGES: Final = "/v1/messages"

_ALL: Final = (
    Probe("models", "list of models", "GET", "/v1/models", _shows("data", 0, "id")),
    Probe("chat", "an answer", "POST", _CHAT, _shows("choices", 0, "message", "content"),
          _chat(_ASK)),
    Probe("chat-stream", "a streamed answer with usage", "POST", _CHAT,
          _streams('"content"', '"usage"', "[DONE]"),
          _chat(_ASK, stream=True, stream_options={"include_usage": True})),
    Probe("chat-tools", "a tool call", "POST", _CHAT, _chat_call,
          _chat(_ASK_TOOL, tools=[{"type": "function", "function": _function()}],
                tool_choice="required")),
    Probe("chat-reasoning", "an answer with reasoning asked for", "POST", _CHAT,
          _shows("choices", 0, "message", "content"), _chat(_ASK, reasoning_effort="low")),
    Probe("chat-image", "an answer to a picture", "POST", _CHAT,
          _shows("choices", 0, "message", "content"),
          {"model": MODEL, "messages": [{"role": "user", "content": _seen("chat")}]}),
    Probe("chat-error", "an error in OpenAI's form", "POST", _CHAT, _refuses("error", "message"),
          {"model": MODEL, "messages": "none"}),
    Probe("two-at-once", "two streams at once", "POST", _CHAT, _streams('"content"', "[DONE]"),
          _chat(_ASK, stream=True), at_once=2),
    Probe("responses", "an answer", "POST", _RESPONSES, _shows("output", 0, "type"),
          {"model": MODEL, "input": _ASK, "store": False}),
    Probe("responses-stream", "a streamed answer", "POST", _RESPONSES,
          _streams("response.created", "response.output_item.done", "response.completed"),
          {"model": MODEL, "stream": True, "store": False,
           "include": ["reasoning.encrypted_content"],
           "input": [{"role": "developer", "content": "Be brief."},
                     {"role": "user", "content": _ASK}]}),
    Probe("responses-tools", "a tool call", "POST", _RESPONSES, _responses_call,
          {"model": MODEL, "input": _ASK_TOOL, "store": False, "tool_choice": "required",
           "tools": [_function(type="function", strict=False)]}),
    Probe("responses-reasoning", "an answer with reasoning asked for", "POST", _RESPONSES,
          _shows("output", 0, "type"),
          {"model": MODEL, "input": _ASK, "store": False,
           "reasoning": {"effort": "low", "summary": "auto"}}),
    Probe("responses-image", "an answer to a picture", "POST", _RESPONSES,
          _shows("output", 0, "type"),
          {"model": MODEL, "store": False,
           "input": [{"role": "user", "content": _seen("responses")}]}),
    Probe("responses-error", "an error in OpenAI's form", "POST", _RESPONSES,
          _refuses("error", "message"), {"model": MODEL, "input": 7}),
    Probe("websocket-refused", "a WebSocket refused as it must be", "GET", _RESPONSES,
          _answers_with(426), headers=_UPGRADE),
    Probe("greeting", "the look at the server at the start", "HEAD", "/",
          _answers_with(200, 204)),
    Probe("anthropic", "an answer", "POST", _MESSAGES, _shows("content", 0, "text"),
          _messages(_ASK), _ANTHROPIC),
    Probe("anthropic-stream", "a streamed answer", "POST", f"{_MESSAGES}?beta=true",
          _streams("message_start", "content_block_delta", "message_delta", "message_stop"),
          _messages(_ASK, stream=True), _ANTHROPIC),
    Probe("anthropic-tools", "a tool call", "POST", _MESSAGES, _anthropic_call,
          _messages(_ASK_TOOL, tool_choice={"type": "any"},
                    tools=[{"name": "report_time", "description": _ABOUT,
                            "input_schema": _SCHEMA}]), _ANTHROPIC),
    Probe("anthropic-thinking", "thinking, and a system message in between", "POST", _MESSAGES,
          _shows("content", 0, "type"),
          {"model": MODEL, "max_tokens": 512, "thinking": {"type": "adaptive"},
           "output_config": {"effort": "low"},
           "messages": [{"role": "user", "content": _ASK},
                        {"role": "system", "content": "Be brief."}]}, _ANTHROPIC),
    Probe("anthropic-image", "an answer to a picture", "POST", _MESSAGES,
          _shows("content", 0, "text"),
          {"model": MODEL, "max_tokens": 256,
           "messages": [{"role": "user", "content": _seen("anthropic")}]}, _ANTHROPIC),
    Probe("anthropic-error", "an error in Anthropic's form", "POST", _MESSAGES,
          _refuses("error", "type"), {"model": MODEL, "messages": "none"}, _ANTHROPIC),
    Probe("thread-refused", "a message thread refused as it must be", "POST", _MESSAGES,
          _refuses("error", "details", "error_code", says="thread_unsupported_request"),
          {**_messages(_ASK), "thread": {"type": "create"}}, _ANTHROPIC),
    Probe("count-tokens", "a count of tokens", "POST", f"{_MESSAGES}/count_tokens",
          _shows("input_tokens"), _chat(_ASK), _ANTHROPIC),
    Probe("anthropic-models", "list of models", "GET", "/v1/models?limit=1000",
          _shows("data", 0, "display_name"), None, _ANTHROPIC),
    Probe("ollama-version", "its version", "GET", "/api/version", _shows("version")),
    Probe("ollama-tags", "list of models", "GET", "/api/tags", _shows("models", 0, "name")),
    Probe("ollama-chat", "a streamed answer", "POST", "/api/chat",
          _streams('"message"', '"done":true'), _chat(_ASK)),
)  # fmt: skip

PROBES: Final = {probe.name: probe for probe in _ALL}
