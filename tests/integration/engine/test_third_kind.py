"""A third kind of upstream is one more folder: nothing else knows of it, everything works."""

from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from gateway_engine.config import SettingsError
from gateway_engine.engine import Engine
from gateway_engine.events import InstanceState
from gateway_engine.examination import examine
from gateway_engine.plan import LaunchOptions, prepare, prepare_again
from gateway_engine.upstreams.kinds import known_kinds
from tests.integration.engine.running_engine import DEADLINE_S, KEY, Events, environment
from tests.support.house_rules import ROOT
from tests.support.more_upstreams import memory_kind

TABLE = "[[instances]]\nkind = 'memory'\nname = 'mind'\nmodels = ['alpha', 'beta']\n"


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[None]:
    """The third kind is there."""
    with memory_kind(tmp_path):
        yield


def planned_home(home: Path, toml: str) -> dict[str, str]:
    config = home / "config"
    config.mkdir(parents=True)
    (config / "config.toml").write_text(toml, "utf-8")
    return environment(home)


def test_the_kinds_are_what_folders_there_are() -> None:
    assert list(known_kinds()) == ["lingma", "acp"]
    for name, kind in known_kinds().items():
        assert kind.name == name
        assert (ROOT / "gateway_engine/upstreams" / name / "kind.py").is_file()


@pytest.mark.usefixtures("memory")
async def test_a_third_kind_answers_through_the_whole_gateway(tmp_path: Path) -> None:
    assert list(known_kinds()) == ["lingma", "acp", "memory"]
    home = tmp_path / "home"
    plan = prepare(LaunchOptions(), environ=planned_home(home, TABLE), cwd=tmp_path)
    plan.paths.make()
    events = Events()
    engine = Engine(plan, secrets=None, emit=events)
    headers = {"authorization": f"Bearer {KEY}"}
    body = {"model": "beta", "messages": [{"role": "user", "content": "the sea is blue"}]}
    try:
        await engine.start()
        await events.until(
            lambda: engine.instances()[0].state is InstanceState.READY or None,
        )
        timeout = aiohttp.ClientTimeout(DEADLINE_S)
        async with aiohttp.ClientSession(engine.url, headers=headers, timeout=timeout) as client:
            async with client.post("/v1/chat/completions", json=body) as response:
                said = (await response.json())["choices"][0]["message"]["content"]
            async with client.get("/v1/models") as response:
                owners = {m["id"]: m["owned_by"] for m in (await response.json())["data"]}
            async with client.get("/healthz") as response:
                health = await response.json()
            message = {"model": "memory/alpha", "max_tokens": 99, "messages": body["messages"]}
            async with client.post("/v1/messages", json=message) as response:
                again = (await response.json())["content"][0]["text"]
        assert said == "beta remembers: the sea is blue"
        assert again == "alpha remembers: the sea is blue + the sea is blue"
        assert owners["alpha"] == owners["beta"] == "memory"
        assert health["upstream"] == "memory"
        report = await engine.test_instance(engine.instances()[0].name)
        assert report.ok
        checks = {check.name: check for check in examine(plan)}
        assert checks["upstream"].detail == "1 x Memory"
        other = TABLE.replace("'beta'", "'gamma'")
        found = await engine.apply_settings(prepare_again(plan, text=other))
        assert found.renewed == (engine.instances()[0].name,)
        await events.until(lambda: "gamma" in engine.offered_models() or None)
    finally:
        await engine.stop()


@pytest.mark.usefixtures("memory")
@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("kind = 'memory'", "tables with models when their kind is memory"),
        ("kind = 'memory'\nmodels = ['a']\nmode = 'x'", "mode only when their kind is acp"),
        ("models = ['a']", "models only when their kind is acp or memory"),
        ("kind = 'telepathy'", "tables whose kind is lingma or acp or memory"),
    ],
)
def test_what_a_kind_does_not_take_is_refused(tmp_path: Path, table: str, words: str) -> None:
    environ = planned_home(tmp_path / "home", f"[[instances]]\n{table}\n")
    with pytest.raises(SettingsError, match=words):
        prepare(LaunchOptions(), environ=environ, cwd=tmp_path)


def test_an_unknown_kind_is_refused_with_those_there_are(tmp_path: Path) -> None:
    environ = planned_home(tmp_path / "home", "[[instances]]\nkind = 'memory'\n")
    with pytest.raises(SettingsError, match=r"tables whose kind is lingma or acp$"):
        prepare(LaunchOptions(), environ=environ, cwd=tmp_path)
