"""Every setting from every source, and one clear line for everything that is wrong."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from gateway_engine.config import (
    LoadedSettings,
    Origin,
    Settings,
    SettingsError,
    load_settings,
    read_dotenv,
)
from gateway_engine.setting_secrets import secret_names, secret_values
from gateway_engine.setting_values import AccountSettings, InstanceSettings

# Each setting with a value as it stands in a file, as it stands in the environment, and as read.
EVERY: dict[str, tuple[str, str, Any]] = {
    "host": ('"::1"', "::1", "::1"),
    "port": ("9000", "9000", 9000),
    "api_keys": ('["one", "two"]', "one, two,", ("one", "two")),
    "admin_token": ('"t"', " t ", "t"),
    "metrics_token": ('"m"', " m ", "m"),
    "metrics_public": ("true", "on", True),
    "allowed_hosts": ('["a.lan"]', "a.lan", ("a.lan",)),
    "cors_origins": ("[]", "", ()),
    "ollama_auth": ('"key"', "key", "key"),
    "max_body_bytes": ("2048", "2048", 2048),
    "log_level": ('"DEBUG"', "DEBUG", "DEBUG"),
    "default_model": ('"m"', "m", "m"),
    "model_aliases": ('{ "gpt-*" = "m" }', "gpt-*=m", {"gpt-*": "m"}),
    "default_ask_mode": ('"agent"', "agent", "agent"),
    "tool_forward_enabled": ("false", "no", False),
    "tool_approval": ('"auto"', "auto", "auto"),
    "tool_park_timeout_sec": ("30", "30", 30.0),
    "gateway_queue_timeout_sec": ("0", "0", 0.0),
    "gateway_max_in_flight": ("0", "0", 0),
    "gateway_max_queue": ("9", "9", 9),
    "session_reuse_enabled": ("false", "off", False),
    "session_cache_max_entries": ("1", "1", 1),
    "session_cache_ttl_sec": ("60", "60", 60.0),
    "first_token_timeout_sec": ("1.5", "1.5", 1.5),
    "idle_timeout_sec": ("2", "2", 2.0),
    "total_timeout_sec": ("3", "3", 3.0),
    "heartbeat_sec": ("4", "4", 4.0),
    "record_bodies": ("false", "no", False),
    "record_max_mb": ("64", "64", 64),
    "record_max_days": ("1.5", "1.5", 1.5),
    "lingma_bin": ('"/x"', "/x", "/x"),
    "lingma_work_dir": ('"w"', "w", "w"),
    "lingma_socket_port": ("5", "5", 5),
    "lingma_startup_timeout": ("6", "6", 6.0),
    "lingma_rpc_timeout": ("7", "7", 7.0),
    "lingma_instance_count": ("2", "2", 2),
    "lingma_accounts": (
        '[{ username = "u", password = "p:1" }, { session_bundle_file = "f" }]',
        '[{"username": "u", "password": "p:1"}, {"session_bundle_file": "f"}]',
        (AccountSettings("u", "p:1"), AccountSettings(session_bundle_file="f")),
    ),
    "lingma_username": ('"u"', "u", "u"),
    "lingma_password": ('"p"', "p", "p"),
    "lingma_session_bundle": ('"H4s"', "H4s", "H4s"),
    "lingma_session_bundle_file": ('"f"', "f", "f"),
    "auto_login_enabled": ("false", "no", False),
    "auto_login_headless": ("false", "0", False),
    "auto_login_timeout": ("9", "9", 9.0),
    "auto_login_max_retry": ("0", "0", 0),
    "auto_login_selectors_file": ('"s.toml"', "s.toml", "s.toml"),
    "passphrase_file": ('"p.txt"', "p.txt", "p.txt"),
    "lingma_auto_memory": ("true", "yes", True),
    "lingma_delete_sessions": ("true", "1", True),
    "lingma_source_type": ('"vsix"', "vsix", "vsix"),
    "lingma_marketplace_url": ('"https://m"', "https://m", "https://m"),
    "lingma_marketplace_publisher": ('"p"', "p", "p"),
    "lingma_marketplace_extension": ('"e"', "e", "e"),
    "lingma_vsix_url": ('"https://v"', "https://v", "https://v"),
    "lingma_vsix_sha256": ('"ab"', "ab", "ab"),
    "lingma_bootstrap_always": ("true", "1", True),
    "lingma_force_refresh": ("true", "1", True),
    "dedicated_domain_url": ('"https://d"', "https://d", "https://d"),
}


def load(
    tmp_path: Path,
    text: str = "",
    *,
    environ: Mapping[str, str] | None = None,
    dotenv: str = "",
    cli: Mapping[str, Any] | None = None,
) -> LoadedSettings:
    file, env = tmp_path / "config.toml", tmp_path / ".env"
    file.write_text(text, "utf-8")
    env.write_text(dotenv, "utf-8")
    return load_settings(file=file, environ=environ or {}, dotenv=env, cli=cli or {})


def refusal(tmp_path: Path, text: str = "", **sources: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text, **sources)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    return message


def test_the_table_here_has_every_setting() -> None:
    missing = {f.name for f in fields(Settings)} - {*EVERY, "instances"}
    assert not missing, f"give EVERY in this file a line for each of {sorted(missing)}"
    gone = EVERY.keys() - {f.name for f in fields(Settings)}
    assert not gone, f"EVERY in this file still has {sorted(gone)}"


@pytest.mark.parametrize("name", EVERY)
def test_from_every_source(tmp_path: Path, name: str) -> None:
    in_file, in_environment, value = EVERY[name]
    upper = name.upper()
    for loaded, origin in (
        (load(tmp_path, f"{name} = {in_file}"), Origin.FILE),
        (load(tmp_path, environ={upper: in_environment}), Origin.ENV),
        (load(tmp_path, dotenv=f"{upper}={in_environment}"), Origin.ENV),
        (load(tmp_path, cli={name: in_environment}), Origin.CLI),
    ):
        assert getattr(loaded.settings, name) == value
        assert loaded.origins[name] is origin
        assert [n for n, o in loaded.origins.items() if o is not Origin.DEFAULT] == [name]


def test_the_defaults_are_valid_and_need_no_file(tmp_path: Path) -> None:
    loaded = load_settings(file=tmp_path / "none.toml", environ={}, dotenv=None, cli={})
    assert loaded.settings == Settings()
    assert set(loaded.origins.values()) == {Origin.DEFAULT}


def test_the_later_source_wins(tmp_path: Path) -> None:
    sources: dict[str, Any] = {"text": "port = 1"}
    assert load(tmp_path, **sources).settings.port == 1
    sources["dotenv"] = "PORT=2"
    assert load(tmp_path, **sources).settings.port == 2
    sources["environ"] = {"PORT": "3"}
    assert load(tmp_path, **sources).settings.port == 3
    sources["cli"] = {"port": 4}
    assert load(tmp_path, **sources).settings.port == 4


BAD: dict[str, tuple[str, ...]] = {
    "host": ("5", '""', '" "'),
    "port": ("-1", "65536", '"x"', "true", "1.0"),
    "api_keys": ("5", "[5]", r'["good", "bad\nkey"]'),
    "admin_token": ("5", r'"a\nb"'),
    "metrics_token": (r'"a\u007f"',),
    "max_body_bytes": ("1023",),
    "log_level": ('"LOUD"',),
    "default_ask_mode": ('"edit"',),
    "tool_approval": ('"ask"', "true"),
    "gateway_queue_timeout_sec": ("-1", '"soon"', "nan", "inf", "true", "1" + "0" * 400),
    "heartbeat_sec": ("-0.1",),
    "lingma_instance_count": ("0", "65"),
    "lingma_auto_memory": ('"maybe"', "2"),
    "record_bodies": ('"maybe"',),
    "record_max_mb": ("-1", "0.5"),
    "record_max_days": ("-1", '"long"'),
    "model_aliases": ('"a"', '"=b"', '"a="', "{ a = 1 }"),
    "instances": ("5", "[5]", '"x"'),
}
CASES = [(name, value) for name, values in BAD.items() for value in values]


@pytest.mark.parametrize(("name", "value"), CASES)
def test_a_bad_value_in_a_file(tmp_path: Path, name: str, value: str) -> None:
    message = refusal(tmp_path, f"{name} = {value}")
    assert f"config.toml: {name} must be " in message


@pytest.mark.parametrize("name", ["port", "log_level", "idle_timeout_sec", "lingma_auto_memory"])
def test_a_bad_value_elsewhere_names_its_origin(tmp_path: Path, name: str) -> None:
    bad = {name.upper(): "b a d"}
    assert refusal(tmp_path, environ=bad).startswith(f"environment: {name.upper()} must be ")
    assert f".env: {name.upper()} must be " in refusal(tmp_path, dotenv=f"{name.upper()}=b a d")
    assert refusal(tmp_path, cli={name: "b a d"}).startswith("command line: ")


def test_an_empty_host_would_listen_everywhere(tmp_path: Path) -> None:
    said = refusal(tmp_path, environ={"HOST": ""})
    assert said == "environment: HOST must be an address or a name, not ''"
    assert "command line: HOST must be" in refusal(tmp_path, cli={"host": " "})


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("prot = 1", "port"),
        ("lingma_binn = ''", "lingma_bin"),
        ("record_bodys = true", "record_bodies"),
        ("zzzzzz = 1", "settings list"),
        ('"a\\nb" = 1', ""),
    ],
)
def test_an_unknown_key_names_the_nearest(tmp_path: Path, text: str, nearest: str) -> None:
    message = refusal(tmp_path, text)
    assert "unknown setting" in message
    assert nearest in message


def test_unknown_names_in_the_environment(tmp_path: Path) -> None:
    assert "LINGMA_BIN?" in refusal(tmp_path, environ={"LINGMA_BINN": "x"})
    assert ".env: unknown" in refusal(tmp_path, dotenv="LINGMA_BINN=x")
    assert "GATEWAY_MAX_QUEUE?" in refusal(tmp_path, environ={"GATEWAY_MAX_QEUE": "3"})
    assert "GATEWAY_QUEUE_TIMEOUT_SEC?" in refusal(tmp_path, dotenv="GATEWAY_QUEUE_TIMEOUT=3")
    load(
        tmp_path,
        environ={"LINGMA_GATEWAY_HOME": "x", "LINGMA_EMULATOR_SEED": "x", "PORTS": "x"},
    )
    load(
        tmp_path,
        environ={"GATEWAY_INTERFACE": "CGI/1.1", "API_KEY": "x", "HOSTNAME": "x"},
    )


@pytest.mark.parametrize(
    "text",
    ["port = ", "port = 1\nport = 2", "= 1", "x = '\x00'", "port = " + "9" * 5000, "[[[["],
)
def test_a_file_that_is_not_toml(tmp_path: Path, text: str) -> None:
    assert "config.toml: " in refusal(tmp_path, text)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()
    with pytest.raises(SettingsError, match=r"config\.toml: cannot be read"):
        load_settings(file=tmp_path / "config.toml", environ={}, dotenv=None, cli={})
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="not valid TOML"):
        load_settings(file=tmp_path / "bad.toml", environ={}, dotenv=None, cli={})


def test_the_version_of_the_file(tmp_path: Path) -> None:
    assert load(tmp_path, "version = 1\nport = 5").settings.port == 5
    assert "newer" in refusal(tmp_path, "version = 2")
    for bad in ("0", "true", '"1"', "1.5"):
        assert "version must be" in refusal(tmp_path, f"version = {bad}")


SECRET = "hunter2-hunter2"


@pytest.mark.parametrize(
    "text",
    [
        f'api_keys = [["{SECRET}"]]',
        f'api_keys = {{ a = "{SECRET}" }}',
        f'admin_token = ["{SECRET}"]',
        f'instances = [{{ env = {{ TOKEN = "{SECRET}" }}, name = 5 }}]',
        f'instances = [{{ env = {{ TOKEN = "{SECRET}" }}, kind = "acp" }}]',
        f'instances = {{ env = "{SECRET}" }}',
        f'admin_token = "{SECRET}"\nport = "x"',
        f'admin_token = "{SECRET}',
    ],
)
def test_a_message_never_holds_a_secret(tmp_path: Path, text: str) -> None:
    assert SECRET not in refusal(tmp_path, text)


def test_secrets_have_names_for_the_environment() -> None:
    assert set(secret_names()) == {
        "API_KEYS",
        "ADMIN_TOKEN",
        "METRICS_TOKEN",
        "LINGMA_ACCOUNTS",
        "LINGMA_PASSWORD",
        "LINGMA_SESSION_BUNDLE",
    }


def test_the_secrets_among_the_settings() -> None:
    settings = Settings(api_keys=("one", "two"), admin_token="three", metrics_token="")
    assert secret_values(settings) == ("one", "two", "three")
    given = InstanceSettings(env={"MY_API_KEY": "four", "LANG": "de_DE.UTF-8"})
    assert secret_values(Settings(instances=(given,))) == ("four",)


def test_accounts_in_short(tmp_path: Path) -> None:
    loaded = load(tmp_path, environ={"LINGMA_ACCOUNTS": "ann:p:1, bob:q,"})
    assert loaded.settings.lingma_accounts == (
        AccountSettings("ann", "p:1"),
        AccountSettings("bob", "q"),
    )
    assert "p:1" not in repr(loaded.settings.lingma_accounts)
    assert {"p:1", "q"} <= set(secret_values(loaded.settings))
    for bad in (
        SECRET,
        f":{SECRET}",
        f"a:{SECRET},a:{SECRET}",
        f'[{{"username": "{SECRET}"',
        f'["{SECRET}"]',
        f'[{{"name": "{SECRET}"}}]',
        f'[{{"password": ["{SECRET}"]}}]',
        "[{}]",
        '{"username": "a"}',
    ):
        message = refusal(tmp_path, environ={"LINGMA_ACCOUNTS": bad})
        assert "LINGMA_ACCOUNTS must be " in message
        assert SECRET not in message


def test_instances(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        '[[instances]]\nname = "a"\ncommand = "/x"\nargs = ["--one"]\nenv = { K = "v" }\n'
        '[[instances]]\nwork_dir = "w"\n',
    )
    assert loaded.settings.instances == (
        InstanceSettings("a", "lingma", "/x", ("--one",), {"K": "v"}),
        InstanceSettings("inst-1", work_dir="w"),
    )
    assert load(tmp_path, environ={"INSTANCES": "x"}).settings.instances == ()
    assert "command" in refusal(tmp_path, "[[instances]]\ncomand = 'x'")
    assert "different names" in refusal(
        tmp_path, "[[instances]]\nname = 'a'\n[[instances]]\nname = 'a'"
    )


def test_dotenv(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(
        "\ufeffFIRST=1\n# comment\n\nexport TWO = 2 # said\nTHREE='a # b' # c\nFOUR=\"x=y\"\n"
        "FIVE=#no-comment\nSIX=\nno assignment\n SEVEN = a\"b\r\nEIGHT='\n#NINE=9\n",
        "utf-8",
    )
    assert read_dotenv(file) == {
        "FIRST": "1",
        "TWO": "2",
        "THREE": "a # b",
        "FOUR": "x=y",
        "FIVE": "#no-comment",
        "SIX": "",
        "SEVEN": 'a"b',
        "EIGHT": "'",
    }
    file.write_bytes(b"A=\xff")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_dotenv(file)
