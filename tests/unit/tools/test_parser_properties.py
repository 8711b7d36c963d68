"""What holds for the parser whatever a model writes and however the stream is cut."""

import json
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway_engine.conversation import TextDelta, ToolCallStarted
from gateway_engine.tools.parser_events import ArgumentsBroken
from tests.unit.tools.answers import answers, calls, noise
from tests.unit.tools.reading import TOOLS, Item, a_parser, items, join, parse_answer, parse_pieces
from tests.unit.tools.reference_parser import read


def cut(text: str, at: list[int]) -> list[str]:
    points = [0, *sorted(point % (len(text) + 1) for point in at), len(text)]
    return [text[a:b] for a, b in pairwise(points)]


def canonical(seen: list[Item]) -> list[Item]:
    return [
        item
        if isinstance(item, str) or item[1] == "BROKEN"
        else (item[0], json.dumps(json.loads(item[1]), sort_keys=True))
        for item in seen
    ]


@given(answers())
@settings(max_examples=300)
def test_the_parser_agrees_with_the_slow_one(text: str) -> None:
    assert canonical(items(parse_answer(text))) == read(text, TOOLS)


@given(st.one_of(answers(), noise), st.lists(st.integers(0, 10**6), max_size=6))
@settings(max_examples=300)
def test_cuts_do_not_show(text: str, at: list[int]) -> None:
    assert parse_pieces(cut(text, at)) == parse_answer(text)


@given(st.one_of(answers(), noise))
@settings(max_examples=250)
def test_one_character_at_a_time_is_the_same(text: str) -> None:
    assert parse_pieces(text) == parse_answer(text)


@given(noise)
@settings(max_examples=300)
def test_noise_never_makes_malformed_arguments(text: str) -> None:
    for item in items(parse_answer(text)):
        if isinstance(item, tuple) and item[1] != "BROKEN":
            assert isinstance(json.loads(item[1]), dict)


@given(noise)
@settings(max_examples=250)
def test_text_without_a_call_stays_byte_for_byte(text: str) -> None:
    events = parse_answer(text)
    if not any(isinstance(event, ToolCallStarted) for event in events):
        assert "".join(event.text for event in events if isinstance(event, TextDelta)) == text


@given(noise)
@settings(max_examples=250)
def test_with_no_tools_everything_is_text(text: str) -> None:
    parser = a_parser(())
    events = join([*parser.feed(text), *parser.finish()])
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == text


@given(st.text(alphabet="abc \n#Tolcjsinat:`", max_size=60))
@settings(max_examples=250)
@example("x ```json action\n")
def test_prose_is_held_only_while_it_may_open_a_call(text: str) -> None:
    parser = a_parser()
    given = 0
    for count, char in enumerate("x" + text, start=1):
        given += sum(len(e.text) for e in parser.feed(char) if isinstance(e, TextDelta))
        held = ("x" + text)[given:count]
        assert held == "" or held[0] in "#`" or held.isspace()
        assert len(held.strip()) <= 64 or held.strip("`") == ""


@given(calls(), st.integers(1, 9))
def test_the_name_is_out_as_soon_as_it_is_complete(
    call: tuple[str, dict[str, object]], size: int
) -> None:
    name, arguments = call
    head = f'```json action\n{{"tool": "{name}"'
    rest = f', "parameters": {json.dumps(arguments)}}}\n```'
    parser = a_parser()
    fed = ""
    events = []
    for start in range(0, len(head), size):
        fed += head[start : start + size]
        events += parser.feed(head[start : start + size])
        assert bool(events) == (fed == head)
    assert len(items([*events, *parser.feed(rest)])) == 1


@given(calls())
@settings(max_examples=200)
def test_strict_arguments_stream_with_little_held(call: tuple[str, dict[str, object]]) -> None:
    name, arguments = call
    text = json.dumps(arguments, ensure_ascii=False)
    parser = a_parser()
    parser.feed(f'```json action\n{{"tool": "{name}", "parameters": ')
    sent = ""
    for count, char in enumerate(text, start=1):
        sent += "".join(getattr(event, "text", "") for event in parser.feed(char))
        assert text.startswith(sent)
        held = text[len(sent) : count]
        # A key with its colon, a number, an escape, or a closing quote waits for what follows.
        assert len(held) <= 60
    assert sent == text


def test_long_strings_stream_as_they_arrive() -> None:
    parser = a_parser()
    parser.feed('```json action\n{"tool": "read_file", "parameters": {"path": "')
    for char in "x" * 500:
        (event,) = parser.feed(char)
        assert getattr(event, "text", "") == char


@given(noise, st.integers(0, 400))
@settings(max_examples=300)
def test_what_was_sent_of_broken_arguments_is_the_start_of_json(text: str, end: int) -> None:
    body = '```json action\n{"tool": "any", "parameters": {"a": [1, {"b": "c'
    for event in parse_answer((body + text)[: len(body) + end]):
        if isinstance(event, ArgumentsBroken):
            assert event.emitted.startswith("{")
            with pytest.raises(ValueError):
                json.loads(event.emitted)
