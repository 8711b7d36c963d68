"""An answer as the event stream of the Responses API.

    response.created  response.in_progress
    (response.output_item.added … response.output_item.done)*
    response.completed | response.incomplete

Every event is numbered from 0. Items have the output indices 0..n, one begin and one end each, and
never two are open at once: events of another item wait until an open call is whole. Within an item:

    message       content_part.added   output_text.delta*  output_text.done   content_part.done
    reasoning     reasoning_summary_part.added  reasoning_summary_text.delta*
                  reasoning_summary_text.done   reasoning_summary_part.done
    function_call function_call_arguments.delta*    function_call_arguments.done
    custom_tool_call  custom_tool_call_input.delta  custom_tool_call_input.done
    others        nothing: the vendor's own tools are given whole with the end of their item

A custom tool's input lies in a JSON string and is sent when that is whole. After a failure only
`response.failed` follows. There is no `[DONE]` in this API.
"""

from typing import Any

from gateway_engine.conversation import (
    ReasoningDelta,
    StreamBatch,
    StreamEvent,
    TextDelta,
    ToolCallArguments,
    ToolCallFinished,
    ToolCallStarted,
    TurnFinished,
    TurnRouted,
)
from gateway_engine.errors import GatewayError
from gateway_engine.protocols import sse
from gateway_engine.protocols.collected_answer import (
    Block,
    CallBlock,
    ReasoningBlock,
    TextBlock,
)
from gateway_engine.protocols.encoding import belongs_elsewhere
from gateway_engine.protocols.openai_responses.answer import (
    ResponseHead,
    arguments_of,
    ended,
    item,
    last_status,
    snapshot,
    text_part,
)
from gateway_engine.protocols.openai_responses.builtin_tools import CALL_ITEMS
from gateway_engine.protocols.openai_responses.tools import FUNCTION

_NO_ARGUMENTS = "{}"


class ResponseStreamEncoder:
    """StreamEvents of one answer as the vendor's events."""

    content_type = sse.CONTENT_TYPE

    def __init__(self, head: ResponseHead) -> None:
        self._head = head
        self._number = 0
        self._output: list[dict[str, Any]] = []
        self._open: Block | None = None
        self._held = False
        self._waiting: list[StreamEvent] = []
        self._delta_head = b""
        self._delta_tail = b""

    def encode(self, batch: StreamBatch) -> bytes:
        """Return the events of `batch`."""
        out: list[bytes] = []
        for event in batch:
            self._take(event, out)
        return b"".join(out)

    def heartbeat(self) -> bytes:
        """Return a comment, after the first two events when they are still to come."""
        out: list[bytes] = []
        self._begin(out)
        return b"".join(out) + sse.KEEP_ALIVE

    def fail(self, error: GatewayError) -> bytes:
        """Return `response.failed`, with the items that were begun."""
        out: list[bytes] = []
        self._begin(out)
        output = list(self._output)
        if self._open is not None:
            output.append(item(self._head, self._open, len(output), "incomplete"))
        self._event(
            out, "response.failed", response=snapshot(self._head, "failed", output, error=error)
        )
        return b"".join(out)

    def _take(self, event: StreamEvent, out: list[bytes]) -> None:
        if isinstance(self._open, CallBlock) and belongs_elsewhere(event, self._open.index):
            self._waiting.append(event)
            return
        match event:
            case TextDelta(text):
                if not isinstance(self._open, TextBlock):
                    self._start(out, TextBlock())
                self._delta(out, text)
            case ReasoningDelta(text):
                if not isinstance(self._open, ReasoningBlock):
                    self._start(out, ReasoningBlock())
                self._delta(out, text)
            case ToolCallArguments(_, text):
                self._delta(out, text)
            case ToolCallStarted(index, call_id, name):
                self._start(out, CallBlock(index, call_id, name))
            case ToolCallFinished():
                self._stop(out, "completed")
                self._release(out)
            case TurnRouted():
                pass
            case TurnFinished():
                self._finish(event, out)

    def _release(self, out: list[bytes]) -> None:
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            self._take(event, out)

    def _delta(self, out: list[bytes], text: str) -> None:
        if self._open is not None:
            self._open.pieces.append(text)
        if not self._held:
            number = str(self._number).encode()
            out += (self._delta_head, number, b',"delta":', sse.json_line(text), self._delta_tail)
            self._number += 1

    def _begin(self, out: list[bytes]) -> None:
        if self._number:
            return
        response = snapshot(self._head, "in_progress")
        self._event(out, "response.created", response=response)
        self._event(out, "response.in_progress", response=response)

    def _start(self, out: list[bytes], block: Block) -> None:
        self._begin(out)
        self._stop(out, "completed")
        index = len(self._output)
        self._open = block
        added = item(self._head, block, index, "in_progress")
        self._event(out, "response.output_item.added", output_index=index, item=added)
        place: dict[str, Any] = {"item_id": added["id"], "output_index": index}
        self._held = False
        match block:
            case TextBlock():
                place["content_index"] = 0
                self._event(out, "response.content_part.added", **place, part=text_part(""))
                self._prepare("response.output_text.delta", place, b',"logprobs":[]')
            case ReasoningBlock():
                place["summary_index"] = 0
                part = {"type": "summary_text", "text": ""}
                self._event(out, "response.reasoning_summary_part.added", **place, part=part)
                self._prepare("response.reasoning_summary_text.delta", place)
            case CallBlock():
                self._held = self._head.names.client_tool(block.name).kind != FUNCTION
                self._prepare("response.function_call_arguments.delta", place)

    def _prepare(self, name: str, place: dict[str, Any], tail: bytes = b"") -> None:
        """Render what is the same in every delta of an item, once."""
        head = sse.json_line({"type": name, **place})[:-1]
        self._delta_head = b"event: " + name.encode() + b"\ndata: " + head + b',"sequence_number":'
        self._delta_tail = tail + b"}" + sse.END

    def _stop(self, out: list[bytes], status: str) -> None:
        block, self._open = self._open, None
        if block is None:
            return
        index = len(self._output)
        done = item(self._head, block, index, status)
        place: dict[str, Any] = {"item_id": done["id"], "output_index": index}
        match block:
            case TextBlock():
                place["content_index"] = 0
                part = done["content"][0]
                text = part["text"]
                self._event(out, "response.output_text.done", **place, text=text, logprobs=[])
                self._event(out, "response.content_part.done", **place, part=part)
            case ReasoningBlock():
                place["summary_index"] = 0
                part = done["summary"][0]
                name = "response.reasoning_summary_text.done"
                self._event(out, name, **place, text=part["text"])
                self._event(out, "response.reasoning_summary_part.done", **place, part=part)
            case CallBlock():
                self._stop_call(out, block, place)
        self._output.append(done)
        self._event(out, "response.output_item.done", output_index=index, item=done)

    def _stop_call(self, out: list[bytes], block: CallBlock, place: dict[str, Any]) -> None:
        tool = self._head.names.client_tool(block.name)
        if tool.kind in CALL_ITEMS:
            return
        field, text = arguments_of(tool, block)
        if tool.custom:
            if text:
                self._event(out, "response.custom_tool_call_input.delta", **place, delta=text)
            self._event(out, "response.custom_tool_call_input.done", **place, input=text)
            return
        if not block.pieces:
            self._delta(out, _NO_ARGUMENTS)
        name = "response.function_call_arguments.done"
        self._event(out, name, **place, name=tool.name, **{field: text})

    def _finish(self, event: TurnFinished, out: list[bytes]) -> None:
        while isinstance(self._open, CallBlock):
            self._stop(out, last_status(event))
            self._release(out)
        self._begin(out)
        if self._open is None and not self._output:
            self._start(out, TextBlock())
        self._stop(out, last_status(event))
        response = ended(self._head, self._output, event)
        self._event(out, f"response.{response['status']}", response=response)

    def _event(self, out: list[bytes], kind: str, /, **fields: Any) -> None:
        payload = {"type": kind, "sequence_number": self._number, **fields}
        self._number += 1
        out.append(sse.event(kind, payload))
