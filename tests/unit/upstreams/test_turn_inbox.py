"""A turn's events wait here; silence ends it, but only upstream's own."""

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from unittest import mock

import pytest

from gateway_engine.conversation import ReasoningDelta, StreamEvent, TextDelta
from gateway_engine.errors import ClientTooSlowError, UpstreamError, UpstreamTimeoutError
from gateway_engine.upstreams import turn_inbox
from gateway_engine.upstreams.contract import (
    Deadlines,
    ToolCallsWanted,
    ToolOutcome,
    ToolUsed,
    TurnEnd,
)
from gateway_engine.upstreams.turn_inbox import TurnInbox, merge_deltas

ENDLESS = Deadlines(0, 0, 0)
END = TurnEnd("s-1")


class Clock:
    """The loop's time, turned by the test; timers that are due fire in the loop's next round.

    The test's own deadline (30 s) runs on the same clock.
    """

    def __init__(self) -> None:
        self._real = asyncio.get_running_loop().time
        self._ahead = 0.0

    def time(self) -> float:
        return self._real() + self._ahead

    async def turn(self, seconds: float, step: float = 0.05) -> None:
        """Let so much time go by, in steps too small to look like a sleeping machine."""
        for _ in range(round(seconds / step)):
            self._ahead += step
            await settle()

    async def jump(self, seconds: float) -> None:
        """The machine slept."""
        self._ahead += seconds
        await settle()


async def settle() -> None:
    for _ in range(4):
        await asyncio.sleep(0)


@contextmanager
def clock() -> Iterator[Clock]:
    turned = Clock()
    with mock.patch.object(asyncio.get_running_loop(), "time", turned.time):
        yield turned


def text(*pieces: str) -> list[TextDelta | ReasoningDelta]:
    return [TextDelta(piece) for piece in pieces]


def ended(inbox: TurnInbox) -> bool:
    return inbox.ended


class TestOrder:
    async def test_everything_before_the_end(self) -> None:
        inbox = TurnInbox(ENDLESS)
        inbox.put(text("a", "b"))
        inbox.finish(END)
        inbox.put(text("late"))
        inbox.fail(UpstreamError("late"))
        assert await inbox.take() == text("a", "b")
        assert await inbox.take() == END
        assert await inbox.take() == END

    async def test_everything_before_the_failure(self) -> None:
        inbox = TurnInbox(ENDLESS)
        inbox.put(text("a"))
        inbox.fail(UpstreamError("broken"))
        assert await inbox.take() == text("a")
        for _ in range(2):
            with pytest.raises(UpstreamError, match="broken"):
                await inbox.take()

    async def test_a_taker_is_woken(self) -> None:
        inbox = TurnInbox(ENDLESS)
        async with asyncio.TaskGroup() as group:
            taken = group.create_task(inbox.take())
            await settle()
            assert not taken.done()
            inbox.put([])
            await settle()
            assert not taken.done()
            inbox.put(text("a"))
        assert taken.result() == text("a")

    async def test_a_taker_that_gave_up_loses_nothing(self) -> None:
        inbox = TurnInbox(ENDLESS)
        async with asyncio.TaskGroup() as group:
            taken = group.create_task(inbox.take())
            await settle()
            taken.cancel()
        inbox.put(text("a"))
        assert await inbox.take() == text("a")

    async def test_a_client_further_behind_gets_them_joined(self) -> None:
        inbox = TurnInbox(ENDLESS)
        inbox.put(text(*("x" * turn_inbox.MAX_UNMERGED)))
        assert len(await taken(inbox)) == turn_inbox.MAX_UNMERGED
        inbox.put(text(*("x" * (turn_inbox.MAX_UNMERGED + 1))))
        assert await inbox.take() == text("x" * (turn_inbox.MAX_UNMERGED + 1))


async def taken(inbox: TurnInbox) -> list[StreamEvent]:
    item = await inbox.take()
    assert isinstance(item, Sequence)
    return list(item)


WANTED = ToolCallsWanted(())
USED = ToolUsed("c", "t", "{}", ToolOutcome.FINISHED, "r")


class TestTools:
    async def test_what_is_told_keeps_its_place(self) -> None:
        inbox = TurnInbox(ENDLESS)
        inbox.tell(USED)
        inbox.put(text("a"))
        inbox.tell(WANTED)
        inbox.put(text("b"))
        inbox.finish(END)
        inbox.tell(USED)
        order = [await inbox.take() for _ in range(5)]
        assert order == [USED, text("a"), WANTED, text("b"), END]

    async def test_a_turn_wanted_whole_shows_what_it_waits_with(self) -> None:
        inbox = TurnInbox(ENDLESS, whole=True)
        inbox.put(text("a"))
        inbox.tell(USED)
        async with asyncio.TaskGroup() as group:
            first = group.create_task(inbox.take())
            await settle()
            assert not first.done()
            inbox.tell(WANTED)
        assert first.result() == text("a")
        assert [await inbox.take(), await inbox.take()] == [USED, WANTED]
        inbox.put(text("b"))
        async with asyncio.TaskGroup() as group:
            rest = group.create_task(inbox.take())
            await settle()
            assert not rest.done()
            inbox.finish(END)
        assert rest.result() == text("b")

    async def test_retracting_drops_text_and_never_a_tool(self) -> None:
        inbox = TurnInbox(ENDLESS)
        inbox.put(text("a", "b"))
        inbox.tell(USED)
        inbox.put(text("c"))
        assert inbox.retract() == 3
        inbox.put(text("new"))
        assert [await inbox.take(), await inbox.take()] == [USED, text("new")]

    async def test_no_deadline_passes_while_upstream_waits_for_us(self) -> None:
        with clock() as now:
            inbox = TurnInbox(Deadlines(2, 2, 3))
            await now.turn(1.5)
            inbox.pause()
            inbox.pause()
            await now.turn(15, step=0.5)
            assert not ended(inbox)
            inbox.resume()
            await now.turn(1)
            assert not ended(inbox)
            await now.turn(2)
            assert ended(inbox)


class TestWhole:
    async def test_enough_is_handed_out_and_what_follows_it(self) -> None:
        inbox = TurnInbox(ENDLESS, whole=True, enough=lambda batch: "stop" in str(batch))
        inbox.put(text("a"))
        async with asyncio.TaskGroup() as group:
            item = group.create_task(inbox.take())
            await settle()
            assert not item.done()
            inbox.put(text("stop"))
        assert item.result() == text("a", "stop")
        inbox.put(text("more"))
        assert await inbox.take() == text("more")

    async def test_nothing_leaves_before_the_end(self) -> None:
        inbox = TurnInbox(ENDLESS, whole=True)
        inbox.put(text("draft"))
        async with asyncio.TaskGroup() as group:
            item = group.create_task(inbox.take())
            await settle()
            assert not item.done()
            assert inbox.retract() == 1
            inbox.put(text("final"))
            inbox.finish(END)
        assert item.result() == text("final")
        assert await inbox.take() == END


class TestRetract:
    async def test_only_what_nobody_took(self) -> None:
        inbox = TurnInbox(ENDLESS)
        inbox.put(text("gone"))
        await inbox.take()
        inbox.put([TextDelta("a"), ReasoningDelta("r"), TextDelta("b")])
        assert inbox.retract() == 3
        assert inbox.retract() == 0
        inbox.finish(END)
        assert await inbox.take() == END

    async def test_what_was_retracted_counts_no_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(turn_inbox, "MAX_WAITING_CHARS", 100)
        inbox = TurnInbox(ENDLESS, whole=True)
        for _ in range(10):
            inbox.retract()
            inbox.put(text("x" * 60))
        inbox.finish(END)
        assert await inbox.take() == text("x" * 60)


async def test_a_client_that_does_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn_inbox, "MAX_WAITING_CHARS", 100)
    inbox = TurnInbox(ENDLESS)
    inbox.put(text("x" * 60))
    await inbox.take()
    inbox.put(text("x" * 60))
    assert not ended(inbox)
    inbox.put(text("x" * 60))
    assert ended(inbox)
    await inbox.take()
    with pytest.raises(ClientTooSlowError):
        await inbox.take()


async def test_what_tools_gave_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn_inbox, "MAX_WAITING_CHARS", 1000)
    inbox = TurnInbox(ENDLESS)
    ran = ToolUsed("1", "ls", "{}", ToolOutcome.FINISHED, "x" * 400)
    for _ in range(5):
        inbox.tell(ran)
        assert await inbox.take() == ran
    inbox.tell(ran)
    assert not ended(inbox)
    inbox.tell(ran)
    assert await inbox.take() == ran
    assert await inbox.take() == ran
    with pytest.raises(ClientTooSlowError):
        await inbox.take()


class TestDeadlines:
    async def test_no_first_token(self) -> None:
        with clock() as now:
            inbox = TurnInbox(Deadlines(10, 0, 0))
            await now.turn(9)
            inbox.touch()
            assert not ended(inbox)
            await now.turn(2)
            with pytest.raises(UpstreamTimeoutError, match="first token"):
                await inbox.take()

    async def test_a_first_token_in_time_and_no_other_limit(self) -> None:
        with clock() as now:
            inbox = TurnInbox(Deadlines(1, 0, 0))
            await now.turn(0.5)
            inbox.put(text("a"))
            await now.turn(10, step=0.5)
            assert not ended(inbox)
            inbox.close()

    async def test_silence_in_the_middle(self) -> None:
        with clock() as now:
            inbox = TurnInbox(Deadlines(10, 2, 0))
            await now.turn(5)
            assert not ended(inbox)
            for _ in range(4):
                inbox.put(text("a"))
                await now.turn(1.5)
                inbox.touch()
                await now.turn(1.5)
                assert not ended(inbox)
            await now.turn(2)
            assert ended(inbox)
            await inbox.take()
            with pytest.raises(UpstreamTimeoutError, match="fell silent"):
                await inbox.take()

    async def test_the_total_counts_however_fast_tokens_come(self) -> None:
        with clock() as now:
            inbox = TurnInbox(Deadlines(10, 10, 3))
            for turn in itertools.count(1):
                inbox.put(text("a"))
                await now.turn(0.1)
                if ended(inbox):
                    break
                assert turn < 60
            assert 30 <= turn <= 35

    async def test_an_ended_turn_has_no_deadline(self) -> None:
        with clock() as now:
            inbox = TurnInbox(Deadlines(1, 1, 1))
            inbox.finish(END)
            await now.turn(5)
            assert await inbox.take() == END

    async def test_a_closed_inbox_has_no_timer(self) -> None:
        with clock() as now:
            inbox = TurnInbox(Deadlines(1, 1, 1))
            inbox.close()
            await now.turn(5)
            assert not ended(inbox)

    async def test_what_lies_in_the_socket_still_counts(self) -> None:
        with clock() as now:
            inbox = TurnInbox(Deadlines(1, 1, 0))
            await now.turn(1.1)
            assert not ended(inbox)
            inbox.put(text("a"))
            await now.turn(0.9)
            assert not ended(inbox)
            inbox.close()

    @pytest.mark.parametrize("began", [False, True])
    async def test_a_machine_that_slept(self, began: bool) -> None:
        with clock() as now:
            inbox = TurnInbox(Deadlines(2, 2, 20))
            if began:
                inbox.put(text("a"))
            await now.turn(1.5)
            await now.jump(12)
            await now.turn(1.5)
            assert not ended(inbox)
            await now.turn(1)
            assert ended(inbox)


def test_merging_keeps_the_stream() -> None:
    events: list[StreamEvent] = [
        TextDelta("a"),
        TextDelta("b"),
        ReasoningDelta("c"),
        ReasoningDelta("d"),
        TextDelta("e"),
    ]
    assert merge_deltas(events) == [TextDelta("ab"), ReasoningDelta("cd"), TextDelta("e")]
    assert merge_deltas([]) == []
