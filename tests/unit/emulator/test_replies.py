"""What is answered."""

import json
from dataclasses import replace

import pytest

from gateway_engine.emulator import samples
from gateway_engine.emulator.instructions import ToolUse, read_prompt
from gateway_engine.emulator.replies import (
    Reply,
    Say,
    Setting,
    Sleep,
    Think,
    UseTool,
    big_text,
    compose,
    tool_call_text,
)

PLAIN = Setting(model="demo-auto", always_thinks=False, memories=(), stats="{}", images=())


def reply_to(text: str, setting: Setting = PLAIN) -> Reply:
    return compose(read_prompt(text), setting)


def said(reply: Reply) -> str:
    return "".join("".join(step.pieces) for step in reply.steps if isinstance(step, Say))


def test_a_plain_question_gets_the_demo_in_its_language() -> None:
    assert "built-in demo" in said(reply_to("hello"))
    assert "内置演示" in said(reply_to("你好"))


def test_a_thinking_model_always_thinks() -> None:
    reply = reply_to("hello", replace(PLAIN, always_thinks=True))
    assert isinstance(reply.steps[0], Think)
    assert "built-in demo" in said(reply)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("echo: a  b\nc", "a  b\nc"),
        ("count to 3", "1\n2\n3\n"),
        ("recite markdown", samples.MARKDOWN),
        ("repeat 3 tokens", "t1 t2 t3 "),
        ("history", "This session remembers nothing: this is its first turn.\n"),
        ("stats", "{}"),
    ],
)
def test_answers(text: str, answer: str) -> None:
    assert said(reply_to(text)) == answer


def test_n_tokens_are_n_pieces() -> None:
    (step,) = reply_to("repeat 200 tokens").steps
    assert isinstance(step, Say)
    assert len(step.pieces) == 200


def test_thinking() -> None:
    first, second = reply_to("think about rain").steps
    assert isinstance(first, Think)
    assert isinstance(second, Say)
    assert "rain" in "".join(first.pieces)


def test_errors_and_refusals() -> None:
    reply = reply_to("error 429 after 2")
    assert (reply.status_code, said(reply)) == (429, "t1 t2 ")
    assert reply_to("refuse: not you").refusal == "not you"


def test_sleeping() -> None:
    assert reply_to("sleep 50 ms").steps[0] == Sleep(0.05)


def test_a_tool_call_needs_a_contract() -> None:
    assert "No tools were taught" in said(reply_to('call tool f {"a": 1}'))
    taught = replace(PLAIN, taught_earlier=True)
    answer = said(reply_to('call tool f {"a": "ü"} and g {}', taught))
    fences = answer.split("```json action\n")[1:]
    calls = [json.loads(fence.split("\n```")[0]) for fence in fences]
    assert calls == [
        {"tool": "f", "parameters": {"a": "ü"}},
        {"tool": "g", "parameters": {}},
    ]


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("fence", "```json action\n"),
        ("action", "```action\n"),
        ("plain", "```json\n"),
        ("marker", "#Tool Call\n"),
    ],
)
def test_tool_call_forms(form: str, start: str) -> None:
    assert tool_call_text(ToolUse("f", {}), form).startswith(start)


def test_after_a_tool_result_the_answer_quotes_it() -> None:
    assert "21 degrees" in said(reply_to("User: weather?\n\nTool result: 21 degrees"))


def test_native_tools() -> None:
    f, g = ToolUse("f", {}), ToolUse("g", {"a": 1})
    assert reply_to("native tool f {}").steps == (UseTool((f,), runs_here=False),)
    assert reply_to("run tool f {}").steps == (UseTool((f,), runs_here=True),)
    one_by_one = (UseTool((f,), runs_here=False), UseTool((g,), runs_here=False))
    assert reply_to('native tool f {} and g {"a": 1}').steps == one_by_one
    assert reply_to('native tools f {} and g {"a": 1}').steps == (UseTool((f, g), runs_here=False),)


def test_forwarded_tools_are_named() -> None:
    assert said(reply_to("list forwarded tools")) == "Tools given with this message: none\n"
    given = reply_to("list forwarded tools", replace(PLAIN, forwarded=("f", "g")))
    assert said(given) == "Tools given with this message: f, g\n"


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 1000])
def test_big_texts_are_exact(size: int) -> None:
    assert len(big_text(size).encode("utf-8")) == size
