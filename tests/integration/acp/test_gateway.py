"""Whole gateways that serve agents: one pool with Lingma, real tools over HTTP, no orphans."""

import asyncio
import base64
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gateway_engine.engine import Engine
from gateway_engine.events import InstanceState
from gateway_engine.plan import LaunchOptions, prepare
from tests.integration.acp.agents import ROUGH
from tests.integration.chat.dialects import DIALECTS, Chat, Dialect, Seen
from tests.integration.cli.commands import started
from tests.integration.emulator.running_program import until
from tests.integration.engine.running_engine import DEADLINE_S, KEY, Events, alive, environment
from tests.support.house_rules import ROOT
from tests.support.hygiene import ExpectedLogs

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
ORPHANS_GONE_S = 10.0


def rough_table(name: str, home: Path, rough: str = "", **fields: Any) -> str:
    """The `[[instances]]` table of a hand-written agent."""
    env = {
        "ROUGH": rough,
        "ROUGH_JOURNAL": str(home / f"{name}.journal"),
        "ROUGH_SIGNED_IN": str(home / f"{name}.signed-in"),
    }
    table = {"name": name, "kind": "acp", "command": ROUGH[0], "args": [ROUGH[1]], **fields}
    lines = [f"{key} = {json.dumps(value)}" for key, value in table.items()]
    pairs = ", ".join(f"{key} = {json.dumps(value)}" for key, value in env.items())
    return "\n".join(["[[instances]]", *lines, f"env = {{ {pairs} }}", ""])


def lingma_table(home: Path) -> str:
    """The table of a Lingma program: the emulator, called by another name."""
    program = home / "Lingma"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m gateway_engine.emulator "$@"\n')
    program.chmod(0o755)
    env = f"env = {{ PYTHONPATH = {json.dumps(str(ROOT))} }}"
    return f"[[instances]]\nname = 'lingma'\ncommand = {json.dumps(str(program))}\n{env}\n"


class Gateway:
    """A started engine of agents and a client of it."""

    def __init__(self, engine: Engine, events: Events, home: Path) -> None:
        self.engine = engine
        self.events = events
        self.home = home
        self.client: aiohttp.ClientSession

    async def ready(self, *states: InstanceState) -> None:
        """Wait until the instances are in these states, in order."""
        await self.events.until(
            lambda: [i.state for i in self.engine.instances()] == list(states) or None
        )

    def journal(self, name: str, method: str) -> list[dict[str, Any]]:
        """What an agent received."""
        file = self.home / f"{name}.journal"
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        return [said for said in map(json.loads, lines) if said.get("method") == method]

    def talk(self, dialect: type[Dialect] = Chat, *tools: str, **fields: Any) -> Dialect:
        """A conversation; by default without streaming."""
        chat = dialect(self.client, stream=fields.pop("stream", False), tools=tools, **fields)
        chat.key = KEY
        return chat

    async def get(self, path: str) -> Any:
        """JSON of a route."""
        headers = {"authorization": f"Bearer {KEY}"}
        async with self.client.get(path, headers=headers) as response:
            return await response.json()


@asynccontextmanager
async def gateway(home: Path, *tables: str, **settings: str) -> AsyncIterator[Gateway]:
    """A running gateway with these instances; nothing of it is left at the end."""
    environ = environment(home, **settings)
    config = home / "config"
    config.mkdir(parents=True, exist_ok=True)
    (config / "config.toml").write_text("\n".join(tables), "utf-8")
    plan = prepare(LaunchOptions(), environ=environ, cwd=home)
    plan.paths.make()
    events = Events()
    engine = Engine(plan, secrets=None, emit=events)
    gate = Gateway(engine, events, home)
    try:
        await engine.start()
        url = next(event.url for event in events.seen if hasattr(event, "url"))
        timeout = aiohttp.ClientTimeout(DEADLINE_S)
        async with aiohttp.ClientSession(url, timeout=timeout) as gate.client:
            yield gate
    finally:
        await engine.stop()
        assert len(engine._tool_host) == 0, "a room outlived the gateway"


READY = InstanceState.READY


@posix
@pytest.mark.deadline(60)
async def test_lingma_and_two_agents_in_one_pool(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    """One of them is killed: the others do not notice."""
    tables = (
        lingma_table(tmp_path),
        rough_table("a", tmp_path, "many_models"),
        rough_table("b", tmp_path, models=["rough-1"]),
    )
    expected_logs.expect("inst-1: the upstream process ended", logger="gateway_engine.pool")
    async with gateway(tmp_path, *tables) as gate:
        await gate.ready(READY, READY, READY)
        assert (await gate.get("/healthz"))["upstream"] == "mixed"
        models = {
            model["id"]: model["owned_by"] for model in (await gate.get("/v1/models"))["data"]
        }
        assert models["rough-1"] == models["odd-2"] == "acp"
        assert any(owner == "lingma" for owner in models.values())
        lingma = next(name for name, owner in models.items() if owner == "lingma")
        slow = gate.talk(model=lingma, stream=True)
        async with asyncio.TaskGroup() as group:
            other = group.create_task(slow.say("count to 30"))
            os.kill(gate.engine.instances()[1].pid, signal.SIGKILL)
            while gate.engine.instances()[1].restarts == 0:
                said = await gate.talk(model="rough-1").say("say still here")
                assert said.text.strip() == "still here"
        assert other.result().text.splitlines()[-1] == "30"
        await gate.ready(READY, READY, READY)
        assert [status.restarts for status in gate.engine.instances()] == [0, 1, 0]
        asked = await gate.talk(model="odd-2").say("model")
        assert asked.text.strip() == "model:$odd(2)"
        assert asked.headers["x-gateway-instance"] == "inst-1"


@posix
async def test_ids_that_two_upstreams_share(tmp_path: Path) -> None:
    renamed = rough_table("b", tmp_path).replace(
        json.dumps(ROUGH[0]), json.dumps(str(_linked(tmp_path)))
    )
    async with gateway(tmp_path, rough_table("a", tmp_path), renamed) as gate:
        await gate.ready(READY, READY)
        ids = [model["id"] for model in (await gate.get("/v1/models"))["data"]]
        label = Path(ROUGH[1]).stem  # what the interpreter runs
        assert sorted(ids) == sorted([f"{label}/rough-1", "other/rough-1"])
        for name, instance in ((f"{label}/rough-1", "inst-0"), ("other/rough-1", "inst-1")):
            said = await gate.talk(model=name).say("say hi")
            assert said.headers["x-gateway-instance"] == instance


@posix
@pytest.mark.parametrize(
    ("asked", "settings"),
    [
        ("rough-1", {}),
        ("late/rough-1", {}),
        ("late/odd-2", {}),
        ("claude-x", {"MODEL_ALIASES": "claude-*=rough-1"}),
    ],
)
async def test_a_model_that_the_settings_name_waits_for_its_agents_first_start(
    tmp_path: Path, asked: str, settings: dict[str, str]
) -> None:
    go = tmp_path / "go"
    late = tmp_path / "late"
    late.write_text(
        f'#!/bin/sh\nwhile [ ! -e "{go}" ]; do sleep 0.05; done\nexec {ROUGH[0]} {ROUGH[1]}\n'
    )
    late.chmod(0o755)
    models = ["rough-1", "odd-2"]
    agent = rough_table("a", tmp_path, "many_models", command=str(late), args=[], models=models)
    async with gateway(tmp_path, lingma_table(tmp_path), agent, **settings) as gate:
        await gate.ready(READY, InstanceState.STARTING)
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(gate.talk(model=asked).say("model"))
            other = await gate.talk(model="unheard-of").say("hi")
            assert other.headers["x-gateway-instance"] == "inst-0"
            assert not waiting.done()
            go.touch()
        said = waiting.result()
        assert said.headers["x-gateway-instance"] == "inst-1"
        name = "$odd(2)" if asked.endswith("odd-2") else "rough-1"
        assert said.text.strip() == f"model:{name}"


def _linked(home: Path) -> Path:
    program = home / "other"
    program.write_text(f'#!/bin/sh\nexec {ROUGH[0]} "$@"\n')
    program.chmod(0o755)
    return program


async def test_follow_ups_send_only_what_is_new_and_a_branch_is_forked(tmp_path: Path) -> None:
    async with gateway(tmp_path, rough_table("a", tmp_path, "forks closes")) as gate:
        await gate.ready(READY)
        chat = gate.talk()
        seen = await chat.say("say one")
        for n in range(3):
            chat.remember(seen)
            seen = await chat.say(f"say {n}")
            assert seen.headers["x-gateway-session"] == "hit"
        prompts = [said["params"]["prompt"] for said in gate.journal("a", "session/prompt")]
        assert [blocks[-1]["text"] for blocks in prompts] == ["say one", "say 0", "say 1", "say 2"]
        # Regenerated and edited: both go on where the conversation was before.
        for text in ("say 2", "recall"):
            chat.history[-1]["content"] = text
            again = await chat.send()
            assert again.headers["x-gateway-session"] == "hit"
        assert again.text.strip() == "say one / say 0 / say 1 / recall"


async def test_an_agent_that_cannot_fork_gets_the_transcript_of_a_branch(tmp_path: Path) -> None:
    async with gateway(tmp_path, rough_table("a", tmp_path)) as gate:
        await gate.ready(READY)
        chat = gate.talk()
        chat.remember(await chat.say("say one"))
        assert (await chat.say("say two")).headers["x-gateway-session"] == "hit"
        chat.history[-1]["content"] = "say edited"
        seen = await chat.send()
        assert seen.headers["x-gateway-session"] == "miss"
        assert seen.text.strip() == "edited"


async def test_an_agent_that_only_says_it_forks_is_gone_on_with_all_the_same(
    tmp_path: Path,
) -> None:
    async with gateway(tmp_path, rough_table("a", tmp_path, "promises")) as gate:
        await gate.ready(READY)
        chat = gate.talk()
        seen = await chat.say("say one")
        uses = []
        for n in range(3):
            chat.remember(seen)
            seen = await chat.say(f"say {n}")
            uses.append(seen.headers["x-gateway-session"])
        assert uses == ["miss", "hit", "hit"]
        assert len(gate.journal("a", "session/fork")) == 1


NOTES = "line one\nline two 你好"


@pytest.mark.parametrize("rough", ["embeds", ""])
async def test_documents_are_embedded_where_the_agent_takes_them(
    tmp_path: Path, rough: str
) -> None:
    data = base64.b64encode(NOTES.encode()).decode()
    file = {"filename": "my notes.txt", "file_data": f"data:text/plain;base64,{data}"}
    async with gateway(tmp_path, rough_table("a", tmp_path, rough)) as gate:
        await gate.ready(READY)
        chat = gate.talk()
        chat.history.append(
            {
                "role": "user",
                "content": [{"type": "file", "file": file}, {"type": "text", "text": "say one"}],
            }
        )
        chat.remember(await chat.send())
        assert (await chat.say("say two")).headers["x-gateway-session"] == "hit"
        first, second = [said["params"]["prompt"] for said in gate.journal("a", "session/prompt")]
    if rough:
        assert first == [
            {
                "type": "resource",
                "resource": {
                    "uri": "attachment:/1/my%20notes.txt",
                    "mimeType": "text/plain",
                    "text": NOTES,
                },
            },
            {"type": "text", "text": "[document 1: my notes.txt]\nsay one"},
        ]
    else:
        assert first == [{"type": "text", "text": f"{NOTES}\nsay one"}]
    assert second == [{"type": "text", "text": "say two"}]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("stream", [False, True])
async def test_a_clients_tools_are_the_agents_mcp_calls(
    tmp_path: Path, dialect: type[Dialect], stream: bool
) -> None:
    async with gateway(tmp_path, rough_table("a", tmp_path)) as gate:
        await gate.ready(READY)
        chat = gate.talk(dialect, "weather", "clock", stream=stream)
        seen = await chat.say('call weather {"city": "上海"} ; call clock {"city": "x"} ; say done')
        assert [call[1:] for call in seen.calls] == [("weather", {"city": "上海"})]
        assert seen.finish == chat.tool_finish
        assert gate.engine.parked().parked == 1
        seen = await chat.give(seen, "sunny")
        assert seen.text.split() == ["sunny"]
        assert [call[1] for call in seen.calls] == ["clock"]
        seen = await chat.give(seen, "noon")
        assert seen.text.split() == ["noon", "done"]
        assert seen.headers["x-gateway-session"] == "hit"
        assert gate.engine.parked().resumed_total == 2
        prompts = gate.journal("a", "session/prompt")
        assert len(prompts) == 1  # one turn of the agent's, whatever it took of ours
        assert "weather" not in json.dumps(prompts[0]["params"]["prompt"]).partition("call ")[0]


async def test_parallel_calls_and_their_results(tmp_path: Path) -> None:
    async with gateway(tmp_path, rough_table("a", tmp_path)) as gate:
        await gate.ready(READY)
        ask = 'both weather {"city": "a"} | clock {"city": "b"}'
        chat = gate.talk(Chat, "weather", "clock")
        seen = await chat.say(ask)
        assert sorted(call[1] for call in seen.calls) == ["clock", "weather"]
        rest = await chat.give(seen, *(f"<{call[1]}>" for call in seen.calls))
        assert rest.text.replace(" ", "") == "<clock>+<weather>"
        one_by_one = gate.talk(Chat, "weather", "clock", parallel_tool_calls=False)
        seen = await one_by_one.say(ask)
        assert len(seen.calls) == 1
        seen = await one_by_one.give(seen, "first")
        assert len(seen.calls) == 1
        assert "first" in (await one_by_one.give(seen, "second")).text


async def test_tools_that_change_between_turns(tmp_path: Path) -> None:
    async with gateway(tmp_path, rough_table("a", tmp_path, "relists")) as gate:
        await gate.ready(READY)
        chat = gate.talk(Chat, "weather")
        chat.remember(await chat.say("tools"))
        chat.tools = ("weather", "clock")
        seen = await chat.say("tools")
        assert seen.text.strip() == "weather,clock"
        assert seen.headers["x-gateway-session"] == "hit"


async def test_an_agent_without_news_of_changed_tools_is_asked_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway_engine.upstreams.acp.sessions.RELIST_S", 0.2)
    async with gateway(tmp_path, rough_table("a", tmp_path)) as gate:
        await gate.ready(READY)
        chat = gate.talk(Chat, "weather")
        chat.remember(await chat.say("tools"))
        chat.tools = ("weather", "clock")
        seen = await chat.say("tools")
        assert seen.text.strip() == "weather,clock"
        assert seen.headers["x-gateway-session"] == "miss"


async def test_tools_that_are_not_forwarded_are_taught_in_words(tmp_path: Path) -> None:
    async with gateway(tmp_path, rough_table("a", tmp_path), TOOL_FORWARD_ENABLED="false") as gate:
        await gate.ready(READY)
        await gate.talk(Chat, "weather").say("say hi")
        [asked] = gate.journal("a", "session/prompt")
        assert "weather" in json.dumps(asked["params"]["prompt"])
        opened = gate.journal("a", "session/new")
        assert all(each["params"]["mcpServers"] == [] for each in opened)


@pytest.mark.parametrize(("approval", "said"), [("deny", "leave:no"), ("auto", "leave:yes")])
async def test_the_agents_own_tools_follow_tool_approval(
    tmp_path: Path, expected_logs: ExpectedLogs, approval: str, said: str
) -> None:
    if approval == "auto":
        expected_logs.expect("shell commands", logger="gateway_engine.engine")
    async with gateway(tmp_path, rough_table("a", tmp_path), TOOL_APPROVAL=approval) as gate:
        await gate.ready(READY)
        seen = await gate.talk(Chat, "weather").say("ask ls")
        assert said in seen.text
        assert ("ran ls" in seen.reasoning + seen.text) == (approval == "auto")
        assert seen.calls == []


async def test_a_crash_in_a_conversation_is_survived_by_the_transcript(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the upstream process ended", logger="gateway_engine.pool")
    async with gateway(tmp_path, rough_table("a", tmp_path)) as gate:
        await gate.ready(READY)
        chat = gate.talk()
        chat.remember(await chat.say("say my name is Lin"))
        os.kill(gate.engine.instances()[0].pid, signal.SIGTERM)
        await gate.events.until(lambda: gate.engine.instances()[0].restarts or None)
        seen = await chat.say("recall")
        assert seen.headers["x-gateway-session"] == "miss"
        assert "my name is Lin" in seen.text


async def test_a_client_that_leaves_stops_the_agent(tmp_path: Path) -> None:
    async with gateway(tmp_path, rough_table("a", tmp_path)) as gate:
        await gate.ready(READY)
        asked = gate.talk(stream=True)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await asked.say("hang")
        await until(lambda: gate.journal("a", "session/cancel"))
        await until(lambda: gate.engine.instances()[0].in_flight == 0)


async def test_a_whole_answer_stops_the_agent_once_it_has_enough(tmp_path: Path) -> None:
    async with gateway(tmp_path, rough_table("a", tmp_path)) as gate:
        await gate.ready(READY)
        seen = await gate.talk(stop=["END"]).say("say one END two ; hang")
        assert (seen.text.strip(), seen.finish) == ("one", "stop")
        await until(lambda: gate.journal("a", "session/cancel"))


@pytest.mark.parametrize(
    ("reason", "finish"), [("max_tokens", "length"), ("refusal", "content_filter")]
)
async def test_stop_reasons_reach_the_client(tmp_path: Path, reason: str, finish: str) -> None:
    async with gateway(tmp_path, rough_table("a", tmp_path)) as gate:
        await gate.ready(READY)
        seen = await gate.talk().say(f"say some ; stop {reason}")
        assert (seen.text.strip(), seen.finish) == ("some", finish)


async def test_signed_out_is_said_truthfully_and_signing_in_helps(tmp_path: Path) -> None:
    async with gateway(tmp_path, rough_table("a", tmp_path, "signed_out")) as gate:
        await gate.ready(InstanceState.NEEDS_LOGIN)
        [status] = (await gate.get("/healthz"))["instances"]
        assert (status["state"], status["last_error"]) == ("needs_login", "login_required")
        refused: Seen = await gate.talk().say("say hi")
        assert (refused.status, refused.error["error"]["code"]) == (503, "login_required")
        assert "--login" in refused.error["error"]["message"]
        await gate.engine.accounts.ways_in.by_command(gate.engine.instances()[0].name)
        await gate.ready(READY)
        assert (await gate.talk().say("say hi")).text.strip() == "hi"


@posix
@pytest.mark.parametrize("rough", ["", "grandchild", "deaf_to_term"])
async def test_no_orphan_after_a_kill(tmp_path: Path, rough: str) -> None:
    config = tmp_path / "home" / "config"
    config.mkdir(parents=True)
    (config / "config.toml").write_text(rough_table("a", tmp_path, rough))
    async with started(tmp_path, "serve") as command:
        await command.ready()
        below = [process.pid for process in await command.upstreams()]
        assert len(below) >= 2 + (rough == "grandchild")
        command.process.kill()
        await command.process.wait()
        await until(lambda: not any(alive(pid) for pid in below), ORPHANS_GONE_S)


@posix
async def test_an_agent_that_stands_still_is_told_and_what_befell_it_kept(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the upstream process ended", logger="gateway_engine.pool")
    async with gateway(tmp_path, rough_table("one", tmp_path)) as gate:
        await gate.ready(InstanceState.READY)
        [status] = gate.engine.instances()
        assert (status.plan, status.quota, status.signs_in) == ("", "", False)  # it tells none
        await gate.engine.look()
        await asyncio.sleep(0.1)  # the first sign of life has come
        os.kill(status.pid, signal.SIGSTOP)
        silent = await gate.events.until(
            lambda: next((i for i in gate.engine.instances() if i.silent_since), None)
        )
        assert (silent.state, silent.last_error) == (InstanceState.READY, "not_answering")
        os.kill(status.pid, signal.SIGCONT)
        await gate.events.until(lambda: not gate.engine.instances()[0].silent_since or None)
        os.kill(status.pid, signal.SIGKILL)
        again = await gate.events.until(
            lambda: next((i for i in gate.engine.instances() if i.restarts), None)
        )
        await gate.ready(InstanceState.READY)
        told = [(event.step.value, event.exit_code) for event in again.life]
        assert told[:2] == [("started", None), ("silent", None)]
        assert ("answers", None) in told
        assert ("ended", -signal.SIGKILL) in told
        assert (await gate.engine.vitals()).instances[0].usage is not None
        assert (await gate.engine.log_tail(again.name, 5)).file == ""
