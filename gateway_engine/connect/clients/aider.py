"""aider: three keys of `~/.aider.conf.yml`.

Read: "OpenAI compatible APIs" and "API keys" of aider.chat/docs: `openai-api-base`,
`openai-api-key` and a model `openai/NAME`; for the environment `OPENAI_API_BASE`, `OPENAI_API_KEY`.
The order of the files, the repository's before the one of the home folder, is from AiderDesk's
description. `AIDER_MODEL` follows from its naming of variables and was not read of.
"""

from gateway_engine.connect.client import MODEL, Client, Endpoint, Launch, Paste, SettingsFile
from gateway_engine.connect.splice import Format
from gateway_engine.splicing.edits import Edit


def _edits(endpoint: Endpoint) -> list[Edit]:
    return [
        Edit(("model",), f"openai/{MODEL}"),
        Edit(("openai-api-base",), endpoint.v1),
        Edit(("openai-api-key",), endpoint.key),
    ]


def _paste(endpoint: Endpoint) -> list[Paste]:
    lines = "".join(f'{edit.path[0]}: "{edit.value}"\n' for edit in _edits(endpoint))
    return [Paste(".aider.conf.yml", lines, secret=True)]


CLIENT = Client(
    name="aider",
    title="aider",
    file=SettingsFile(Format.YAML, lambda site: [site.home / ".aider.conf.yml"], _edits),
    paste=_paste,
    launch=Launch(
        "aider",
        lambda endpoint: {
            "OPENAI_API_BASE": endpoint.v1,
            "OPENAI_API_KEY": endpoint.key,
            "AIDER_MODEL": f"openai/{MODEL}",
        },
    ),
    programs=("aider",),
    traces=lambda site: [site.home / ".aider.conf.yml", site.home / ".aider"],
    probes=("chat", "chat-stream", "chat-reasoning", "models", "chat-error"),
    notes=("A repository's own .aider.conf.yml comes before this file.",),
    sources=(
        "https://aider.chat/docs/llms/openai-compat.html",
        "https://aider.chat/docs/config/api-keys.html",
        "https://aiderdesk.hotovo.com/docs/configuration/aider-configuration",
    ),
)
