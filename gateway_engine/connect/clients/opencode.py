"""opencode: a provider of its own in `~/.config/opencode/opencode.json`.

Read: descriptions of its config.ts (deepwiki.com/anomalyco/opencode, learnopencode.com): the global
file is `~/.config/opencode/opencode.json`, comments allowed, later sources are merged over it,
`OPENCODE_CONFIG_CONTENT` before all but a managed one. Seen with release 1.18: a custom provider
names its npm package, `options.baseURL` and `options.apiKey`; a model is `provider/model`;
`$XDG_CONFIG_HOME` moves the folder. Where `opencode.jsonc` lies there too, its word counts more:
so `opencode debug config` showed. At its start it writes a missing `$schema` into the file itself,
and makes an `opencode.jsonc` where there is none.
"""

import json
from pathlib import Path
from typing import Any

from gateway_engine.connect.client import (
    ENTRY,
    MODEL,
    TITLE,
    Client,
    Endpoint,
    Launch,
    Paste,
    SettingsFile,
    Site,
)
from gateway_engine.connect.splice import Format
from gateway_engine.splicing.edits import Edit


def _paths(site: Site) -> list[Path]:
    folder = site.config / "opencode"
    plain, commented = folder / "opencode.json", folder / "opencode.jsonc"
    return [commented, plain] if commented.exists() else [plain, commented]


def _provider(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "npm": "@ai-sdk/openai-compatible",
        "name": TITLE,
        "options": {"baseURL": endpoint.v1, "apiKey": endpoint.key},
        "models": {MODEL: {"name": "Lingma (default model)"}},
    }


def _whole(endpoint: Endpoint) -> dict[str, Any]:
    return {"model": f"{ENTRY}/{MODEL}", "provider": {ENTRY: _provider(endpoint)}}


CLIENT = Client(
    name="opencode",
    title="opencode",
    file=SettingsFile(
        Format.JSONC,
        _paths,
        lambda endpoint: [
            Edit(("provider", ENTRY), _provider(endpoint)),
            Edit(("model",), f"{ENTRY}/{MODEL}"),
        ],
    ),
    programs=("opencode",),
    traces=lambda site: [site.config / "opencode"],
    paste=lambda endpoint: [
        Paste("opencode.json", json.dumps(_whole(endpoint), indent=2), secret=True)
    ],
    launch=Launch(
        "opencode", lambda endpoint: {"OPENCODE_CONFIG_CONTENT": json.dumps(_whole(endpoint))}
    ),
    probes=(
        "chat",
        "chat-stream",
        "chat-tools",
        "chat-reasoning",
        "chat-image",
        "two-at-once",
        "chat-error",
    ),
    sources=(
        "https://deepwiki.com/anomalyco/opencode/7-configuration",
        "https://learnopencode.com/en/5-advanced/01a-config-basics.html",
    ),
    notes=("A project's own opencode.json comes before this file.",),
)
