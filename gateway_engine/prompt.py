"""The one place where a neutral conversation becomes the text an upstream is asked with. Pure.

A lone user message goes as it is. Anything longer becomes a transcript: the instructions first,
then every turn under its role, then the request to go on as the assistant.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from gateway_engine.conversation import (
    AudioPart,
    ChatRequest,
    DocumentPart,
    ImagePart,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)

_NAMES: Final = {Role.USER: "User", Role.ASSISTANT: "Assistant", Role.TOOL: "Tool result"}
_INSTRUCTIONS: Final = (Role.SYSTEM, Role.DEVELOPER)


def render_prompt(request: ChatRequest) -> str:
    """Return the whole conversation as one text that asks for the assistant's next turn."""
    instructions = [
        text
        for message in request.messages
        if message.role in _INSTRUCTIONS and (text := render_parts(message.parts))
    ]
    turns = [message for message in request.messages if message.role not in _INSTRUCTIONS]
    if len(turns) == 1 and turns[0].role is Role.USER:
        return "\n\n".join([*instructions, render_parts(turns[0].parts)])
    blocks = list(instructions)
    if turns:
        blocks.append(
            "Below is the conversation so far. Answer its last message as the assistant,"
            " without repeating the conversation or naming a role."
        )
    blocks += [_turn(message) for message in turns]
    return "\n\n".join(blocks)


def render_follow_up(messages: Sequence[Message]) -> str:
    """Return what is new since the last answer, for a session that remembers the rest."""
    if len(messages) == 1 and messages[0].role is Role.USER:
        return render_parts(messages[0].parts)
    return "\n\n".join(_turn(message) for message in messages)


def _turn(message: Message) -> str:
    return f"{_NAMES[message.role]}:\n{render_parts(message.parts)}"


def render_parts(parts: Iterable[Part]) -> str:
    """Return the parts of one message as text; what is not text leaves a placeholder."""
    return "\n".join(text for part in parts if (text := _part(part)))


def _part(part: Part) -> str:
    match part:
        case TextPart(text):
            return text
        case ImagePart():
            return "[image]"
        case AudioPart():
            return "[audio]"
        case DocumentPart(name, text):
            return text if text is not None else f"[file: {name or 'unnamed'}]"
        case ReasoningPart():
            return ""
        case ToolCallPart(call_id, name, arguments):
            return f"[called tool {name} as {call_id} with {arguments}]"
        case ToolResultPart(call_id, content, is_error):
            outcome = "error" if is_error else "result"
            return f"[{outcome} of tool call {call_id}]\n{render_parts(content)}"
