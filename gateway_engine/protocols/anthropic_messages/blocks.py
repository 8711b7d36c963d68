"""Anthropic's messages and content blocks as turns of the neutral conversation.

A user message may mix tool results with text; the neutral model keeps each result as a turn of its
own (role tool), so one message can become several turns, in the same order.
"""

from collections.abc import Mapping
from typing import Any, Final

from gateway_engine.conversation import (
    DocumentPart,
    ImagePart,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from gateway_engine.protocols import media
from gateway_engine.protocols.request_fields import (
    Changes,
    as_json,
    as_list,
    as_object,
    as_text,
    clean,
    invalid,
    kind_shown,
    names,
    optional_bool,
    optional_text,
    required_text,
)

_ROLES: Final = {"user": Role.USER, "assistant": Role.ASSISTANT, "system": Role.SYSTEM}
_SERVER_SIDE: Final = names(
    "server_tool_use web_search_tool_result web_fetch_tool_result code_execution_tool_result "
    "bash_code_execution_tool_result text_editor_code_execution_tool_result "
    "tool_search_tool_result advisor_tool_result mcp_tool_use mcp_tool_result "
    "mcp_tool_listing container_upload tool_reference tool_addition tool_removal fallback"
)
"""Blocks about tools that ran at the vendor: they cannot be repeated to another model."""


def system_parts(value: Any, changes: Changes) -> tuple[Part, ...]:
    """Return the parts of `system`, which is a string or a list of text blocks."""
    return tuple(_parts(value, "system", changes))


def message_turns(item: Mapping[str, Any], path: str, changes: Changes) -> list[Message]:
    """Return the turns that one message makes."""
    role = _ROLES.get(required_text(item, "role", f"{path}.role"))
    if role is None:
        raise invalid(f"{path}.role", "must be one of user, assistant, system")
    if item.get("content") is None:
        raise invalid(f"{path}.content", "is required")
    turns: list[Message] = []
    gathered: list[Part] = []
    for part in _parts(item["content"], f"{path}.content", changes):
        if isinstance(part, ToolResultPart) and role is not Role.ASSISTANT:
            if gathered:
                turns.append(Message(role, tuple(gathered)))
                gathered = []
            turns.append(Message(Role.TOOL, (part,)))
        else:
            gathered.append(part)
    if gathered or not turns:
        turns.append(Message(role, tuple(gathered)))
    return turns


def _parts(value: Any, path: str, changes: Changes) -> list[Part]:
    if isinstance(value, str):
        return [TextPart(clean(value))]
    if not isinstance(value, list):
        raise invalid(path, "must be a string or a list of content blocks")
    parts: list[Part] = []
    for i, item in enumerate(value):
        where = f"{path}[{i}]"
        if isinstance(item, str):
            parts.append(TextPart(clean(item)))
            continue
        block = as_object(item, where)
        if block.get("cache_control") is not None:
            changes.dropped(
                f"{where}.cache_control", "nothing is cached by marks", "no_cache_marks"
            )
        part = _part(block, where, changes)
        if part is not None:
            parts.append(part)
    return parts


def _part(block: Mapping[str, Any], path: str, changes: Changes) -> Part | None:
    kind = required_text(block, "type", f"{path}.type")
    match kind:
        case "text":
            if block.get("text") is None:
                raise invalid(f"{path}.text", "is required")
            return TextPart(as_text(block["text"], f"{path}.text"))
        case "image":
            return _image(as_object(block.get("source"), f"{path}.source"), path, changes)
        case "document":
            return _document(block, path, changes)
        case "search_result":
            text = _joined_text(block.get("content") or "", f"{path}.content", changes)
            return DocumentPart(optional_text(block, "title", f"{path}.title"), text)
        case "thinking":
            # Whatever signature comes back is accepted: it is opaque to both sides.
            text = optional_text(block, "thinking", f"{path}.thinking")
            return ReasoningPart(text) if text else None
        case "redacted_thinking":
            changes.dropped(
                path, "redacted thinking cannot be read by another model", "redacted_thinking"
            )
            return None
        case "tool_use":
            return ToolCallPart(
                call_id=required_text(block, "id", f"{path}.id"),
                name=required_text(block, "name", f"{path}.name"),
                arguments=_arguments(block.get("input"), f"{path}.input"),
            )
        case "tool_result":
            return ToolResultPart(
                call_id=required_text(block, "tool_use_id", f"{path}.tool_use_id"),
                content=tuple(_parts(block.get("content") or "", f"{path}.content", changes)),
                is_error=optional_bool(block, "is_error", f"{path}.is_error", default=False),
            )
        case "compaction":
            # A summary that stands for earlier turns the client no longer sends.
            text = optional_text(block, "content", f"{path}.content")
            return TextPart(text) if text else None
    if kind in _SERVER_SIDE:
        changes.dropped(path, f"{kind} blocks belong to the vendor's own tools", "vendor_tool")
        return None
    return TextPart(kind_shown(kind, path, changes))


def _arguments(value: Any, path: str) -> str:
    if isinstance(value, str) and value.strip():
        return clean(value)
    return as_json(as_object(value or {}, path), path)


def _image(source: Mapping[str, Any], path: str, changes: Changes) -> ImagePart:
    match source.get("type"):
        case "base64":
            return ImagePart(
                media_type=optional_text(source, "media_type", f"{path}.source.media_type"),
                data=required_text(source, "data", f"{path}.source.data"),
            )
        case "url":
            return media.image_from_url(required_text(source, "url", f"{path}.source.url"))
        case "file":
            changes.degraded(
                path, "only images sent with the request can be read", "only_sent_images"
            )
            return ImagePart()
    raise invalid(f"{path}.source.type", "must be one of base64, url, file")


def _document(block: Mapping[str, Any], path: str, changes: Changes) -> DocumentPart:
    source = as_object(block.get("source"), f"{path}.source")
    name = optional_text(block, "title", f"{path}.title")
    match source.get("type"):
        case "text":
            return DocumentPart(name, as_text(source.get("data"), f"{path}.source.data"))
        case "content":
            where = f"{path}.source.content"
            return DocumentPart(name, _joined_text(source.get("content") or "", where, changes))
        case "base64":
            part = media.document(
                name,
                optional_text(source, "media_type", f"{path}.source.media_type"),
                required_text(source, "data", f"{path}.source.data"),
            )
            if part.text is None:
                changes.degraded(path, "only text files can be read", "only_text_files")
            return part
        case "url" | "file":
            changes.degraded(
                path, "only files sent with the request can be read", "only_sent_files"
            )
            return DocumentPart(name or optional_text(source, "url", f"{path}.source.url"))
    raise invalid(f"{path}.source.type", "must be one of base64, text, content, url, file")


def _joined_text(value: Any, path: str, changes: Changes) -> str:
    if not isinstance(value, str):
        as_list(value, path)
    return "\n".join(
        part.text for part in _parts(value, path, changes) if isinstance(part, TextPart)
    )
