"""Requests that wait for their answers, on whatever connection."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from gateway_engine.conversation import Change
from gateway_engine.errors import UpstreamGoneError, UpstreamTimeoutError
from gateway_engine.upstreams.pending_calls import PendingCalls
from gateway_engine.upstreams.wire.json_rpc import Failure, Success


class RefusedError(Exception):
    pass


class Trace:
    def __init__(self) -> None:
        self.seen: list[bytes] = []

    def changed(self, changes: Any) -> None:
        raise AssertionError([Change, changes])

    def to_upstream(self, frame: bytes) -> None:
        self.seen.append(frame)

    def from_upstream(self, frame: bytes, channel: str = "", text: str = "") -> None:
        self.seen.append(frame)


def pending() -> tuple[PendingCalls, asyncio.Future[str]]:
    closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    calls = PendingCalls(
        "peer",
        closed=closed,
        gone=lambda: UpstreamGoneError("gone"),
        refused=lambda method, failure: RefusedError(f"{method} {failure.code}"),
    )
    return calls, closed


@pytest.mark.parametrize("spelt", [int, str, float])
async def test_an_answer_finds_its_request_however_its_id_is_spelt(
    spelt: Callable[[int], Any],
) -> None:
    calls, _ = pending()
    trace = Trace()
    _, first = calls.expect("one")
    second_id, second = calls.expect("two", trace)
    calls.sending(second_id, b"ask")
    assert calls.settle(Success(spelt(second_id), {"a": 1}), b"answer")
    assert second.result() == {"a": 1}
    assert trace.seen == [b"ask", b"answer"]
    assert not first.done()
    calls.forget(1)
    calls.forget(second_id)
    assert first.cancelled()
    assert len(calls) == 0


@pytest.mark.parametrize("call_id", ["one", "9" * 40, 7, 1.5, "-1"])
async def test_an_answer_to_nothing_is_let_pass(call_id: Any) -> None:
    calls, _ = pending()
    _, future = calls.expect("one")
    assert calls.settle(Success(call_id, 1), b"")
    assert not future.done()
    calls.forget(1)


async def test_a_refusal_of_no_request_is_told() -> None:
    calls, _ = pending()
    assert not calls.settle(Failure(None, -1, "what?", None), b"")


async def test_asking() -> None:
    calls, _ = pending()

    async def refuse(call_id: int) -> None:
        calls.settle(Failure(call_id, -32601, "no", None), b"")

    async def nothing(call_id: int) -> None:
        return None

    with pytest.raises(RefusedError, match="do -32601"):
        await calls.ask("do", refuse, timeout_s=5)
    with pytest.raises(UpstreamTimeoutError, match="peer did not answer do within"):
        await calls.ask("do", nothing, timeout_s=0.01)
    assert len(calls) == 0


async def test_the_end_fails_what_waits_and_what_comes_after() -> None:
    calls, closed = pending()
    number, waiting = calls.expect("one")
    closed.set_result("over")
    calls.fail()
    later, after = calls.expect("two")
    for call_id, future in ((number, waiting), (later, after)):
        assert isinstance(future.exception(), UpstreamGoneError)
        calls.forget(call_id)
    assert len(calls) == 0
