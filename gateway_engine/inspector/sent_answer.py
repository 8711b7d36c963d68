"""The answer a client was sent, read back from its bytes in any protocol spoken here. Pure.

The reader takes a stream as it comes, cut anywhere, and a whole body alike. It believes nothing: a
stream without its terminator is not `whole`, what cannot be read is counted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gateway_engine.json_text import InvalidJsonError, parse, render

_CALL_ITEMS: Final = ("arguments", "input", "action", "operation")
"""Where the items of the Responses API keep what a tool is given."""


@dataclass(slots=True)
class SentCall:
    """A tool call the client was given."""

    call_id: str
    name: str
    pieces: list[str] = field(default_factory=list)

    @property
    def arguments(self) -> str:
        """The text of what the tool is given."""
        return "".join(self.pieces)


@dataclass(slots=True)
class SentAnswer:
    """`finish` is the protocol's own word for why it ended, `whole` says that its end came."""

    text: str = ""
    reasoning: str = ""
    calls: list[SentCall] = field(default_factory=list)
    finish: str = ""
    error_code: str = ""
    error_message: str = ""
    whole: bool = False
    unread: int = 0


class AnswerReader:
    """Bytes or texts in, an answer that grows out."""

    def __init__(self, protocol: str) -> None:
        self._protocol = protocol
        self._rest = b""
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._calls: dict[int | str, SentCall] = {}
        self._answer = SentAnswer()

    def feed(self, data: bytes) -> None:
        """Take more of a stream."""
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            self._line(line.strip())

    @property
    def has_content(self) -> bool:
        """Whether anything was said or called."""
        return bool(self._text or self._calls)

    def answer(self) -> SentAnswer:
        """What came so far."""
        answer = self._answer
        answer.text, answer.reasoning = "".join(self._text), "".join(self._reasoning)
        answer.calls = list(self._calls.values())
        return answer

    def body(self, data: bytes) -> None:
        """Take a whole body, streamed or not."""
        try:
            value = parse(data)
        except InvalidJsonError:
            self.feed(data + b"\n")
            return
        self._whole(value)

    def _line(self, line: bytes) -> None:
        is_event = line.startswith(b"data:")
        if is_event:
            line = line[5:].strip()
        if line == b"[DONE]":
            self._answer.whole = True
            return
        if not line or not (is_event or line.startswith(b"{")):
            return
        try:
            value = parse(line)
        except InvalidJsonError:
            self._answer.unread += 1
            return
        if isinstance(value, dict):
            self._event(value)

    def _event(self, value: Mapping[str, Any]) -> None:
        if self._failed(value):
            return
        match self._protocol:
            case "anthropic_messages":
                self._anthropic(value)
            case "openai_responses":
                self._responses(value)
            case "ollama":
                self._ollama(value)
            case _:
                self._chat(value, "delta")

    def _whole(self, value: Any) -> None:
        if not isinstance(value, dict) or self._failed(value):
            return
        self._answer.whole = True
        match self._protocol:
            case "anthropic_messages":
                self._answer.finish = _word(value.get("stop_reason"))
                for number, block in enumerate(_objects(value.get("content"))):
                    self._block(number, block)
            case "openai_responses":
                self._response(value)
            case "ollama":
                self._ollama(value)
            case _:
                self._chat(value, "message")

    def _failed(self, value: Mapping[str, Any]) -> bool:
        error = value.get("error")
        if value.get("type") == "response.failed":
            error = _mapping(value.get("response")).get("error")
        if not error:
            return False
        if isinstance(error, Mapping):
            code = error.get("code") or error.get("type")
            self._answer.error_code = _word(code) or "error"
            self._answer.error_message = _word(error.get("message"))
        else:
            self._answer.error_code, self._answer.error_message = "error", _word(error)
        return True

    # --- OpenAI ----------------------------------------------------------------------------------

    def _chat(self, value: Mapping[str, Any], where: str) -> None:
        for choice in _objects(value.get("choices")):
            said = _mapping(choice.get(where))
            self._say(said.get("content") or said.get("refusal") or choice.get("text"))
            self._think(said.get("reasoning_content"))
            for number, call in enumerate(_objects(said.get("tool_calls"))):
                function = _mapping(call.get("function"))
                known = self._call(call.get("index", number), call.get("id"), function.get("name"))
                known.pieces.append(_word(function.get("arguments")))
            legacy = _mapping(said.get("function_call"))
            if legacy:
                known = self._call(0, "", legacy.get("name"))
                known.pieces.append(_word(legacy.get("arguments")))
            self._answer.finish = _word(choice.get("finish_reason")) or self._answer.finish

    def _responses(self, value: Mapping[str, Any]) -> None:
        kind = _word(value.get("type"))
        place = value.get("output_index")
        match kind:
            case "response.output_text.delta" | "response.refusal.delta":
                self._say(value.get("delta"))
            case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
                self._think(value.get("delta"))
            case "response.function_call_arguments.delta" | "response.custom_tool_call_input.delta":
                self._call(place, "", "").pieces.append(_word(value.get("delta")))
            case "response.output_item.added" | "response.output_item.done":
                item = _mapping(value.get("item"))
                if "call_id" in item:
                    self._call_item(place, item, is_done=kind.endswith("done"))
            case "response.completed" | "response.incomplete":
                response = _mapping(value.get("response"))
                self._answer.finish = _response_finish(response)
                self._answer.whole = True

    def _response(self, value: Mapping[str, Any]) -> None:
        for place, item in enumerate(_objects(value.get("output"))):
            if "call_id" in item:
                self._call_item(place, item, is_done=True)
            for part in _objects(item.get("content")):
                self._say(part.get("text") or part.get("refusal"))
            for part in _objects(item.get("summary")):
                self._think(part.get("text"))
        self._answer.finish = _response_finish(value)

    def _call_item(self, place: Any, item: Mapping[str, Any], *, is_done: bool) -> None:
        call = self._call(place, item.get("call_id"), item.get("name") or item.get("type"))
        given = next((item[name] for name in _CALL_ITEMS if item.get(name)), None)
        if is_done and given is not None:
            call.pieces = [given if isinstance(given, str) else render(given).decode()]

    # --- Anthropic -------------------------------------------------------------------------------

    def _anthropic(self, value: Mapping[str, Any]) -> None:
        match value.get("type"):
            case "content_block_start":
                self._block(value.get("index"), _mapping(value.get("content_block")))
            case "content_block_delta":
                delta = _mapping(value.get("delta"))
                self._say(delta.get("text"))
                self._think(delta.get("thinking"))
                if "partial_json" in delta:
                    call = self._call(value.get("index"), "", "")
                    call.pieces.append(_word(delta["partial_json"]))
            case "message_delta":
                delta = _mapping(value.get("delta"))
                self._answer.finish = _word(delta.get("stop_reason")) or self._answer.finish
            case "message_stop":
                self._answer.whole = True

    def _block(self, place: Any, block: Mapping[str, Any]) -> None:
        self._say(block.get("text"))
        self._think(block.get("thinking"))
        if block.get("type") == "tool_use":
            call = self._call(place, block.get("id"), block.get("name"))
            if block.get("input"):
                call.pieces.append(render(block["input"]).decode())

    # --- Ollama ----------------------------------------------------------------------------------

    def _ollama(self, value: Mapping[str, Any]) -> None:
        said = _mapping(value.get("message")) or value
        self._say(said.get("content") or said.get("response"))
        self._think(said.get("thinking"))
        for call in _objects(said.get("tool_calls")):
            function = _mapping(call.get("function"))
            known = self._call(len(self._calls), call.get("id"), function.get("name"))
            known.pieces.append(render(function.get("arguments") or {}).decode())
        if value.get("done") is True:
            self._answer.whole = True
            self._answer.finish = _word(value.get("done_reason"))

    # --- what all of them say --------------------------------------------------------------------

    def _say(self, text: Any) -> None:
        if isinstance(text, str) and text:
            self._text.append(text)

    def _think(self, text: Any) -> None:
        if isinstance(text, str) and text:
            self._reasoning.append(text)

    def _call(self, place: Any, call_id: Any, name: Any) -> SentCall:
        known = place if isinstance(place, int | str) else ""
        call = self._calls.setdefault(known, SentCall("", ""))
        call.call_id = call.call_id or _word(call_id)
        call.name = call.name or _word(name)
        return call


def read_answer(protocol: str, body: str) -> SentAnswer:
    """Return the answer in the text of a response."""
    reader = AnswerReader(protocol)
    reader.body(body.encode("utf-8", "replace"))
    return reader.answer()


def _response_finish(response: Mapping[str, Any]) -> str:
    why = _mapping(response.get("incomplete_details")).get("reason")
    return _word(why) or _word(response.get("status"))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _objects(value: Any) -> Iterable[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""
