"""Chat turns: their events, sessions, models, stopping, concurrency."""

import asyncio
import json
import time
from pathlib import Path

import pytest

from tests.integration.emulator.raw_client import RefusedError
from tests.integration.emulator.running_program import program


async def test_the_events_of_a_turn(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        answer = await client.ask("think about rain", "s-1")
        assert answer.result == {
            "requestId": answer.request_id,
            "isSuccess": True,
            "errorMessage": "",
            "status": 200,
        }
        assert answer.methods == [
            "chat/process_step_callback",
            "chat/think",
            "chat/answer",
            "context/usage/sync",
            "session/title/update",
            "chat/finish",
        ]
        assert [p["step"] for p in answer.of("chat/think")][-2:] == ["start", "done"]
        assert "rain" in answer.reasoning
        assert answer.finish["fullAnswer"] == answer.text
        assert (answer.finish["reason"], answer.finish["statusCode"]) == ("stop", 200)
        (usage,) = answer.of("context/usage/sync")
        assert 10 < usage["usedTokens"] < usage["limitTokens"]
        await client.call("ping", {})
        stats = await client.stats()
        assert stats["requests_answered"] == stats["requests_sent"] == 3
        assert stats["unexpected_answers"] == stats["invalid_messages"] == 0


async def test_sessions_remember(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        first = await client.ask("echo: apple")
        session = first.finish["sessionId"]
        assert session
        await client.ask("echo: pear", session, isReply=True)
        third = await client.ask("history", session, isReply=True)
        assert "2 earlier turns" in third.text
        assert "echo: apple -> assistant: apple" in third.text
        assert "session/title/update" not in third.methods
        other = await client.ask("history")
        assert other.finish["sessionId"] != session
        assert "remembers nothing" in other.text
        anew = await client.ask("history", session)
        assert "remembers nothing" in anew.text
        used = [a.of("context/usage/sync")[0]["usedTokens"] for a in (first, third)]
        assert used[1] > used[0]


async def test_deleted_sessions_are_gone(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        await client.ask("echo: a secret", "s-1")
        assert "a secret" in "".join(path.read_text() for path in (tmp_path / "db").iterdir())
        deleted = await client.call("chat/deleteSessionById", {"sessionId": "s-1"})
        assert deleted == {"success": True}
        assert not list((tmp_path / "db").iterdir())
        assert "nothing" in (await client.ask("history", "s-1", isReply=True)).text


async def test_rename_session(tmp_path: Path) -> None:
    async with program(tmp_path, "rename_session") as running, running.client() as client:
        first = await client.ask("echo: apple", "hint")
        real = first.finish["sessionId"]
        assert real != "hint"
        assert "apple" in (await client.ask("history", real, isReply=True)).text
        assert "nothing" in (await client.ask("history", "hint", isReply=True)).text


async def test_prefill_costs_time_for_what_is_new(tmp_path: Path) -> None:
    async with program(tmp_path, PREFILL_MS=10) as running, running.client() as client:

        async def seconds(text: str, session: str, *, is_reply: bool) -> float:
            start = time.monotonic()
            await client.ask(text, session, isReply=is_reply)
            return time.monotonic() - start

        long = await seconds("echo: x\n" + "word " * 6000, "s-1", is_reply=False)
        short = await seconds("echo: x", "s-1", is_reply=True)
        assert long > 0.3
        assert short < long / 2


async def test_stop_takes_effect_within_a_token(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        answer = await client.start("count to 1000 every 50ms", "s-1")
        for _ in range(3):
            await client.until_method("chat/answer")
        stop = {"requestId": answer.request_id, "sessionId": "s-1"}
        await client.send({"jsonrpc": "2.0", "id": "stop", "method": "chat/stop", "params": stop})
        client.others.clear()
        start = time.monotonic()
        await client.finish(answer)
        assert time.monotonic() - start < 1
        assert len(answer.of("chat/answer")) <= 1
        assert (answer.finish["reason"], answer.finish["statusCode"]) == ("stopped", 200)
        (result,) = (m["result"] for m in client.others if m.get("id") == "stop")
        assert result == {"success": True}
        assert await client.call("chat/stop", stop) == {"success": False}
        assert (await client.stats())["stopped"] == 1


async def test_stop_during_prefill_and_sleep(tmp_path: Path) -> None:
    async with program(tmp_path, PREFILL_MS=100_000) as running, running.client() as client:
        answer = await client.start("echo: x" * 1000)
        await client.until_method("chat/process_step_callback")
        stop = {"requestId": answer.request_id, "sessionId": ""}
        await client.call("chat/stop", stop)
        await client.finish(answer)
        assert answer.finish["reason"] == "stopped"
        assert answer.text == ""


async def test_turns_run_side_by_side(tmp_path: Path) -> None:
    async with program(tmp_path, DELTA_MS=5) as running, running.client() as client:
        answers = [await client.start(f"repeat {20 + n} tokens") for n in range(8)]
        order: list[str] = []
        while len(order) < 30:
            message = await client.receive()
            if message.get("method") == "chat/answer":
                order.append(message["params"]["requestId"])
                next(
                    a for a in answers if a.request_id == message["params"]["requestId"]
                ).events.append(message)
        assert len(set(order)) == 8
        await client.finish(*answers)
        for number, answer in enumerate(answers):
            assert answer.text == "".join(f"t{i} " for i in range(1, 21 + number))


async def test_a_request_id_in_use_is_refused(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        answer = await client.start("count to 100 every 50ms")
        await client.until_method("chat/answer")
        with pytest.raises(RefusedError):
            await client.call("chat/ask", {"requestId": answer.request_id, "questionText": "x"})


async def test_a_client_that_goes_away_is_noticed(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        async with running.client() as client:
            await client.start("count to 100000 every 5ms")
            await client.until_method("chat/answer")
        async with running.client() as client, asyncio.timeout(5):
            while (stats := await client.stats())["abandoned"] == 0:
                await client.call("ping", {})
            assert stats["in_flight"] == 1


async def test_models(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        scenes = await client.call("config/queryModels", {})
        keys = [model["key"] for models in scenes.values() for model in models]
        assert len(keys) > len(set(keys))
        assert all(key.startswith("demo-") for key in keys)
        by_key = {model["key"]: model for models in scenes.values() for model in models}
        assert [k for k, m in by_key.items() if m["isDefault"]] == ["demo-auto"]
        assert by_key["demo-think"]["isReasoning"]
        assert by_key["demo-vision"]["isVl"]
        for key in by_key:
            answer = await client.ask("hello", extra={"modelConfig": {"key": key}})
            assert bool(answer.reasoning) is (key == "demo-think")
            limit = answer.of("context/usage/sync")[0]["limitTokens"]
            assert limit == by_key[key]["maxInputTokens"]


async def test_an_unknown_model_and_a_refusal_fail_early(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        for text, key, error in (
            ("hello", "gpt-4", "model not found: gpt-4"),
            ("refuse: not today", "", "not today"),
        ):
            params = {"requestId": "r", "questionText": text}
            result = await client.call(
                "chat/ask", params | {"extra": {"modelConfig": {"key": key}}}
            )
            assert (result["isSuccess"], result["errorMessage"]) == (False, error)
        await client.call("ping", {})
        assert not client.others


@pytest.mark.parametrize("code", [0, 401, 429, 500, 80408])
async def test_errors_on_request(tmp_path: Path, code: int) -> None:
    async with program(tmp_path) as running, running.client() as client:
        answer = await client.ask(f"error {code} after 2")
        assert answer.finish["statusCode"] == code
        assert answer.text == "t1 t2 "
        assert (await client.ask(f"error {code}")).text == ""


async def test_a_big_answer_is_one_frame(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        answer = await client.ask("big 4m")
        (params,) = answer.of("chat/answer")
        assert len(params["text"]) == 4 * 1024 * 1024
        assert (await client.ask("字" * 2_000_000 + "\ncount to 1")).text == "1\n"


async def test_agent_mode_costs_tokens(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        plain = await client.ask("echo: x")
        agent = await client.ask("echo: x", pluginPayloadConfig={"isEnableAskAgent": True})
        used = [a.of("context/usage/sync")[0]["usedTokens"] for a in (plain, agent)]
        assert used[1] - used[0] == 69_000


async def test_a_seed_repeats_ids(tmp_path: Path) -> None:
    seen = []
    for name in ("a", "b"):
        async with program(tmp_path / name, SEED="same") as running, running.client() as client:
            answer = await client.ask("hello")
            seen.append(
                (answer.finish["sessionId"], (await client.call("auth/status", {}))["token"])
            )
    assert seen[0] == seen[1]


async def test_demo_answers_say_so(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        assert "built-in demo" in (await client.ask("What is a monad?")).text
        assert "内置演示" in (await client.ask("什么是单子？")).text


async def test_a_taught_tool_is_called_and_its_result_used(tmp_path: Path) -> None:
    contract = "To call a tool write\n```json action\n{...}\n```\n\nUser: "
    async with program(tmp_path) as running, running.client() as client:
        answer = await client.ask(contract + 'call tool weather {"city": "上海"}', "s-1")
        call = json.loads(answer.text.split("```json action\n")[1].split("\n```")[0])
        assert call == {"tool": "weather", "parameters": {"city": "上海"}}
        later = await client.ask("Tool result (weather): 21 °C", "s-1", isReply=True)
        assert "21 °C" in later.text
        again = await client.ask("call tool weather {}", "s-1", isReply=True)
        assert "```json action" in again.text
