"""Responses over a real socket: what the official package does not show."""

import json

import pytest

from gateway_engine.conversation import TextDelta
from gateway_engine.server.access import AccessRules
from tests.support.raw_http import ask
from tests.support.scripted_backend import KEY, ROUTED, endpoint, text_answer
from tests.unit.protocols.sse_reading import read

JSON = {"Content-Type": "application/json"}
AUTH = {"Authorization": f"Bearer {KEY}", **JSON}
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}


def body(**fields: object) -> bytes:
    return json.dumps({"model": "m", "input": "Hi", **fields}).encode()


async def test_a_websocket_is_refused_in_the_way_that_clients_understand() -> None:
    async with endpoint() as server:
        reply = await ask(server.port, "GET", "/v1/responses", {**AUTH, **UPGRADE})
        plain = await ask(server.port, "GET", "/v1/responses", AUTH)
    assert reply.status == 426
    assert reply.json["error"]["code"] == "websocket_not_served"
    assert reply.headers["upgrade"]
    assert plain.status == 405
    assert plain.headers["allow"] == "POST"


async def test_the_stream_ends_with_its_last_event() -> None:
    async with endpoint() as server:
        reply = await ask(server.port, "POST", "/v1/responses", AUTH, body(stream=True))
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert read(reply.body)[-1][0] == "response.completed"
    assert b"[DONE]" not in reply.body


async def test_an_answer_that_breaks_off_is_failed_and_not_stored() -> None:
    async with endpoint(ROUTED, TextDelta("Hel")) as server:
        reply = await ask(server.port, "POST", "/v1/responses", AUTH, body(stream=True))
        name, last = read(reply.body)[-1]
        path = f"/v1/responses/{last['response']['id']}"
        gone = await ask(server.port, "GET", path, AUTH)
    assert name == "response.failed"
    assert last["response"]["error"]["code"] == "upstream_error"
    assert gone.status == 404


async def test_responses_belong_to_the_key_that_made_them() -> None:
    rules = AccessRules(api_keys=(("one", KEY), ("two", "sk-other")), bound=("127.0.0.1",))
    other = {"Authorization": "Bearer sk-other"}
    async with endpoint(rules=rules) as server:
        made = (await ask(server.port, "POST", "/v1/responses", AUTH, body())).json
        path = f"/v1/responses/{made['id']}"
        for method, at in (("GET", path), ("DELETE", path), ("GET", f"{path}/input_items")):
            reply = await ask(server.port, method, at, other)
            assert (reply.status, reply.json["error"]["code"]) == (404, "not_found")
        goes_on = body(previous_response_id=made["id"])
        assert (await ask(server.port, "POST", "/v1/responses", other, goes_on)).status == 404
        assert (await ask(server.port, "GET", path, AUTH)).status == 200


async def test_a_response_can_be_used_as_soon_as_its_end_is_seen() -> None:
    async with endpoint(*text_answer("Hello")) as server:
        reply = await ask(server.port, "POST", "/v1/responses", AUTH, body(stream=True))
        made = read(reply.body)[-1][1]["response"]
        again = await ask(server.port, "GET", f"/v1/responses/{made['id']}", AUTH)
        stream = await ask(server.port, "GET", f"/v1/responses/{made['id']}?stream=true", AUTH)
        cancel = await ask(server.port, "POST", f"/v1/responses/{made['id']}/cancel", AUTH, b"")
    assert again.json == made
    assert (stream.status, cancel.status) == (400, 400)


@pytest.mark.parametrize("depth", [200, 400, 900, 1020])
async def test_nesting_is_read_or_refused(depth: int) -> None:
    nested = b'{"a":' * depth + b"{}" + b"}" * depth
    async with endpoint() as server:
        for field in (b"metadata", b"tools", b"reasoning", b"text", b"unknown", b"instructions"):
            sent = b'{"model":"m","input":"x","' + field + b'":' + nested + b"}"
            reply = await ask(server.port, "POST", "/v1/responses", AUTH, sent)
            assert reply.status in (200, 400)
        item = b'{"role":"user","content":"x","other":' + nested + b"}"
        sent = b'{"model":"m","input":[' + item + b"]}"
        assert (await ask(server.port, "POST", "/v1/responses", AUTH, sent)).status in (200, 400)
