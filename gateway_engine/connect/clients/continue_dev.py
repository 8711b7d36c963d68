"""Continue: an entry of `models` in `~/.continue/config.yaml`.

Read: the config.yaml reference and the OpenAI provider page of docs.continue.dev: `name`, `version`
and `schema` are required at the top; an entry has `name`, `provider: openai`, `model`, `apiBase`
(with `/v1`), `apiKey`; the file is `~/.continue/config.yaml` on every system, and is read instead
of the older config.json. That `CONTINUE_GLOBAL_DIR` moves it was not found in these pages, so it is
not followed.
"""

import json
from typing import Any, Final

from gateway_engine.connect.client import MODEL, TITLE, Client, Endpoint, Paste, SettingsFile
from gateway_engine.connect.splice import Format
from gateway_engine.splicing.edits import Edit, Item

HEAD: Final = "name: Local Config\nversion: 1.0.0\nschema: v1\n"
"""Continue refuses a file without it."""


def _entry(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "name": TITLE,
        "provider": "openai",
        "model": MODEL,
        "apiBase": endpoint.v1,
        "apiKey": endpoint.key,
        "roles": ["chat", "edit", "apply"],
        "capabilities": ["tool_use"],
    }


def _paste(endpoint: Endpoint) -> list[Paste]:
    # The key is quoted: where it is hidden, three asterisks stand in its place.
    shown = _entry(endpoint) | {"apiKey": json.dumps(endpoint.key)}
    lines = (f"{key}: {_flow(value)}" for key, value in shown.items())
    entry = "  - " + "\n    ".join(lines) + "\n"
    return [
        Paste("config.yaml, where it is new or empty", f"{HEAD}models:\n{entry}", secret=True),
        Paste("or, below models: of one that is there", entry, secret=True),
    ]


def _flow(value: str | list[str]) -> str:
    return value if isinstance(value, str) else f"[{', '.join(value)}]"


CLIENT = Client(
    name="continue",
    title="Continue",
    file=SettingsFile(
        Format.YAML,
        lambda site: [site.home / ".continue" / "config.yaml"],
        lambda endpoint: [
            Edit(("models", Item("name", TITLE)), _entry(endpoint)),
        ],
        seed=HEAD,
        displaced=lambda site: [site.home / ".continue" / "config.json"],
    ),
    traces=lambda site: [site.home / ".continue"],
    paste=_paste,
    probes=("chat", "chat-stream", "chat-tools", "chat-image", "models", "chat-error"),
    sources=(
        "https://docs.continue.dev/reference",
        "https://docs.continue.dev/customize/model-providers/top-level/openai",
    ),
    notes=("Choose the model Lingma Gateway in Continue's panel.",),
)
