"""`settings` as a user runs it."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gateway_engine.accounts.credentials import LocalSecrets, SecretStorage
from gateway_engine.cli.settings_telling import SettingsTelling
from gateway_engine.engine import Engine
from gateway_engine.plan import LaunchOptions, prepare
from gateway_engine.settings_file import read_settings, write_settings
from tests.integration.cli.commands import ROOT, run, started
from tests.integration.engine.running_engine import KEY


@pytest.mark.deadline(100)
async def test_settings_are_shown_and_changed(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('# mine\nidle_timeout_sec = 5 # short\nadmin_token = "admin-0123456789"\n')
    config = ("settings", "--config", str(file))
    code, out, err = await run(tmp_path, *config, "list")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert "IDLE_TIMEOUT_SEC = 5.0  (file)" in lines
    assert 'ADMIN_TOKEN = "***"  (file)' in lines
    assert "HEARTBEAT_SEC = 15.0" in lines
    assert KEY not in out

    later = "lingma-gateway: saved; it counts from the next start of the gateway\n"
    assert await run(tmp_path, *config, "set", "heartbeat_sec", "3") == (0, "", later)
    assert await run(tmp_path, *config, "get", "HEARTBEAT_SEC") == (0, "3.0\n", "")
    assert file.read_text() == (
        '# mine\nidle_timeout_sec = 5 # short\nadmin_token = "admin-0123456789"\n'
        "heartbeat_sec = 3\n"
    )
    assert (await run(tmp_path, *config, "reset", "HEARTBEAT_SEC"))[0] == 0
    assert "heartbeat_sec" not in file.read_text()
    code, _, err = await run(tmp_path, *config, "set", "PORT", "9000")
    assert (code, err) == (0, "lingma-gateway: saved, but the environment overrides PORT\n")

    before = file.read_text()
    for wrong, words in (
        (("set", "PORT", "70000"), "PORT must be between 0 and 65535"),
        (("set", "LINGMA_BIN", "/no/such/program"), "does not exist"),
        (("set", "PROT", "1"), "there is no setting PROT"),
        (("set", "INSTANCES", "x"), "is edited in the settings file"),
        (("set", "CORS_ORIGINS", "*"), "CORS_ORIGINS must be origins"),
        (("set", "LINGMA_SESSION_BUNDLE_FILE", "/none"), "cannot read /none"),
        (("import", str(tmp_path / "none.toml")), "does not exist"),
    ):
        code, out, err = await run(tmp_path, *config, *wrong)
        assert (code, out, len(err.splitlines())) == (2, "", 1)
        assert words in err
    assert file.read_text() == before


async def test_settings_travel_between_files(tmp_path: Path) -> None:
    file, other = tmp_path / "config.toml", tmp_path / "other.toml"
    file.write_text('heartbeat_sec = 3\nadmin_token = "admin-0123456789"\n')
    other.write_text("# theirs\nidle_timeout_sec = 9\n")
    code, out, _ = await run(tmp_path, "settings", "--config", str(file), "export")
    assert code == 0
    assert "admin-0123456789" not in out
    kept = tmp_path / "kept.toml"
    export = ("settings", "--config", str(file), "export", "--secrets", "--out", str(kept))
    assert await run(tmp_path, *export) == (0, "", "")
    bring = ("settings", "--config", str(other), "import", str(kept))
    code, out, _ = await run(tmp_path, *bring, "--dry-run")
    assert (code, out) == (0, 'ADMIN_TOKEN = "" -> "***"\nHEARTBEAT_SEC = 15.0 -> 3.0\n')
    assert other.read_text() == "# theirs\nidle_timeout_sec = 9\n"
    assert (await run(tmp_path, *bring))[:2] == (0, "")
    copy = other.with_name("other.toml.before-import")
    assert copy.read_text() == "# theirs\nidle_timeout_sec = 9\n"
    assert copy.stat().st_mode & 0o077 == 0
    assert (await run(tmp_path, *bring, "--dry-run"))[1] == "nothing would change\n"
    text = other.read_text()
    assert text.startswith("# theirs\nidle_timeout_sec = 9\n")
    assert "heartbeat_sec = 3\n" in text
    assert 'admin_token = "admin-0123456789"\n' in text


@pytest.mark.deadline(100)
async def test_a_gateway_that_runs_follows_at_once_or_refuses(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    program = tmp_path / "Lingma"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m gateway_engine.emulator "$@"\n')
    program.chmod(0o755)
    file.write_text(f"# mine\nadmin_token = 'admin-0123456789'\nlingma_bin = '{program}'\n")
    env = {"PYTHONPATH": str(ROOT)}
    config = ("--config", str(file))
    async with started(tmp_path, "serve", *config, **env, IDLE_TIMEOUT_SEC=44) as gateway:
        await gateway.ready()

        async def change(*arguments: str, **more: object) -> tuple[int, str]:
            code, out, err = await run(tmp_path, "settings", *config, *arguments, **env, **more)
            assert out == ""
            return code, err.removeprefix("lingma-gateway: ").rstrip("\n")

        async def limits() -> dict[str, Any]:
            async with (
                aiohttp.ClientSession() as client,
                client.get(f"{gateway.url}/capabilities") as got,
            ):
                return dict((await got.json())["limits"])

        assert await change("set", "MAX_BODY_BYTES", "2048") == (0, "saved and in force")
        assert 2048 in (await limits()).values()
        assert (await change("set", "IDLE_TIMEOUT_SEC", "9"))[1].startswith(
            "saved, but where the gateway was started IDLE_TIMEOUT_SEC is set otherwise"
        )
        assert await change("set", "LINGMA_RPC_TIMEOUT", "9") == (
            0,
            "in force: inst-0 starts again",
        )
        assert await change("set", "LINGMA_FORCE_REFRESH", "true") == (
            0,
            "saved; it counts from the next start of the gateway: LINGMA_FORCE_REFRESH",
        )
        before = file.read_text()
        code, said = await change("set", "HOST", "192.0.2.1")
        assert (code, file.read_text()) == (2, before)
        assert "nothing was changed, the gateway refuses" in said
        file.write_text(before.replace("max_body_bytes = 2048", "max_body_bytes = 4096"))
        reload = ("settings", *config, "reload")
        assert await run(tmp_path, *reload, **env) == (
            0,
            "read again; changed: MAX_BODY_BYTES\n",
            "",
        )
        assert 4096 in (await limits()).values()
        file.write_text("port = \n")
        other = tmp_path / "other.toml"
        other.write_text("")
        code, _, err = await run(
            tmp_path, "settings", "--config", str(other), "set", "HEARTBEAT_SEC", "3", **env
        )
        assert code == 0
        assert f"uses another file, {file}" in err


@pytest.mark.deadline(60)
async def test_a_gateway_that_cannot_be_told_is_named(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("port = 0\n")
    config = ("--config", str(file))
    async with started(
        tmp_path, "serve", "--upstream", "demo", *config, API_KEYS="", PORT=0
    ) as gateway:
        await gateway.ready()
        runtime = tmp_path / "home" / "runtime" / "runtime.json"
        known = json.loads(runtime.read_text())
        runtime.write_text(json.dumps({**known, "admin_token": "of another gateway"}))
        code, _, err = await run(
            tmp_path, "settings", *config, "set", "HEARTBEAT_SEC", "3", API_KEYS=""
        )
        assert code == 0
        assert "could not be told" in err
        assert "heartbeat_sec = 3" in file.read_text()


async def test_the_token_that_is_changed_is_the_one_that_asks_what_became_of_it(
    tmp_path: Path,
) -> None:
    file = tmp_path / "config.toml"
    file.write_text("port = 0\n")
    environ = {"LINGMA_GATEWAY_HOME": str(tmp_path / "home"), "HOME": str(tmp_path)}
    plan = prepare(LaunchOptions(config_file=file), environ=environ, cwd=tmp_path)
    plan.paths.make()
    own = LocalSecrets("lgw-the-key", "the-desktops-own", SecretStorage.SETTINGS)
    engine = Engine(plan, secrets=own, emit=lambda _event: None)
    try:
        await engine.start()
        before = read_settings(file)
        text = before.text + 'admin_token = "admin-0123456789"\n'
        write_settings(before, text)
        telling = SettingsTelling(plan)
        said = await asyncio.to_thread(telling.said, before, text, ("admin_token",))
        assert said == ["saved and in force"]
    finally:
        await engine.stop()
