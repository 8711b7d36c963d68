"""Tool events in their spellings, and the gate."""

import json
from typing import Any

import pytest

from gateway_engine.emulator.instructions import ToolUse
from gateway_engine.emulator.native_tools import Gate, call_event, result_text

GATE = Gate(ToolUse("weather", {"city": "上海"}), "c-1")


def test_on_top() -> None:
    assert call_event(GATE, "INIT", "") == {
        "toolCallId": "c-1",
        "name": "weather",
        "toolCallStatus": "INIT",
        "parameters": {"city": "上海"},
        "results": [],
    }


@pytest.mark.parametrize(
    "shape",
    ["toolCall", "tool_call", "tool", "data.toolCall", "data.tool_call", "data.tool", "results"],
)
def test_nested(shape: str) -> None:
    place: Any = call_event(GATE, "INIT", shape)
    for name in shape.split("."):
        place = place[name]
    fields = place[0] if isinstance(place, list) else place
    assert fields.get("id", fields.get("tool_call_id")) == "c-1"
    assert fields.get("toolName", fields.get("tool_name")) == "weather"
    given = fields.get("input", fields.get("arguments"))
    assert (json.loads(given) if isinstance(given, str) else given) == {"city": "上海"}


def test_only_the_first_decision_counts() -> None:
    gate = Gate(ToolUse("f", {}), "c")
    gate.decide(False)
    gate.decide(True)
    assert not gate.approved


def test_a_result_is_an_approval() -> None:
    gate = Gate(ToolUse("f", {}), "c")
    gate.deliver({"result": 1})
    gate.deliver({"result": 2})
    assert gate.approved
    assert gate.result == {"result": 1}


def test_a_strict_call_takes_no_result_before_its_approval() -> None:
    gate = Gate(ToolUse("f", {}), "c", waits_for_approval=True)
    assert not gate.deliver({"result": 1})
    assert gate.result is None
    gate.decide(True)
    assert gate.deliver({"result": 2})
    assert gate.result == {"result": 2}


def test_what_a_result_says() -> None:
    assert result_text({"success": True, "result": "ok"}) == "ok"
    assert result_text({"success": True, "result": {"a": "ü"}}) == '{"a": "ü"}'
    assert result_text({"success": False, "errorMessage": "boom"}) == "error: boom"
