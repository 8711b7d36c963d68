"""An agent as an upstream: a real process, hand-written, good and bad."""

import asyncio
import sys
from contextlib import aclosing
from pathlib import Path
from typing import Any

import psutil
import pytest

from gateway_engine.conversation import ImagePart, ModelId, RequestId
from gateway_engine.errors import (
    LoginRequiredError,
    UpstreamError,
    UpstreamGoneError,
    UpstreamTimeoutError,
)
from gateway_engine.upstreams.acp import sessions, upstream
from gateway_engine.upstreams.acp.login import LoginOutput, run_login
from gateway_engine.upstreams.contract import (
    Deadlines,
    ImageRefusedError,
    LoginState,
    ToolApproved,
    ToolCallsWanted,
    ToolDenied,
    ToolOutcome,
    ToolResult,
    UpstreamAsk,
    UpstreamStartError,
)
from gateway_engine.upstreams.processes.guard import OrphanGuard
from tests.integration.acp.agents import ADD, NEXT, SDK, Agent, agent
from tests.integration.emulator.running_program import until
from tests.integration.engine.running_engine import alive
from tests.support.hygiene import ExpectedLogs


def add_up(wanted: ToolCallsWanted) -> None:
    for call in wanted.calls:
        assert call.answer(ToolResult(f"{call.name}{call.arguments}"))


async def test_who_it_is_and_what_it_offers(tmp_path: Path) -> None:
    async with agent(tmp_path, "many_models forks") as rough:
        assert rough.upstream.pid > 0
        assert rough.upstream.version == "rough 0.1"
        assert rough.upstream.login.usable
        assert [(m.key, m.vision, m.is_default) for m in rough.upstream.models] == [
            ("rough-1", True, True),
            ("odd-2", True, False),
        ]
        assert rough.upstream.branches
        assert rough.upstream.real_tools
        [hello] = rough.journal("initialize")
        assert hello["params"]["clientCapabilities"]["terminal"] is False
        [opened] = rough.journal("session/new")
        assert opened["params"]["cwd"] == str(tmp_path / "workspace")
        assert list((tmp_path / "workspace").iterdir()) == []


@pytest.mark.parametrize("how", ["", "noisy", "split", "string_ids", "slow_start", "options"])
async def test_a_turn_however_the_agent_writes(tmp_path: Path, how: str) -> None:
    async with agent(tmp_path, how) as rough:
        said = await rough.ask("think hm ; say hello 引 ; usage 42")
        assert (said.text.strip(), said.thought.strip()) == ("hello 引", "hm")
        assert said.end is not None
        assert said.end.usage is not None
        assert said.end.usage.used_tokens == 42


async def test_twenty_turns_in_one_session_send_only_what_is_new(tmp_path: Path) -> None:
    async with agent(tmp_path) as rough:
        session = ""
        for n in range(20):
            said = await rough.ask(f"say {n}", session_id=session)
            assert session in ("", said.session)
            session = said.session
        recalled = await rough.ask("recall", session_id=session)
        assert recalled.text.split(" / ")[:3] == ["say 0", "say 1", "say 2"]
        assert len(rough.journal("session/new")) == 2  # the one it was looked at with, and this
        prompts = [each["params"]["prompt"] for each in rough.journal("session/prompt")]
        assert prompts[7] == [{"type": "text", "text": "say 7"}]


async def test_sessions_do_not_see_each_other(tmp_path: Path) -> None:
    async with agent(tmp_path) as rough:
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(rough.ask(f"say {n} ; recall")) for n in range(5)]
        texts = sorted(each.result().text.strip() for each in asked)
        assert texts == [f"{n} say {n} ; recall" for n in range(5)]


async def test_a_fork_leaves_the_session_as_it_was(tmp_path: Path) -> None:
    async with agent(tmp_path, "forks") as rough:
        first = await rough.ask("say one")
        left = await rough.ask("say left", session_id=first.session, branch=True)
        right = await rough.ask("recall", session_id=first.session, branch=True)
        assert left.session != first.session != right.session
        assert right.text.strip() == "say one / recall"


@pytest.mark.parametrize(("how", "method"), [("resumes", "resume"), ("loads", "load")])
async def test_a_session_that_was_closed_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, method: str
) -> None:
    monkeypatch.setattr(sessions, "MAX_OPEN", 2)
    async with agent(tmp_path, f"{how} closes") as rough:
        first = await rough.ask("say one")
        for n in range(3):
            await rough.ask(f"say {n}")
        closed = [each["params"]["sessionId"] for each in rough.journal("session/close")]
        assert first.session in closed
        again = await rough.ask("recall", session_id=first.session)
        assert again.session == first.session
        assert again.text.strip() == "say one / recall"
        assert len(rough.journal(f"session/{method}")) == 1


async def test_a_session_that_is_gone_is_an_error_that_a_transcript_heals(tmp_path: Path) -> None:
    async with agent(tmp_path) as rough:
        with pytest.raises(UpstreamError, match="whole conversation"):
            await rough.ask("say x", session_id="long-gone")


@pytest.mark.parametrize("how", ["many_models", "many_models options"])
async def test_the_model_is_chosen_and_kept(tmp_path: Path, how: str) -> None:
    async with agent(tmp_path, how) as rough:
        first = await rough.ask("model", model="odd-2")
        assert first.text.strip() == "model:$odd(2)"
        await rough.ask("model", model="odd-2", session_id=first.session)
        method = "session/set_config_option" if "options" in how else "session/set_model"
        assert len(rough.journal(method)) == 1


async def test_what_the_agent_switches_by_itself_is_set_again(tmp_path: Path) -> None:
    async with agent(tmp_path, "many_models options", mode="default") as rough:
        first = await rough.ask("switch $odd(2)")
        again = await rough.ask("model", session_id=first.session)
        assert again.text.strip() == "model:rough-1"
        assert [said["params"]["modeId"] for said in rough.journal("session/set_mode")] == [
            "default"
        ]


async def test_the_mode_is_set_where_the_agent_has_it(tmp_path: Path) -> None:
    async with agent(tmp_path, mode="plan") as rough:
        first = await rough.ask("say x")
        await rough.ask("say y", session_id=first.session)
        [chosen] = rough.journal("session/set_mode")
        assert chosen["params"] == {"sessionId": first.session, "modeId": "plan"}
    async with agent(tmp_path / "other", mode="unheard-of") as rough:
        await rough.ask("say x")
        assert rough.journal("session/set_mode") == []


async def test_images_travel_with_the_prompt(tmp_path: Path) -> None:
    async with agent(tmp_path) as rough:
        name = await rough.upstream.take_image(ImagePart(media_type="image/png", data="QUJD"))
        said = await rough.ask("images", images=(name,))
        assert said.text.strip() == "images:1"
    async with agent(tmp_path / "sdk", start=None) as silent:
        with pytest.raises(ImageRefusedError):
            await silent.upstream.take_image(ImagePart(data="QUJD"))


# --- tools ---


@pytest.mark.parametrize("how", ["", "no_mcp_http"], ids=["http", "stdio"])
async def test_the_clients_tools_are_real_tools(tmp_path: Path, how: str) -> None:
    async with agent(tmp_path, how) as rough:
        said = await rough.ask(
            'tools ; call add {"a": 1} ; say done', tools=(ADD, NEXT), on_calls=add_up
        )
        assert said.text.split() == ["add,next", 'add{"a":1}', "done"]
        [wanted] = said.wanted
        [call] = wanted.calls
        assert (call.name, call.arguments, call.runs_upstream) == ("add", '{"a":1}', False)
        assert said.used == []  # not told a second time as the agent's own
        opened = rough.journal("session/new")[-1]["params"]["mcpServers"]
        assert len(opened) == 1


async def test_parallel_calls_come_together(tmp_path: Path) -> None:
    async with agent(tmp_path) as rough:
        said = await rough.ask('both add {"a": 1} | add {"a": 2}', tools=(ADD,), on_calls=add_up)
        assert sorted(call.arguments for each in said.wanted for call in each.calls) == [
            '{"a":1}',
            '{"a":2}',
        ]
        assert len(said.wanted) == 1
        assert said.text.strip() == 'add{"a":1}  + add{"a":2}'.replace("  ", " ")


async def test_an_error_of_a_tool_reaches_the_model(tmp_path: Path) -> None:
    def fail(wanted: ToolCallsWanted) -> None:
        wanted.calls[0].answer(ToolResult("disk full", is_error=True))

    async with agent(tmp_path) as rough:
        said = await rough.ask("call add {}", tools=(ADD,), on_calls=fail)
        assert said.text.strip() == "failed: disk full"


async def test_a_tool_answered_much_later_and_from_another_task(tmp_path: Path) -> None:
    async with agent(tmp_path) as rough:
        ask = UpstreamAsk(RequestId("r"), ModelId("rough-1"), "call add {}", tools=(ADD,))
        items = rough.upstream.ask(ask, Deadlines(0.3, 0.3, 0))
        wanted = await anext(items)
        assert isinstance(wanted, ToolCallsWanted)
        await asyncio.sleep(1)

        async def rest() -> list[Any]:
            async with aclosing(items):
                return [item async for item in items]

        assert wanted.calls[0].answer(ToolResult("at last"))
        async with asyncio.TaskGroup() as group:
            task = group.create_task(rest())
        assert "at" in str(task.result()[0])


async def test_a_turn_that_is_left_while_a_tool_waits(tmp_path: Path) -> None:
    async with agent(tmp_path) as rough:
        ask = UpstreamAsk(RequestId("r"), ModelId("rough-1"), "call add {} ; hang", tools=(ADD,))
        async with aclosing(rough.upstream.ask(ask, Deadlines(5, 5, 0))) as items:
            wanted = await anext(items)
        assert isinstance(wanted, ToolCallsWanted)
        assert not wanted.calls[0].answer(ToolResult("too late"))
        await until(lambda: rough.journal("session/cancel"))
        assert (await rough.ask("say fine")).text.strip() == "fine"


async def test_a_list_of_tools_that_changes_is_followed_in_the_session(tmp_path: Path) -> None:
    async with agent(tmp_path, "relists") as rough:
        first = await rough.ask("tools", tools=(ADD,))
        second = await rough.ask("tools", tools=(ADD, NEXT), session_id=first.session)
        assert second.text.strip() == "add,next"
        assert second.session == first.session


async def test_an_agent_that_never_asks_for_the_tools_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "LIST_S", 0.3)
    async with agent(tmp_path, "no_tools") as rough:
        assert rough.upstream.real_tools
        loop = asyncio.get_running_loop()

        async def say_hi() -> float:
            began = loop.time()
            assert (await rough.ask("say hi", tools=(ADD,))).text.strip() == "hi"
            return loop.time() - began

        for _ in range(sessions.WAITS_IN_VAIN):
            assert await say_hi() >= 0.3
            # Whoever asks for no tools is taught them by text.
            assert not rough.upstream.real_tools
        monkeypatch.setattr(sessions, "LIST_S", 600.0)  # longer than any test may take
        for _ in range(2):
            await say_hi()


async def test_an_agent_that_keeps_its_old_list_gets_a_new_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "RELIST_S", 0.2)
    async with agent(tmp_path, "closes") as rough:
        first = await rough.ask("tools", tools=(ADD,))
        with pytest.raises(UpstreamError, match="changed list"):
            await rough.ask("tools", tools=(ADD, NEXT), session_id=first.session)
        # Nobody goes on in the old one: the agent need not keep it.
        closed = [each["params"]["sessionId"] for each in rough.journal("session/close")]
        assert first.session in closed


async def test_without_a_host_the_agent_is_given_no_server(tmp_path: Path) -> None:
    async with agent(tmp_path, tools=False) as rough:
        assert not rough.upstream.real_tools
        await rough.ask("say x", tools=(ADD,))
        assert all(each["params"]["mcpServers"] == [] for each in rough.journal("session/new"))


# --- the agent's own tools ---


async def test_what_it_runs_by_itself_is_told(tmp_path: Path) -> None:
    async with agent(tmp_path) as rough:
        said = await rough.ask("own ls ; say done", tools=(ADD,))
        [used] = said.used
        assert (used.name, used.arguments, used.outcome, used.result) == (
            "ls",
            '{"command":"ls"}',
            ToolOutcome.FINISHED,
            "ran ls",
        )


@pytest.mark.parametrize(
    ("answer", "said", "ran"), [(ToolApproved(), "yes", 1), (ToolDenied("no"), "no", 0)]
)
async def test_leave_is_given_once_at_most(
    tmp_path: Path, answer: Any, said: str, ran: int
) -> None:
    def decide(wanted: ToolCallsWanted) -> None:
        [call] = wanted.calls
        assert (call.name, call.runs_upstream) == ("agent:add", True)
        assert call.answer(answer)

    async with agent(tmp_path) as rough:
        # By the name of a tool of the client's: still the agent's own.
        turn = await rough.ask("ask add", tools=(ADD,), on_calls=decide)
        assert turn.text.strip() == f"leave:{said}"
        assert sum(used.outcome is ToolOutcome.FINISHED for used in turn.used) == ran


async def test_files_and_terminals_are_not_offered(tmp_path: Path) -> None:
    async with agent(tmp_path) as rough:
        [hello] = rough.journal("initialize")
        assert hello["params"]["clientCapabilities"]["fs"] == {
            "readTextFile": False,
            "writeTextFile": False,
        }


# --- ends ---


async def test_a_client_that_leaves_cancels_the_turn(tmp_path: Path) -> None:
    async with agent(tmp_path) as rough:
        ask = UpstreamAsk(RequestId("r"), ModelId("rough-1"), "hang")
        async with aclosing(rough.upstream.ask(ask, Deadlines(5, 5, 0))) as items:
            await anext(items)
        await until(lambda: rough.journal("session/cancel"))
        assert (await rough.ask("say fine")).text.strip() == "fine"


async def test_an_agent_deaf_to_cancel_and_to_everything_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    monkeypatch.setattr(upstream, "CANCEL_WAIT_S", 0.2)
    expected_logs.expect("hangs", logger="gateway_engine.upstreams.acp")
    async with agent(tmp_path, "deaf_to_cancel") as rough:
        with pytest.raises(UpstreamTimeoutError):
            await rough.ask("hang", deadlines=Deadlines(0.2, 0.2, 0))
        assert await asyncio.wait_for(asyncio.shield(rough.upstream.closed), 5) == "hung"


async def test_a_crash_fails_the_turn_and_is_known(tmp_path: Path) -> None:
    async with agent(tmp_path) as rough:
        with pytest.raises(UpstreamGoneError):
            await rough.ask("say so ; crash")
        assert rough.upstream.closed.result() == "exited"
        with pytest.raises(UpstreamGoneError):
            await rough.ask("say x")


async def test_what_is_no_json_rpc_ends_the_conversation(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("dropped", logger="gateway_engine.upstreams.acp")
    async with agent(tmp_path) as rough:
        with pytest.raises(UpstreamGoneError):
            await rough.ask("babble")
        assert rough.upstream.closed.result() == "connection_lost"


async def test_lines_that_only_look_like_messages_are_output(tmp_path: Path) -> None:
    async with agent(tmp_path) as rough:
        assert (await rough.ask("chat ; say on")).text == "on "
        assert rough.upstream.output(4) == [
            "[env] 0 variables read",
            '{"level": 30, "msg": "up"}',
            "{ ok }",
            "[1, 2]",
        ]


async def test_a_refused_prompt_says_why(tmp_path: Path) -> None:
    async with agent(tmp_path) as rough:
        with pytest.raises(UpstreamError, match="no such luck"):
            await rough.ask("fail -32603 no such luck")
        with pytest.raises(LoginRequiredError):
            await rough.ask("fail -32000 sign in")


@pytest.mark.parametrize(
    ("how", "code", "words"),
    [
        ("dies_at_start", "exited", "no licence"),
        ("retired", "exited", "said: this program is retired"),
        ("bad_sessions", "protocol", "out of order.*said: no model is configured"),
        ("never_ready", "not_ready_in_time", "not ready within"),
    ],
)
async def test_starts_that_fail_say_why(tmp_path: Path, how: str, code: str, words: str) -> None:
    async with agent(tmp_path, how, start=None, startup_timeout_s=3.0) as rough:
        with pytest.raises(UpstreamStartError, match=words) as failed:
            await rough.upstream.start()
        assert failed.value.code == code


async def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    async with agent(tmp_path, start=None, argv=(str(tmp_path / "none"),)) as rough:
        with pytest.raises(UpstreamStartError) as failed:
            await rough.upstream.start()
        assert failed.value.code == "not_found"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("how", ["deaf_to_term", "grandchild"])
async def test_nothing_outlives_a_stop(tmp_path: Path, how: str) -> None:
    async with agent(tmp_path, how) as rough:
        pid = rough.upstream.pid
        family = [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
        assert len(family) == (2 if how == "grandchild" else 1)
    assert not any(alive(each) for each in family)


# --- signing in ---


async def test_signed_out_and_in_again_by_its_own_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstream, "LOGIN_INTERVAL_S", 0.2)
    async with agent(tmp_path, "signed_out") as rough:
        login = rough.upstream.login
        assert login.state is LoginState.LOGGED_OUT
        assert "--login" in login.message
        assert not rough.upstream.models
        with pytest.raises(LoginRequiredError):
            await rough.ask("say x")
        await _sign_in(rough)
        await until(lambda: rough.upstream.login.usable)
        assert rough.upstream.models[0].key == "rough-1"
        assert len(rough.changes) >= 2
        assert (await rough.ask("say x")).text.strip() == "x"


async def _sign_in(rough: Agent) -> None:
    shown: list[LoginOutput] = []
    guard = OrphanGuard()
    [way] = rough.upstream.login_ways
    env = dict(rough.upstream._config.env)
    code = await run_login(way, cwd=rough.home, env=env, guard=guard, on_output=shown.append)
    await asyncio.to_thread(guard.close)
    assert code == 0
    assert [each.link for each in shown] == ["https://login.example/device?code=1"]
    assert "\x1b" not in shown[0].line


# --- the official SDK at the other end ---


@pytest.mark.deadline(120)  # the SDK alone takes a second of a machine that does nothing else
async def test_the_official_sdk_agrees_with_everything_we_say(tmp_path: Path) -> None:
    patient: dict[str, Any] = {"startup_timeout_s": 60, "rpc_timeout_s": 60}
    async with agent(tmp_path, argv=SDK, name="sdk", **patient) as official:
        assert [model.key for model in official.upstream.models] == ["sdk"]
        first = await official.ask("hello", model="sdk")
        assert first.text == "1: hello"
        again = await official.ask("more", session_id=first.session, model="sdk")
        assert again.text == "2: more"
        fork = await official.ask("left", session_id=first.session, branch=True, model="sdk")
        assert fork.text == "3: left"
        called = await official.ask('call add {"a": 5}', tools=(ADD,), on_calls=add_up, model="sdk")
        assert called.text == 'add{"a":5}1: call add {"a": 5}'


async def test_a_session_that_comes_too_late_is_closed(tmp_path: Path) -> None:
    async with agent(tmp_path, "closes slow_sessions") as rough:
        known = len(rough.journal("session/new"))
        async with asyncio.TaskGroup() as group:
            asked = group.create_task(rough.ask("say never"))
            await until(lambda: len(rough.journal("session/new")) > known)
            asked.cancel()  # the client went away while the agent opens the session
        await until(lambda: len(rough.journal("session/close")) == 2)
        late, probed = (m["params"]["sessionId"] for m in reversed(rough.journal("session/close")))
        assert late != probed
        assert rough.journal("session/prompt") == []
        assert (await rough.ask("say fine")).text.strip() == "fine"


async def test_a_sign_of_life_is_any_answer(tmp_path: Path) -> None:
    async with agent(tmp_path) as rough:
        before = rough.upstream.last_heard
        await asyncio.wait_for(rough.upstream.ping(), 5)
        assert rough.upstream.last_heard > before
        [ping] = rough.journal("_lingma-gateway/ping")
        assert ping["params"] == {}
