"""A Responses body as a ChatRequest (OpenAI API reference, "Create a model response").

In two steps, because a request may name things that were stored: `lookups` says which, the server
fetches them, `parse` reads the whole conversation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway_engine.conversation import (
    ChatRequest,
    JsonObject,
    Message,
    Role,
    TextPart,
    ToolChoice,
    ToolChoiceMode,
)
from gateway_engine.errors import NotFoundError
from gateway_engine.protocols.openai_formats import parse_json_format
from gateway_engine.protocols.openai_responses.items import (
    ITEM_REFERENCE,
    MESSAGE,
    ItemReader,
    item_kind,
)
from gateway_engine.protocols.openai_responses.tools import (
    ToolNames,
    parse_tool_choice,
    parse_tools,
)
from gateway_engine.protocols.request_fields import (
    Changes,
    as_json,
    as_list,
    as_object,
    as_text,
    invalid,
    names,
    optional_bool,
    optional_count,
    optional_text,
    required_text,
    says_no_tools,
)

_USED: Final = names(
    "model input instructions tools tool_choice parallel_tool_calls max_output_tokens text stream "
    "include store metadata previous_response_id user background conversation prompt"
)
_REFUSED: Final = names(
    "temperature top_p top_logprobs reasoning truncation service_tier safety_identifier "
    "prompt_cache_key prompt_cache_retention prompt_cache_options max_tool_calls stream_options "
    "moderation context_management client_metadata"
)
_ECHOED: Final[Mapping[str, Any]] = {
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "prompt_cache_key": None,
    "reasoning": {"effort": None, "summary": None},
    "safety_identifier": None,
    "service_tier": "default",
    "store": True,
    "temperature": 1.0,
    "text": {"format": {"type": "text"}},
    "tool_choice": "auto",
    "tools": [],
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "user": None,
}
"""What a response repeats of its request, and what it says where the request was silent."""

ENCRYPTED_REASONING: Final = "reasoning.encrypted_content"
_REASONING_ID: Final = "rs_"


@dataclass(frozen=True, slots=True)
class Lookups:
    """What must be fetched before the request can be read. Ids, as the client wrote them."""

    previous_id: str
    item_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParsedResponse:
    """What the client wants answered, and how it wants the answer.

    `input_items` are this turn's own, as they are to be stored; `echo` is repeated in the answer.
    """

    request: ChatRequest
    stream: bool
    store: bool
    encrypted_reasoning: bool
    previous_id: str
    input_items: tuple[JsonObject, ...]
    names: ToolNames
    echo: JsonObject


def lookups(body: Mapping[str, Any]) -> Lookups:
    """Return what `body` refers to. Raises InvalidRequestError."""
    for name in ("conversation", "prompt"):
        if body.get(name) is not None:
            raise invalid(name, "is not kept here; send `input`, or go on by previous_response_id")
    return Lookups(
        previous_id=optional_text(body, "previous_response_id", "previous_response_id"),
        item_ids=tuple(
            required_text(item, "id", f"input[{i}].id")
            for i, item in enumerate(_items(body))
            if item_kind(item, f"input[{i}]") == ITEM_REFERENCE
        ),
    )


def parse(
    body: Mapping[str, Any],
    *,
    history: Sequence[JsonObject] = (),
    referenced: Mapping[str, JsonObject] | None = None,
) -> ParsedResponse:
    """Return the request in `body`, after the items of `history`.

    `referenced` holds the stored items found, by id. Raises InvalidRequestError, which names the
    field, or NotFoundError for an item that is gone.
    """
    changes = Changes()
    model = required_text(body, "model", "model")
    items = _resolve(_items(body), referenced or {}, changes)
    tool_names = ToolNames()
    declared = parse_tools(body.get("tools"), "tools", tool_names, changes)
    past = ItemReader(tool_names, Changes())
    past.read(history, "input")
    reader = ItemReader(tool_names, changes)
    reader.read(items, "input")
    messages = (*_instructions(body), *past.turns(), *reader.turns())
    if not messages:
        raise invalid("input", "must not be empty")
    choice, tools = parse_tool_choice(
        body.get("tool_choice"), (*declared, *past.tools, *reader.tools), tool_names, changes
    )
    if not tools and says_no_tools(body):
        choice = ToolChoice(ToolChoiceMode.NONE)
    text = as_object(body.get("text") or {}, "text")
    changes.drop_others(text, names("format"), names("verbosity"), "text.")
    include = _include(body, changes)
    if optional_bool(body, "background", "background", default=False):
        changes.degraded("background", "the answer is given at once", "at_once")
    changes.drop_others(body, _USED, _REFUSED)
    request = ChatRequest(
        model=model,
        messages=messages,
        tools=tools,
        tool_choice=choice,
        parallel_tool_calls=optional_bool(
            body, "parallel_tool_calls", "parallel_tool_calls", default=True
        ),
        max_tokens=optional_count(body, "max_output_tokens", "max_output_tokens"),
        json_format=parse_json_format(text.get("format"), "text.format"),
        user=optional_text(body, "user", "user"),
        changes=changes.listed(),
    )
    return ParsedResponse(
        request=request,
        stream=optional_bool(body, "stream", "stream", default=False),
        store=optional_bool(body, "store", "store", default=True),
        encrypted_reasoning=ENCRYPTED_REASONING in include,
        previous_id=optional_text(body, "previous_response_id", "previous_response_id"),
        input_items=tuple(_full(item) for item in items),
        names=tool_names,
        echo=_echo(body),
    )


def _items(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    value = body.get("input")
    if value is None:
        if body.get("previous_response_id") is None and body.get("instructions") is None:
            raise invalid("input", "is required")
        return []
    if isinstance(value, str):
        return [{"type": MESSAGE, "role": "user", "content": as_text(value, "input")}]
    if not isinstance(value, list):
        raise invalid("input", "must be a string or a list of items")
    return [as_object(item, f"input[{i}]") for i, item in enumerate(value)]


def _resolve(
    items: list[Mapping[str, Any]], referenced: Mapping[str, JsonObject], changes: Changes
) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for i, item in enumerate(items):
        if item_kind(item, f"input[{i}]") != ITEM_REFERENCE:
            found.append(item)
            continue
        item_id = required_text(item, "id", f"input[{i}].id")
        if item_id in referenced:
            found.append(referenced[item_id])
        elif item_id.startswith(_REASONING_ID):
            changes.dropped(
                f"input[{i}]", "this reasoning is not stored here", "reasoning_not_stored"
            )
        else:
            raise NotFoundError(
                f"item {item_id[:100]!r} is not stored here; send the item itself instead"
            )
    return found


def _instructions(body: Mapping[str, Any]) -> tuple[Message, ...]:
    value = body.get("instructions")
    if isinstance(value, list):
        reader = ItemReader(ToolNames(), Changes())
        items = [as_object(item, f"instructions[{i}]") for i, item in enumerate(value)]
        reader.read(items, "instructions")
        return reader.turns()
    text = optional_text(body, "instructions", "instructions")
    return (Message(Role.SYSTEM, (TextPart(text),)),) if text else ()


def _include(body: Mapping[str, Any], changes: Changes) -> set[str]:
    wanted = {
        as_text(item, f"include[{i}]")
        for i, item in enumerate(as_list(body.get("include") or [], "include"))
    }
    for name in sorted(wanted - {ENCRYPTED_REASONING}):
        changes.dropped(
            f"include.{name}", "there is nothing of this kind in an answer", "nothing_of_this_kind"
        )
    return wanted


def _full(item: Mapping[str, Any]) -> JsonObject:
    """Return a message with what clients may leave out; other items as they are."""
    if (item.get("type") or MESSAGE) != MESSAGE:
        return item
    content = item.get("content")
    if isinstance(content, str):
        kind = "output_text" if item.get("role") == "assistant" else "input_text"
        content = [{"type": kind, "text": content}]
    return {**item, "type": MESSAGE, "content": content}


def _echo(body: Mapping[str, Any]) -> JsonObject:
    as_object(body.get("metadata") or {}, "metadata")
    echo = {
        name: default if body.get(name) is None else body[name] for name, default in _ECHOED.items()
    }
    for name in ("metadata", "reasoning", "text", "tool_choice", "tools"):
        as_json(echo[name], name)
    if isinstance(echo["text"], dict):
        echo["text"] = {"format": {"type": "text"}, **echo["text"]}
    return echo
