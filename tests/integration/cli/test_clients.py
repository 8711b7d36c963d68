"""`clients` and `launch` as real processes, in a home of their own."""

import json
import os
import signal
import sys
import tomllib
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gateway_engine.connect.clients.pasted import SDK
from tests.integration.cli.commands import Command, run, started
from tests.integration.engine.running_engine import KEY

DEMO = ("--upstream", "demo")
ADMIN = "admin-token-0123456789"
CONFIGS = {
    "claude": (".claude/settings.json", '{\n  // mine\n  "env": {"A": "1"},\n}\n'),
    "codex": (".codex/config.toml", '# mine\nmodel = "o3"\n\n[tui]\ntheme = "x"\n'),
    "opencode": (".config/opencode/opencode.json", '{\n  "theme": "dark" // mine\n}\n'),
}
FAKE = f"""#!{sys.executable}
import json, os, sys, urllib.request
url, key = os.environ["ANTHROPIC_BASE_URL"], os.environ["ANTHROPIC_AUTH_TOKEN"]
request = urllib.request.Request(url + "/v1/messages/count_tokens", method="POST",
    data=b'{{"model": "x", "messages": [{{"role": "user", "content": "hello"}}]}}',
    headers={{"x-api-key": key, "anthropic-version": "2023-06-01"}})
with urllib.request.build_opener(urllib.request.ProxyHandler({{}})).open(request) as reply:
    print(json.dumps([sys.argv[1:], json.load(reply), url, os.environ.get("ANTHROPIC_API_KEY")]))
sys.exit(int(sys.argv[-1]))
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="programs and signals of POSIX")


async def clients(home: Path, *arguments: str, **settings: Any) -> tuple[int, str, str]:
    """A `clients` command of a user who has set no folders."""
    moved = ("XDG_CONFIG_HOME", "CLAUDE_CONFIG_DIR", "CODEX_HOME")
    return await run(home, "clients", *arguments, **dict.fromkeys(moved, ""), **settings)


def prepared(home: Path) -> dict[str, Path]:
    files = {}
    for name, (place, text) in CONFIGS.items():
        files[name] = home / place
        files[name].parent.mkdir(parents=True)
        files[name].write_text(text)
        files[name].chmod(0o644)
    return files


async def asked(command: Command, key: str) -> int:
    body = {"model": "any", "messages": [{"role": "user", "content": "hello"}]}
    async with (
        aiohttp.ClientSession(headers={"x-api-key": key}) as session,
        session.post(f"{command.url}/v1/chat/completions", json=body) as got,
    ):
        await got.read()
        return got.status


@pytest.mark.deadline(120)
async def test_apply_use_and_undo_while_the_gateway_runs(tmp_path: Path) -> None:
    files = prepared(tmp_path)
    async with started(tmp_path, "serve", *DEMO, ADMIN_TOKEN=ADMIN) as gateway:
        url = await gateway.ready()
        await gateway.upstreams()
        for name, file in files.items():
            code, out, err = await clients(tmp_path, "apply", name, "--dry-run")
            assert code == 0, err
            assert "nothing was changed" in err
            assert file.read_text() == CONFIGS[name][1]
            code, out, err = await clients(tmp_path, "apply", name)
            assert code == 0, err
            assert url in out
            assert "lgw-" not in out
            assert file.stat().st_mode & 0o777 == 0o644
            assert "other users" in err
        claude = json.loads(files["claude"].read_text().replace("// mine", "").replace(",\n}", "}"))
        codex = tomllib.loads(files["codex"].read_text())
        opencode = json.loads(files["opencode"].read_text().replace("// mine", ""))
        keys = {
            "claude": claude["env"]["ANTHROPIC_AUTH_TOKEN"],
            "codex": codex["model_providers"][codex["model_provider"]]["experimental_bearer_token"],
            "opencode": opencode["provider"]["lingma-gateway"]["options"]["apiKey"],
        }
        assert len(set(keys.values())) == 3
        assert codex["model_providers"]["lingma-gateway"]["base_url"] == f"{url}/v1"
        code, out, err = await clients(tmp_path, "list")
        assert code == 0, err
        assert [line.split()[0] for line in out.splitlines() if line.endswith(" connected")
                and "not connected" not in line] == ["claude", "codex", "opencode"]  # fmt: skip
        # Known at once, each by its own name, and to no admin route.
        for key in keys.values():
            assert await asked(gateway, key) == 200
        async with aiohttp.ClientSession(headers={"x-api-key": ADMIN}) as admin:
            async with admin.get(f"{url}/internal/debug/requests") as got:
                found = (await got.json())["requests"]
            async with admin.get(f"{url}/internal/debug/requests/{found[0]['id']}") as got:
                record = await got.text()
        assert "client:opencode" in record
        assert not [key for key in keys.values() if key in record]
        async with (
            aiohttp.ClientSession(headers={"x-api-key": keys["claude"]}) as session,
            session.get(f"{url}/internal/stats") as got,
        ):
            assert got.status == 401
        # The user goes on editing; undo takes our keys and no other byte.
        for name, file in files.items():
            file.write_text(file.read_text().replace("mine", "mine, still"))
            code, out, err = await clients(tmp_path, "undo", name)
            assert code == 0, err
            assert file.read_text() == CONFIGS[name][1].replace("mine", "mine, still")
            assert await asked(gateway, keys[name]) == 401
        assert await asked(gateway, KEY) == 200
        _, _, log = await gateway.end(signal.SIGTERM)
        assert not [key for key in keys.values() if key in log]


@pytest.mark.deadline(60)
async def test_check_prints_a_matrix(tmp_path: Path) -> None:
    async with started(tmp_path, "serve", *DEMO) as gateway:
        await gateway.ready()
        await gateway.upstreams()
        code, out, err = await clients(tmp_path, "check", "sdk")
        assert code == 0, out + err
        assert [line.split()[0] for line in out.splitlines()] == ["ok"] * len(SDK.probes)
        await gateway.end(signal.SIGTERM)


@pytest.mark.deadline(60)
async def test_check_names_what_fails(tmp_path: Path) -> None:
    code, out, err = await clients(tmp_path, "check", "codex", *DEMO, scenario="logged_out")
    assert code == 1, err
    lines = out.splitlines()
    assert lines[0].startswith("FAIL /v1/responses")
    assert "503" in lines[0]
    assert lines[-1].startswith("ok")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("check", "cursor"), 1, "its servers make the calls"),
        (("apply", "cline"), 1, "clients show cline"),
        (("apply", "nobody"), 2, "there are: claude, codex"),
        (("undo", "codex"), 1, "nothing to undo"),
        (("apply", "codex"), 1, "another address each time"),
        (("apply",), 2, "required: C"),
    ],
)
async def test_what_is_refused(
    tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    got, out, err = await clients(tmp_path, *arguments)
    assert (got, out) == (code, "")
    assert words in err
    assert "Traceback" not in err


async def test_show_says_what_to_paste(tmp_path: Path) -> None:
    code, out, err = await clients(tmp_path, "show", "jetbrains", PORT=8317)
    assert code == 0, err
    assert "http://127.0.0.1:8317/v1" in out
    assert "lgw-" not in out
    code, out, err = await clients(tmp_path, "show", "jetbrains", "--show-keys")
    assert "lgw-" in out
    code, out, _ = await clients(tmp_path, "show", "cursor")
    assert "its servers make the calls" in out


@pytest.mark.deadline(90)
@pytest.mark.parametrize("gateway_runs", [False, True])
async def test_launch(tmp_path: Path, *, gateway_runs: bool) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "claude").write_text(FAKE)
    (programs / "claude").chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    more = {"PATH": path, "ANTHROPIC_API_KEY": "sk-ant-users-own"}

    async def launched(*arguments: str) -> tuple[int, str, str]:
        return await run(tmp_path, "launch", *DEMO, "claude", *arguments, **more)

    async def check() -> str:
        code, out, err = await launched("-p", "--model=x", "--", "7")
        assert code == 7, err
        assert err == ""
        (option, file, *given), counted, url, other = json.loads(out)
        assert given == ["-p", "--model=x", "--", "7"]
        # The user's own settings, which beat the environment, do not beat these.
        told = json.loads(Path(file).read_text())["env"]
        assert (option, told["ANTHROPIC_BASE_URL"]) == ("--settings", url)
        assert Path(file).stat().st_mode & 0o077 == 0
        assert counted["input_tokens"] > 0
        assert other is None
        return str(url)

    if not gateway_runs:
        url = await check()
        with pytest.raises(aiohttp.ClientConnectionError):
            async with aiohttp.ClientSession() as session, session.get(f"{url}/healthz"):
                pass
        return
    async with started(tmp_path, "serve", *DEMO) as gateway:
        await gateway.ready()
        assert await check() == gateway.url
        assert (await gateway.health())["version"]
        await gateway.end(signal.SIGTERM)


async def test_launch_of_what_is_not_there(tmp_path: Path) -> None:
    code, out, err = await run(tmp_path, "launch", "claude", PATH="/nonexistent")
    assert (code, out) == (1, "")
    assert "not installed" in err
    code, out, err = await run(tmp_path, "launch", "cline")
    assert (code, out) == (1, "")
    assert "clients show cline" in err
