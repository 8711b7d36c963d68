"""Feeding an AnswerParser, and joining what it said so that cuts do not show."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count

from gateway_engine.conversation import (
    TextDelta,
    ToolCallArguments,
    ToolCallFinished,
    ToolCallStarted,
    ToolSpec,
)
from gateway_engine.tools.parser import AnswerParser
from gateway_engine.tools.parser_events import ArgumentsBroken, ParserEvent, Warned

READ = ToolSpec(
    "read_file",
    "Read a file.",
    {
        "type": "object",
        "properties": {"path": {"type": "string"}, "limit": {"type": "integer"}},
        "required": ["path"],
        "additionalProperties": False,
    },
)
LIST = ToolSpec("ls", "List files.", {"type": "object", "properties": {}})
ANY = ToolSpec("any", "Whatever.", {})
TOOLS = (READ, LIST, ANY)


def a_parser(
    tools: Sequence[ToolSpec] = TOOLS, *, parallel: bool = True, index: int = 0
) -> AnswerParser:
    numbers = count()
    return AnswerParser(tools, lambda: f"call_{next(numbers)}", parallel=parallel, index=index)


def parse_pieces(pieces: Iterable[str], *, parallel: bool = True) -> list[ParserEvent]:
    parser = a_parser(parallel=parallel)
    events = [event for piece in pieces for event in parser.feed(piece)]
    return join([*events, *parser.finish()])


def parse_answer(text: str, *, parallel: bool = True) -> list[ParserEvent]:
    return parse_pieces([text], parallel=parallel)


def join(events: Iterable[ParserEvent]) -> list[ParserEvent]:
    """The same events with neighbouring pieces of text, or of one call's arguments, joined."""
    joined: list[ParserEvent] = []
    for event in events:
        last = joined[-1] if joined else None
        if isinstance(event, TextDelta | ToolCallArguments):
            assert event.text
        if isinstance(event, TextDelta) and isinstance(last, TextDelta):
            joined[-1] = TextDelta(last.text + event.text)
        elif (
            isinstance(event, ToolCallArguments)
            and isinstance(last, ToolCallArguments)
            and last.index == event.index
        ):
            joined[-1] = replace(last, text=last.text + event.text)
        else:
            joined.append(event)
    return joined


Item = str | tuple[str, str]
"""Text as it is; a call as its name and the text of its arguments."""


def items(events: Iterable[ParserEvent]) -> list[Item]:
    """What a client sees: texts and calls in order. Checks that each call is whole."""
    seen: list[Item] = []
    name, arguments, index = "", "", -1
    for event in join(event for event in events if not isinstance(event, Warned)):
        match event:
            case TextDelta(text):
                seen.append(text)
            case ToolCallStarted(number, call_id, tool):
                assert number == index + 1
                assert call_id
                name, arguments, index = tool, "", number
            case ToolCallArguments(number, text):
                assert number == index
                arguments += text
            case ToolCallFinished(number):
                assert number == index
                seen.append((name, arguments))
            case ArgumentsBroken():
                seen.append((name, "BROKEN"))
    return seen


def codes(events: Iterable[ParserEvent]) -> list[str]:
    return [event.code for event in events if isinstance(event, Warned)]
