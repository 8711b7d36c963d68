"""Sessions, limits and back-pressure, seen by a client; `history` tells what upstream knows."""

import asyncio
import logging
import os
import random
import signal
from pathlib import Path

import pytest

from gateway_engine.inspector.query import RecordQuery
from tests.integration.chat.conversing import gateway
from tests.integration.emulator.running_program import until
from tests.support.hygiene import ExpectedLogs

FIRST = "This session remembers nothing: this is its first turn.\n"


async def test_a_conversation_goes_on_in_one_session(tmp_path: Path) -> None:
    async with gateway(tmp_path) as gate:
        first = await gate.ask("echo: one")
        assert (first.text, first.session) == ("one", "miss")
        second = await gate.ask("echo: one", "one", "history", stream=True)
        assert (second.session, second.instance) == ("hit", first.instance)
        assert second.text.startswith("This session remembers 1 earlier turns")
        third = await gate.ask("echo: one", "one", "history", second.text.strip(), "history")
        assert third.session == "hit"
        assert third.text.startswith("This session remembers 2 earlier turns")
        assert third.usage["prompt_tokens_details"]["cached_tokens"] > 0
        stats = gate.engine.session_cache()
        assert stats is not None
        assert (stats.hits, stats.misses, stats.size) == (2, 1, 1)


async def test_branches_never_share_a_session(tmp_path: Path) -> None:
    async with gateway(tmp_path) as gate:
        await gate.ask("echo: one")
        edited = await gate.ask("echo: one", "another answer", "history")
        other_key = await gate.ask("echo: one", "one", "history", key="k2")
        tools = [{"type": "function", "function": {"name": "t", "parameters": {}}}]
        other_tools = await gate.ask("echo: one", "one", "history", tools=tools)
        other_model = await gate.ask("echo: one", "one", "history", model="demo-think")
        for reply in (edited, other_key, other_tools, other_model):
            assert reply.session == "miss"
            assert FIRST in reply.text
        replies = await asyncio.gather(*(gate.ask("echo: one", "one", "history") for _ in range(3)))
        assert sorted(reply.session for reply in replies) == ["hit", "miss", "miss"]
        assert sorted("1 earlier" in reply.text for reply in replies) == [False, False, True]
        again = await gate.ask("echo: one", "one", "history")
        assert (again.session, again.text) == ("miss", FIRST)


async def test_a_regenerated_answer_starts_anew(tmp_path: Path) -> None:
    async with gateway(tmp_path) as gate:
        await gate.ask("echo: one")
        assert (await gate.ask("echo: one", "one", "echo: two")).session == "hit"
        assert (await gate.ask("echo: one", "one", "echo: two")).session == "miss"


async def test_reuse_can_be_switched_off(tmp_path: Path) -> None:
    async with gateway(tmp_path, SESSION_REUSE_ENABLED="false") as gate:
        await gate.ask("echo: one")
        assert (await gate.ask("echo: one", "one", "history")).session == "off"
        assert gate.engine.session_cache() is None


async def test_upstreams_own_session_id_is_the_one_that_is_continued(tmp_path: Path) -> None:
    async with gateway(tmp_path, "rename_session") as gate:
        await gate.ask("echo: one")
        reply = await gate.ask("echo: one", "one", "history")
        assert reply.session == "hit"
        assert "1 earlier" in reply.text


async def test_a_killed_instance_loses_no_turn(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("is being restarted", level=logging.WARNING)
    async with gateway(tmp_path, LINGMA_INSTANCE_COUNT=2) as gate:
        first = await gate.ask("echo: one")
        os.kill(gate.pid(first.instance), signal.SIGKILL)
        reply = await gate.ask("echo: one", "one", "echo: two")
        assert (reply.status, reply.text, reply.session) == (200, "two", "miss")
        reply = await gate.ask("echo: one", "one", "echo: two", "two", "history")
        assert reply.session == "hit"
        await until(lambda: any(status.restarts for status in gate.engine.instances()))


async def test_an_instance_that_dies_in_a_reused_session_loses_no_turn(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("is being restarted", level=logging.WARNING)
    async with gateway(tmp_path, "crash_on_prompt@2=1") as gate:
        await gate.ask("echo: one")
        reply = await gate.ask("echo: one", "one", "echo: two", stream=True)
        assert (reply.status, reply.text, reply.session) == (200, "two", "miss")


async def test_an_answer_wanted_whole_is_begun_anew_when_its_instance_dies(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("is being restarted", level=logging.WARNING)
    async with gateway(tmp_path, "crash_mid_stream=1") as gate:
        reply = await gate.ask("count to 9")
        assert (reply.status, reply.text) == (200, "1\n2\n3\n4\n5\n6\n7\n8\n9\n")
        assert reply.usage["completion_tokens"] < 25
        await gate.recorded(1)
        (line,) = (await gate.engine.records.find(RecordQuery())).summaries
        record = await gate.engine.records.get(line.id)
        assert record is not None
        assert record.details is not None
        assert [change.code for change in record.details.changes] == ["begun_anew"]


async def test_an_answer_that_the_client_has_seen_begin_is_not_begun_anew(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("is being restarted", level=logging.WARNING)
    async with gateway(tmp_path, "crash_mid_stream=1") as gate:
        reply = await gate.ask("count to 9", stream=True)
        assert (reply.status, reply.error["code"]) == (200, "upstream_error")
        assert reply.finish == ""


async def test_a_reused_session_that_fails_is_asked_again_as_a_transcript(tmp_path: Path) -> None:
    async with gateway(tmp_path) as gate:
        await gate.ask("echo: one")
        reply = await gate.ask("echo: one", "one", "refuse: no such session")
        assert reply.status == 502  # refused twice: in the session, and with the transcript
        assert (await gate.ask("echo: one", "one", "history")).session == "miss"


async def test_a_conversation_stays_on_its_instance(tmp_path: Path) -> None:
    async with gateway(tmp_path, LINGMA_INSTANCE_COUNT=3) as gate:
        replies = [await gate.ask("echo: one", user="me") for _ in range(4)]
        assert len({reply.instance for reply in replies}) == 1
        others = [await gate.ask(f"echo: {n}", user=f"user {n}") for n in range(6)]
        assert len({reply.instance for reply in others}) == 3


@pytest.mark.parametrize("stream", [False, True])
async def test_a_stop_sequence_ends_the_answer(tmp_path: Path, stream: bool) -> None:
    async with gateway(tmp_path) as gate:
        reply = await gate.ask("count to 50", stop=["7\n8"], stream=stream)
        assert (reply.text, reply.finish) == ("1\n2\n3\n4\n5\n6\n", "stop")
        whole = await gate.ask("count to 50", reply.text, "history")
        assert whole.session == "miss"


@pytest.mark.parametrize("stream", [False, True])
async def test_max_tokens_are_kept(tmp_path: Path, stream: bool) -> None:
    async with gateway(tmp_path) as gate:
        reply = await gate.ask(
            "repeat 5000 tokens",
            max_tokens=30,
            stream=stream,
            stream_options={"include_usage": True},
        )
        assert reply.finish == "length"
        assert 0 < reply.usage["completion_tokens"] <= 30
        assert "t5000" not in reply.text


async def test_a_prompt_that_is_too_long_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    async with gateway(tmp_path) as gate:
        reply = await gate.ask("echo: " + "word " * 97_000, model="demo-think")
        assert (reply.status, reply.error["code"]) == (400, "context_length_exceeded")
        assert gate.engine.concurrency().in_flight == 0


async def test_turns_wait_for_each_other_and_clients_that_go_free_their_place(
    tmp_path: Path,
) -> None:
    async with gateway(tmp_path, GATEWAY_MAX_IN_FLIGHT=1, GATEWAY_MAX_QUEUE=1) as gate:
        async with asyncio.TaskGroup() as group:
            slow = group.create_task(gate.ask("repeat 500 tokens every 20 ms", stream=True))
            await until(lambda: gate.engine.concurrency().in_flight == 1)
            waits = group.create_task(gate.ask("echo: two"))
            await until(lambda: gate.engine.concurrency().queued == 1)
            busy = await gate.ask("echo: three")
            assert (busy.status, busy.error["code"]) == (429, "busy")
            assert float(busy.headers["retry-after"]) > 0
            slow.cancel()
            assert (await waits).text == "two"
        stats = gate.engine.concurrency()
        assert (stats.in_flight, stats.queued, stats.accepted_total) == (0, 0, 2)
        assert stats.rejected_total == 1


@pytest.mark.parametrize("scenario", ["", "think_fence", "think_tag", "think_tag,split_frames"])
@pytest.mark.parametrize("stream", [False, True])
async def test_reasoning_of_every_channel_is_reasoning(
    tmp_path: Path, scenario: str, stream: bool
) -> None:
    async with gateway(tmp_path, scenario) as gate:
        reply = await gate.ask("think about rain", stream=stream)
        assert "rain" in reply.reasoning
        assert "think" not in reply.text.lower()[:10]
        assert "````" not in reply.text + reply.reasoning
        assert reply.text == reply.text.lstrip()


async def test_a_billing_line_that_changes_does_not_end_a_session(tmp_path: Path) -> None:
    def system(number: int) -> list[dict[str, str]]:
        billing = f"x-anthropic-billing-header: cc_version=2.1; cch={number};"
        return [{"type": "text", "text": billing}, {"type": "text", "text": "You are helpful."}]

    async with gateway(tmp_path) as gate:

        async def ask(number: int, *turns: str) -> tuple[str, str]:
            roles = ("user", "assistant")
            messages = [{"role": roles[n % 2], "content": t} for n, t in enumerate(turns)]
            body = {"model": "m", "max_tokens": 99, "system": system(number), "messages": messages}
            async with gate.client.post(
                "/v1/messages", json=body, headers={"x-api-key": "k1"}
            ) as response:
                content = await response.json()
                return content["content"][0]["text"], response.headers["x-gateway-session"]

        assert await ask(1, "echo: one") == ("one", "miss")
        text, session = await ask(2, "echo: one", "one", "history")
        assert (session, "1 earlier" in text) == ("hit", True)
        assert "billing" not in text


@pytest.mark.deadline(60)
async def test_whoever_vanishes_everything_is_free_afterwards(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("is being restarted|could not start", level=logging.WARNING)
    chance = random.Random(7)
    async with gateway(tmp_path, LINGMA_INSTANCE_COUNT=2, GATEWAY_MAX_IN_FLIGHT=8) as gate:

        async def client(number: int) -> None:
            turns = [f"repeat {chance.randrange(5, 60)} tokens every 2 ms"]
            for _ in range(3):
                reply = await gate.ask(*turns, stream=chance.random() < 0.7, user=str(number))
                turns += [reply.text or "-", "echo: on"]

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(client(number)) for number in range(60)]
            for number in range(30):
                await asyncio.sleep(chance.random() * 0.03)
                chance.choice(tasks).cancel()
                if number == 15:
                    os.kill(gate.pid("inst-0"), signal.SIGKILL)
        await until(lambda: gate.engine.concurrency().in_flight == 0)
        assert gate.engine.concurrency().queued == 0
        await until(lambda: all(not s.in_flight for s in gate.engine.instances()))
        assert (await gate.ask("echo: alive")).text == "alive"
