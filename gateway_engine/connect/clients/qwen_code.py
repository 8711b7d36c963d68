"""Qwen Code: a model provider in `~/.qwen/settings.json`.

Read: "Model Providers" and the authentication page of qwenlm.github.io/qwen-code-docs: entries of
`modelProviders.openai` have `id`, `name`, `baseUrl` and `envKey`; `env` of the same file may hold
the key (a variable of the shell comes before it), `security.auth.selectedType` chooses the
protocol, `model.name` the model. The file may hold comments. For the environment:
`OPENAI_BASE_URL`, `OPENAI_API_KEY`, `OPENAI_MODEL`.
"""

import json
from typing import Any

from gateway_engine.connect.client import (
    MODEL,
    TITLE,
    Client,
    Endpoint,
    Launch,
    Paste,
    SettingsFile,
)
from gateway_engine.connect.splice import Format
from gateway_engine.splicing.edits import Edit, Item

KEY_VARIABLE = "LINGMA_GATEWAY_API_KEY"


def _entry(endpoint: Endpoint) -> dict[str, Any]:
    return {"id": MODEL, "name": TITLE, "baseUrl": endpoint.v1, "envKey": KEY_VARIABLE}


def _edits(endpoint: Endpoint) -> list[Edit]:
    return [
        Edit(("modelProviders", "openai", Item("name", TITLE)), _entry(endpoint)),
        Edit(("env", KEY_VARIABLE), endpoint.key),
        Edit(("security", "auth", "selectedType"), "openai"),
        Edit(("model", "name"), MODEL),
    ]


def _paste(endpoint: Endpoint) -> list[Paste]:
    whole = {
        "modelProviders": {"openai": [_entry(endpoint)]},
        "env": {KEY_VARIABLE: endpoint.key},
        "security": {"auth": {"selectedType": "openai"}},
        "model": {"name": MODEL},
    }
    return [Paste("settings.json", json.dumps(whole, indent=2), secret=True)]


CLIENT = Client(
    name="qwen",
    title="Qwen Code",
    file=SettingsFile(
        Format.JSONC,
        lambda site: [site.home / ".qwen" / "settings.json"],
        _edits,
        stronger=lambda site: [
            site.of_system(
                "/etc/qwen-code",
                "/Library/Application Support/QwenCode",
                "C:/ProgramData/qwen-code",
            )
            / "settings.json"
        ],
    ),
    programs=("qwen",),
    traces=lambda site: [site.home / ".qwen"],
    paste=_paste,
    launch=Launch(
        "qwen",
        lambda endpoint: {
            "OPENAI_BASE_URL": endpoint.v1,
            "OPENAI_API_KEY": endpoint.key,
            "OPENAI_MODEL": MODEL,
        },
        lambda endpoint: ["--auth-type", "openai"],
    ),
    probes=("chat", "chat-stream", "chat-tools", "chat-reasoning", "chat-image", "chat-error"),
    notes=("A project's own .qwen/settings.json comes before this file.",),
    sources=("https://qwenlm.github.io/qwen-code-docs/en/users/configuration/model-providers/",),
)
