"""Every client program we know, in the order in which they are shown."""

from typing import Final

from gateway_engine.connect.client import Client
from gateway_engine.connect.clients import (
    aider,
    claude_code,
    codex,
    continue_dev,
    opencode,
    pasted,
    qwen_code,
    zed,
)

CLIENTS: Final[dict[str, Client]] = {
    client.name: client
    for client in (
        claude_code.CLIENT,
        codex.CLIENT,
        opencode.CLIENT,
        continue_dev.CLIENT,
        pasted.CLINE,
        zed.CLIENT,
        pasted.JETBRAINS,
        pasted.VSCODE,
        aider.CLIENT,
        pasted.CHERRY_STUDIO,
        qwen_code.CLIENT,
        pasted.CURSOR,
        pasted.SDK,
        pasted.CURL,
    )
}
