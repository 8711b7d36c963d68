"""The one place where a neutral conversation becomes the text an upstream is asked with. Pure.

A lone user message goes as it is. Anything longer becomes a transcript: the instructions first,
then the contracts of tools and form, then every turn under its role. Earlier calls and results
stand in the very form the contract teaches.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from gateway_engine.conversation import (
    AudioPart,
    Change,
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
from gateway_engine.json_answer import teach_format
from gateway_engine.tools.contract_text import remind, render_call, render_result, teach
from gateway_engine.tools.history import pair_results

_NAMES: Final = {Role.USER: "User", Role.ASSISTANT: "Assistant", Role.TOOL: "Tool result"}
_INSTRUCTIONS: Final = (Role.SYSTEM, Role.DEVELOPER)


def render_prompt(request: ChatRequest) -> str:
    """Return the whole conversation as one text that asks for the assistant's next turn."""
    history = pair_results(request.messages)
    instructions = [
        text
        for message in history.messages
        if message.role in _INSTRUCTIONS and (text := render_parts(message.parts))
    ]
    contract = teach(request).text
    if contract:
        instructions.append(contract)
    if request.json_format is not None:
        instructions.append(teach_format(request.json_format))
    turns = [message for message in history.messages if message.role not in _INSTRUCTIONS]
    if len(turns) == 1 and turns[0].role is Role.USER:
        return "\n\n".join([*instructions, render_parts(turns[0].parts)])
    blocks = list(instructions)
    if turns:
        blocks.append(
            "Below is the conversation so far. Answer its last message as the assistant,"
            " without repeating the conversation or naming a role."
        )
    blocks += [_turn(message, history.names) for message in turns]
    return "\n\n".join(blocks)


def rendering_changes(request: ChatRequest) -> tuple[Change, ...]:
    """Return what of the request the rendered text does not hold as it was sent."""
    changes = [*pair_results(request.messages).changes, *teach(request).changes]
    for number, message in enumerate(request.messages):
        for part in message.parts:
            for inner in (part, *(part.content if isinstance(part, ToolResultPart) else ())):
                shown = _part(inner, {})
                if isinstance(inner, ImagePart | AudioPart) or (
                    isinstance(inner, DocumentPart) and inner.text is None
                ):
                    reason = f"the model is shown {shown} in its place"
                    changes.append(Change(f"messages[{number}]", "degraded", reason))
                elif isinstance(inner, ReasoningPart):
                    reason = "earlier reasoning is not shown again"
                    changes.append(Change(f"messages[{number}]", "dropped", reason))
    return tuple(dict.fromkeys(changes))


def render_follow_up(request: ChatRequest) -> str:
    """Return what is new since the last answer, for a session that remembers the rest."""
    history = pair_results(request.messages)
    answered = max(
        (at for at, message in enumerate(history.messages) if message.role is Role.ASSISTANT),
        default=-1,
    )
    turns = history.messages[answered + 1 :]
    if len(turns) == 1 and turns[0].role is Role.USER:
        blocks = [render_parts(turns[0].parts)]
    else:
        blocks = [_turn(message, history.names) for message in turns]
    said = remind(request)
    if said:
        blocks.append(said)
    if request.json_format is not None:
        blocks.append(teach_format(request.json_format))
    return "\n\n".join(blocks)


def _turn(message: Message, tools: Mapping[str, str]) -> str:
    return f"{_NAMES[message.role]}:\n{render_parts(message.parts, tools)}"


def render_parts(parts: Iterable[Part], tools: Mapping[str, str] | None = None) -> str:
    """Return the parts of one message as text; what is not text leaves a placeholder.

    `tools` gives the tool of each call id.
    """
    return "\n".join(text for part in parts if (text := _part(part, tools or {})))


def _part(part: Part, tools: Mapping[str, str]) -> str:
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
        case ToolCallPart():
            return render_call(part)
        case ToolResultPart(call_id, content):
            return render_result(part, tool=tools.get(call_id, ""), content=render_parts(content))
