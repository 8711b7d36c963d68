"""The grammar of tool calls for strict JSON, read from the whole text: slow and obvious.

Knows nothing of mending, of text before a fence on its line, of quoting fences, and of what to do
with calls that break off: the answers it is asked about have none of that.
"""

import json
import re
from collections.abc import Sequence

from gateway_engine.conversation import ToolSpec
from tests.unit.tools.reading import Item

FENCE = re.compile(r"^(`{3,})(json action|action)[ \t\r]*\n\s*(?=\{)", re.MULTILINE)
MARKER = re.compile(r"^#tool call[ \t]*:?[ \t\r]*\n\s*", re.MULTILINE | re.IGNORECASE)
MARKED_FENCE = re.compile(r"(`{3,})(json action|action|json|)[ \t\r]*\n\s*(?=\{)")
PLAIN = re.compile(r"^(`{3,})json[ \t\r]*\n\s*(?=\{)", re.MULTILINE)

WHITE = " \t\r\n\ufeff"


def read(text: str, tools: Sequence[ToolSpec]) -> list[Item]:
    names = {tool.name for tool in tools}
    pieces: list[Item] = []
    at = text_from = 0
    while at < len(text):
        call = at_start_of_line(text, at) and call_at(text, at, names)
        if not call:
            at += 1
            continue
        name, arguments, end = call
        pieces += [text[text_from:at], (name, arguments)]
        at = text_from = end
    pieces.append(text[text_from:])
    if len(pieces) == 1:
        return [piece for piece in pieces if piece]
    return [piece for piece in pieces if not isinstance(piece, str) or piece.strip(WHITE)]


def at_start_of_line(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] == "\n"


def call_at(text: str, at: int, names: set[str]) -> tuple[str, str, int] | None:
    if opener := FENCE.match(text, at):
        return fenced(text, opener.end(), len(opener[1]), names, exact=False)
    if opener := PLAIN.match(text, at):
        return fenced(text, opener.end(), len(opener[1]), names, exact=True)
    if marker := MARKER.match(text, at):
        if opener := MARKED_FENCE.match(text, marker.end()):
            return fenced(text, opener.end(), len(opener[1]), names, exact=False)
        if text[marker.end() : marker.end() + 1] == "{":
            call = an_object(text, marker.end(), names, exact=False)
            if call:
                name, arguments, end = call
                rest = re.compile(r"[ \t\r]*(\n|\Z)").match(text, end)
                return name, arguments, rest.end() if rest else end
    return None


def fenced(
    text: str, start: int, ticks: int, names: set[str], *, exact: bool
) -> tuple[str, str, int] | None:
    call = an_object(text, start, names, exact=exact)
    if not call:
        return None
    name, arguments, end = call
    closing = re.compile(rf"\s*`{{{ticks},}}[ \t\r]*(\n|\Z)").match(text, end)
    return (name, arguments, closing.end()) if closing else None


def an_object(
    text: str, start: int, names: set[str], *, exact: bool
) -> tuple[str, str, int] | None:
    try:
        value, end = json.JSONDecoder().raw_decode(text, start)
    except ValueError:
        return None
    name = value.get("tool", value.get("name"))
    arguments = [key for key in ("parameters", "arguments", "input") if key in value]
    if not isinstance(name, str) or name not in names or not arguments:
        return None
    if exact and len(value) != 2:
        return None
    given = value[arguments[0]]
    if isinstance(given, str):
        given = json.loads(given)
    return name, json.dumps(given, sort_keys=True), end
