"""Lines of known clients that change with every request and say nothing to a model. Pure.

They are left out before anything is rendered or hashed, and listed as dropped. The table is small
on purpose: what is not in it is the user's.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from gateway_engine.conversation import Change, ChatRequest, Message, Part, Role, TextPart


@dataclass(frozen=True, slots=True)
class VolatileLine:
    """A line at the start of a text of the instructions; `whose` says who writes it."""

    pattern: re.Pattern[str]
    whose: str


VOLATILE_LINES: Final = (
    VolatileLine(
        re.compile(r"\s*x-anthropic-billing-header:[^\n]*(?:\n\s*|\Z)"),
        "Claude Code's billing line",
    ),
)
_INSTRUCTIONS: Final = (Role.SYSTEM, Role.DEVELOPER)


def without_volatile_lines(request: ChatRequest) -> ChatRequest:
    """Return the request without such lines; each is listed in `changes`."""
    changes: list[Change] = []
    messages: list[Message] = []
    for number, message in enumerate(request.messages):
        if message.role not in _INSTRUCTIONS:
            messages.append(message)
            continue
        parts = _cleaned(message.parts, f"messages[{number}]", changes)
        if parts:
            messages.append(message if parts == message.parts else replace(message, parts=parts))
    if not changes:
        return request
    return replace(request, messages=tuple(messages), changes=(*request.changes, *changes))


def _cleaned(parts: tuple[Part, ...], field: str, changes: list[Change]) -> tuple[Part, ...]:
    cleaned: list[Part] = []
    for part in parts:
        if isinstance(part, TextPart):
            text = part.text
            for line in VOLATILE_LINES:
                found = line.pattern.match(text)
                if found is not None:
                    text = text[found.end() :]
                    reason = f"{line.whose} changes with every request"
                    changes.append(Change(field, "dropped", reason, "volatile_line"))
            if text or not part.text:
                cleaned.append(part if text == part.text else TextPart(text))
            continue
        cleaned.append(part)
    return tuple(cleaned)
