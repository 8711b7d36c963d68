"""Bodies that are nearly right, sent to every route: answered or refused, never a failure of ours.

The bodies are random but the same in every run. The server under test runs as in life; any log
record of an unexpected failure would fail the test by itself.
"""

import json
import random
from typing import Any

import pytest

from gateway_engine.server.access import AccessRules
from gateway_engine.server.app import ALL_ROUTES
from tests.support.raw_http import connection
from tests.support.scripted_backend import KEY, endpoint
from tests.unit.protocols import (
    test_anthropic_request,
    test_ollama,
    test_openai_chat_request,
    test_openai_completions,
    test_openai_responses_request,
)
from tests.unit.protocols.hostile import NONSENSE

AUTH = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
ROUNDS = 150
GOOD: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": test_openai_chat_request.GOOD,
    "/v1/completions": test_openai_completions.GOOD,
    "/v1/responses": {
        k: v for k, v in test_openai_responses_request.GOOD.items() if k != "previous_response_id"
    },
    "/v1/responses/input_tokens": test_openai_responses_request.GOOD,
    "/v1/messages": test_anthropic_request.GOOD,
    "/v1/messages/count_tokens": test_anthropic_request.GOOD,
    "/api/chat": test_ollama.GOOD_CHAT,
    "/api/generate": test_ollama.GOOD_GENERATE,
    "/api/show": {"model": "qwen-max"},
    "/internal/auto-login/start": {"username": "u", "password": "p", "remember": False},
    "/internal/sign-in/begin": {"switch": True},
    "/internal/sign-in/callback": {"callback": "http://127.0.0.1:37510/auth/callback?auth=a"},
    "/internal/session/export": {"passphrase": "p"},
    "/internal/session/import": {"bundle_b64": "H4sI", "replace": True, "dry_run": False},
}
WITHOUT_BODY = {
    "/internal/settings/reload",
    "/v1/responses/{id}/cancel",
    "/internal/smoke",
    "/internal/sign-in/cancel",
    "/internal/sign-in/command",
    "/internal/sign-out",
}
OWNER = AccessRules(api_keys=(("main", KEY),), admin_keys=(("main", KEY),), bound=("127.0.0.1",))


def test_every_route_that_reads_a_body_is_tried() -> None:
    posts = {route.path for route in ALL_ROUTES if route.method == "POST"}
    assert posts - WITHOUT_BODY == set(GOOD), "GOOD holds a good body for each of them"


def spoiled(dice: random.Random, value: Any, chance: float) -> Any:
    """Return `value` with some of its subtrees replaced by nonsense or left out."""
    if dice.random() < chance:
        return dice.choice(NONSENSE)
    if isinstance(value, dict):
        return {k: spoiled(dice, v, chance) for k, v in value.items() if dice.random() > chance / 3}
    if isinstance(value, list):
        return [spoiled(dice, v, chance) for v in value for _ in range(dice.choice((1, 1, 1, 2)))]
    return value


@pytest.mark.deadline(60)
@pytest.mark.parametrize("path", GOOD)
async def test_nearly_right_bodies_are_answered_or_refused(path: str) -> None:
    dice = random.Random(path)
    seen = set()
    target = f"{path}?instance=inst-0" if path.startswith("/internal/") else path
    async with endpoint(rules=OWNER) as server, connection(server.port) as wire:
        for number in range(ROUNDS):
            body = {
                k: spoiled(dice, v, number % 5 * 0.02)
                for k, v in GOOD[path].items()
                if dice.random() > 0.03
            }
            sent = json.dumps(body).encode()
            await wire.request("POST", target, AUTH, sent)
            reply = await wire.reply()
            assert reply.status in (200, 400, 404), (reply.status, sent)
            assert b"Traceback" not in reply.body
            seen.add(reply.status)
            if reply.status != 200:
                assert reply.json["error"]
    assert len(seen) > 1, "bodies of both kinds were met"
