"""How a Lingma process is asked for a sign of life while somebody looks, and while nobody does."""

from typing import cast

import pytest

from gateway_engine.upstreams.lingma import methods, pinging
from gateway_engine.upstreams.lingma.lsp_client import LspClient
from gateway_engine.upstreams.lingma.pinging import Pinging


class Answering:
    """Answers whatever it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def request(self, method: str, _params: object, *, timeout_s: float | None) -> None:
        self.asked.append(method)


async def wanted(monkeypatch: pytest.MonkeyPatch, every_s: float, pings: int) -> list[bool]:
    """Whether each of so many pings, a moment apart, wants the login too."""
    monkeypatch.setattr(pinging, "LOGIN_EVERY_S", every_s)
    process, asked = Answering(), Pinging()
    found = []
    for _ in range(pings):
        await asked.ping(cast(LspClient, process))
        found.append(asked.wants_login)
    assert process.asked == [methods.PING] * pings
    return found


async def test_one_that_is_looked_at_is_asked_for_its_login_but_not_with_every_ping(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert await wanted(monkeypatch, 0.0, 3) == [False, True, True]
    assert await wanted(monkeypatch, 20.0, 4) == [False, True, False, False]
