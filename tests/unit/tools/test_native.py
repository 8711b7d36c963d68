"""Native tool events, in every spelling, merged into one call."""

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from gateway_engine.tools.native import (
    APPROVE,
    INVOKE,
    INVOKE_RESULT,
    MAX_CALLS,
    METHODS,
    SYNC,
    NativeApprovalWanted,
    NativeCallChanged,
    NativeCallEnded,
    NativeCalls,
    NativeCallSeen,
    NativeEvent,
    NativeEventDropped,
    NativeExecutionWanted,
    NativeStatus,
)

WIRE = Path(__file__).parents[2] / "golden" / "lingma_wire"
WEATHER = {"city": "上海"}


def kinds(events: list[NativeEvent]) -> list[type]:
    return [type(event) for event in events]


def sync(status: str = "", **fields: Any) -> dict[str, Any]:
    return {"requestId": "r", "toolCallId": "c", "toolCallStatus": status, **fields}


def from_server(transcript: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for line in (WIRE / transcript).read_text("utf-8").splitlines():
        if line.startswith("<< "):
            frame = json.loads(line[3:])
            if frame.get("method") in METHODS:
                yield frame["method"], frame["params"]


@pytest.mark.parametrize("transcript", ["native_tool.wire", "tool_spellings.wire"])
def test_a_recorded_call_is_one_call(transcript: str) -> None:
    calls = NativeCalls()
    seen = [
        event
        for method, params in from_server(transcript)
        for event in calls.receive(method, params)
    ]
    assert [kind for kind in kinds(seen) if kind is not NativeCallChanged] == [
        NativeCallSeen,
        NativeApprovalWanted,
        *([NativeExecutionWanted] if transcript == "native_tool.wire" else []),
        NativeCallEnded,
    ]
    last = seen[-1]
    assert isinstance(last, NativeCallEnded)
    assert last.call.name == "weather"
    assert json.loads(last.call.arguments) == WEATHER
    assert last.call.request_id == "r-1"
    assert last.call.status is NativeStatus.FINISHED
    assert last.call.result in ("晴", "晴, 21 °C")


@pytest.mark.parametrize(
    "place",
    [
        "",
        "toolCall",
        "tool_call",
        "tool",
        "data.toolCall",
        "data.tool_call",
        "data.tool",
        "results",
    ],
)
def test_every_spelling_in_every_place(place: str) -> None:
    for id_name, name_name, input_name, value in product(
        ["toolCallId", "tool_call_id", "id"],
        ["name", "toolName", "tool_name"],
        ["input", "arguments", "args", "parameters"],
        [WEATHER, json.dumps(WEATHER)],
    ):
        fields: dict[str, Any] = {id_name: "c", name_name: "weather", input_name: value}
        if place == "results":
            fields = {"results": [fields]}
        else:
            for step in reversed(place.split(".") if place else []):
                fields = {step: fields}
        (event,) = NativeCalls().receive(
            SYNC, {"requestId": "r", "toolCallStatus": "init", **fields}
        )
        assert isinstance(event, NativeCallSeen)
        assert (event.call.call_id, event.call.name) == ("c", "weather")
        assert json.loads(event.call.arguments) == WEATHER


def test_a_repeat_says_nothing() -> None:
    calls = NativeCalls()
    for status in ("INIT", "PENDING", "RUNNING", "FINISHED"):
        params = sync(status, name="weather", parameters=WEATHER)
        assert calls.receive(SYNC, params)
        assert not calls.receive(SYNC, params)


def test_placeholders_change_nothing() -> None:
    calls = NativeCalls()
    assert not calls.receive(SYNC, sync("INIT", name="tool", parameters={}))
    assert kinds(calls.receive(SYNC, sync(name="weather", parameters=WEATHER))) == [NativeCallSeen]
    assert not calls.receive(SYNC, sync("INIT", name="tool", parameters={}))
    assert not calls.receive(SYNC, sync("init", name="tool", parameters="{}"))
    call = calls.call("c")
    assert call is not None
    assert (call.name, json.loads(call.arguments)) == ("weather", WEATHER)


def test_a_call_that_is_waited_for_shows_even_without_a_name() -> None:
    calls = NativeCalls()
    events = calls.receive(SYNC, sync("PENDING", name="tool"))
    assert kinds(events) == [NativeCallSeen, NativeApprovalWanted]
    assert kinds(calls.receive(SYNC, sync("PENDING", name="weather"))) == [NativeCallChanged]


def test_events_without_a_request_go_where_their_call_went() -> None:
    calls = NativeCalls()
    calls.receive(SYNC, sync("INIT", name="weather"))
    (event,) = calls.receive(SYNC, {"toolCallId": "c", "toolCallStatus": "RUNNING"})
    assert isinstance(event, NativeCallChanged)
    assert event.call.request_id == "r"


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({}, "no_call_id"),
        ({"toolCallId": ""}, "no_call_id"),
        ({"toolCallId": None, "results": ["x"]}, "no_call_id"),
        ({"toolCallId": "unseen", "name": "x"}, "no_request"),
    ],
)
def test_what_cannot_be_routed_is_dropped_with_a_reason(
    params: dict[str, Any], reason: str
) -> None:
    calls = NativeCalls()
    assert calls.receive(SYNC, params) == [NativeEventDropped(SYNC, reason)]
    assert calls.receive(SYNC, params) == [], "thousands of them are told once"


def test_approval_is_wanted_once_and_not_after_a_decision() -> None:
    calls = NativeCalls()
    wanted = calls.receive(APPROVE, {"requestId": "r", "toolCallId": "c", "name": "weather"})
    assert kinds(wanted) == [NativeCallSeen, NativeApprovalWanted]
    assert not calls.receive(SYNC, sync("PENDING"))

    decided = NativeCalls()
    decided.receive(APPROVE, {"requestId": "r", "toolCallId": "c", "name": "w", "approval": True})
    call = decided.call("c")
    assert call is not None
    assert call.approved is True
    assert NativeApprovalWanted not in kinds(decided.receive(SYNC, sync("PENDING")))


def test_execution_is_wanted_once() -> None:
    calls = NativeCalls()
    params = {"requestId": "r", "toolCallId": "c", "name": "weather", "async": True}
    events = calls.receive(INVOKE, params)
    assert kinds(events) == [NativeCallSeen, NativeExecutionWanted]
    assert isinstance(events[1], NativeExecutionWanted)
    assert events[1].call.is_async
    assert not calls.receive(INVOKE, params)


@pytest.mark.parametrize(
    ("method", "params", "status"),
    [
        (INVOKE_RESULT, {"success": True, "result": "ok"}, NativeStatus.FINISHED),
        (INVOKE_RESULT, {"success": False, "errorMessage": "no"}, NativeStatus.ERROR),
        (INVOKE_RESULT, {"errorMessage": "no"}, NativeStatus.ERROR),
        (INVOKE_RESULT, {"result": {"a": 1}}, NativeStatus.FINISHED),
        (SYNC, {"toolCallStatus": "cancelled"}, NativeStatus.CANCELLED),
        (SYNC, {"toolCallStatus": "Finished", "results": [{"success": False}]}, NativeStatus.ERROR),
    ],
)
def test_how_a_call_ends(method: str, params: dict[str, Any], status: NativeStatus) -> None:
    calls = NativeCalls()
    calls.receive(SYNC, sync("RUNNING", name="weather"))
    last = calls.receive(method, {"toolCallId": "c", **params})[-1]
    assert isinstance(last, NativeCallEnded)
    assert last.call.status is status


def test_nothing_follows_an_end_but_a_missing_result() -> None:
    calls = NativeCalls()
    calls.receive(SYNC, sync("FINISHED", name="weather"))
    assert not calls.receive(SYNC, sync("RUNNING"))
    assert not calls.receive(INVOKE, sync("RUNNING"))
    late = calls.receive(INVOKE_RESULT, {"toolCallId": "c", "success": True, "result": "ok"})
    assert kinds(late) == [NativeCallChanged]
    assert not calls.receive(INVOKE_RESULT, {"toolCallId": "c", "result": "other"})


@pytest.mark.parametrize(
    ("fields", "result"),
    [
        ({"result": "text"}, "text"),
        ({"result": {"a": 1}}, '{"a":1}'),
        ({"data": {"result": "text"}}, "text"),
        ({"results": [{"result": "a"}, {"result": "b"}]}, "a\nb"),
        ({"results": ["a", 1]}, '["a",1]'),
        ({"results": []}, None),
    ],
)
def test_results_in_every_place(fields: dict[str, Any], result: str | None) -> None:
    calls = NativeCalls()
    calls.receive(SYNC, sync("FINISHED", name="weather", **fields))
    call = calls.call("c")
    assert call is not None
    assert call.result == result


def test_a_forgotten_request_routes_nothing() -> None:
    calls = NativeCalls()
    calls.receive(SYNC, sync("INIT", name="weather"))
    calls.forget("r")
    assert kinds(calls.receive(SYNC, {"toolCallId": "c"})) == [NativeEventDropped]


def test_the_memory_of_calls_is_bounded() -> None:
    calls = NativeCalls()
    for number in range(MAX_CALLS + 1):
        calls.receive(SYNC, sync("INIT", name="w") | {"toolCallId": str(number)})
    assert calls.call("0") is None
    assert calls.call(str(MAX_CALLS)) is not None


@pytest.mark.parametrize("odd", [None, 3, [], "x", {"toolCall": 3}, [{"toolCall": None}]])
def test_odd_shapes_do_no_harm(odd: Any) -> None:
    for key in ("toolCall", "data", "results", "tool", "name", "parameters", "toolCallStatus"):
        for method in METHODS:
            NativeCalls().receive(method, {"requestId": "r", "toolCallId": "c", key: odd})
