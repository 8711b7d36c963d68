"""Every setting with its origin, and no secret."""

import json
from dataclasses import asdict, fields
from pathlib import Path

from gateway_engine.config import Settings, load_settings
from gateway_engine.effective_config import effective_config

SECRETS = ("sk-one-secret", "sk-two-secret", "admin-secret", "metrics-secret", "env-secret")


def test_every_setting_has_a_value_and_an_origin(tmp_path: Path) -> None:
    file, dotenv = tmp_path / "config.toml", tmp_path / ".env"
    file.write_text(
        'default_model = "from file"\nport = 1\nmodel_aliases = { "gpt-*" = "m" }\n'
        '[[instances]]\nname = "a"\nargs = ["--x"]\nenv = { TOKEN = "env-secret" }\n',
        "utf-8",
    )
    dotenv.write_text("IDLE_TIMEOUT_SEC=7\nADMIN_TOKEN=admin-secret\n", "utf-8")
    loaded = load_settings(
        file=file,
        environ={"API_KEYS": "sk-one-secret,sk-two-secret", "METRICS_TOKEN": "metrics-secret"},
        dotenv=dotenv,
        cli={"port": 9000},
    )
    shown = effective_config(loaded)
    assert set(shown) == {f.name.upper() for f in fields(Settings)}
    text = json.dumps({name: asdict(setting) for name, setting in shown.items()})
    assert not [secret for secret in SECRETS if secret in text]

    def says(name: str) -> tuple[object, str, bool]:
        return shown[name].value, shown[name].origin, shown[name].secret

    assert says("PORT") == (9000, "cli", False)
    assert says("DEFAULT_MODEL") == ("from file", "file", False)
    assert says("IDLE_TIMEOUT_SEC") == (7.0, "env", False)
    assert says("HEARTBEAT_SEC") == (15.0, "default", False)
    assert says("API_KEYS") == ("***", "env", True)
    assert says("ADMIN_TOKEN") == ("***", "env", True)
    assert says("MODEL_ALIASES") == ({"gpt-*": "m"}, "file", False)
    instances = shown["INSTANCES"].value
    assert isinstance(instances, list)
    assert (instances[0]["args"], instances[0]["env"]) == (["--x"], {"TOKEN": "***"})


def test_a_secret_that_is_not_set_is_shown_as_such(tmp_path: Path) -> None:
    loaded = load_settings(file=tmp_path / "none.toml", environ={}, dotenv=None, cli={})
    shown = effective_config(loaded)["ADMIN_TOKEN"]
    assert (shown.value, shown.origin, shown.secret) == ("", "default", True)
