"""Images from clients of every protocol, as the emulated model sees them."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.chat.conversing import Gateway, gateway

DATA = "iVBORw0KGgo="
URL = f"data:image/png;base64,{DATA}"
WORDS = "describe images"
SEEN = "1. image/png, 8 bytes"
EYES = "demo-vision"

PROTOCOLS: dict[str, tuple[str, dict[str, Any]]] = {
    "chat": (
        "/v1/chat/completions",
        {
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": WORDS},
                        {"type": "image_url", "image_url": {"url": URL}},
                    ],
                }
            ]
        },
    ),
    "responses": (
        "/v1/responses",
        {
            "input": [
                {
                    "role": "user",
                    "content": [
                        {"type": "input_text", "text": WORDS},
                        {"type": "input_image", "image_url": URL},
                    ],
                }
            ]
        },
    ),
    "anthropic": (
        "/v1/messages",
        {
            "max_tokens": 999,
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": WORDS},
                        {
                            "type": "image",
                            "source": {"type": "base64", "media_type": "image/png", "data": DATA},
                        },
                    ],
                }
            ],
        },
    ),
    "ollama": (
        "/api/chat",
        {"stream": False, "messages": [{"role": "user", "content": WORDS, "images": [DATA]}]},
    ),
}


async def answer(gate: Gateway, path: str, body: dict[str, Any], model: str = EYES) -> str:
    """The whole answer as the protocol wraps it."""
    headers = {"authorization": "Bearer k1", "content-type": "application/json"}
    sent = io.BytesIO(json.dumps({"model": model, **body}).encode())
    async with gate.client.post(path, data=sent, headers=headers) as response:
        assert response.status == 200
        return await response.text()


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_the_model_sees_what_the_client_sent(tmp_path: Path, protocol: str) -> None:
    async with gateway(tmp_path) as gate:
        path, body = PROTOCOLS[protocol]
        assert SEEN in await answer(gate, path, body)
        blind = await answer(gate, path, body, model="demo-auto")
        assert "Images in this message: 0" in blind


@pytest.mark.parametrize("how", ["error", "refused", "silent"])
async def test_an_upload_that_fails_leaves_the_words(tmp_path: Path, how: str) -> None:
    async with gateway(tmp_path, f"image_upload={how}", LINGMA_RPC_TIMEOUT=0.5) as gate:
        path, body = PROTOCOLS["chat"]
        assert "Images in this message: 0" in await answer(gate, path, body)
        assert gate.engine.concurrency().in_flight == 0


async def test_urls_go_upstream_as_they_are_and_files_never(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"secret")
    async with gateway(tmp_path) as gate:
        content = [
            {"type": "text", "text": WORDS},
            {"type": "image_url", "image_url": {"url": "https://example.invalid/a.png"}},
            {"type": "image_url", "image_url": {"url": secret.as_uri()}},
        ]
        body = {"messages": [{"role": "user", "content": content}]}
        said = await answer(gate, "/v1/chat/completions", body)
        assert "Images in this message: 1" in said
        assert "1. https://example.invalid/a.png" in said


async def test_a_large_image_arrives_whole(tmp_path: Path) -> None:
    async with gateway(tmp_path) as gate:
        size = 12 * 1024 * 1024
        large = "A" * (size // 3 * 4)
        body = {"messages": [{"role": "user", "content": WORDS, "images": [large]}]}
        said = await answer(gate, "/api/chat", {"stream": False, **body})
        assert f"1. image/png, {size} bytes" in said
