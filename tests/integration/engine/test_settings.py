"""Settings changed while the gateway runs: each takes effect as the model says it does."""

import asyncio
import json
import os
import socket
import stat
import sys
from collections.abc import Awaitable, Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gateway_engine.accounts.bundle import as_text, pack
from gateway_engine.config import Effect, Settings
from gateway_engine.conversation import InstanceName
from gateway_engine.errors import ConflictError, InvalidRequestError
from gateway_engine.events import (
    HistoryTidied,
    InstanceChanged,
    InstanceRemoved,
    InstanceState,
    ListenerStarted,
)
from gateway_engine.instances_edit import InstanceEntry
from gateway_engine.setting_specs import setting_specs
from gateway_engine.setting_values import AccountSettings, InstanceSettings
from gateway_engine.settings_edit import SettingsChange
from tests.integration.engine.changing_settings import Running, free_port, running
from tests.integration.engine.running_engine import KEY
from tests.support.hygiene import ExpectedLogs

OTHER_KEY = "sk-another-one-12345"
READY = InstanceState.READY


Observe = Callable[[Running], Awaitable[object]]


def status_of(path: str, *, key: str = KEY, **headers: str) -> Observe:
    return lambda it: it.get(path, key=key, **headers)


async def limits_told(it: Running) -> object:
    async with aiohttp.ClientSession() as client, client.get(it.engine.url + "/capabilities") as r:
        return (await r.json())["limits"]


def rule(name: str) -> Observe:
    async def look(it: Running) -> object:
        return getattr(it.engine._live.chat._rules, name)

    return look


async def deadlines(it: Running) -> object:
    return it.engine._live.chat._answering._rules.deadlines


async def pressure(it: Running) -> object:
    gate = it.engine._live.pressure
    return gate._max_in_flight, gate._max_queue, gate._queue_timeout_s


async def cache(it: Running) -> object:
    stats = it.engine.session_cache()
    return stats and (stats.max_entries, stats.ttl_s)


async def history(it: Running) -> object:
    kept = it.engine._keeping
    assert kept._history is not None
    return kept._history._max_bytes, kept._history._max_age_s, kept.records._bodies


async def sign_in_rules(it: Running) -> object:
    return it.engine.accounts._auto_login._rules


async def passwords(it: Running) -> object:
    return dict(it.engine.accounts._auto_login._credentials)


async def source(it: Running) -> object:
    from gateway_engine.programs import source_of

    return source_of(it.settings)


async def said(it: Running) -> object:
    return tuple(it.levels)


async def unknown_model(it: Running) -> object:
    return (await it.ask())[1]


async def alias(it: Running) -> object:
    return (await it.ask(model="gpt-4o"))[1]


async def parked(it: Running) -> object:
    return it.engine._live.chat._parking._timeout_s


async def bundle(it: Running) -> object:
    return it.settings.lingma_session_bundle, it.settings.lingma_session_bundle_file


HASH = "a" * 64
BUNDLE = as_text(pack({"cache/user": b"somebody", "cache/id": b"1"}))
LIVE: dict[str, tuple[Any, Observe]] = {
    "api_keys": (
        (KEY, "sk-another-one-12345"),
        status_of("/v1/models", key="sk-another-one-12345"),
    ),
    "admin_token": ("admin-0123456789", status_of("/internal/stats", key="admin-0123456789")),
    "metrics_token": ("metrics-0123456789", status_of("/metrics", key="metrics-0123456789")),
    "metrics_public": (True, lambda it: _value(it.engine._live.door.access.metrics_public)),
    "allowed_hosts": (("gw.lan",), status_of("/v1/models", Host="gw.lan")),
    "cors_origins": (("https://a.example",), status_of("/v1/models", Origin="https://a.example")),
    "ollama_auth": ("key", status_of("/api/tags", key="")),
    "max_body_bytes": (2048, limits_told),
    "heartbeat_sec": (3.0, limits_told),
    "log_level": ("DEBUG", said),
    "default_model": ("demo-coder", unknown_model),
    "model_aliases": ({"gpt-4o": "demo-coder"}, alias),
    "default_ask_mode": ("agent", rule("agent_mode")),
    "tool_forward_enabled": (False, rule("forward_tools")),
    "tool_approval": ("auto", rule("tool_approval")),
    "tool_park_timeout_sec": (5.0, parked),
    "gateway_max_in_flight": (9, pressure),
    "gateway_max_queue": (7, pressure),
    "gateway_queue_timeout_sec": (8.0, pressure),
    "first_token_timeout_sec": (11.0, deadlines),
    "idle_timeout_sec": (12.0, deadlines),
    "total_timeout_sec": (13.0, deadlines),
    "session_cache_max_entries": (5, cache),
    "session_cache_ttl_sec": (60.0, cache),
    "session_reuse_enabled": (False, cache),
    "record_bodies": (False, history),
    "record_max_mb": (7, history),
    "record_max_days": (1.5, history),
    "lingma_username": ("li", passwords),
    "lingma_password": ("secret-0123", passwords),
    "lingma_session_bundle": (BUNDLE, bundle),
    "lingma_session_bundle_file": ("bundle.txt", bundle),
    "auto_login_enabled": (False, sign_in_rules),
    "auto_login_headless": (False, sign_in_rules),
    "auto_login_timeout": (9.0, sign_in_rules),
    "auto_login_max_retry": (0, sign_in_rules),
    "auto_login_selectors_file": ("sel.toml", sign_in_rules),
    "lingma_source_type": ("vsix", source),
    "lingma_marketplace_url": ("https://m.example", source),
    "lingma_marketplace_publisher": ("p", source),
    "lingma_marketplace_extension": ("e", source),
    "lingma_vsix_url": ("https://v.example/a.vsix", source),
    "lingma_vsix_sha256": (HASH, source),
}
INSTANCES: dict[str, Any] = {
    "lingma_bin": "second",
    "lingma_work_dir": "elsewhere",
    "lingma_socket_port": 0,
    "lingma_startup_timeout": 35.0,
    "lingma_rpc_timeout": 25.0,
    "lingma_instance_count": 2,
    "lingma_accounts": (AccountSettings("a", "pw-0123456"), AccountSettings("b", "pw-6543210")),
    "lingma_auto_memory": True,
    "lingma_delete_sessions": True,
    "dedicated_domain_url": "https://d.example",
    "instances": (InstanceSettings("one", id="inst-0"), InstanceSettings("two", id="inst-5")),
}
TOGETHER: dict[str, dict[str, Any]] = {
    "lingma_source_type": {"lingma_vsix_url": "https://v.example/b.vsix"},
    "lingma_username": {"lingma_password": "secret-0123"},
    "lingma_password": {"lingma_username": "li"},
}


def removed(it: Running) -> list[str]:
    """The instances that were removed, in order."""
    return [event.name for event in it.events.seen if isinstance(event, InstanceRemoved)]


async def _value(value: object) -> object:
    return value


def test_every_setting_is_in_a_table_here() -> None:
    by_effect = {effect: set[str]() for effect in Effect}
    for spec in setting_specs():
        by_effect[spec.effect].add(spec.name)
    assert set(LIVE) == by_effect[Effect.LIVE]
    assert set(INSTANCES) == by_effect[Effect.INSTANCES]
    assert by_effect[Effect.LISTENER] == {"host", "port"}
    assert by_effect[Effect.APP] == {
        "lingma_bootstrap_always",
        "lingma_force_refresh",
        "passphrase_file",
    }
    assert len(fields(Settings)) == sum(map(len, by_effect.values()))


@pytest.mark.deadline(60)
async def test_each_live_setting_takes_effect_and_restarts_nothing(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("TOOL_APPROVAL=auto")
    expected_logs.allow("bundle")
    (tmp_path / "sel.toml").write_text('username = "#u"\n')
    (tmp_path / "bundle.txt").write_text(BUNDLE)
    async with running(tmp_path) as it:
        await it.ready()
        pids, url = it.pids(), it.engine.url
        for name, (value, observe) in LIVE.items():
            if name in ("auto_login_selectors_file", "lingma_session_bundle_file"):
                value = str(tmp_path / value)
            before = await observe(it)
            text = it.file.read_text()
            others = TOGETHER.get(name, {})
            told = await it.change(**{name: value}, **others)
            assert name in told.names, name
            assert told.at_next_start == ()
            after = await observe(it)
            assert after != before, name
            assert getattr(it.settings, name) == value
            await it.engine.settings.change(SettingsChange(reset=(name, *others)))
            if name not in ("api_keys", "log_level"):
                assert await observe(it) == before, name
            if name == "api_keys":
                assert it.engine._live.keys == ()
                await it.change(api_keys=(KEY,))
            else:
                assert it.file.read_text() == text
        assert it.pids() == pids
        assert it.engine.url == url
        assert it.levels[-1] == "INFO"


@pytest.mark.deadline(90)
async def test_each_setting_of_the_instances_starts_those_again_that_it_concerns(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("accounts")
    # asyncio's own, where a start is given up just as its process ends: it is reaped twice.
    # The first words are those of Python 3.11, the others of 3.12 and 3.13.
    expected_logs.allow("Unknown child process pid|exit status already read", logger="asyncio")
    second = tmp_path / "second"
    async with running(tmp_path) as it:
        await it.ready()
        second.write_text((tmp_path / "Lingma").read_text())
        second.chmod(0o755)
        for name, value in INSTANCES.items():
            given = {
                "lingma_bin": str(second),
                "lingma_work_dir": str(tmp_path / "elsewhere"),
                "lingma_socket_port": free_port(),
            }.get(name, value)
            await it.ready()
            before, url = it.pids(), it.engine.url
            told = await it.change(**{name: given})
            assert name in told.names
            count = 2 if name in ("lingma_instance_count", "lingma_accounts", "instances") else 1
            await it.events.until(
                lambda before=before, count=count: (  # type: ignore[misc]
                    True
                    if len(it.pids()) == count
                    and all(status.state is READY for status in it.engine.instances())
                    and (count == 2 or it.pids() != before)
                    else None
                )
            )
            if count == 2:
                assert it.pids()[0] == before[0], "this one was not concerned"
            assert (await it.ask())[0] == 200
            assert it.engine.url == url
            await it.engine.settings.change(
                SettingsChange(reset=(name,))
                if name != "lingma_bin"
                else SettingsChange({"lingma_bin": str(tmp_path / "Lingma")})
            )
            await it.events.until(lambda: True if len(it.engine.instances()) == 1 else None)
        await it.events.until(lambda: True if len(removed(it)) == 3 else None)
        assert set(removed(it)) == {"inst-1", "inst-5"}


@pytest.mark.skipif(sys.platform != "linux", reason="every address 127.x is the loopback there")
async def test_the_endpoint_moves_and_answers_on_their_way_end_where_they_began(
    tmp_path: Path,
) -> None:
    async with running(tmp_path, LINGMA_EMULATOR_DELTA_MS=20) as it:
        await it.ready()
        old = it.engine.url
        async with aiohttp.ClientSession(headers={"authorization": f"Bearer {KEY}"}) as client:
            body = {
                "model": "any",
                "messages": [{"role": "user", "content": "count to 30"}],
                "stream": True,
            }
            async with client.post(old + "/v1/chat/completions", json=body) as streamed:
                await streamed.content.readline()
                port = free_port()
                await it.change(port=port)
                assert it.engine.url == f"http://127.0.0.1:{port}"
                assert await it.get("/v1/models") == 200
                await it.change(host="127.0.0.2")
                assert it.engine.url == f"http://127.0.0.2:{port}"
                assert await it.get("/v1/models") == 200
                await it.change(host="0.0.0.0")  # in the way of the one before
                assert await it.get("/v1/models") == 200
                assert (await streamed.read()).endswith(b"data: [DONE]\n\n")
        with pytest.raises(aiohttp.ClientConnectorError):
            async with aiohttp.ClientSession() as client:
                await client.get(old)
        started = [event.url for event in it.events.seen if isinstance(event, ListenerStarted)]
        assert len(started) == 4
        last = it.engine.snapshot()[-1]
        assert isinstance(last, ListenerStarted)
        assert last.url == it.engine.url


async def test_a_port_that_is_taken_changes_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as it:
        text, url = it.file.read_text(), it.engine.url
        with socket.create_server(("127.0.0.1", 0)) as taken:
            for values in ({"port": taken.getsockname()[1]}, {"host": "no.such.host.invalid"}):
                with pytest.raises(InvalidRequestError, match="cannot be there"):
                    await it.change(**values, heartbeat_sec=3.0)
        assert it.file.read_text() == text
        assert it.engine.url == url
        assert it.settings.heartbeat_sec == 15
        assert await it.get("/healthz") == 200


async def test_what_counts_at_the_next_start_is_said(tmp_path: Path) -> None:
    async with running(tmp_path) as it:
        told = await it.change(lingma_force_refresh=True)
        assert told.at_next_start == ("lingma_force_refresh",)
        assert (await it.engine.settings.view()).at_next_start == ("lingma_force_refresh",)
        await it.change(lingma_force_refresh=False)
        assert (await it.engine.settings.view()).at_next_start == ()


async def test_what_a_narrower_limit_deletes_of_the_history_is_told(tmp_path: Path) -> None:
    async with running(tmp_path) as it:
        await it.ready()
        assert (await it.ask())[0] == 200
        await it.engine.records.flush()
        await it.change(record_max_days=1e-9)
        tidied = [event.lines for event in it.events.seen if isinstance(event, HistoryTidied)]
        assert tidied == [1]


async def test_the_environment_wins_and_that_is_said(tmp_path: Path) -> None:
    async with running(tmp_path, IDLE_TIMEOUT_SEC=44) as it:
        saved = await it.engine.settings.change(SettingsChange({"idle_timeout_sec": 7.0}))
        assert saved.overridden == ("idle_timeout_sec",)
        assert it.settings.idle_timeout_sec == 44
        (row,) = [r for r in (await it.engine.settings.view()).rows if r.name == "idle_timeout_sec"]
        assert (row.value, row.origin.value, row.in_file, row.file_value) == (
            44.0,
            "env",
            True,
            7.0,
        )


async def test_what_was_edited_meanwhile_is_merged_or_told(tmp_path: Path) -> None:
    async with running(tmp_path) as it:
        with it.file.open("a") as file:
            file.write("idle_timeout_sec = 5 # by hand\n")
        assert (await it.engine.settings.view()).changed_on_disk
        await it.engine.settings.change(SettingsChange({"heartbeat_sec": 3.0}, seen={}))
        assert "idle_timeout_sec = 5 # by hand\n" in it.file.read_text()
        assert (it.settings.idle_timeout_sec, it.settings.heartbeat_sec) == (5.0, 3.0)
        with pytest.raises(ConflictError, match="heartbeat_sec"):
            await it.engine.settings.change(SettingsChange({"heartbeat_sec": 9.0}, seen={}))
        it.file.write_text(it.file.read_text() + "log_level = 'DEBUG'\n")
        await it.engine.settings.reload()
        assert it.levels[-1] == "DEBUG"
        it.file.write_text("port = \n")
        view = await it.engine.settings.view()
        assert view.problem is not None
        assert view.problem.code == "no_toml_in_line"
        assert view.problem.facts["line"] == "1"
        with pytest.raises(InvalidRequestError, match="not valid TOML"):
            await it.change(heartbeat_sec=2.0)
        with pytest.raises(InvalidRequestError, match="not valid TOML"):
            await it.engine.settings.reload()
        assert it.file.read_text() == "port = \n"


async def test_a_newer_file_is_not_written(tmp_path: Path) -> None:
    async with running(tmp_path) as it:
        newer = "version = 99\n" + it.file.read_text()
        it.file.write_text(newer)
        with pytest.raises(InvalidRequestError, match="newer Lingma Gateway"):
            await it.change(heartbeat_sec=2.0)
        assert it.file.read_text() == newer


@pytest.mark.skipif(sys.platform == "win32", reason="modes and links of POSIX")
async def test_the_file_stays_private_and_where_a_link_leads(tmp_path: Path) -> None:
    async with running(tmp_path) as it:
        real = tmp_path / "dotfiles.toml"
        it.file.replace(real)
        it.file.symlink_to(real)
        await it.change(heartbeat_sec=2.0)
        assert it.file.is_symlink()
        assert stat.S_IMODE(real.stat().st_mode) == 0o600
        assert "heartbeat_sec = 2\n" in real.read_text()
        assert [p.name for p in it.file.parent.iterdir()] == ["config.toml"]


async def test_settings_travel(tmp_path: Path) -> None:
    async with running(tmp_path) as it:
        await it.change(heartbeat_sec=2.0, admin_token="admin-0123456789")
        text = await it.engine.settings.export(secrets=False)
        assert KEY not in text
        assert "admin-0123456789" not in text
        whole = await it.engine.settings.export(secrets=True)
        assert KEY in whole
        await it.engine.settings.change(SettingsChange(reset=("heartbeat_sec", "admin_token")))
        with pytest.raises(InvalidRequestError, match="unknown setting"):
            await it.engine.settings.importing.bring("nonsense = 1\n")
        with pytest.raises(InvalidRequestError, match="newer"):
            await it.engine.settings.importing.bring("version = 99\n")
        await it.engine.settings.importing.bring(whole)
        assert it.settings.heartbeat_sec == 2.0
        assert it.settings.admin_token == "admin-0123456789"
        assert it.file.read_text().startswith("# mine\n")


@pytest.mark.deadline(60)
async def test_instances_are_added_renamed_and_removed(tmp_path: Path) -> None:
    async with running(tmp_path) as it:
        await it.ready()
        first = it.pids()[0]
        saved = await it.engine.settings.add_instance(InstanceSettings("Work"))
        assert saved.instance == "inst-1"
        again = await it.engine.settings.add_instance(InstanceSettings("Work"))
        assert again.instance == "inst-2"
        await it.ready(3)
        pids = dict(zip([s.name for s in it.engine.instances()], it.pids(), strict=True))
        assert pids[InstanceName("inst-0")] == first
        titles = [plan.title for plan in it.engine.settings.plan.instances]
        assert titles == ["", "Work", "Work 2"]
        listed = it.engine.settings.plan.loaded.in_file["instances"]
        entries = [InstanceEntry(own, place) for place, own in enumerate(listed)]
        entries[2] = InstanceEntry(replace(listed[2], name="Home"), 2)
        await it.engine.settings.change(SettingsChange(instances=tuple(entries)))
        assert [s.title for s in it.engine.instances()] == ["", "Work", "Home"]
        told = [e.status for e in it.events.seen if isinstance(e, InstanceChanged)]
        assert {s.title for s in told if s.name == "inst-2"} == {"Work 2", "Home"}
        await it.engine.settings.remove_instance(InstanceName("inst-1"))
        await it.events.until(lambda: True if removed(it) == ["inst-1"] else None)
        left = it.engine.instances()
        assert [(s.name, s.pid) for s in left] == [
            ("inst-0", first),
            ("inst-2", pids[InstanceName("inst-2")]),
        ]
        # The folder of the one that went may hold a login: nobody else gets it.
        third = await it.engine.settings.add_instance(InstanceSettings())
        assert third.instance == "inst-3"
        with pytest.raises(ConflictError, match="not in the settings file"):
            await it.engine.settings.remove_instance(InstanceName("inst-9"))
        assert it.file.read_text().startswith("# mine\n")


async def test_instances_without_ids_stay_who_they_are(tmp_path: Path) -> None:
    tables = "".join(f"[[instances]]\nname = '{name}'\n" for name in ("a", "b", "c"))
    async with running(tmp_path, tables) as it:
        await it.ready(3)
        pids = it.pids()
        await it.engine.settings.remove_instance(InstanceName("inst-0"))
        assert [(s.name, s.pid) for s in it.engine.instances()] == [
            ("inst-1", pids[1]),
            ("inst-2", pids[2]),
        ]
        content = json.dumps(it.file.read_text())
        assert 'id = \\"inst-1\\"' in content
        assert os.fspath(it.file) == str(it.engine.settings.file)


async def test_more_room_lets_those_go_on_who_wait(tmp_path: Path) -> None:
    async with running(tmp_path, "gateway_max_in_flight = 1\n", LINGMA_EMULATOR_DELTA_MS=30) as it:
        await it.ready()
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(it.ask("count to 20")) for _ in range(3)]
            await it.events.until(lambda: True if it.engine.concurrency().queued == 2 else None)
            await it.change(gateway_max_in_flight=3)
            assert it.engine.concurrency().in_flight == 3
        assert [task.result()[0] for task in asked] == [200, 200, 200]
