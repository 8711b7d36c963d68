"""The small client's wire: what real clients send."""

import json

from desktop.try_it_wire import Protocol, build_request


def test_requests_are_those_of_real_clients() -> None:
    openai = build_request(Protocol.OPENAI, "http://127.0.0.1:1", "k", "hi")
    assert openai.url == "http://127.0.0.1:1/v1/chat/completions"
    assert ("Authorization", "Bearer k") in openai.headers
    anthropic = build_request(Protocol.ANTHROPIC, "http://127.0.0.1:1", "k", "hi")
    assert anthropic.url == "http://127.0.0.1:1/v1/messages"
    assert ("x-api-key", "k") in anthropic.headers
    body = json.loads(anthropic.body)
    assert body["stream"] is True
    assert body["max_tokens"] > 0
