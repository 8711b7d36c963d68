"""Which upstream is chosen, and how its instances are laid out."""

from pathlib import Path

import pytest

from gateway_engine.config import Settings, SettingsError
from gateway_engine.plan import (
    EnginePlan,
    LaunchOptions,
    child_environ,
    is_loopback,
    prepare,
    require_keys_off_loopback,
)
from gateway_engine.upstreams.lingma.binary import platform_name, program_name


@pytest.fixture(autouse=True)
def fake_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    return tmp_path


def put_program(file: Path) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return str(file)


def installed(home: Path) -> str:
    return put_program(home / f".lingma/bin/2.5.20/{platform_name()}/{program_name()}")


def planned(
    home: Path, *, toml: str = "", options: LaunchOptions | None = None, **environ: str
) -> EnginePlan:
    config = home / "gw" / "config"
    config.mkdir(parents=True, exist_ok=True)
    (config / "config.toml").write_text(toml)
    environ = {"LINGMA_GATEWAY_HOME": str(home / "gw"), **environ}
    return prepare(options or LaunchOptions(), environ=environ, cwd=home)


def programs(plan: EnginePlan) -> list[str]:
    return [instance.command[0] for instance in plan.instances]


def test_the_order_of_choice(tmp_path: Path) -> None:
    assert planned(tmp_path).instances == ()
    found = installed(tmp_path)
    assert programs(planned(tmp_path)) == [found]
    named = put_program(tmp_path / "named")
    assert programs(planned(tmp_path, LINGMA_BIN=named)) == [named]
    table = put_program(tmp_path / "table")
    toml = f'[[instances]]\ncommand = "{table}"'
    assert programs(planned(tmp_path, toml=toml, LINGMA_BIN=named)) == [table]
    given = LaunchOptions(upstream=put_program(tmp_path / "given"))
    assert programs(planned(tmp_path, toml=toml, LINGMA_BIN=named, options=given)) == [
        given.upstream
    ]
    demo = planned(tmp_path, LINGMA_BIN=named, options=LaunchOptions(upstream="demo"))
    assert demo.demo
    assert [instance.kind for instance in demo.instances] == ["demo"]


def test_the_demo_comes_by_itself_only_when_asked_for_and_nothing_is_found(tmp_path: Path) -> None:
    fallback = LaunchOptions(demo_fallback=True)
    assert not planned(tmp_path).demo
    assert planned(tmp_path).upstream == "lingma"
    assert planned(tmp_path, options=fallback).demo
    installed(tmp_path)
    assert not planned(tmp_path, options=fallback).demo


def test_a_program_that_is_named_counts_as_real(tmp_path: Path) -> None:
    named = put_program(tmp_path / "emulator")
    plan = planned(tmp_path, LINGMA_BIN=named)
    assert (plan.upstream, plan.demo) == ("lingma", False)


@pytest.mark.parametrize("name", ["missing", "folder", "plain", "~nobody-here/x"])
def test_a_program_that_is_none(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "plain").write_text("text")
    (tmp_path / "plain").chmod(0o644)
    wanted = name if name.startswith("~") else str(tmp_path / name)
    with pytest.raises(SettingsError, match=r"config.toml: lingma_bin: "):
        planned(tmp_path, toml=f"lingma_bin = {wanted!r}")
    with pytest.raises(SettingsError, match="environment: LINGMA_BIN: "):
        planned(tmp_path, LINGMA_BIN=wanted)
    with pytest.raises(SettingsError, match="--upstream: "):
        planned(tmp_path, options=LaunchOptions(upstream=wanted))


def test_instances_have_folders_and_names_of_their_own(tmp_path: Path) -> None:
    plan = planned(tmp_path, LINGMA_BIN=installed(tmp_path), LINGMA_INSTANCE_COUNT="3")
    assert [instance.name for instance in plan.instances] == ["inst-0", "inst-1", "inst-2"]
    for attribute in ("work_dir", "workspace", "record_file"):
        assert len({getattr(instance, attribute) for instance in plan.instances}) == 3
    assert all(path.is_relative_to(tmp_path / "gw") for path in (plan.instances[0].work_dir,))


def test_a_given_work_dir(tmp_path: Path) -> None:
    plan = planned(
        tmp_path,
        LINGMA_BIN=installed(tmp_path),
        LINGMA_WORK_DIR="~/mine",
        LINGMA_INSTANCE_COUNT="2",
        LINGMA_SOCKET_PORT="4000",
    )
    assert [instance.work_dir for instance in plan.instances] == [
        tmp_path / "mine",
        tmp_path / "mine-1",
    ]
    assert [instance.socket_port for instance in plan.instances] == [4000, 0]
    demo = planned(tmp_path, LINGMA_WORK_DIR="~/mine", options=LaunchOptions(upstream="demo"))
    assert demo.instances[0].work_dir.is_relative_to(tmp_path / "gw")


def test_two_instances_in_one_folder_are_refused(tmp_path: Path) -> None:
    installed(tmp_path)
    toml = '[[instances]]\nwork_dir = "w"\n[[instances]]\nwork_dir = "./w/"\n'
    with pytest.raises(SettingsError, match="inst-0 and inst-1"):
        planned(tmp_path, toml=toml)


def test_a_table_without_a_program(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no Lingma program was found"):
        planned(tmp_path, toml='[[instances]]\nname = "a"')


def test_preparing_touches_nothing(tmp_path: Path) -> None:
    environ = {"LINGMA_GATEWAY_HOME": "gw"}
    prepare(LaunchOptions(upstream="demo"), environ=environ, cwd=tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_home_may_stand_in_the_dotenv_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LINGMA_GATEWAY_HOME=there\nPORT=5\n")
    plan = prepare(LaunchOptions(), environ={}, cwd=tmp_path)
    assert plan.paths.data_dir.is_relative_to(tmp_path / "there")
    assert plan.settings.port == 5
    plan = prepare(LaunchOptions(), environ={"LINGMA_GATEWAY_HOME": "here"}, cwd=tmp_path)
    assert plan.paths.data_dir.is_relative_to(tmp_path / "here")


def test_a_settings_file_that_was_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"--config .*none\.toml"):
        planned(tmp_path, options=LaunchOptions(config_file=tmp_path / "none.toml"))


def test_upstream_programs_see_no_secret_of_ours(tmp_path: Path) -> None:
    secrets = {
        "API_KEYS": "sk-1",
        "ADMIN_TOKEN": "sk-2",
        "METRICS_TOKEN": "sk-3",
        "LINGMA_PASSWORD": "sk-4",
        "LINGMA_ACCOUNTS": "someone:sk-5",
        "LINGMA_SESSION_BUNDLE": "sk-6",
        "LINGMA_GATEWAY_API_KEY": "sk-7",
    }
    plan = planned(
        tmp_path, PATH="/bin", options=LaunchOptions(upstream="demo"), HTTPS_PROXY="p", **secrets
    )
    env = plan.instances[0].env
    assert not any("sk-" in value for value in env.values())
    assert (env["PATH"], env["HTTPS_PROXY"]) == ("/bin", "p")
    bundled = child_environ({"LD_LIBRARY_PATH": "/bundle", "LD_LIBRARY_PATH_ORIG": "/users"})
    assert bundled == {"LD_LIBRARY_PATH": "/users"}


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("LOCALHOST.", True),
        ("0.0.0.0", False),
        ("::", False),
        ("", False),
        ("192.168.1.5", False),
        ("localhost.evil.org", False),
    ],
)
def test_keys_are_required_off_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
    require_keys_off_loopback(Settings(host=host, api_keys=("k",)))
    if loopback:
        require_keys_off_loopback(Settings(host=host))
    else:
        with pytest.raises(SettingsError, match="API_KEYS"):
            require_keys_off_loopback(Settings(host=host))
