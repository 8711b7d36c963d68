"""Clients whose settings are no file of ours to edit, and those that need none.

Read: docs.cline.bot/provider-config/openai-compatible and getting-started (keys lie in the
system's credential manager); jetbrains.com/help/ai-assistant/use-custom-models.html (Settings |
Tools | AI Assistant | Providers & API keys, OpenAI-compatible: URL and key); the VS Code thread
microsoft/vscode#316916 on the provider "Custom Endpoint", whose key is to be typed in so that VS
Code keeps it; docs.cherry-ai.com, "Model Service Settings" (root address only, `/v1/...` is
appended); for Cursor, what makers of tunnels for it say: its backend cannot reach localhost. The
SDKs' variables are those that the official Python packages read.
"""

from gateway_engine.connect.client import MODEL, Client, Endpoint, Paste


def _address_and_key(endpoint: Endpoint) -> list[Paste]:
    return [
        Paste("Base URL", endpoint.v1),
        Paste("API key", endpoint.key, secret=True),
        Paste("Model", MODEL),
    ]


CLINE = Client(
    name="cline",
    title="Cline",
    traces=lambda site: [
        site.home / folder / "extensions" / "saoudrizwan.claude-dev-*"
        for folder in (".vscode", ".vscode-oss", ".cursor", ".windsurf")
    ],
    paste=_address_and_key,
    probes=("chat", "chat-stream", "chat-tools", "chat-image", "chat-error"),
    sources=(
        "https://docs.cline.bot/provider-config/openai-compatible",
        "https://docs.cline.bot/getting-started/authorizing-with-cline",
    ),
    notes=(
        "In Cline's settings choose the API provider OpenAI Compatible.",
        "Cline keeps its keys in the system's credential manager, so there is no file to edit.",
    ),
)

JETBRAINS = Client(
    name="jetbrains",
    title="JetBrains AI Assistant",
    traces=lambda site: [site.programs_data / "JetBrains"],
    paste=lambda endpoint: [
        Paste("URL", endpoint.v1),
        Paste("API key", endpoint.key, secret=True),
        Paste("or, as Ollama without a key, Host URL", endpoint.url),
    ],
    probes=(
        "chat",
        "chat-stream",
        "chat-tools",
        "models",
        "chat-error",
        "ollama-version",
        "ollama-tags",
        "ollama-chat",
    ),
    sources=("https://www.jetbrains.com/help/ai-assistant/use-custom-models.html",),
    notes=("Settings | Tools | AI Assistant | Providers & API keys: choose OpenAI-compatible.",),
)

VSCODE = Client(
    name="vscode",
    title="VS Code (Copilot Chat)",
    programs=("code",),
    traces=lambda site: [site.programs_data / "Code"],
    paste=lambda endpoint: [
        Paste("URL of the model", f"{endpoint.v1}/chat/completions"),
        Paste("API key", endpoint.key, secret=True),
        Paste("Model", MODEL),
    ],
    probes=(
        "chat",
        "chat-stream",
        "chat-tools",
        "chat-image",
        "chat-error",
        "ollama-version",
        "ollama-tags",
        "ollama-chat",
    ),
    sources=("https://github.com/microsoft/vscode/issues/316916",),
    notes=(
        "Run Chat: Manage Language Models, then Add Models, Custom Endpoint, Chat Completions.",
        "VS Code keeps the key in its own secret store, so the whole is pasted and not applied.",
    ),
)

CHERRY_STUDIO = Client(
    name="cherry-studio",
    title="Cherry Studio",
    traces=lambda site: [site.programs_data / "CherryStudio"],
    paste=lambda endpoint: [
        Paste("API address (Cherry Studio appends /v1/...)", endpoint.url),
        Paste("API key", endpoint.key, secret=True),
        Paste("Model", MODEL),
    ],
    probes=("chat", "chat-stream", "models"),
    sources=("https://docs.cherry-ai.com/docs/en-us/pre-basic/settings/providers",),
    notes=(
        "Settings, Model Services, Add, type OpenAI; then switch the provider on at its top right.",
        "Its settings lie in a database, so there is no file to edit.",
    ),
)

CURSOR = Client(
    name="cursor",
    title="Cursor",
    programs=("cursor",),
    traces=lambda site: [site.home / ".cursor"],
    probes=(),
    sources=(
        "https://marketplace.visualstudio.com/items?itemName=OhadBaehr.cursor-openrouter-proxy",
    ),
    blocked=(
        "Cursor cannot use a localhost endpoint: its servers make the calls, not the program on"
        " this machine. Claude Code or Codex in Cursor's terminal work."
    ),
)

SDK = Client(
    name="sdk",
    title="OpenAI and Anthropic SDKs",
    paste=lambda endpoint: [
        Paste("OPENAI_BASE_URL", endpoint.v1),
        Paste("OPENAI_API_KEY", endpoint.key, secret=True),
        Paste("ANTHROPIC_BASE_URL", endpoint.url),
        Paste("ANTHROPIC_API_KEY", endpoint.key, secret=True),
    ],
    probes=(
        "chat", "chat-stream", "chat-tools", "chat-reasoning", "chat-image", "chat-error",
        "responses", "responses-stream", "responses-tools", "responses-error",
        "anthropic", "anthropic-stream", "anthropic-tools", "anthropic-thinking",
        "anthropic-image", "anthropic-error", "thread-refused", "count-tokens", "models",
    ),
    sources=(
        "https://github.com/openai/openai-python#readme",
        "https://github.com/anthropics/anthropic-sdk-python#readme",
    ),
)  # fmt: skip

CURL = Client(
    name="curl",
    title="curl",
    programs=("curl",),
    paste=lambda endpoint: [
        Paste(
            "command",
            f"curl -N {endpoint.v1}/chat/completions"
            ' -H "Authorization: Bearer $LINGMA_GATEWAY_API_KEY"'
            ' -H "Content-Type: application/json"'
            f' -d \'{{"model": "{MODEL}", "stream": true,'
            ' "messages": [{"role": "user", "content": "count to 5"}]}\'',
        ),
        Paste("$LINGMA_GATEWAY_API_KEY", endpoint.key, secret=True),
    ],
    probes=("chat", "chat-stream"),
    sources=("https://curl.se/docs/manpage.html",),
)
