"""Reasoning that a client wrote into the answer's text, taken out again. Pure.

Programs that know no place for reasoning send it back as `<think>…</think>` before the text
(pydantic-ai over Responses, chat windows). No answer of ours begins that way: what upstream thinks
is told apart before a client sees it. So it is the reasoning of before, which no model is given a
second time, and which must not make the turn look like another one.
"""

import re
from dataclasses import replace
from typing import Final

from gateway_engine.conversation import ChatRequest, Message, Part, ReasoningPart, Role, TextPart

_QUOTED: Final = re.compile(r"\s*<think>(.*?)</think>\s*", re.DOTALL)
_MARK: Final = "<think>"


def with_reasoning_apart(request: ChatRequest) -> ChatRequest:
    """Return the request with such texts of the assistant as reasoning."""
    messages = tuple(_message(message) for message in request.messages)
    return request if messages == request.messages else replace(request, messages=messages)


def _message(message: Message) -> Message:
    if message.role is not Role.ASSISTANT or not any(_may_quote(p) for p in message.parts):
        return message
    parts: list[Part] = []
    for part in message.parts:
        found = _QUOTED.match(part.text) if isinstance(part, TextPart) else None
        if found is None or not isinstance(part, TextPart):
            parts.append(part)
            continue
        if thought := found[1].strip():
            parts.append(ReasoningPart(thought))
        if rest := part.text[found.end() :]:
            parts.append(TextPart(rest))
    return replace(message, parts=tuple(parts))


def _may_quote(part: Part) -> bool:
    return isinstance(part, TextPart) and part.text.lstrip().startswith(_MARK)
