"""Spellings and bad ends of an answer that the transcripts do not show."""

import json
from pathlib import Path

import pytest

from tests.integration.emulator.raw_client import RawClient
from tests.integration.emulator.running_program import program

SYNC = "tool/call/sync"
CONTRACT = "Tools: write ```json action\nUser: "


@pytest.mark.parametrize("style", ["replace", "first", "extend"])
async def test_overwrite(tmp_path: Path, style: str) -> None:
    async with program(tmp_path, f"overwrite={style}") as running, running.client() as client:
        answer = await client.ask("count to 10")
        assert answer.text == "".join(f"{n}\n" for n in range(1, 11)) == answer.finish["fullAnswer"]
        flags = [params["overwrite"] for params in answer.of("chat/answer")]
        assert flags.count(True) == 1
        assert flags.index(True) == (0 if style == "first" else len(flags) - 1)


async def test_reasoning_as_a_fence_or_a_tag(tmp_path: Path) -> None:
    for scenario, start, end in (
        ("think_fence", "````think::", "\n````\n"),
        ("think_tag", "<think>", "</think>"),
    ):
        async with program(tmp_path / scenario, scenario) as running, running.client() as client:
            answer = await client.ask("think about rain")
            assert answer.text.startswith(start)
            assert end in answer.text
            assert answer.reasoning == ""
            assert all(start not in params["text"] for params in answer.of("chat/answer"))


@pytest.mark.parametrize(
    ("scenario", "code"), [("quota", 112), ("quota=429", 429), ("filtered=601", 601)]
)
async def test_codes(tmp_path: Path, scenario: str, code: int) -> None:
    async with program(tmp_path, scenario) as running, running.client() as client:
        answer = await client.ask("hello")
        assert answer.finish["statusCode"] == code
        filtered = [params["isFiltered"] for params in answer.of("chat/answer")]
        assert any(filtered) is scenario.startswith("filtered")


async def test_failed_turns_are_not_remembered(tmp_path: Path) -> None:
    async with program(tmp_path, "quota@1") as running, running.client() as client:
        await client.ask("echo: lost", "s-1")
        assert "nothing" in (await client.ask("history", "s-1", isReply=True)).text


async def test_full_answer_only(tmp_path: Path) -> None:
    async with program(tmp_path, "full_answer_only") as running, running.client() as client:
        answer = await client.ask("think about rain")
        assert "chat/answer" not in answer.methods
        assert "rain" in answer.reasoning
        assert "rain" in answer.finish["fullAnswer"]


@pytest.mark.parametrize(
    ("form", "start"),
    [("action", "```action\n"), ("marker", "#Tool Call\n"), ("plain", "```json\n")],
)
async def test_tool_form(tmp_path: Path, form: str, start: str) -> None:
    async with program(tmp_path, f"tool_form={form}") as running, running.client() as client:
        answer = await client.ask(CONTRACT + 'call tool f {"a": 1}')
        said = answer.text.split(start)[1].removesuffix("```\n")
        assert json.loads(said) == {"tool": "f", "parameters": {"a": 1}}


async def call_id_of(client: RawClient) -> str:
    params = await client.until_method("tool/call/sync")
    call_id: str = params["toolCallId"]
    return call_id


async def decide(client: RawClient, call_id: str, approval: bool) -> None:
    params = {"type": "tool_call", "toolCallId": call_id, "approval": approval}
    assert await client.call("tool/call/approve", params) == {"success": True}


async def test_a_native_call_denied(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        answer = await client.start("native tool run_in_terminal {}")
        await decide(client, await call_id_of(client), approval=False)
        await client.finish(answer)
        assert "not allowed" in answer.text
        assert answer.of("tool/call/sync")[-1]["toolCallStatus"] == "CANCELLED"
        assert "tool/invoke" not in answer.methods


async def test_a_native_call_that_runs_upstream(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        answer = await client.start("run tool save_file {}")
        await decide(client, await call_id_of(client), approval=True)
        await client.finish(answer)
        last, repeat = answer.of("tool/call/sync")[-2:]
        assert last == repeat
        assert last["toolCallStatus"] == "FINISHED"
        assert "nothing was executed" in answer.text
        assert not (tmp_path / "save_file").exists()


async def test_a_result_without_an_approval(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        answer = await client.start("native tool weather {}")
        result = {
            "toolCallId": await call_id_of(client),
            "name": "weather",
            "success": False,
            "errorMessage": "no network",
            "result": None,
        }
        assert await client.call("tool/invokeResult", result) == {"success": True}
        await client.finish(answer)
        assert "error: no network" in answer.text
        assert answer.of("tool/call/sync")[-1]["toolCallStatus"] == "ERROR"


async def test_a_strict_call_takes_its_result_only_when_it_asks_for_it(tmp_path: Path) -> None:
    async with program(tmp_path, "tool_flow=strict") as running, running.client() as client:
        answer = await client.start("native tool weather {}")
        call_id = await call_id_of(client)
        result = {"toolCallId": call_id, "name": "weather", "success": True, "result": "sunny"}
        assert await client.call("tool/invokeResult", result) == {"success": False}
        await decide(client, call_id, approval=True)
        await client.until_method("tool/invoke")
        assert await client.call("tool/invokeResult", result) == {"success": True}
        await client.finish(answer)
        assert "returned: sunny" in answer.text


async def test_a_denial_with_its_reason(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        answer = await client.start("native tool weather {}")
        call_id = await call_id_of(client)
        await decide(client, call_id, approval=False)
        refusal = {"toolCallId": call_id, "success": False, "errorMessage": "not today"}
        await client.call("tool/invokeResult", refusal)
        await client.finish(answer)
        assert "not allowed to run: not today" in answer.text


async def test_a_call_that_asks_nobody(tmp_path: Path) -> None:
    async with program(tmp_path, "tool_flow=unasked") as running, running.client() as client:
        answer = await client.ask("run tool weather {}")
        states = [params["toolCallStatus"] for params in answer.of("tool/call/sync")]
        assert states == ["INIT", "FINISHED", "FINISHED"]
        assert "The tool weather returned" in answer.text


async def test_a_call_that_is_handed_over_at_once(tmp_path: Path) -> None:
    async with program(tmp_path, "tool_flow=invoke") as running, running.client() as client:
        answer = await client.start("native tool weather {}")
        call_id = (await client.until_method("tool/invoke"))["toolCallId"]
        assert all(message.get("method") != "tool/call/sync" for message in client.others)
        done = {"toolCallId": call_id, "success": True, "result": "sunny"}
        assert await client.call("tool/invokeResult", done) == {"success": True}
        await client.finish(answer)
        assert "returned: sunny" in answer.text


async def test_an_echoed_result(tmp_path: Path) -> None:
    async with program(tmp_path, "tool_flow=echo") as running, running.client() as client:
        answer = await client.start("run tool weather {}")
        await decide(client, await call_id_of(client), approval=True)
        await client.finish(answer)
        (echoed,) = answer.of("tool/invokeResult")
        assert echoed["success"] is True


async def test_calls_at_once(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        answer = await client.start("native tools weather {} and clock {}")
        ids = [await call_id_of(client)]
        while len(ids) < 2:
            ids = list(dict.fromkeys([*ids, await call_id_of(client)]))
        for call_id in reversed(ids):
            await client.call(
                "tool/invokeResult", {"toolCallId": call_id, "success": True, "result": call_id}
            )
        await client.finish(answer)
        assert answer.text == "".join(
            f"The tool {name} returned: {call_id}\n"
            for name, call_id in zip(("weather", "clock"), ids, strict=True)
        )


@pytest.mark.parametrize("routing", ["once", "stray"])
async def test_tool_routing(tmp_path: Path, routing: str) -> None:
    async with program(tmp_path, f"tool_routing={routing}") as running, running.client() as client:
        answer = await client.start("run tool weather {}")
        params = await client.until_method("tool/call/sync")
        if routing == "stray":
            assert "requestId" not in params
            params = await client.until_method("tool/call/sync")
        assert "requestId" in params
        await decide(client, params["toolCallId"], approval=True)
        await client.finish(answer)
        later = [m for m in (*client.others, *answer.events) if m.get("method") == SYNC]
        named = {"requestId" in message["params"] for message in later}
        assert named == ({False} if routing == "once" else {True, False})


@pytest.mark.parametrize("how", ["error", "refused", "silent"])
async def test_image_uploads_that_fail(tmp_path: Path, how: str) -> None:
    async with program(tmp_path, f"image_upload={how}") as running, running.client() as client:
        uri = "data:image/png;base64,iVBORw0KGgo="
        ack = await client.call("image/upload", {"imageUri": uri, "requestId": "u-1"})
        assert ack["success"] is (how != "refused")
        if how == "error":
            outcome = await client.until_method("image/uploadResultNotification")
            assert outcome["errorMessage"]
        else:
            await client.ask("echo: x")
            methods = [message.get("method") for message in client.others]
            assert "image/uploadResultNotification" not in methods


async def test_nobody_decides(tmp_path: Path) -> None:
    async with program(tmp_path, TOOL_WAIT_S=0.2) as running, running.client() as client:
        answer = await client.ask("native tool weather {}")
        assert answer.finish["statusCode"] == 500


async def test_stopping_a_parked_turn(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        answer = await client.start("native tool weather {}")
        await call_id_of(client)
        await client.call("chat/stop", {"requestId": answer.request_id, "sessionId": ""})
        if not any(m.get("method") == "chat/finish" for m in client.others):
            await client.until_method("chat/finish")


@pytest.mark.parametrize("shape", ["toolCall", "tool_call", "data.tool", "results"])
async def test_tool_shape(tmp_path: Path, shape: str) -> None:
    async with program(tmp_path, f"tool_shape={shape}") as running, running.client() as client:
        await client.start('native tool weather {"city": "上海"}')
        params = await client.until_method("tool/call/sync")
        assert "toolCallId" not in params
        for name in shape.split("."):
            params = params[name]
        assert "上海" in json.dumps(params, ensure_ascii=False).encode().decode(
            "unicode_escape"
        ) or ("city" in json.dumps(params))


async def test_images(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        uri = "data:image/png;base64,iVBORw0KGgo="
        ack = await client.call("image/upload", {"imageUri": uri, "requestId": "u-1"})
        assert ack == {"success": True}
        outcome = await client.until_method("image/uploadResultNotification")
        assert (outcome["errorCode"], outcome["result"]["requestId"]) == ("", "u-1")
        url = outcome["result"]["imageUrl"]
        context = {"text": "describe images", "imageUrls": [url]}
        answer = await client.ask("describe images", chatContext=context)
        assert "image/png, 8 bytes" in answer.text
        await client.call("image/upload", {"imageUri": "data:text/plain,x", "requestId": "u-2"})
        refused = await client.until_method("image/uploadResultNotification")
        assert refused["errorMessage"]
        assert refused["result"] == {"requestId": "u-2", "imageUrl": ""}
