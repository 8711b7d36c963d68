"""An admin may say which instance answers; nobody else may, and no other one answers instead."""

import json
from dataclasses import replace

import pytest

from tests.support.raw_http import ask
from tests.support.scripted_backend import KEY, RULES, endpoint

ADMIN = "admin-token-0123456789"
OPEN = replace(RULES, admin_keys=(("admin", ADMIN),))
BODY = json.dumps({"model": "m", "messages": [{"role": "user", "content": "Hi"}]}).encode()
PATH = "/v1/chat/completions"


def headers(*, admin: str = "", instance: str = "") -> dict[str, str]:
    sent = {"Authorization": f"Bearer {KEY}"}
    if admin:
        sent["x-api-key"] = admin
    if instance:
        sent["x-gateway-pin-instance"] = instance
    return sent


async def test_the_admin_token_beside_the_key_chooses_the_instance() -> None:
    async with endpoint(rules=OPEN) as server:
        for sent, only in (
            (headers(admin=ADMIN, instance="inst-0"), "inst-0"),
            (headers(), ""),
            (headers(admin=ADMIN), ""),
        ):
            assert (await ask(server.port, "POST", PATH, sent, BODY)).status == 200
            assert server.backend.asked[-1][1].only == only


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (headers(instance="inst-0"), 403, "not_enabled"),
        (headers(admin="wrong", instance="inst-0"), 403, "not_enabled"),
        (headers(admin=ADMIN, instance="inst-9"), 404, "not_found"),
    ],
    ids=["no token", "wrong token", "unknown instance"],
)
async def test_it_is_never_answered_by_another(
    sent: dict[str, str], status: int, code: str
) -> None:
    async with endpoint(rules=OPEN) as server:
        refused = await ask(server.port, "POST", PATH, sent, BODY)
        assert (refused.status, refused.json["error"]["code"]) == (status, code)
        assert server.backend.asked == []


async def test_the_admin_token_alone_is_no_key() -> None:
    async with endpoint(rules=OPEN) as server:
        alone = {"x-api-key": ADMIN, "x-gateway-pin-instance": "inst-0"}
        assert (await ask(server.port, "POST", PATH, alone, BODY)).status == 401
