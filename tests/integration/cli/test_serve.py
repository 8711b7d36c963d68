"""`serve` as a user or a service manager runs it."""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path

import psutil
import pytest

from tests.integration.cli.commands import log_lines, run, started
from tests.integration.emulator.running_program import until
from tests.integration.engine.running_engine import KEY, alive

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
ORPHANS_GONE_S = 5.0


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_its_whole_life(tmp_path: Path, number: int) -> None:
    async with started(tmp_path, "serve", "--upstream", "demo") as command:
        await command.ready()
        below = await command.upstreams()
        assert below
        assert await command.ask("count to 3") == "1\n2\n3\n"
        health = await command.health()
        assert (health["upstream"], health["pool_size"]) == ("demo", 1)
        code, out, err = await command.end(number)
    assert (code, out) == (0, "")
    assert err.startswith("lingma-gateway: DEMO: ")
    assert f'"the endpoint is open: {command.url}"' in err
    assert not any(process.is_running() for process in below)
    assert all(line["level"] in ("INFO", "WARNING") for line in log_lines(err))
    assert KEY not in err
    log = tmp_path / "home" / "state" / "logs" / "gateway.log"
    assert log.stat().st_mode & 0o777 == 0o600
    assert [json.loads(line) for line in log.read_text("utf-8").splitlines()] == log_lines(err)
    assert not (tmp_path / "home" / "runtime" / "runtime.json").exists()


@posix
async def test_an_answer_on_its_way_does_not_hold_up_the_end(tmp_path: Path) -> None:
    async with started(tmp_path, "serve", "--upstream", "demo", scenario="ignores_sigterm") as run_:
        await run_.ready()
        await run_.upstreams()
        asked = asyncio.ensure_future(run_.ask("sleep 60000 ms"))  # noqa: TID251 - awaited
        async with asyncio.timeout(ORPHANS_GONE_S):
            while (await run_.health())["instances"][0]["in_flight"] == 0:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        code, _, _ = await run_.end(signal.SIGTERM)
        await asyncio.wait((asked,))
        asked.exception()
    assert code == 0


@posix
@pytest.mark.parametrize(
    "scenario", ["", "leaves_grandchild", "leaves_grandchild,ignores_sigterm", "never_ready"]
)
async def test_no_orphan_after_a_kill(tmp_path: Path, scenario: str) -> None:
    async with started(tmp_path, "serve", "--upstream", "demo", scenario=scenario) as command:
        await command.ready()
        if scenario == "never_ready":
            log = tmp_path / "home" / "data" / "demo" / "inst-0" / "work" / "logs" / "lingma.log"
            await until(lambda: log.exists() and "never" in log.read_text())
        else:
            await command.upstreams()
        below = children(command.pid)
        assert len(below) >= 2 + scenario.startswith("leaves")
        command.process.kill()
        await command.process.wait()
        await until(lambda: not any(alive(pid) for pid in below), ORPHANS_GONE_S)


def children(pid: int) -> list[int]:
    return [process.pid for process in psutil.Process(pid).children(recursive=True)]


@posix
async def test_it_starts_again_after_a_kill(tmp_path: Path) -> None:
    async with started(tmp_path, "serve", "--upstream", "demo") as first:
        await first.ready()
        below = await first.upstreams()
        first.process.kill()
        await first.process.wait()
        async with started(tmp_path, "serve", "--upstream", "demo") as second:
            await second.ready()
            assert await second.ask("count to 1") == "1\n"
            await until(lambda: not any(alive(process.pid) for process in below), ORPHANS_GONE_S)
            assert (await second.end(signal.SIGTERM))[0] == 0


async def test_a_taken_port(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, out, err = await run(tmp_path, "serve", "--upstream", "demo", "--port", str(port))
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert str(port) in err


@posix
async def test_a_second_one_on_the_same_home(tmp_path: Path) -> None:
    async with started(tmp_path, "serve", "--upstream", "demo") as first:
        url = await first.ready()
        code, out, err = await run(tmp_path, "serve", "--upstream", "demo")
        assert (code, out) == (2, "")
        assert len(err.splitlines()) == 1
        assert f"process {first.pid}, {url}" in err
        assert "LINGMA_GATEWAY_HOME" in err
        assert await first.ask("count to 1") == "1\n"
        code, out, _ = await run(tmp_path, "doctor", "--json", "--upstream", "demo")
        assert code == 0
        checks = {check["name"]: check for check in json.loads(out)["checks"]}
        assert url in checks["endpoint"]["detail"]
        assert (await first.end(signal.SIGTERM))[0] == 0


@posix
async def test_two_homes_side_by_side(tmp_path: Path) -> None:
    async with (
        started(tmp_path / "a", "serve", "--upstream", "demo") as one,
        started(tmp_path / "b", "serve", "--upstream", "demo") as two,
    ):
        assert await one.ready() != await two.ready()
        assert await one.ask("echo: one") == "one"
        assert await two.ask("echo: two") == "two"
        assert (await one.end(signal.SIGTERM))[0] == 0
        assert await two.ask("echo: two") == "two"
        assert (await two.end(signal.SIGTERM))[0] == 0


@posix
async def test_without_a_lingma_it_says_so_and_answers_503(tmp_path: Path) -> None:
    async with started(tmp_path, "serve") as command:
        await command.ready()
        health = await command.health()
        assert (health["ok"], health["upstream"], health["pool_size"]) == (False, "lingma", 0)
        code, out, err = await command.end(signal.SIGTERM)
    assert (code, out) == (0, "")
    assert "DEMO" not in err
    assert any("no Lingma program was found" in line["message"] for line in log_lines(err))


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        (["serve"], {"PORT": "many"}, "PORT"),
        (["serve"], {"LINGMA_BINN": "x"}, "LINGMA_BIN?"),
        (["serve"], {"LINGMA_BIN": "/nowhere/Lingma"}, "LINGMA_BIN"),
        (["serve", "--upstream", "/nowhere/Lingma"], {}, "--upstream"),
        (["serve", "--upstream", "~nobody-here/Lingma"], {}, "--upstream"),
        (["serve", "--config", "missing.toml"], {}, "missing.toml"),
        (["serve", "--host", "0.0.0.0"], {"API_KEYS": ""}, "API_KEYS"),
        (["serve"], {"HOST": ""}, "HOST"),
        (["serve", "--port", "70000"], {}, "70000"),
        (["serve", "--nonsense"], {}, "--nonsense"),
        (["nonsense"], {}, "nonsense"),
    ],
)
async def test_bad_usage_is_one_line_and_exit_2(
    tmp_path: Path, arguments: list[str], settings: dict[str, str], said: str
) -> None:
    code, out, err = await run(tmp_path, *arguments, **settings)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1, err
    assert said in err


async def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "data").write_text("a file")
    code, out, err = await run(tmp_path, "serve", "--upstream", "demo")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "LINGMA_GATEWAY_HOME" in err


class TestDoctor:
    async def test_demo(self, tmp_path: Path) -> None:
        code, out, err = await run(tmp_path, "doctor", "--upstream", "demo")
        assert (code, err) == (0, "")
        assert "demo" in out
        assert not list((tmp_path / "home").glob("*"))

    async def test_nothing_found(self, tmp_path: Path) -> None:
        code, out, err = await run(tmp_path, "doctor", API_KEYS="")
        assert (code, err) == (1, "")
        assert "FAIL  upstream: no Lingma program found" in out
        assert "\n      not at " in out
        assert all(len(line) < 160 for line in out.splitlines() if "not at" not in line)
        assert "warn  keys" in out
        code, out, err = await run(tmp_path, "doctor", "--json")
        report = json.loads(out)
        assert (code, err, report["ok"], report["upstream"]) == (1, "", False, None)
        (upstream,) = [check for check in report["checks"] if check["name"] == "upstream"]
        assert any(".lingma" in place for place in upstream["places"])
        assert {check["name"] for check in report["checks"]} == {
            "settings",
            "folders",
            "upstream",
            "agents",
            "endpoint",
            "keys",
        }

    @posix
    async def test_agents(self, tmp_path: Path) -> None:
        programs = tmp_path / "bin"
        programs.mkdir()
        for name in ("qwen", "opencode"):
            (programs / name).write_text(f"#!/bin/sh\necho {name} 9.9 $1\n")
            (programs / name).chmod(0o755)
        config = tmp_path / "home" / "config"
        config.mkdir(parents=True)
        (config / "config.toml").write_text(
            '[[instances]]\nkind = "acp"\ncommand = "qwen-code"\n'
            '[[instances]]\nkind = "acp"\ncommand = "ws://127.0.0.1:9/ws"\n'
        )
        path = f"{programs}{os.pathsep}{os.environ['PATH']}"
        code, out, err = await run(tmp_path, "doctor", PATH=path)
        assert (code, err) == (0, "")
        assert f"2 x {programs}/qwen (qwen 9.9 --version), ws://127.0.0.1:9/ws" in out
        assert f"opencode ({programs}/opencode), qwen-code ({programs}/qwen)" in out

    async def test_a_wrong_setting(self, tmp_path: Path) -> None:
        code, out, err = await run(tmp_path, "doctor", "--json", PORT="many")
        assert (code, err) == (1, "")
        assert "PORT" in json.loads(out)["checks"][0]["detail"]

    async def test_a_taken_port(self, tmp_path: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            code, out, _ = await run(tmp_path, "doctor", "--upstream", "demo", PORT=port)
        assert code == 1
        assert f"FAIL  endpoint: 127.0.0.1:{port}" in out


async def test_the_built_program_is_its_own_shim(tmp_path: Path) -> None:
    """What an agent starts when it takes only MCP servers of its own."""
    code, out, err = await run(tmp_path, "mcp-shim")
    assert (code, out, err) == (2, "", "usage: shim FILE\n")
    code, out, err = await run(tmp_path, "mcp-shim", str(tmp_path / "none"))
    assert (code, out) == (1, "")
    assert "the gateway is not there" in err


async def test_version_and_help(tmp_path: Path) -> None:
    code, out, err = await run(tmp_path, "--version")
    assert (code, err) == (0, "")
    assert out.startswith("lingma-gateway ")
    code, out, err = await run(tmp_path, "--help")
    assert (code, err) == (0, "")
    assert "serve" in out
    assert (await run(tmp_path))[0] == 2


@posix
async def test_a_hangup_reads_the_settings_again(tmp_path: Path) -> None:
    async with started(tmp_path, "serve", "--upstream", "demo") as command:
        await command.ready()
        (file,) = (tmp_path / "home").rglob("config.toml")
        pids = [process.pid for process in await command.upstreams()]
        file.write_text("log_level = 'DEBUG'\nmax_body_bytes = 4096\n")
        command.process.send_signal(signal.SIGHUP)
        log = tmp_path / "home" / "state" / "logs" / "gateway.log"
        await until(
            lambda: "other settings are in force: max_body_bytes, log_level" in log.read_text()
        )
        file.write_text("log_level = 'LOUD'\n")
        command.process.send_signal(signal.SIGHUP)
        await until(lambda: "the settings stay as they were" in log.read_text())
        assert [process.pid for process in await command.upstreams()] == pids
        code, _, _ = await command.end(signal.SIGTERM)
    assert code == 0
