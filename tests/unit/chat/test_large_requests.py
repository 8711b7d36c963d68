"""What takes long with a large request is done beside the loop; a small one stays on it."""

import functools
import threading
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import pytest

from gateway_engine.chat import answering, service, turn
from gateway_engine.conversation import (
    Caller,
    ChatRequest,
    Message,
    RequestId,
    Role,
    StreamEvent,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    TurnRouted,
)
from gateway_engine.sessions.key import SeenTurns
from tests.unit.chat.test_shaped_answers import CALL, READ, Script, said, text_of
from tests.unit.chat.test_shaped_answers import service as chat_service

WORK = (
    (service, "look_at"),
    (turn, "tools_fingerprint"),
    (turn, "affinity_key"),
    (SeenTurns, "see"),
    (answering, "render_prompt"),
    (answering, "render_follow_up"),
    (answering, "AnswerShape"),
    (answering, "AnswerLimits"),
)
CALLED = (
    said(Role.USER, "go"),
    Message(Role.ASSISTANT, (ToolCallPart("call_1", "read", '{"path":"a.txt"}'),)),
    Message(Role.TOOL, (ToolResultPart("call_1", (TextPart("hello"),)),)),
)


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[int]]:
    """The threads in which each part of the work was done."""
    seen: dict[str, set[int]] = {}

    def watch(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(work, updated=())
        def watched(*args: Any, **kwargs: Any) -> Any:
            seen.setdefault(name, set()).add(threading.get_ident())
            return work(*args, **kwargs)

        return watched

    for owner, name in WORK:
        monkeypatch.setattr(owner, name, watch(name, getattr(owner, name)))
    return seen


@pytest.mark.parametrize("large", [False, True])
async def test_where_it_is_worked_on(
    large: bool, threads: dict[str, set[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    script = Script(CALL, "It says hello.", "")
    caller = Caller(RequestId("r"), "test", large=large)
    async with chat_service(script, monkeypatch) as chat:
        told: list[list[StreamEvent]] = []
        for messages in (CALLED[:1], CALLED):
            request = ChatRequest("m", messages, tools=(READ,), stop=("zzz",))
            told.append([])
            async with aclosing(chat.ask(request, caller)) as batches:
                async for batch in batches:
                    told[-1] += batch
        counted = await chat.count_tokens(ChatRequest("m", CALLED, tools=(READ,)), large=large)
    assert set(threads) == {name for _, name in WORK}
    here = {threading.get_ident()}
    for name, where in threads.items():
        assert where.isdisjoint(here) if large else where == here, name
    routed = [events[0] for events in told]
    assert all(isinstance(event, TurnRouted) for event in routed)
    assert [getattr(event, "session", "") for event in routed] == ["miss", "hit"]
    assert getattr(routed[1], "input_tokens", 0) == counted
    assert text_of(told[1]) == "It says hello."
