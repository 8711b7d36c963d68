"""Whatever the upstream does wrong, the client gets a right answer or a clear error, in time."""

import asyncio
from pathlib import Path

import pytest

from gateway_engine.events import InstanceState
from tests.integration.engine.running_engine import alive, gateway
from tests.support.hygiene import ExpectedLogs

READY = InstanceState.READY
COUNT = "".join(f"{n}\n" for n in range(1, 21))
IN_BAND_S = 2.0


@pytest.mark.parametrize(
    "scenario",
    [
        "",
        "slow_start=0.3",
        "late_info=0.3",
        "json_info=file",
        "json_info=inline",
        "json_info=file,late_info=0.3,refuse_port_flags",
        "stale_info=0.3,refuse_port_flags",
        "refuse_port_flags",
        "refuse_port_flags,late_info=0.3",
        "burst",
        "split_frames",
        "unknown_notification",
        "string_ids,needs_answers",
        "no_ask_result",
        "late_ask_result",
        "content_field",
        "full_answer_only",
        "rename_session",
        "overwrite=first",
        "overwrite=extend",
        "login_url_string",
    ],
)
async def test_a_good_answer_all_the_same(tmp_path: Path, scenario: str) -> None:
    async with gateway(tmp_path, scenario) as running:
        streamed = await running.ask("count to 20")
        assert (streamed.status, streamed.text, streamed.error) == (200, COUNT, {})
        assert (streamed.finish, streamed.done) == ("stop", True)
        assert streamed.headers["x-gateway-upstream"] == "demo"
        whole = await running.ask("count to 20", stream=False)
        assert (whole.status, whole.text, whole.finish) == (200, COUNT, "stop")
        assert running.status.restarts == 0
        assert running.status.last_error == ""


@pytest.mark.parametrize("scenario", ["", "think_fence", "think_tag", "think_fence,split_frames"])
async def test_reasoning_from_every_channel(tmp_path: Path, scenario: str) -> None:
    async with gateway(tmp_path, scenario) as running:
        streamed = await running.ask("think about rain")
        whole = await running.ask("think about rain", stream=False)
        assert "rain" in streamed.reasoning
        assert "`" not in streamed.text
        assert "think>" not in streamed.text
        assert streamed.text.strip()
        assert (whole.text, whole.reasoning) == (streamed.text, streamed.reasoning)


async def test_an_overwritten_draft(tmp_path: Path) -> None:
    async with gateway(tmp_path, "overwrite") as running:
        whole = await running.ask("count to 20", stream=False)
        assert (whole.status, whole.text) == (200, COUNT)
        streamed = await running.ask("count to 20")
        # Whether the draft had left is a race; a client never gets a mixture of both.
        assert streamed.text == COUNT or streamed.error["code"] == "upstream_error"
        assert streamed.done is not bool(streamed.error)


async def test_a_huge_answer_in_one_frame(tmp_path: Path) -> None:
    async with gateway(tmp_path, "huge_message") as running:
        assert len((await running.ask("hello")).text) == 4 * 1024 * 1024


@pytest.mark.parametrize(
    "scenario",
    [
        "crash_mid_stream*1",
        "mid_stream_close=close*1",
        "mid_stream_close=abort*1",
        "malformed_frame=json*1",
        "malformed_frame=length*1",
        "malformed_frame=header*1",
        "malformed_frame=utf8*1",
    ],
)
async def test_an_end_in_mid_stream(
    tmp_path: Path, scenario: str, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("connection dropped", logger="gateway_engine.upstreams")
    expected_logs.expect("it is being restarted", logger="gateway_engine.pool")
    async with gateway(tmp_path, scenario, LINGMA_EMULATOR_DELTA_MS=5) as running:
        first = await running.state(READY)
        async with asyncio.timeout(IN_BAND_S):
            broken = await running.ask("count to 200")
        assert broken.status == 200
        assert COUNT.startswith(broken.text)
        assert broken.text
        assert broken.error["code"] == "upstream_error"
        assert not broken.done
        again = await running.ask("count to 20")
        assert (again.text, again.done) == (COUNT, True)
        assert running.status.restarts == 1
        assert not alive(first.pid)


async def test_a_crash_before_anything_was_said_is_asked_again(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("it is being restarted", logger="gateway_engine.pool")
    async with gateway(tmp_path, "crash_on_prompt=1") as running:
        await running.state(READY)
        answer = await running.ask("count to 20")
        assert (answer.status, answer.text, answer.done) == (200, COUNT, True)
        assert running.status.restarts == 1


async def test_a_prompt_that_always_crashes_is_asked_twice_only(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("it is being restarted", logger="gateway_engine.pool")
    async with gateway(tmp_path, "crash_on_prompt") as running:
        await running.state(READY)
        answer = await running.ask("count to 20")
        assert (answer.status, answer.error["code"]) == (502, "upstream_error")
        assert running.status.restarts == 2


@pytest.mark.parametrize("when", ["prompt", "stream"])
async def test_a_hang(tmp_path: Path, when: str, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("stopped answering", logger="gateway_engine.pool")
    async with gateway(
        tmp_path,
        f"hang={when}*1",
        FIRST_TOKEN_TIMEOUT_SEC=0.3,
        IDLE_TIMEOUT_SEC=0.3,
        LINGMA_RPC_TIMEOUT=0.5,
    ) as running:
        first = await running.state(READY)
        answer = await running.ask("count to 200")
        assert answer.error["code"] == "upstream_timeout"
        assert answer.status == (504 if when == "prompt" else 200)
        assert not answer.done
        await running.state(READY, restarts=1)
        assert (await running.ask("count to 20")).text == COUNT
        assert not alive(first.pid)


async def test_a_hang_while_starting(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("could not start", logger="gateway_engine.pool")
    async with gateway(tmp_path, "hang=call*1", LINGMA_RPC_TIMEOUT=0.5) as running:
        status = await running.state(InstanceState.RECONNECTING)
        assert status.last_error == "not_ready_in_time"
        assert (await running.ask("count to 20")).text == COUNT


async def test_one_that_ends_while_it_is_greeted_is_not_said_to_speak_strangely(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("could not start", logger="gateway_engine.pool")
    async with gateway(tmp_path, "crash_on_greeting=1") as running:
        status = await running.state(InstanceState.RECONNECTING)
        assert status.last_error == "exited"
        assert "before it was ready; it said: " in status.last_error_message
        assert "emulated crash" in status.last_error_message
        assert (await running.ask("count to 20")).text == COUNT


@pytest.mark.parametrize("scenario", ["never_ready", "never_ready,stale_info"])
async def test_never_ready(tmp_path: Path, scenario: str, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("not ready within 0.5 s", logger="gateway_engine.pool")
    async with gateway(
        tmp_path, scenario, LINGMA_STARTUP_TIMEOUT=0.5, GATEWAY_QUEUE_TIMEOUT_SEC=0.3
    ) as running:
        answer = await running.ask("hello")
        assert (answer.status, answer.error["code"]) == (503, "upstream_unavailable")
        status = await running.state(InstanceState.RECONNECTING)
        assert status.last_error == "not_ready_in_time"


@pytest.mark.parametrize("scenario", ["leaves_grandchild", "leaves_grandchild,ignores_sigterm"])
async def test_no_grandchild_is_left(tmp_path: Path, scenario: str) -> None:
    async with gateway(tmp_path, scenario) as running:
        await running.state(READY)
        grandchild = int((running.work_dir / "grandchild.pid").read_text())
        child = running.status.pid
        assert alive(grandchild)
    assert not alive(child)
    assert not alive(grandchild)


@pytest.mark.parametrize(
    ("scenario", "prompt", "status", "code"),
    [
        ("quota", "hello", 429, "upstream_quota"),
        ("quota=429", "hello", 429, "upstream_quota"),
        ("", "error 401", 503, "login_required"),
        ("", "error 403", 403, "upstream_forbidden"),
        ("", "error 406", 400, "content_filter"),
        ("", "error 601", 400, "content_filter"),
        ("", "error 408", 504, "upstream_timeout"),
        ("", "error 80408", 504, "upstream_timeout"),
        ("", "error 418", 502, "upstream_error"),
        ("", "error 500", 502, "upstream_error"),
        ("", "error 0", 502, "upstream_error"),
        ("", "refuse: not today", 502, "upstream_error"),
        ("no_ask_result", "error 500", 502, "upstream_error"),
    ],
)
async def test_a_refusal_is_a_real_status(
    tmp_path: Path, scenario: str, prompt: str, status: int, code: str
) -> None:
    async with gateway(tmp_path, scenario) as running:
        answer = await running.ask(prompt, stream=False)
        assert (answer.status, answer.error["code"]) == (status, code)
        answer = await running.ask(prompt)
        assert (answer.status, answer.error["code"]) == (status, code)
        if code == "upstream_quota":
            assert int(answer.headers["retry-after"]) > 0
            passes = scenario == "quota=429"
            assert answer.headers.get("x-should-retry") == (None if passes else "false")


async def test_a_failure_after_text_is_in_band(tmp_path: Path) -> None:
    async with gateway(tmp_path) as running:
        answer = await running.ask("error 500 after 3")
        assert (answer.status, answer.text) == (200, "t1 t2 t3 ")
        assert answer.error["code"] == "upstream_error"
        assert not answer.done


@pytest.mark.parametrize("scenario", ["filtered", "filtered=601", "filtered=200"])
async def test_the_filter_after_text(tmp_path: Path, scenario: str) -> None:
    async with gateway(tmp_path, scenario) as running:
        answer = await running.ask("count to 20")
        assert (answer.status, answer.finish, answer.done) == (200, "content_filter", True)
        assert COUNT.startswith(answer.text)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("scenario", ["filtered_whole", "filtered_whole=200"])
async def test_the_filter_before_any_text(tmp_path: Path, scenario: str, stream: bool) -> None:
    async with gateway(tmp_path, scenario) as running:
        answer = await running.ask("echo: a", stream=stream)
        assert (answer.status, answer.error["code"]) == (400, "content_filter")


async def test_logged_out_then_signed_in(tmp_path: Path) -> None:
    async with gateway(tmp_path, "logged_out") as running:
        status = await running.state(InstanceState.NEEDS_LOGIN)
        assert (status.last_error, status.logged_in, status.models) == ("login_required", False, ())
        answer = await running.ask("hello")
        assert (answer.status, answer.error["code"]) == (503, "login_required")
        await sign_in(running.work_dir)
        status = await running.state(READY)
        assert (status.last_error, status.logged_in) == ("", True)
        await running.events.until(lambda: running.status.models or None)
        assert (await running.ask("count to 20")).text == COUNT
        async with running.client() as client, client.get("/v1/models") as response:
            models = (await response.json())["data"]
        assert models
        assert all(model["id"].startswith("demo-") for model in models)


async def test_a_login_that_expires(tmp_path: Path) -> None:
    async with gateway(tmp_path, "expired_login=0.3") as running:
        await running.state(READY)
        status = await running.state(InstanceState.NEEDS_LOGIN)
        assert status.last_error == "login_expired"
        answer = await running.ask("hello")
        assert (answer.status, answer.error["code"]) == (503, "login_required")


async def sign_in(work_dir: Path) -> None:
    """What a user does in the browser: a second client asks for the page, then posts its nonce."""
    from gateway_engine.emulator.account import auth_for
    from tests.integration.emulator.raw_client import raw_client

    port = int((work_dir / ".info").read_text().splitlines()[0])
    async with raw_client(port) as client:
        page = await client.call("login/generateUrl", {"loginDedicatedType": ""})
        await client.call(
            "login/auth_callback",
            {"nonce": page["nonce"], "auth": auth_for("li"), "tokenString": "t-1"},
        )
