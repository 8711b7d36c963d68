"""Zed: an OpenAI-compatible provider in its settings.json; the key goes into Zed's own dialog.

Read: "Use API Access" of zed.dev/docs/ai: `language_models.openai_compatible.NAME` with `api_url`
and `available_models` (`name`, `max_tokens`, `capabilities`); keys are never in settings.json but
in the system's keychain, or in the variable made of the provider's name, `LINGMA_GATEWAY_API_KEY`
for ours. Where the file lies (`~/.config/zed`, on Linux below `$XDG_CONFIG_HOME`, on Windows
`%APPDATA%/Zed`) is common knowledge that was not looked up.
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
    Site,
)
from gateway_engine.connect.splice import Format
from gateway_engine.splicing.edits import Edit

CONTEXT_TOKENS = 128_000
PROVIDER = ("language_models", "openai_compatible", TITLE)


def _folder(site: Site) -> list[Any]:
    if site.platform == "win32":
        return [site.roaming / "Zed" / "settings.json"]
    home = site.home / ".config" if site.platform == "darwin" else site.config
    return [home / "zed" / "settings.json"]


def _provider(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "api_url": endpoint.v1,
        "available_models": [
            {
                "name": MODEL,
                "display_name": "Lingma (default model)",
                "max_tokens": CONTEXT_TOKENS,
                "capabilities": {
                    "tools": True,
                    "images": True,
                    "parallel_tool_calls": True,
                    "prompt_cache_key": False,
                },
            }
        ],
    }


CLIENT = Client(
    name="zed",
    title="Zed",
    file=SettingsFile(
        Format.JSONC,
        _folder,
        lambda endpoint: [Edit(PROVIDER, _provider(endpoint))],
        needed=((*PROVIDER, "api_url"), (*PROVIDER, "available_models")),
    ),
    paste=lambda endpoint: [
        Paste(
            "settings.json",
            json.dumps(
                {"language_models": {"openai_compatible": {TITLE: _provider(endpoint)}}}, indent=2
            ),
        ),
        Paste(f"agent: open settings, LLM Providers, {TITLE}, API key", endpoint.key, secret=True),
    ],
    launch=Launch("zed", lambda endpoint: {"LINGMA_GATEWAY_API_KEY": endpoint.key}),
    programs=("zed", "zeditor"),
    traces=lambda site: [each.parent for each in _folder(site)],
    probes=("chat", "chat-stream", "chat-tools", "chat-image", "chat-error"),
    sources=(
        "https://zed.dev/docs/ai/use-api-access",
        "https://docs.merge.dev/merge-gateway/features/use-in-your-ide/zed",
    ),
    notes=(
        "The key cannot stand in Zed's settings: paste it in Zed once, or start Zed by `launch`.",
    ),
)
