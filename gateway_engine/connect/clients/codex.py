"""Codex CLI: a provider of its own in `~/.codex/config.toml`.

Read: the sample configuration of developers.openai.com/codex (`model_provider`,
`[model_providers.ID]` with `name`, `base_url`, `env_key`, `wire_api = "responses"`, the only wire
left); `CODEX_HOME` moves the folder. `experimental_bearer_token` puts the key into the file, which
is what a program needs that is not started from a shell; it is in the strings of release 0.169.0.
`-c key=value` overrides a setting for one run. A provider without a name keeps release 0.171.0 from
starting.
"""

from gateway_engine.connect.client import (
    ENTRY,
    MODEL,
    TITLE,
    Client,
    Endpoint,
    Launch,
    Paste,
    SettingsFile,
)
from gateway_engine.connect.splice import Format
from gateway_engine.splicing.edits import Edit

KEY_VARIABLE = "LINGMA_GATEWAY_API_KEY"
TABLE = ("model_providers", ENTRY)


def _edits(endpoint: Endpoint) -> list[Edit]:
    return [
        Edit(("model",), MODEL),
        Edit(("model_provider",), ENTRY),
        Edit((*TABLE, "name"), TITLE),
        Edit((*TABLE, "base_url"), endpoint.v1),
        Edit((*TABLE, "wire_api"), "responses"),
        Edit((*TABLE, "experimental_bearer_token"), endpoint.key),
    ]


def _overrides(endpoint: Endpoint) -> list[str]:
    table = f"model_providers.{ENTRY}"
    values = {
        "model": MODEL,
        "model_provider": ENTRY,
        f"{table}.name": TITLE,
        f"{table}.base_url": endpoint.v1,
        f"{table}.wire_api": "responses",
        f"{table}.env_key": KEY_VARIABLE,
    }
    return [part for key, value in values.items() for part in ("-c", f'{key}="{value}"')]


def _paste(endpoint: Endpoint) -> list[Paste]:
    lines = (
        f'model = "{MODEL}"\nmodel_provider = "{ENTRY}"\n\n[model_providers.{ENTRY}]\n'
        f'name = "{TITLE}"\nbase_url = "{endpoint.v1}"\nwire_api = "responses"\n'
        f'env_key = "{KEY_VARIABLE}"\n'
    )
    return [Paste("config.toml", lines), Paste(f"${KEY_VARIABLE}", endpoint.key, secret=True)]


CLIENT = Client(
    name="codex",
    title="Codex CLI",
    file=SettingsFile(
        Format.TOML,
        lambda site: [site.named("CODEX_HOME", site.home / ".codex") / "config.toml"],
        _edits,
        needed=((*TABLE, "name"),),
    ),
    programs=("codex",),
    traces=lambda site: [site.named("CODEX_HOME", site.home / ".codex")],
    paste=_paste,
    launch=Launch("codex", lambda endpoint: {KEY_VARIABLE: endpoint.key}, _overrides),
    probes=(
        "responses",
        "responses-stream",
        "responses-tools",
        "responses-reasoning",
        "responses-image",
        "websocket-refused",
        "responses-error",
    ),
    sources=("https://developers.openai.com/codex/config-sample",),
    notes=(
        "A profile chosen with --profile and a trusted project's own .codex/config.toml come"
        " before this file.",
    ),
)
