"""The one place where a neutral conversation becomes the text an upstream is asked with. Pure.

A lone user message goes as it is. Anything longer becomes a transcript: the instructions first,
then the contracts of tools and form, then every turn under its role. Instructions given in the
middle of a conversation stay there: they speak of what went before. Earlier calls and results stand
in the very form the contract teaches. An image that upstream was given is named by its
number, `[image 1]`; any other leaves `[image]`. A document that travels beside the prompt is named
like that too; any other stands there as its text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from types import MappingProxyType
from typing import Final

from gateway_engine.begun_answer import begun_answer
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

_NAMES: Final = {
    Role.SYSTEM: "System",
    Role.DEVELOPER: "System",
    Role.USER: "User",
    Role.ASSISTANT: "Assistant",
    Role.TOOL: "Tool result",
}
_ANSWER: Final = (
    "Below is the conversation so far. Answer its last message as the assistant,"
    " without repeating the conversation or naming a role."
)
_GO_ON: Final = (
    "Below is the conversation so far. Its last message is your own answer, begun but not finished:"
    " write only what comes next, from the very character where it stops, without repeating"
    " anything of it or naming a role."
)
_INSTRUCTIONS: Final = (Role.SYSTEM, Role.DEVELOPER)
Beside = Mapping[ImagePart | DocumentPart, int]
"""What upstream is given beside the prompt: images and documents, by the number of their kind."""

NOTHING_BESIDE: Final[Beside] = MappingProxyType({})


def render_prompt(
    request: ChatRequest,
    beside: Beside = NOTHING_BESIDE,
    *,
    real_tools: bool = False,
) -> str:
    """Return the whole conversation as one text that asks for the assistant's next turn.

    `real_tools`: the model is given the tools as tools, and not taught them here.
    """
    history = pair_results(request.messages)
    names = _Names(history.names, beside)
    opening = list(takewhile(lambda m: m.role is not Role.ASSISTANT, history.messages))
    instructions = [
        text
        for message in opening
        if message.role in _INSTRUCTIONS and (text := _parts(message.parts, names))
    ]
    contract = remind(request) if real_tools else teach(request).text
    if contract:
        instructions.append(contract)
    if request.json_format is not None:
        instructions.append(teach_format(request.json_format))
    turns = [message for message in opening if message.role not in _INSTRUCTIONS]
    turns += history.messages[len(opening) :]
    if len(turns) == 1 and turns[0].role is Role.USER:
        return "\n\n".join([*instructions, _parts(turns[0].parts, names)])
    blocks = list(instructions)
    if turns:
        blocks.append(_GO_ON if begun_answer(turns) else _ANSWER)
    blocks += _turns(turns, names)
    return "\n\n".join(blocks)


def rendering_changes(request: ChatRequest) -> tuple[Change, ...]:
    """Return what of the request the rendered text does not hold as it was sent.

    What becomes of images is known only when upstream was asked to take them.
    """
    changes = [*pair_results(request.messages).changes, *teach(request).changes]
    for number, message in enumerate(request.messages):
        for part in message.parts:
            for inner in (part, *(part.content if isinstance(part, ToolResultPart) else ())):
                shown = _part(inner, _Names({}, NOTHING_BESIDE))
                if isinstance(inner, AudioPart) or (
                    isinstance(inner, DocumentPart) and inner.text is None
                ):
                    reason = f"the model is shown {shown} in its place"
                    changes.append(
                        Change(f"messages[{number}]", "degraded", reason, "shown_as_name")
                    )
                elif isinstance(inner, ReasoningPart):
                    reason = "earlier reasoning is not shown again"
                    changes.append(
                        Change(f"messages[{number}]", "dropped", reason, "reasoning_not_shown")
                    )
    return tuple(dict.fromkeys(changes))


def render_follow_up(request: ChatRequest, beside: Beside = NOTHING_BESIDE) -> str:
    """Return what is new since the last answer, for a session that remembers the rest."""
    history = pair_results(request.messages)
    names = _Names(history.names, beside)
    answered = max(
        (at for at, message in enumerate(history.messages) if message.role is Role.ASSISTANT),
        default=-1,
    )
    turns = history.messages[answered + 1 :]
    if len(turns) == 1 and turns[0].role is Role.USER:
        blocks = [_parts(turns[0].parts, names)]
    else:
        blocks = _turns(turns, names)
    said = remind(request)
    if said:
        blocks.append(said)
    if request.json_format is not None:
        blocks.append(teach_format(request.json_format))
    return "\n\n".join(blocks)


@dataclass(frozen=True, slots=True)
class _Names:
    """What parts are called: the tool of each call id, the number of what travels beside."""

    tools: Mapping[str, str]
    beside: Beside


def _turns(messages: Iterable[Message], names: _Names) -> list[str]:
    texts = [(message.role, _parts(message.parts, names)) for message in messages]
    return [f"{_NAMES[role]}:\n{text}" for role, text in texts if text or role not in _INSTRUCTIONS]


def render_parts(parts: Iterable[Part], tools: Mapping[str, str] | None = None) -> str:
    """Return the parts of one message as text; what is not text leaves a placeholder.

    `tools` gives the tool of each call id.
    """
    return _parts(parts, _Names(tools or {}, NOTHING_BESIDE))


def _parts(parts: Iterable[Part], names: _Names) -> str:
    return "\n".join(text for part in parts if (text := _part(part, names)))


def _part(part: Part, names: _Names) -> str:
    match part:
        case TextPart(text):
            return text
        case ImagePart():
            return f"[image {names.beside[part]}]" if part in names.beside else "[image]"
        case AudioPart():
            return "[audio]"
        case DocumentPart(name) if part in names.beside:
            return f"[document {names.beside[part]}: {name or 'unnamed'}]"
        case DocumentPart(name, text):
            return text if text is not None else f"[file: {name or 'unnamed'}]"
        case ReasoningPart():
            return ""
        case ToolCallPart():
            return render_call(part)
        case ToolResultPart(call_id, content):
            tool = names.tools.get(call_id, "")
            return render_result(part, tool=tool, content=_parts(content, names))
