"""JSON-RPC as values: ids verbatim, liberal where real wires are sloppy."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.upstreams.wire.json_rpc import (
    INTERNAL_ERROR,
    Call,
    Failure,
    JsonRpcError,
    Success,
    parse_message,
    render_failure,
    render_notification,
    render_request,
    render_success,
)
from tests.golden import lingma_wire

IDS = [0, 1, -1, 2**53 + 1, 2**63, "0", "", "二", "q-1", 1.5]


@pytest.mark.parametrize("call_id", IDS)
def test_ids_go_back_verbatim(call_id: Any) -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": call_id, "method": "m", "params": {}}).encode()
    (call,) = parse_message(body)
    assert isinstance(call, Call)
    assert call.call_id is not None
    assert call.call_id == call_id
    assert type(call.call_id) is type(call_id)
    for rendered in (render_success(call.call_id, {}), render_failure(call.call_id, -1, "no")):
        returned = json.loads(rendered)["id"]
        assert returned == call_id
        assert type(returned) is type(call_id)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"method": "m"}, Call("m", {}, None)),
        ({"method": "m", "id": None, "params": None}, Call("m", {}, None)),
        ({"method": "m", "id": 1, "params": [1]}, Call("m", {}, 1)),
        ({"method": "m", "id": 1, "params": {"a": 1}, "result": 5}, Call("m", {"a": 1}, 1)),
        ({"id": 0, "result": None}, Success(0, None)),
        ({"id": 1}, Success(1, None)),
        ({"id": 1, "result": {}, "error": None}, Success(1, {})),
        ({"id": 1, "error": {"code": 7, "message": "no"}}, Failure(1, 7, "no")),
        ({"id": 1, "error": {}}, Failure(1, INTERNAL_ERROR, "no message")),
        ({"id": 1, "error": "broken"}, Failure(1, INTERNAL_ERROR, "broken")),
        ({"id": None, "error": {"code": 1, "message": "x"}}, Failure(None, 1, "x")),
    ],
)
def test_forms_that_occur(message: dict[str, Any], expected: Any) -> None:
    assert parse_message(json.dumps(message).encode()) == [expected]


def test_a_batch_keeps_its_order() -> None:
    body = b'[{"id":2,"result":1},{"method":"a"},{"id":"x","method":"b"}]'
    assert parse_message(body) == [Success(2, 1), Call("a", {}, None), Call("b", {}, "x")]
    assert parse_message(b"[]") == []


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"null",
        b"5",
        b'"text"',
        b"{}",
        b'{"id":true,"method":"m"}',
        b'{"id":{},"method":"m"}',
        b'{"id":[1],"result":1}',
        b'{"id":1,"method":5}',
        b'[{"method":"m"},7]',
        b'{"method":"m"',
        b'{"text":"\xff\xfe"}',
        b"NaN",
    ],
)
def test_junk_is_refused_without_being_quoted(junk: bytes) -> None:
    with pytest.raises(JsonRpcError):
        parse_message(junk)
    with pytest.raises(JsonRpcError) as caught:
        parse_message(b'{"secret":"hunter2" ' + junk)
    assert "hunter2" not in str(caught.value)


def test_half_an_emoji_is_read() -> None:
    (call,) = parse_message(b'{"method":"chat/answer","params":{"text":"\\ud83d"}}')
    assert isinstance(call, Call)
    assert call.params["text"] == "\ud83d"


@given(st.binary(max_size=80))
def test_any_bytes_are_a_message_or_an_error(body: bytes) -> None:
    try:
        messages = parse_message(body)
    except JsonRpcError:
        return
    assert all(isinstance(message, Call | Success | Failure) for message in messages)


def test_what_is_rendered() -> None:
    params = {"text": "引擎"}
    assert json.loads(render_request(3, "m", params)) == {
        "jsonrpc": "2.0",
        "id": 3,
        "method": "m",
        "params": params,
    }
    assert render_notification("n", params) == (
        '{"jsonrpc":"2.0","method":"n","params":{"text":"引擎"}}'.encode()
    )


@pytest.mark.parametrize("name", lingma_wire.names())
def test_every_golden_frame_is_understood(name: str) -> None:
    transcript = lingma_wire.load(name)
    for direction in (">>", "<<"):
        for body in lingma_wire.frame_bodies(transcript.stream(direction)):
            raw = json.loads(body)
            (message,) = parse_message(body)
            if isinstance(message, Call):
                assert (message.method, message.call_id) == (raw["method"], raw.get("id"))
            elif isinstance(message, Success):
                assert (message.call_id, message.result) == (raw["id"], raw["result"])
            else:
                assert (message.call_id, message.code) == (raw["id"], raw["error"]["code"])


@pytest.mark.parametrize("name", lingma_wire.names())
def test_our_requests_are_the_golden_bytes(name: str) -> None:
    for body in lingma_wire.frame_bodies(lingma_wire.load(name).stream(">>")):
        raw = json.loads(body)
        if isinstance(raw.get("params"), dict) and raw.get("method"):
            rendered = (
                render_request(raw["id"], raw["method"], raw["params"])
                if "id" in raw
                else render_notification(raw["method"], raw["params"])
            )
            assert rendered == body
