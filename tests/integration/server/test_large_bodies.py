"""A large body is parsed and understood beside the loop; a small one where it came."""

import threading
from typing import Any

import aiohttp
import pytest

from gateway_engine import json_pieces
from gateway_engine.protocols.anthropic_messages import request as messages_request
from gateway_engine.protocols.ollama import request as ollama_request
from gateway_engine.protocols.openai_chat import request as chat_request
from gateway_engine.protocols.openai_responses import request as responses_request
from gateway_engine.sidework import LARGE_BYTES
from tests.support.scripted_backend import KEY, endpoint

ROUTES = {
    "/v1/chat/completions": (chat_request, "parse", "messages"),
    "/v1/messages": (messages_request, "parse", "messages"),
    "/v1/messages/count_tokens": (messages_request, "parse", "messages"),
    "/v1/responses": (responses_request, "parse", "input"),
    "/api/chat": (ollama_request, "parse_chat", "messages"),
}


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("large", [False, True])
async def test_where_a_body_is_understood(
    path: str, large: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name, field = ROUTES[path]
    understand = getattr(module, name)
    threads: list[int] = []

    def watched(*args: Any, **kwargs: Any) -> Any:
        threads.append(threading.get_ident())
        return understand(*args, **kwargs)

    monkeypatch.setattr(module, name, watched)
    text = "x" * LARGE_BYTES if large else "x"
    body = {"model": "m", "max_tokens": 5, field: [{"role": "user", "content": text}]}
    async with (
        endpoint() as server,
        aiohttp.ClientSession() as client,
        client.post(f"{server.url}{path}", json=body, headers={"x-api-key": KEY}) as response,
    ):
        assert response.status == 200, await response.text()
        await response.read()
    assert len(threads) == 1
    assert (threads[0] != threading.get_ident()) is large


async def test_a_body_of_too_many_values_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_pieces, "FEW_VALUES", 10)
    monkeypatch.setattr(json_pieces, "MAX_VALUES", 100)
    body = b'{"long":"' + b"x" * LARGE_BYTES + b'","many":[' + b"1," * 200 + b"1]}"
    async with (
        endpoint() as server,
        aiohttp.ClientSession() as client,
        client.post(
            f"{server.url}/v1/chat/completions", data=body, headers={"x-api-key": KEY}
        ) as response,
    ):
        error = (await response.json())["error"]
        assert (response.status, error["code"]) == (413, "request_too_large")
        assert "100 JSON values" in error["message"]
    assert not server.backend.asked
