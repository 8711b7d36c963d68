"""What a conversation costs as the client sees it: its texts and a few tokens around each turn.

The frame is Qwen's chat template (ChatML): a start marker, the role, a line break, an end marker
and a line break around each message, the opening of the answer at the end; calls and results stand
in tags, tools as one JSON line each after a fixed introduction. What the gateway adds for
upstream's sake does not count.
"""

import json
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from typing import Final

from gateway_engine.conversation import (
    AudioPart,
    ChatRequest,
    DocumentPart,
    ImagePart,
    Message,
    Part,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)
from gateway_engine.tokens.remembered import count_remembered
from gateway_engine.tokens.vocabulary import PIECE_CHARS, countable_pieces

MESSAGE_TOKENS: Final = 5
ANSWER_TOKENS: Final = 3
TOOLS_TOKENS: Final = 110
"""The template's introduction of tools, whatever they are."""
CALL_TOKENS: Final = 16
RESULT_TOKENS: Final = 6
MEDIA_TOKENS: Final = 4
"""A placeholder: how many tokens upstream makes of a picture is not known."""


def count_request(request: ChatRequest) -> int:
    """Return the input tokens of a request: its tools, its messages, the opening of the answer."""
    tools = sum(_tool(tool) for tool in request.tools)
    opening = ANSWER_TOKENS + (TOOLS_TOKENS if request.tools else 0)
    return opening + tools + count_messages(request.messages)


def count_steps(request: ChatRequest) -> Generator[None, None, int]:
    """Return what `count_request` does, in short steps."""
    total = ANSWER_TOKENS + (TOOLS_TOKENS if request.tools else 0)
    for tool in request.tools:
        total += _tool(tool)
        yield
    return total + (yield from message_steps(request.messages))


def message_steps(messages: Iterable[Message]) -> Generator[None, None, int]:
    """Return what `count_messages` does, in short steps."""
    total = 0
    for message in messages:
        total += MESSAGE_TOKENS
        for part in message.parts:
            yield
            total += yield from _part_steps(part)
    return total


def count_messages(messages: Iterable[Message]) -> int:
    """Return the tokens of these messages, without the opening of an answer."""
    return sum(MESSAGE_TOKENS + _parts(message.parts) for message in messages)


def size_of(request: ChatRequest) -> int:
    """Return about how many characters `count_request` will look at; cheap."""
    return size_of_messages(request.messages) + sum(
        len(tool.name) + len(tool.description) + 40 * len(tool.schema) for tool in request.tools
    )


def size_of_messages(messages: Iterable[Message]) -> int:
    """Return about how many characters `count_messages` will look at; cheap."""
    return sum(_size(part) for message in messages for part in message.parts)


def _tool(tool: ToolSpec) -> int:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.schema}
    line = {"type": "function", "function": function}
    return 1 + count_remembered(json.dumps(line, ensure_ascii=False, default=dict))


def _parts(parts: Iterable[Part]) -> int:
    return sum(_part(part) for part in parts)


def _part(part: Part) -> int:
    match part:
        case TextPart(text):
            return count_remembered(text)
        case ImagePart() | AudioPart():
            return MEDIA_TOKENS
        case DocumentPart(name, text):
            return MEDIA_TOKENS + count_remembered(name if text is None else text)
        case ReasoningPart():
            return 0  # it is not given to the model again
        case ToolCallPart(_, name, arguments):
            return CALL_TOKENS + count_remembered(name) + count_remembered(arguments)
        case ToolResultPart(_, content, _):
            return RESULT_TOKENS + _parts(content)


def _part_steps(part: Part) -> Generator[None, None, int]:
    if _size(part) <= PIECE_CHARS:
        return _part(part)
    total = _part(_without_texts(part))
    for text in _texts(part):
        for piece in countable_pieces(text):
            total += count_remembered(piece)
            yield
    return total


def _without_texts(part: Part) -> Part:
    match part:
        case DocumentPart():
            return replace(part, name="", text=None)
        case ToolCallPart():
            return replace(part, name="", arguments="")
        case ToolResultPart():
            return replace(part, content=tuple(_without_texts(inner) for inner in part.content))
        case TextPart():
            return TextPart("")
        case _:
            return part


def _texts(part: Part) -> Iterator[str]:
    match part:
        case TextPart(text):
            yield text
        case DocumentPart(name, text):
            yield name if text is None else text
        case ToolCallPart(_, name, arguments):
            yield name
            yield arguments
        case ToolResultPart(_, content, _):
            for inner in content:
                yield from _texts(inner)
        case _:
            return


def _size(part: Part) -> int:
    match part:
        case TextPart(text):
            return len(text)
        case DocumentPart(name, text):
            return len(name if text is None else text)
        case ToolCallPart(_, name, arguments):
            return len(name) + len(arguments)
        case ToolResultPart(_, content, _):
            return sum(_size(inner) for inner in content)
        case _:
            return 0
