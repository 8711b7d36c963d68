"""Claude Code: the `env` block of `~/.claude/settings.json`.

Read: "LLM gateway configuration" (docs.anthropic.com) and two gateways' guides of October 2026: the
`env` block sets variables and overrides the shell's, `ANTHROPIC_BASE_URL` is without `/v1`,
`ANTHROPIC_AUTH_TOKEN` goes out as `Authorization: Bearer` and comes before a saved login, and an
`ANTHROPIC_API_KEY` beside it goes out too. That `CLAUDE_CONFIG_DIR` moves the folder is not in
them; release 2.1.197 was seen to read its settings there, and to ignore a file with a comment. An
organisation's managed-settings.json comes before everything (code.claude.com, "Settings"; its
folders are from a description of these). `--settings FILE` comes before the user's and a project's
files (2.1.197: seen).
"""

import json

from gateway_engine.connect.client import Client, Endpoint, Launch, Paste, SettingsFile
from gateway_engine.connect.splice import Format
from gateway_engine.splicing.edits import Edit


def _env(endpoint: Endpoint) -> dict[str, str]:
    return {"ANTHROPIC_BASE_URL": endpoint.url, "ANTHROPIC_AUTH_TOKEN": endpoint.key}


CLIENT = Client(
    name="claude",
    title="Claude Code",
    file=SettingsFile(
        Format.JSONC,
        lambda site: [site.named("CLAUDE_CONFIG_DIR", site.home / ".claude") / "settings.json"],
        lambda endpoint: [Edit(("env",), _env(endpoint))],
        plain_json=True,
        stronger=lambda site: [
            site.of_system(
                "/etc/claude-code",
                "/Library/Application Support/ClaudeCode",
                "C:/Program Files/ClaudeCode",
            )
            / "managed-settings.json"
        ],
    ),
    programs=("claude",),
    traces=lambda site: [site.named("CLAUDE_CONFIG_DIR", site.home / ".claude")],
    paste=lambda endpoint: [
        Paste("settings.json", json.dumps({"env": _env(endpoint)}, indent=2), secret=True)
    ],
    launch=Launch("claude", _env, without=("ANTHROPIC_API_KEY", "CLAUDE_CODE_USE_BEDROCK",
                                           "CLAUDE_CODE_USE_VERTEX"),
                  settings_option="--settings",
                  settings=lambda endpoint: json.dumps({"env": _env(endpoint)})),
    probes=("greeting", "anthropic", "anthropic-stream", "anthropic-tools", "anthropic-thinking",
            "anthropic-image", "count-tokens", "anthropic-models", "anthropic-error"),
    sources=(
        "https://docs.anthropic.com/en/docs/claude-code/llm-gateway",
        "https://ngrok.com/docs/ai-gateway/agents/claude-code",
    ),
    notes=(
        "A project's own .claude/settings.json comes before this file.",
        "The VS Code extension also reads claudeCode.environmentVariables of VS Code's settings.",
    ),
)  # fmt: skip
