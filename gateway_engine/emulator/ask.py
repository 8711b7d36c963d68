"""The parameters of ``chat/ask``, read once; no I/O. Source: the wire notes, section 5."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway_engine.emulator.rpc import INVALID_PARAMS, Json, RpcError


@dataclass(frozen=True, slots=True)
class Ask:
    """One chat request. ``session_id`` is the client's hint, "" for none; ``tools`` are names."""

    request_id: str
    session_id: str
    is_reply: bool
    text: str
    model_key: str
    image_urls: tuple[str, ...]
    agent: bool
    tools: tuple[str, ...] = ()


def read_ask(params: Json) -> Ask:
    """Read the parameters. Raises RpcError when there is no request id or no text."""
    request_id = params.get("requestId")
    if not isinstance(request_id, str) or not request_id:
        raise RpcError(INVALID_PARAMS, "requestId is missing")
    context = _object(params.get("chatContext"))
    spellings = (params.get("questionText"), context.get("text"), params.get("content"))
    texts = (*spellings, params.get("text"), params.get("message"))
    text = next((text for text in texts if isinstance(text, str) and text), None)
    if text is None:
        raise RpcError(INVALID_PARAMS, "questionText is missing")
    session_id = params.get("sessionId")
    urls = context.get("imageUrls")
    model = _object(_object(params.get("extra")).get("modelConfig")).get("key")
    return Ask(
        request_id=request_id,
        session_id=session_id if isinstance(session_id, str) else "",
        is_reply=params.get("isReply") is True,
        text=text,
        model_key=model if isinstance(model, str) else "",
        image_urls=tuple(str(url) for url in urls) if isinstance(urls, list) else (),
        agent=_object(params.get("pluginPayloadConfig")).get("isEnableAskAgent") is True,
        tools=_tool_names(_object(params.get("toolConfig")).get("tools")),
    )


def _tool_names(tools: Any) -> tuple[str, ...]:
    """The names in a list of tools, each an object with a name or with a function that has one."""
    items = [_object(tool) for tool in tools] if isinstance(tools, list) else []
    names = [_object(item.get("function")).get("name") or item.get("name") for item in items]
    return tuple(name for name in names if isinstance(name, str))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
