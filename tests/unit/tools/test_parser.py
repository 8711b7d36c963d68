"""The parser, form by form: what is a call, what stays text, what happens at ragged ends."""

import json

import pytest

from gateway_engine.conversation import TextDelta, ToolCallArguments, ToolCallStarted
from gateway_engine.tools.parser_events import ArgumentsBroken, ParserEvent
from tests.unit.tools.reading import Item, a_parser, codes, items, parse_answer, parse_pieces

CALL = '{"tool": "ls", "parameters": {}}'
LS: Item = ("ls", "{}")


def read_call(arguments: str, tool: str = "read_file") -> str:
    return f'```json action\n{{"tool": "{tool}", "parameters": {arguments}}}\n```'


@pytest.mark.parametrize(
    "text",
    [
        f"```json action\n{CALL}\n```",
        f"```action\n{CALL}\n```\n",
        f"```JSON Action\n{CALL}\n```",
        f"``` json  action \n{CALL}\n```",
        f"```json action\r\n{CALL}\r\n```\r\n",
        f"````json action\n{CALL}\n````",
        f"````json action\n{CALL}\n```",
        f"  ```json action\n  {CALL}\n  ```\n",
        f"\ufeff```json action\n\ufeff{CALL}\n```",
        f"```json action\n\n\n{CALL}\n\n\n```",
        f"```json action {CALL}```",
        f"#Tool Call\n{CALL}",
        f"#tool call:\n{CALL}\n",
        f"#TOOL CALL :  \r\n\r\n{CALL}",
        f"\n\n#Tool Call\n```json\n{CALL}\n```",
        f"#Tool Call\n```\n{CALL}\n```\n",
        f"#Tool Call\n```json action\n{CALL}\n```\n",
        f"```json\n{CALL}\n```",
        f"```json\n{CALL}",
        f"```json action\n{CALL}",
        '```json action\n{"parameters": {}, "tool": "ls"}\n```',
        '```json action\n{"name": "ls", "arguments": "{}"}\n```',
        '```json action\n{"tool": "ls", "input": ""}\n```',
        '```json action\n{"tool": "ls", "input": null}\n```',
        '```json action\n{"tool": "ls"}\n```',
        '```json action\n{"name": "step 1", "tool": "ls", "parameters": {}}\n```',
        '```json action\n{"why": {"a": [1]}, "tool": "ls", "parameters": {}, "x": "}"}\n```',
        '```json action\n{"tool": "\\u006cs", "parameters": {}}\n```',
        "```json action\n{“tool”: “ls”, “parameters”: {}}\n```",
        "```json action\n{'tool': 'ls', 'parameters': {},}\n```",
        '```json action\n{tool: "ls", parameters: {}}\n```',
        '```json action\n{"tool": "ls", "parameters": {}\n```',
        '```json action\n{"tool": "ls", "parameters": {}}}\n```',
    ],
)
def test_a_call_and_nothing_else(text: str) -> None:
    assert items(parse_answer(text)) == [LS]
    assert items(parse_pieces(text)) == [LS]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n ",
        "Just words.",
        "```",
        "```json action",
        "```json action\n",
        "#Tool Call",
        "#Tool Call\nfoo",
        f"# Tool Call\n{CALL}",
        f"##Tool Call\n{CALL}",
        f"see #Tool Call\n{CALL}",
        f"#Tool Call {CALL}",
        f"#Tool Call:: \n{CALL}",
        f"```json actions\n{CALL}\n```",
        f"```jsonaction\n{CALL}\n```",
        f"```js\n{CALL}\n```",
        f"```\n{CALL}\n```",
        f"``json action\n{CALL}\n``",
        f"~~~json action\n{CALL}\n~~~",
        f"```json {CALL}```",
        f"here: ```json\n{CALL}\n```",
        f"```json\n{CALL}\n{CALL}\n```",
        f"```json\n{CALL}\nmore\n```",
        f"```json\n[{CALL}]\n```",
        '```json\n{"tool": "ls", "parameters": {}, "id": 1}\n```',
        '```json\n{"tool": "ls"}\n```',
        '```json\n{"tool": "ls", "parameters": 3}\n```',
        '```json\n{"tool": "nope", "parameters": {}}\n```',
        '```json action\n{"tool": "nope", "parameters": {}}\n```',
        '```json action\n{"tool": "LS", "parameters": {}}\n```',
        '```json action\n{"tool": 3, "parameters": {}}\n```',
        '```json action\n{"name": "nope", "parameters": {}}\n```\n\n',
        '```json action\n{"parameters": {}}\n```',
        '```json action\n{"parameters": 1, "tool": "ls"}\n```',
        '```json action\n{"parameters": {"a": 1',
        '```json action\n{"tool": "l',
        "```json action\n{]\n```",
        f"```json action\n[{CALL}]\n```",
        '#Tool Call\n{"tool": "nope"}\n',
        '#Tool Call\n```json\n{"tool": "nope"}\n```\n',
        f"````markdown\n```json action\n{CALL}\n```\n#Tool Call\n{CALL}\n````\n",
    ],
)
def test_text_stays_byte_for_byte(text: str) -> None:
    expected: list[Item] = [text] if text else []
    assert items(parse_answer(text)) == expected
    assert items(parse_pieces(text)) == expected


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (f"Hi.\n\n```json action\n{CALL}\n```\n\nBye.\n", ["Hi.\n\n", LS, "\nBye.\n"]),
        (f"Hi: ```json action\n{CALL}\n``` Bye.", ["Hi: ", LS, " Bye."]),
        (f"#Tool Call\n{CALL} Bye.", [LS, " Bye."]),
        (f"#Tool Call\n{CALL}\n\n#Tool Call\n{CALL}\n", [LS, LS]),
        (f"```json action\n{CALL}\n```\n\n\n```json action\n{CALL}\n```", [LS, LS]),
        (f"```json action\n{CALL}\n```\n and \n#Tool Call\n{CALL}", [LS, " and \n", LS]),
        (f"```json action\n{CALL}\n{CALL}\n```\n.", [LS, LS, "."]),
        (f"```json action\n{CALL}\n```json action\n{CALL}\n```\n.", [LS, LS, "."]),
        (f"```json action\n{CALL}\nnote\n```\n.", [LS, "\nnote\n."]),
        (f"```json\n{CALL}\n```\n```json\n{{}}\n```", [LS, "```json\n{}\n```"]),
        (f"````md\n```\n````\n```json action\n{CALL}\n```", ["````md\n```\n````\n", LS]),
        (f"```python\nx\n```\n```json action\n{CALL}\n```\n", ["```python\nx\n```\n", LS]),
        (f"```python\nx\n```json action\n{CALL}\n```\n", ["```python\nx\n", LS]),
        (f"#Tool Call\n#Tool Call\n{CALL}", ["#Tool Call\n", LS]),
        (f"#Tool Call\n  #Tool Call\n{CALL}", ["#Tool Call\n  ", LS]),
        (f"```json action\n{{bad\n```json action\n{CALL}\n```", ["```json action\n{bad\n", LS]),
        (
            f'#Tool Call\n```json\n{{"x": 1}}\n```\n#Tool Call\n{CALL}',
            ['#Tool Call\n```json\n{"x": 1}\n```\n', LS],
        ),
    ],
)
def test_prose_and_calls_keep_their_order(text: str, seen: list[Item]) -> None:
    assert items(parse_answer(text)) == seen
    assert items(parse_pieces(text)) == seen


@pytest.mark.parametrize(
    "arguments",
    [
        {"path": "```\n```json action\n{}\n```"},
        {"path": '#Tool Call\n{"tool": "ls"}'},
        {"path": 'say "hi" \\ {[}]'},
        {"path": "a\r\nb\tc\u2028😀读"},
        {"path": "", "limit": 0},
    ],
)
def test_whatever_a_string_holds_is_the_strings(arguments: dict[str, object]) -> None:
    for ascii_only in (True, False):
        text = json.dumps(arguments, ensure_ascii=ascii_only)
        assert items(parse_pieces(read_call(text))) == [("read_file", text)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('{"path": "a",}', '{"path": "a"}'),
        ("{“path”: “a”}", '{"path": "a"}'),
        ('{"path": "a\nb"}', '{"path": "a\\nb"}'),
        ('{"path": 3, "limit": "4"}', '{"path": "3", "limit": 4}'),
        ('{"path": "a", "limit": null}', '{"path": "a"}'),
        (r'"{\"path\": \"a\",}"', '{"path": "a"}'),
    ],
)
def test_arguments_are_repaired_and_said_so(written: str, meant: str) -> None:
    events = parse_pieces(read_call(written))
    assert items(events) == [("read_file", meant)]
    assert "arguments_repaired" in codes(events)


@pytest.mark.parametrize(
    ("answer", "emitted", "reason"),
    [
        (read_call('{"limit": 1}'), '{"limit": 1', '"path" is missing'),
        (read_call('{"path": "a", "x": 1}'), '{"path": "a', '"x" is not a parameter'),
        (read_call('{"path": ["a"]}'), "{", '"path" must be string, not array'),
        (read_call('{"path": "a "b" c"}'), '{"path": "a ', "not JSON"),
        (read_call('{"path": a}'), "{", "not JSON"),
        (read_call("[1]"), "", "not a JSON object"),
        (read_call('"[1]"'), "", "not a JSON object"),
        ('```json action\n{"tool": "read_file"}\n```', "", '"path" is missing'),
        ('```json action\n{"tool": "read_file", "parameters": {"path": "ab', '{"path": "ab', "cut"),
        ('```json action\n{"tool": "read_file"', "", "cut off"),
    ],
)
def test_arguments_beyond_repair_are_never_sent_on(answer: str, emitted: str, reason: str) -> None:
    for events in (parse_answer(answer), parse_pieces(answer)):
        (broken,) = [event for event in events if isinstance(event, ArgumentsBroken)]
        assert broken.emitted == emitted
        assert reason in "; ".join(broken.reasons)
        assert items(events) == [("read_file", "BROKEN")]


@pytest.mark.parametrize(
    ("spoilt", "rest"),
    [
        (read_call('{"path": "a" x}') + "\nText.", "Text."),
        (read_call('{"path": "open\n') + "\nText.", "Text."),
        ('#Tool Call\n{"tool": "read_file", "parameters": [x\n]}\n\nText.', "Text."),
        (read_call("{}") + "\nText.", "Text."),
    ],
)
def test_the_answer_goes_on_after_a_spoilt_call(spoilt: str, rest: str) -> None:
    assert items(parse_pieces(spoilt)) == [("read_file", "BROKEN"), rest]


def test_a_call_after_a_spoilt_one_whose_fence_never_closes() -> None:
    text = f'```json action\n{{"tool": "any", "parameters": {{x\n```json action\n{CALL}\n```\n'
    assert items(parse_pieces(text)) == [("any", "BROKEN"), LS]


def test_whole_arguments_of_a_call_cut_off_later_are_good() -> None:
    events = parse_answer('```json action\n{"tool": "ls", "parameters": {}')
    assert items(events) == [LS]
    assert "call_not_closed" in codes(events)


def test_the_name_waits_for_nothing_else() -> None:
    parser = a_parser()
    parser.feed('Hm.\n```json action\n{"tool": "read_file')
    assert parser.feed('"') == [ToolCallStarted(0, "call_0", "read_file")]


def test_a_name_after_its_arguments_brings_both_at_once() -> None:
    parser = a_parser()
    assert not parser.feed('```json action\n{"parameters": {"path": "a"}, "tool": "read_file')
    seen = parser.feed('"')
    assert [type(event).__name__ for event in seen] == [
        "ToolCallStarted",
        "ToolCallArguments",
        "ToolCallFinished",
    ]


def test_a_plain_fence_is_held_until_it_is_decided() -> None:
    parser = a_parser()
    assert not parser.feed(f"```json\n{CALL}\n``")
    assert not parser.feed("`")
    assert items(parser.feed("\n")) == [LS]


def test_without_parallel_calls_the_first_is_the_last() -> None:
    text = f"Hi\n```json action\n{CALL}\n```\nmore\n```json action\n{CALL}\n```"
    assert items(parse_answer(text, parallel=False)) == ["Hi\n", LS]
    parser = a_parser(parallel=False)
    parser.feed(text)
    assert parser.ended
    assert parser.calls == 1
    assert not parser.feed("x")


@pytest.mark.parametrize("pieces", [1, 4, 1000])
def test_the_end_of_the_only_call_is_no_more_of_the_answer(pieces: int) -> None:
    text = f"Hi\n```json action\n{CALL}\n```\n\n"
    parser = a_parser(parallel=False)
    for at in range(0, len(text), pieces):
        parser.feed(text[at : at + pieces])
    assert parser.closed
    assert not parser.ended
    parser.feed("\nW")
    assert parser.ended


def test_calls_can_be_numbered_on() -> None:
    started = [
        event
        for event in a_parser(index=3).feed(f"```action\n{CALL}\n{CALL}\n```")
        if isinstance(event, ToolCallStarted)
    ]
    assert [event.index for event in started] == [3, 4]


def test_a_hopeless_call_is_recorded() -> None:
    assert codes(parse_answer('```json action\n{"tool": "nope"}\n```')) == ["not_a_call"]
    assert codes(parse_answer('```json\n{"tool": "nope"}\n```')) == []
    assert codes(parse_answer(f"````md\n```json action\n{CALL}\n```\n````")) == ["not_a_call"]


def texts(events: list[ParserEvent]) -> str:
    return "".join(e.text for e in events if isinstance(e, TextDelta | ToolCallArguments))


def test_prose_is_not_held() -> None:
    parser = a_parser()
    for char in "x Words, `code`, and # signs - all the way.":
        held_back = char == "`"
        assert texts(parser.feed(char)).endswith("" if held_back else char)
