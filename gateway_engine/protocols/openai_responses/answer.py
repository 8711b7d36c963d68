"""An answer as the items and the `response` object of the Responses API.

The stream's last event and the answer that is not streamed are made by the same functions. The ids
of items tell of which response they are, so that a reference to one item finds its response.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway_engine.conversation import FinishReason, TurnFinished, Usage
from gateway_engine.errors import GatewayError
from gateway_engine.json_text import InvalidJsonError, parse
from gateway_engine.protocols.collected_answer import (
    Block,
    CallBlock,
    CollectedAnswer,
    ReasoningBlock,
    TextBlock,
)
from gateway_engine.protocols.openai_responses.builtin_tools import CALL_ITEMS, call_fields
from gateway_engine.protocols.openai_responses.request import ParsedResponse
from gateway_engine.protocols.openai_responses.tools import ClientTool, ToolNames

RESPONSE_PREFIX: Final = "resp_"
OPAQUE: Final = "bGluZ21hLWdhdGV3YXk6IHRoZSBzdW1tYXJ5IGlzIHRoZSB3aG9sZSByZWFzb25pbmc="
"""Stands for encrypted reasoning, which clients must send back: the summary holds all there is."""

_INCOMPLETE: Final = {
    FinishReason.LENGTH: "max_output_tokens",
    FinishReason.CONTENT_FILTER: "content_filter",
}


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """What is known of a response before its answer. `response_id` is resp_ and a token without
    underscores; `clock` gives seconds since the epoch."""

    response_id: str
    created: int
    echo: Mapping[str, Any]
    names: ToolNames
    encrypted_reasoning: bool
    clock: Callable[[], float]

    def item_id(self, prefix: str, index: int) -> str:
        """Return the id of output item `index`."""
        return f"{prefix}_{self.response_id.removeprefix(RESPONSE_PREFIX)}_{index}"


def head_of(
    parsed: ParsedResponse, *, response_id: str, created: int, clock: Callable[[], float]
) -> ResponseHead:
    """Return the head of the response to `parsed`."""
    return ResponseHead(
        response_id=response_id,
        created=created,
        echo={**parsed.echo, "model": parsed.request.model, "store": parsed.store},
        names=parsed.names,
        encrypted_reasoning=parsed.encrypted_reasoning,
        clock=clock,
    )


def item(head: ResponseHead, block: Block, index: int, status: str) -> dict[str, Any]:
    """Return output item `index`. `status`: in_progress (nothing of it yet), completed,
    incomplete."""
    begun = status != "in_progress"
    match block:
        case TextBlock():
            return {
                "id": head.item_id("msg", index),
                "type": "message",
                "status": status,
                "role": "assistant",
                "content": [text_part(block.text)] if begun else [],
            }
        case ReasoningBlock():
            reasoning: dict[str, Any] = {
                "id": head.item_id("rs", index),
                "type": "reasoning",
                "summary": [{"type": "summary_text", "text": block.text}] if begun else [],
            }
            if head.encrypted_reasoning:
                reasoning["encrypted_content"] = OPAQUE
            return reasoning
        case CallBlock():
            tool = head.names.client_tool(block.name)
            if tool.kind in CALL_ITEMS:
                like = CALL_ITEMS[tool.kind]
                return {
                    "id": head.item_id(like.prefix, index),
                    "type": like.kind,
                    "status": status,
                    "call_id": block.call_id,
                    **call_fields(tool.kind, block.arguments if begun else ""),
                }
            call: dict[str, Any] = {
                "id": head.item_id("ctc" if tool.custom else "fc", index),
                "type": "custom_tool_call" if tool.custom else "function_call",
                "status": status,
                "call_id": block.call_id,
                "name": tool.name,
            }
            field, text = arguments_of(tool, block)
            call[field] = text if begun else ""
            if tool.namespace:
                call["namespace"] = tool.namespace
            return call


def text_part(text: str) -> dict[str, Any]:
    """Return the one content part of a message."""
    return {"type": "output_text", "annotations": [], "logprobs": [], "text": text}


def arguments_of(tool: ClientTool, block: CallBlock) -> tuple[str, str]:
    """Return the field of a call that holds what the tool is given, and its text."""
    if not tool.custom:
        return "arguments", block.arguments
    try:
        value = parse(block.arguments)
    except InvalidJsonError:
        value = None
    text = value.get("input") if isinstance(value, dict) else None
    return "input", text if isinstance(text, str) else block.arguments


def snapshot(
    head: ResponseHead,
    status: str,
    output: Sequence[Mapping[str, Any]] = (),
    *,
    usage: Usage | None = None,
    incomplete: str = "",
    error: GatewayError | None = None,
) -> dict[str, Any]:
    """Return the `response` object as it is now."""
    return {
        "id": head.response_id,
        "object": "response",
        "created_at": head.created,
        "status": status,
        "background": False,
        "completed_at": int(head.clock()) if status == "completed" else None,
        "error": None if error is None else {"code": error.code, "message": str(error)},
        "incomplete_details": {"reason": incomplete} if incomplete else None,
        "output": list(output),
        "usage": None if usage is None else _usage(usage),
        **head.echo,
    }


def ended(
    head: ResponseHead, output: Sequence[Mapping[str, Any]], finished: TurnFinished
) -> dict[str, Any]:
    """Return the `response` object of an answer that ended well."""
    incomplete = _INCOMPLETE.get(finished.reason, "")
    status = "incomplete" if incomplete else "completed"
    return snapshot(head, status, output, usage=finished.usage, incomplete=incomplete)


def last_status(finished: TurnFinished) -> str:
    """Return the status of an answer's last item: what was open when it was cut."""
    return "incomplete" if finished.reason in _INCOMPLETE else "completed"


def body(answer: CollectedAnswer, head: ResponseHead) -> dict[str, Any]:
    """Return the `response` of a finished answer."""
    finished = answer.finished
    if finished is None:
        raise ValueError("the answer is not finished")
    blocks: list[Block] = answer.blocks or [TextBlock()]
    output = []
    for i, block in enumerate(blocks):
        whole = block.whole if isinstance(block, CallBlock) else block is not blocks[-1]
        status = "completed" if whole else last_status(finished)
        output.append(item(head, block, i, status))
    return ended(head, output, finished)


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.input_tokens,
        "input_tokens_details": {"cached_tokens": usage.cached_tokens, "cache_write_tokens": 0},
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "total_tokens": usage.input_tokens + usage.output_tokens,
    }
