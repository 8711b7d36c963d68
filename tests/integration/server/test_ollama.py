"""Ollama's routes over a real socket: lines, errors, and who may call."""

import json
from dataclasses import replace

import pytest

from gateway_engine import errors
from gateway_engine.conversation import TextDelta
from gateway_engine.server.access import on_loopback
from tests.support.raw_http import Reply, ask
from tests.support.scripted_backend import KEY, ROUTED, RULES, endpoint, text_answer

JSON = {"Content-Type": "application/json"}
AUTH = {"Authorization": f"Bearer {KEY}", **JSON}
OPEN = replace(RULES, ollama_open=True, allowed_hosts=("gateway.example",))
CHAT = b'{"model":"qwen-max:latest","messages":[{"role":"user","content":"Hi"}]}'
GENERATE = b'{"model":"qwen-max","prompt":"Hi"}'


def lines(reply: Reply) -> list[dict[str, object]]:
    return [json.loads(line) for line in reply.body.splitlines()]


@pytest.mark.parametrize(("path", "body"), [("/api/chat", CHAT), ("/api/generate", GENERATE)])
async def test_lines_are_streamed_unless_one_object_is_wanted(path: str, body: bytes) -> None:
    async with endpoint(*text_answer("Hello", " you"), rules=OPEN) as server:
        streamed = await ask(server.port, "POST", path, JSON, body)
        whole = await ask(server.port, "POST", path, JSON, body[:-1] + b',"stream":false}')
    assert streamed.headers["content-type"] == "application/x-ndjson"
    assert streamed.headers["x-gateway-instance"] == "inst-0"
    assert [line["done"] for line in lines(streamed)] == [False, False, True]
    assert whole.headers["content-type"] == "application/json"
    assert whole.json["done"] is True
    assert "Hello you" in (whole.json.get("response"), whole.json.get("message", {}).get("content"))


async def test_what_clients_ask_before_they_chat() -> None:
    async with endpoint(rules=OPEN) as server:
        version = await ask(server.port, "GET", "/api/version")
        tags = await ask(server.port, "GET", "/api/tags")
        running = await ask(server.port, "GET", "/api/ps")
        shown = await ask(server.port, "POST", "/api/show", JSON, b'{"model":"qwen-max:latest"}')
        unknown = await ask(server.port, "POST", "/api/show", JSON, b'{"name":"nobody"}')
        loaded = await ask(server.port, "POST", "/api/generate", JSON, b'{"model":"qwen-max"}')
        nothing = await ask(server.port, "POST", "/api/show", JSON, b"{}")
    assert version.json["version"].count(".") == 2
    assert [model["name"] for model in tags.json["models"]] == ["qwen-max"]
    assert [model["name"] for model in running.json["models"]] == ["qwen-max"]
    assert shown.json["model_info"]["qwen.context_length"] == 32768
    assert (unknown.status, unknown.json["error"]) == (404, "model 'nobody' not found")
    assert loaded.json["done_reason"] == "load"
    assert nothing.status == 400
    assert server.backend.asked == []


async def test_failures_have_a_status_first_and_a_line_later() -> None:
    failure = errors.LoginRequiredError("sign in first")
    async with endpoint(ROUTED, failure, rules=OPEN) as server:
        early = await ask(server.port, "POST", "/api/chat", JSON, CHAT)
        server.backend.script = [ROUTED, TextDelta("Hel"), errors.UpstreamGoneError("it died")]
        late = await ask(server.port, "POST", "/api/chat", JSON, CHAT)
    assert (early.status, early.json) == (
        503,
        {"error": "sign in first", "code": "login_required"},
    )
    assert late.status == 200
    assert lines(late)[-1] == {"error": "it died", "code": "upstream_error"}
    assert all(not line.get("done") for line in lines(late))


@pytest.mark.parametrize(
    ("open_", "headers", "status"),
    [
        (True, {}, 200),
        (True, {"Authorization": "Bearer wrong"}, 200),
        (True, {"Host": "gateway.example"}, 401),  # a proxy on this machine speaks for another
        (True, {"Host": "gateway.example", **AUTH}, 200),
        (True, {"Host": "evil.example"}, 403),
        (True, {"Origin": "https://evil.example"}, 403),
        (False, {}, 401),
        (False, AUTH, 200),
    ],
)
async def test_the_loopback_is_open_when_the_setting_says_so(
    open_: bool, headers: dict[str, str], status: int
) -> None:
    async with endpoint(rules=replace(OPEN, ollama_open=open_)) as server:
        reply = await ask(server.port, "GET", "/api/tags", headers)
        other = await ask(server.port, "GET", "/v1/models")
    assert reply.status == status
    if status >= 400:
        assert isinstance(reply.json["error"], str)
    assert other.status == 401


@pytest.mark.parametrize(
    ("host", "local", "peer", "stays"),
    [
        ("localhost:8317", "127.0.0.1", "127.0.0.1", True),
        ("[::1]:8317", "::1", "::1", True),
        ("127.0.0.1", "::ffff:127.0.0.1", "::ffff:127.0.0.1", True),
        ("127.0.0.1", "192.168.0.2", "192.168.0.3", False),
        ("localhost", "127.0.0.1", "192.168.0.3", False),
        ("gateway.example", "127.0.0.1", "127.0.0.1", False),
        ("", "127.0.0.1", "127.0.0.1", False),
        ("localhost", "", "", False),
    ],
)
def test_what_stays_on_this_machine(host: str, local: str, peer: str, stays: bool) -> None:
    assert on_loopback(host, local, peer) is stays
