"""What the last user text asks the demo to do; no I/O.

A prompt is either one message or a whole transcript somebody rendered; the spelling of its roles
is not ours, so several usual ones are recognised (``User:``, ``[user]``, ``<user>``, ``### User``,
``<|im_start|>user``, ``用户：``). Within the last user part an instruction starts a line.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

_USER = r"user|human|用户"
_TOOL = (
    r"(?:tool|function)(?!s?[ _-]?(?:calls?|uses?|contract|schema|definition|choice|list)\b)"
    r"(?:[ _-]?(?:result|output|response)s?)?"
    r"|(?:result|error|output)[ ]of[ ]tool[ ]call|工具结果"
)
_OTHER = r"assistant|system|developer|助手|系统"
_ROLE = rf"(?:(?P<{{0}}user>{_USER})|(?P<{{0}}tool>{_TOOL})|(?P<{{0}}other>{_OTHER}))"


def _role(prefix: str) -> str:
    return _ROLE.replace("{0}", prefix)


_MARKER = re.compile(
    rf"^[ \t]*(?:"
    rf"(?:\[|【){_role('a')}\b[^\]】\n]*(?:\]|】)[:：]?"
    rf"|<\|?(?:im_start\|>)?{_role('b')}\b[^>\n]*>?"
    rf"|\#{{1,6}}[ \t]*{_role('c')}\b[ \t]*(?:\([^)\n]*\))?[:：]?[ \t]*$"
    rf"|(?:\*\*)?{_role('d')}(?:\*\*)?[ \t]*(?:\([^)\n]*\)|\[[^\]\n]*\])?[:：](?:\*\*)?"
    rf")",
    re.IGNORECASE | re.MULTILINE,
)
_CLOSING = re.compile(r"(?:\s*(?:</[\w-]+>|<\|[\w]+\|>|\[/[\w-]+\]))+\s*$")
_ASIDE = re.compile(r"<(system-reminder|ide_\w+)>.*?</\1>", re.DOTALL)
_CONTRACT = re.compile(r"```(?:json )?action|#Tool Call", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Prompt:
    """The part of a prompt that matters: the last user text, or the tool result after it."""

    user_text: str
    tool_result: str | None
    teaches_tools: bool


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A tool the user asked the demo to call."""

    name: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Instruction:
    """One recognised instruction: its kind, a text, up to two numbers, tools."""

    kind: str
    text: str = ""
    number: int = 0
    second: int = 0
    tools: tuple[ToolUse, ...] = ()


def read_prompt(text: str) -> Prompt:
    """Find the last user text and a tool result behind it."""
    teaches = _CONTRACT.search(text) is not None
    plain = _ASIDE.sub("", text)
    if _instruction_at(plain.strip(), 0) is not None:
        return Prompt(plain.strip(), None, teaches)
    markers = list(_MARKER.finditer(plain))
    user, tool = plain, None
    for index, marker in enumerate(markers):
        end = markers[index + 1].start() if index + 1 < len(markers) else len(plain)
        part = _CLOSING.sub("", plain[marker.end() : end]).strip()
        if not part:
            continue
        if _is(marker, "user"):
            user, tool = part, None
        elif _is(marker, "tool"):
            tool = part
    return Prompt(user.strip(), tool, teaches)


def _is(marker: re.Match[str], role: str) -> bool:
    return any(marker[f"{prefix}{role}"] for prefix in "abcd")


_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("echo", r"(?:echo|复述)\s*[:：]\s?"),
        ("count", r"(?:count to|数到)\s*(\d{1,6})(?: every (\d{1,6}) ?ms)?"),
        ("repeat", r"repeat (\d{1,7}) tokens?(?: every (\d{1,6}) ?ms)?"),
        ("recite", r"(?:recite|背诵)\s*markdown"),
        ("think", r"(?:think about|想一想)\s*[:：]?\s*"),
        ("big", r"big (\d{1,9})( ?[km]b?)?\b"),
        ("history", r"history\s*$"),
        ("stats", r"stats\s*$"),
        ("images", r"(?:describe images|描述图片)"),
        ("error", r"error (\d{1,6})(?: after (\d{1,6}))?"),
        ("refuse", r"refuse\s*[:：]\s?"),
        ("sleep", r"sleep (\d{1,6}) ?ms"),
        ("call", r"call tool (?=[\w.-])"),
        ("native", r"native tool (?=[\w.-])"),
        ("parallel", r"native tools (?=[\w.-])"),
        ("forwarded", r"list forwarded tools"),
        ("run", r"run tool (?=[\w.-])"),
    )
)


# One pass over a long prompt; only lines that may be an instruction are looked at closely.
_LINE_START = re.compile(
    rf"\n[ \t]*(?={'|'.join(pattern.pattern for _, pattern in _RULES)})", re.IGNORECASE
)


def find_instruction(user_text: str) -> Instruction | None:
    """The instruction at the start of the text, else the last line that is one."""
    first = _instruction_at(user_text, 0)
    if first is not None:
        return first
    starts = [match.end() for match in _LINE_START.finditer(user_text)]
    found = (_instruction_at(user_text, start) for start in reversed(starts))
    return next((instruction for instruction in found if instruction is not None), None)


def _instruction_at(text: str, start: int) -> Instruction | None:
    for kind, pattern in _RULES:
        match = pattern.match(text, start)
        if match is not None:
            return _build(kind, match, text)
    return None


def _build(kind: str, match: re.Match[str], text: str) -> Instruction:
    rest = text[match.end() :]
    if kind in ("echo", "refuse"):
        return Instruction(kind, text=rest)
    if kind == "think":
        return Instruction(kind, text=rest.splitlines()[0] if rest else "")
    if kind in ("call", "native", "parallel", "run"):
        return Instruction(kind, tools=_tools(rest))
    if kind == "big":
        unit = (match[2] or "").strip().lower()[:1]
        return Instruction(kind, number=int(match[1]) * {"k": 1024, "m": 1024**2}.get(unit, 1))
    groups = [int(group) for group in match.groups() if group]
    return Instruction(kind, number=(groups or [0])[0], second=groups[1] if groups[1:] else 0)


_TOOL_NAME = re.compile(r"\s*(?:and )?(?:call tool )?([\w.-]+)[ \t]*(?=\{|$|\n)")


def _tools(text: str) -> tuple[ToolUse, ...]:
    """``NAME {json}``, several joined by ``and``; no JSON means no parameters."""
    tools: list[ToolUse] = []
    position = 0
    while (match := _TOOL_NAME.match(text, position)) is not None:
        position = match.end()
        parameters: dict[str, Any] = {}
        if text[position : position + 1] == "{":
            try:
                parsed, position = json.JSONDecoder().raw_decode(text, position)
            except ValueError:
                break
            parameters = parsed
        tools.append(ToolUse(match[1], parameters))
        if not re.match(r"\s*and ", text[position:]):
            break
    return tuple(tools)
