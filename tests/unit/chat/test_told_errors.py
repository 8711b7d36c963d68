"""What an upstream says of its failure is quoted to the client without the secrets it holds."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from gateway_engine.chat.service import ChatRules, ChatService
from gateway_engine.conversation import (
    Caller,
    ChatRequest,
    Message,
    RequestId,
    Role,
    TextDelta,
    TextPart,
)
from gateway_engine.errors import (
    ContentFilteredError,
    GatewayError,
    UpstreamError,
    UpstreamForbiddenError,
)
from gateway_engine.inspector.redaction import Secrets
from gateway_engine.pool.pool import Pool
from gateway_engine.upstreams.contract import Deadlines, TurnItem, UpstreamAsk
from tests.unit.pool.fake_upstream import FakeUpstream, World

TOKEN = "pt-0123456789abcdef"
REQUEST = ChatRequest("m", (Message(Role.USER, (TextPart("go"),)),))


async def read(chat: ChatService) -> None:
    async with aclosing(chat.ask(REQUEST, Caller(RequestId("r"), "test"))) as batches:
        async for _ in batches:
            pass


@pytest.mark.parametrize("kind", [UpstreamError, UpstreamForbiddenError, ContentFilteredError])
@pytest.mark.parametrize("begun", [False, True])
async def test_a_failure_quotes_no_secret(
    monkeypatch: pytest.MonkeyPatch, kind: type[GatewayError], begun: bool
) -> None:
    async def ask(
        _self: FakeUpstream, _ask: UpstreamAsk, _deadlines: Deadlines
    ) -> AsyncGenerator[TurnItem, None]:
        if begun and kind is not ContentFilteredError:
            yield [TextDelta("Well")]
        raise kind(f"upstream says: token {TOKEN} is unknown; try again")

    monkeypatch.setattr(FakeUpstream, "ask", ask)
    pool = Pool()
    pool.instances = (World().instance(pool=pool),)
    pool.start()
    secrets = Secrets()
    rules = ChatRules(Deadlines(0, 0, 0), queue_timeout_s=5)
    chat = ChatService(pool, rules, hide=lambda text: secrets.finder().clean(text))
    secrets.learn([TOKEN])  # it comes with a login, long after the start
    try:
        with pytest.raises(kind) as told:
            await read(chat)
    finally:
        await pool.stop()
    assert str(told.value) == "upstream says: token *** is unknown; try again"
