"""What the gateway says of itself, and of what it does not serve."""

import re
from dataclasses import replace

import pytest

from gateway_engine.inspector.page_words import PROTOCOL_NAMES
from gateway_engine.server.app import ALL_ROUTES
from gateway_engine.server.capability_routes import PROTOCOLS
from gateway_engine.server.openapi import WORDS, describe
from tests.support.raw_http import ask
from tests.support.scripted_backend import KEY, RULES, endpoint

AUTH = {"Authorization": f"Bearer {KEY}"}
VERSION = {"anthropic-version": "2023-06-01"}


async def test_capabilities_need_no_key_and_name_no_model() -> None:
    async with endpoint() as server:
        reply = await ask(server.port, "GET", "/capabilities")
        full = await ask(server.port, "GET", "/v1/capabilities", AUTH)
        refused = await ask(server.port, "GET", "/v1/capabilities")
    assert reply.status == 200
    assert set(reply.json["protocols"]) == set(PROTOCOLS)
    assert reply.json["limits"]["max_body_bytes"] == 64 * 1024 * 1024
    assert b"qwen" not in reply.body
    assert [model["id"] for model in full.json["models"]] == ["qwen-max"]
    assert {k: v for k, v in full.json.items() if k != "models"} == reply.json
    assert refused.status == 401


async def test_the_description_is_of_what_is_served() -> None:
    own = (("own", "its-own-token"),)
    async with endpoint(rules=replace(RULES, admin_keys=own, metrics_keys=own)) as server:
        refused = await ask(server.port, "GET", "/openapi.json")
        document = (await ask(server.port, "GET", "/openapi.json", AUTH)).json
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                body = b"{}" if "requestBody" in operation else None
                at = path.replace("{id}", "nobody")
                reply = await ask(server.port, method.upper(), at, AUTH, body)
                if "{id}" not in path:
                    assert reply.status not in (404, 500)
                if operation["security"] and {} not in operation["security"]:
                    assert (await ask(server.port, method.upper(), at)).status == 401
    assert refused.status == 401
    ids = [op["operationId"] for ops in document["paths"].values() for op in ops.values()]
    assert len(set(ids)) == len(ids) == len(ALL_ROUTES)


def test_every_protocol_is_listed_where_it_is_looked_for() -> None:
    recorded = {route.recorded_as for route in ALL_ROUTES if route.recorded_as}
    for listed, file in (
        (PROTOCOLS, "PROTOCOLS of gateway_engine/server/capability_routes.py"),
        (PROTOCOL_NAMES, "PROTOCOL_NAMES of gateway_engine/inspector/page_words.py"),
    ):
        missing, gone = sorted(recorded - set(listed)), sorted(set(listed) - recorded)
        assert not missing, f"{file} has no line for {missing}"
        assert not gone, f"{file} still has {gone}, which no route is recorded as"


def test_every_route_has_its_words_and_no_words_are_left_over() -> None:
    served = {(route.method, route.path) for route in ALL_ROUTES}
    wordless, left_over = sorted(served - set(WORDS)), sorted(set(WORDS) - served)
    assert not wordless, f"WORDS in gateway_engine/server/openapi.py has nothing for {wordless}"
    assert not left_over, f"WORDS in gateway_engine/server/openapi.py still has {left_over}"
    for path, operations in describe(ALL_ROUTES, version="1")["paths"].items():
        for operation in operations.values():
            named = [p["name"] for p in operation.get("parameters", []) if p["in"] == "path"]
            assert named == re.findall(r"\{(\w+)\}", path)
            schema = operation.get("requestBody", {"content": {}})["content"]
            for body in schema.values():
                assert set(body["schema"]["required"]) <= set(body["schema"]["properties"])


@pytest.mark.parametrize(
    ("path", "headers", "form"),
    [
        ("/v1/embeddings", {}, "openai"),
        ("/v1/embeddings", VERSION, "openai"),
        ("/v1/images/generations", {}, "openai"),
        ("/v1/audio/transcriptions", {}, "openai"),
        ("/v1/files", {}, "openai"),
        ("/v1/files", VERSION, "anthropic"),
        ("/v1/messages/batches", {}, "anthropic"),
        ("/api/embed", {}, "ollama"),
        ("/api/pull", {}, "ollama"),
    ],
)
async def test_what_is_not_served_is_said_in_words(
    path: str, headers: dict[str, str], form: str
) -> None:
    async with endpoint() as server:
        reply = await ask(server.port, "POST", path, {**AUTH, **headers}, b"{}")
    assert reply.status == 404
    error = reply.json["error"]
    message = error if form == "ollama" else error["message"]
    assert "not served by this gateway" in message
    if form == "openai":
        assert (error["type"], error["code"]) == ("invalid_request_error", "not_found")
    if form == "anthropic":
        assert error["type"] == "not_found_error"
