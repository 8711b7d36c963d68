"""How the agents of the settings are laid out."""

from pathlib import Path

import pytest

from gateway_engine.config import SettingsError
from gateway_engine.plan import EnginePlan, LaunchOptions, prepare
from gateway_engine.upstreams.acp.kind import agent_of
from gateway_engine.upstreams.acp.presets import PRESETS


def put(folder: Path, name: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return str(file)


def planned(home: Path, toml: str, upstream: str = "auto", **environ: str) -> EnginePlan:
    config = home / "gw" / "config"
    config.mkdir(parents=True, exist_ok=True)
    (config / "config.toml").write_text(toml)
    given = {"LINGMA_GATEWAY_HOME": str(home / "gw"), "PATH": str(home / "bin"), **environ}
    return prepare(LaunchOptions(upstream=upstream), environ=given, cwd=home)


def test_a_preset_with_the_users_arguments_behind_its_own(tmp_path: Path) -> None:
    program = put(tmp_path / "bin", "qwen")
    plan = planned(
        tmp_path,
        '[[instances]]\nkind = "acp"\ncommand = "qwen-code"\nargs = ["--auth-type", ""]\n'
        'env = { OPENAI_MODEL = "m" }\nmodels = ["m", "n"]\nmode = "default"\n',
        API_KEYS="secret",
    )
    [instance] = plan.instances
    assert plan.upstream == instance.kind == "acp"
    assert instance.outline.label == "qwen-code"
    assert instance.command == (program, *PRESETS["qwen-code"].args, "--auth-type", "")
    assert instance.workspace == instance.work_dir == tmp_path / "gw/data/instances/inst-0/work"
    agent = agent_of(instance)
    assert (agent.models, agent.mode, agent.login) == (("m", "n"), "default", (program, "auth"))
    assert agent.env["OPENAI_MODEL"] == "m"
    assert "API_KEYS" not in agent.env


@pytest.mark.parametrize("args", [[], ["--acp"]])
@pytest.mark.parametrize("by_name", [False, True])
def test_a_presets_program_is_that_preset_wherever_it_lies(
    tmp_path: Path, args: list[str], by_name: bool
) -> None:
    program = put(tmp_path / ("bin" if by_name else "apps"), "qwen")
    command = "qwen" if by_name else program
    toml = f"[[instances]]\nkind = 'acp'\ncommand = '{command}'\nargs = {[*args, '-m', 'x']}\n"
    [instance] = planned(tmp_path, toml).instances
    assert instance.command == (program, *PRESETS["qwen-code"].args, "-m", "x")
    assert instance.outline.label == "qwen-code"
    assert agent_of(instance).login == (program, "auth")


def test_a_program_of_ones_own_and_how_it_signs_in(tmp_path: Path) -> None:
    program = put(tmp_path / "apps", "my-agent")
    toml = f'[[instances]]\nkind = "acp"\ncommand = "{program}"\nargs = ["--acp"]\n'
    [instance] = planned(tmp_path, toml + "login = 'my-agent login --device \"a b\"'").instances
    assert agent_of(instance).argv == (program, "--acp")
    assert agent_of(instance).login == ("my-agent", "login", "--device", "a b")
    assert instance.outline.label == "my-agent"
    put(tmp_path / "bin", "my-agent")
    by_name = toml.replace(program, "my-agent")
    assert planned(tmp_path, by_name).instances[0].command[0] == str(tmp_path / "bin/my-agent")


def test_a_running_program_is_attached_to_on_this_machine_only(tmp_path: Path) -> None:
    toml = '[[instances]]\nkind = "acp"\ncommand = "{}"\nwork_dir = "ide"\n'
    [instance] = planned(tmp_path, toml.format("ws://127.0.0.1:9/ws")).instances
    assert (agent_of(instance).url, instance.command) == ("ws://127.0.0.1:9/ws", ())
    assert instance.work_dir == tmp_path / "ide"
    assert instance.workspace != instance.work_dir
    for url in ("ws://10.0.0.1:9/ws", "wss://127.0.0.1/ws", "http://127.0.0.1/", "ws://x:y/"):
        with pytest.raises(SettingsError, match="on this machine"):
            planned(tmp_path, toml.format(url))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('command = "qwen-code"', "Qwen Code .* is not on PATH"),
        ('command = "no-such-thing"', "none of qoder-cli"),
        ("", "command names the agent"),
        ('command = "x"\nlogin = "a \'b"', "quotes closed"),
    ],
)
def test_what_cannot_be_started_is_said_before_the_start(
    tmp_path: Path, table: str, words: str
) -> None:
    with pytest.raises(SettingsError, match=words):
        planned(tmp_path, f'[[instances]]\nkind = "acp"\n{table}\n')


def test_a_login_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "bin", "agent")
    with pytest.raises(SettingsError, match="login is a command line with its quotes closed"):
        planned(tmp_path, "[[instances]]\nkind = 'acp'\ncommand = 'agent'\nlogin = \"a 'b\"")


@pytest.mark.parametrize(
    ("program", "args", "label"),
    [
        ("python3.12", ["-u", "/srv/house_agent.py", "--fast"], "house_agent"),
        ("python3", ["-m", "house"], "house"),
        ("node", ["--import", "tsx", "dist/agent.mjs"], "agent"),
        ("npx", ["-y", "@acme/agent-acp@1.2"], "agent-acp"),
        ("uv", ["run", "agent.py"], "agent"),
        ("uvx", [], "uvx"),
        ("pythonic-agent", ["serve.py"], "pythonic-agent"),
    ],
)
def test_an_agent_that_an_interpreter_runs_has_its_own_name(
    tmp_path: Path, program: str, args: list[str], label: str
) -> None:
    path = put(tmp_path / "apps", program)
    plan = planned(tmp_path, f'[[instances]]\nkind = "acp"\ncommand = "{path}"\nargs = {args}\n')
    assert plan.instances[0].outline.label == agent_of(plan.instances[0]).title == label


def test_an_agent_by_name_on_the_command_line(tmp_path: Path) -> None:
    program = put(tmp_path / "bin", "opencode")
    [instance] = planned(tmp_path, "", upstream="opencode").instances
    assert instance.command == (program, "acp")
    assert "OPENCODE_CONFIG_CONTENT" in agent_of(instance).env


def test_lingma_and_agents_side_by_side(tmp_path: Path) -> None:
    put(tmp_path / "bin", "opencode")
    lingma = put(tmp_path / "apps", "Lingma")
    plan = planned(
        tmp_path,
        f'[[instances]]\ncommand = "{lingma}"\n[[instances]]\nkind = "acp"\ncommand = "opencode"\n',
    )
    assert plan.upstream == "mixed"
    assert [(each.kind, each.outline.label) for each in plan.instances] == [
        ("lingma", "lingma"),
        ("acp", "opencode"),
    ]


def test_only_agents_have_models_mode_and_login(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="only when their kind is acp"):
        planned(tmp_path, '[[instances]]\nmodels = ["m"]')
    with pytest.raises(SettingsError, match="kind is lingma or acp"):
        planned(tmp_path, '[[instances]]\nkind = "openai"')
