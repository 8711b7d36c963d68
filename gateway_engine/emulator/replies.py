"""Composes the answer to a prompt as a list of steps; no I/O, no clock.

The steps say *what* is answered; how it is spelled on the wire is the work of ``spelling``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from gateway_engine.emulator import samples
from gateway_engine.emulator.instructions import (
    Instruction,
    Prompt,
    ToolUse,
    find_instruction,
)
from gateway_engine.emulator.tokens import has_cjk, split_tokens

MAX_QUOTED_CHARS = 2000


@dataclass(frozen=True, slots=True)
class Think:
    """Reasoning, in streamed pieces."""

    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Say:
    """Answer text, in streamed pieces; ``pause_ms`` overrides the usual pause between them."""

    pieces: tuple[str, ...]
    pause_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Sleep:
    """Silence in the middle of an answer."""

    seconds: float


@dataclass(frozen=True, slots=True)
class UseTool:
    """Native calls, all at once; run here when approved, or handed to the client to execute."""

    tools: tuple[ToolUse, ...]
    runs_here: bool


Step = Think | Say | Sleep | UseTool


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. ``refusal`` set: the ask request itself is refused with that text."""

    steps: tuple[Step, ...]
    status_code: int = 200
    reason: str = "stop"
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What an answer may depend on besides the prompt."""

    model: str
    always_thinks: bool
    memories: Sequence[str]
    stats: str
    images: Sequence[str]
    taught_earlier: bool = False
    tool_form: str = "fence"
    forwarded: Sequence[str] = ()


def compose(prompt: Prompt, setting: Setting) -> Reply:
    """The answer to this prompt."""
    if prompt.tool_result is not None:
        return _say(_about_tool_result(prompt.tool_result, has_cjk(prompt.user_text)))
    instruction = find_instruction(prompt.user_text)
    if instruction is None:
        return _introduction(prompt, setting)
    return _obey(instruction, prompt, setting)


def _obey(instruction: Instruction, prompt: Prompt, setting: Setting) -> Reply:
    number, second = instruction.number, instruction.second
    match instruction.kind:
        case "echo":
            return _say(instruction.text)
        case "count":
            pieces = tuple(f"{i}\n" for i in range(1, number + 1))
            return Reply((Say(pieces, second or None),))
        case "repeat":
            pieces = tuple(f"t{i} " for i in range(1, number + 1))
            return Reply((Say(pieces, second or None),))
        case "recite":
            return _say(samples.MARKDOWN)
        case "think":
            return _think(instruction.text.strip(), "")
        case "big":
            return Reply((Say((big_text(number),)),))
        case "history":
            return _say(_history(setting.memories))
        case "stats":
            return _say(setting.stats)
        case "images":
            return _say(_images(setting.images))
        case "sleep":
            return Reply((Sleep(number / 1000), *_say(f"Slept {number} ms.\n").steps))
        case "error":
            pieces = tuple(f"t{i} " for i in range(1, second + 1))
            return Reply((Say(pieces),), number, f"emulated error {number}")
        case "refuse":
            return Reply((), refusal=instruction.text.strip() or "refused")
        case "call":
            return _call_tools(instruction.tools, prompt, setting)
        case "parallel":
            return Reply((UseTool(instruction.tools, runs_here=False),))
        case "forwarded":
            return _say(_forwarded(setting.forwarded))
    runs_here = instruction.kind == "run"
    return Reply(tuple(UseTool((tool,), runs_here) for tool in instruction.tools))


def _say(text: str) -> Reply:
    return Reply((Say(tuple(split_tokens(text))),))


def _think(topic: str, answer: str) -> Reply:
    chinese = has_cjk(topic)
    thoughts = split_tokens(samples.thoughts(topic, chinese))
    said = split_tokens(answer or samples.conclusion(topic, chinese))
    return Reply((Think(tuple(thoughts)), Say(tuple(said))))


def _introduction(prompt: Prompt, setting: Setting) -> Reply:
    chinese = has_cjk(prompt.user_text)
    text = samples.INTRODUCTION_ZH if chinese else samples.INTRODUCTION
    if setting.images:
        text += "\n" + _images(setting.images)
    if not setting.always_thinks:
        return _say(text)
    topic = prompt.user_text.strip().splitlines() or [""]
    return _think(topic[0][:80], text)


def _history(memories: Sequence[str]) -> str:
    if not memories:
        return "This session remembers nothing: this is its first turn.\n"
    lines = [f"{index}. {memory}" for index, memory in enumerate(memories, 1)]
    return f"This session remembers {len(memories)} earlier turns:\n" + "\n".join(lines) + "\n"


def _images(images: Sequence[str]) -> str:
    lines = [f"{index}. {image}" for index, image in enumerate(images, 1)]
    return f"Images in this message: {len(images)}\n" + "".join(f"{line}\n" for line in lines)


def _forwarded(names: Sequence[str]) -> str:
    return f"Tools given with this message: {', '.join(names) or 'none'}\n"


def _about_tool_result(result: str, chinese: bool) -> str:
    quoted = result[:MAX_QUOTED_CHARS]
    if chinese:
        return f"工具返回了以下结果（内置演示）：\n\n{quoted}\n"
    return f"The tool returned (built-in demo):\n\n{quoted}\n"


def _call_tools(tools: Sequence[ToolUse], prompt: Prompt, setting: Setting) -> Reply:
    if not (prompt.teaches_tools or setting.taught_earlier):
        return _say("No tools were taught in this conversation, so the demo cannot call one.\n")
    said = ["I will use " + ", ".join(tool.name for tool in tools) + ".\n\n"]
    said += [tool_call_text(tool, setting.tool_form) for tool in tools]
    return _say("".join(said))


def tool_call_text(tool: ToolUse, form: str) -> str:
    """A call in one of the spellings of the taught text contract."""
    content = json.dumps(
        {"tool": tool.name, "parameters": tool.parameters}, ensure_ascii=False, indent=2
    )
    match form:
        case "marker":
            return f"#Tool Call\n{content}\n"
        case "action" | "plain":
            return f"```{'json' if form == 'plain' else 'action'}\n{content}\n```\n"
    return f"```json action\n{content}\n```\n"


def big_text(size: int) -> str:
    """A text of exactly ``size`` ASCII bytes, in numbered lines of 64."""
    line = "".join(f"{index:07d} {'x' * 55}\n" for index in range(size // 64 + 1))
    return line[:size]
