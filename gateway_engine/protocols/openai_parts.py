"""Content parts as OpenAI's APIs spell them: Chat Completions' names and those of Responses."""

from collections.abc import Mapping
from typing import Any

from gateway_engine.conversation import (
    AudioPart,
    DocumentPart,
    ImagePart,
    Part,
    ReasoningPart,
    TextPart,
)
from gateway_engine.protocols import media
from gateway_engine.protocols.request_fields import (
    Changes,
    as_object,
    as_text,
    invalid,
    kind_shown,
    optional_text,
    required_text,
)


def content_parts(value: Any, path: str, changes: Changes) -> tuple[Part, ...]:
    """Return the parts of `content`: a string, or a list of parts of either API."""
    if isinstance(value, str):
        return (TextPart(as_text(value, path)),)
    if not isinstance(value, list):
        raise invalid(path, "must be a string or a list of parts")
    return tuple(
        _part(as_object(item, f"{path}[{i}]"), f"{path}[{i}]", changes)
        for i, item in enumerate(value)
    )


def _part(item: Mapping[str, Any], path: str, changes: Changes) -> Part:
    kind = required_text(item, "type", f"{path}.type")
    match kind:
        case "text" | "input_text" | "output_text":
            if item.get("text") is None:
                raise invalid(f"{path}.text", "is required")
            return TextPart(as_text(item["text"], f"{path}.text"))
        case "refusal":
            return TextPart(optional_text(item, "refusal", f"{path}.refusal"))
        case "image_url" | "input_image":
            image = item.get("image_url")
            if isinstance(image, dict):
                image = image.get("url")
            if image is None and isinstance(item.get("file_id"), str):
                changes.degraded(
                    path, "only images sent with the request can be read", "only_sent_images"
                )
                return ImagePart()
            return media.image_from_url(as_text(image, f"{path}.image_url.url"))
        case "input_audio" | "audio":
            audio = item.get("input_audio")
            name = audio.get("format") if isinstance(audio, dict) else None
            return AudioPart(f"audio/{name}" if isinstance(name, str) else "")
        case "file" | "input_file":
            return _file(item, path, changes)
        case "thinking" | "reasoning":
            # Programs that know several vendors put it beside the text.
            thought = item.get("thinking", item.get("text"))
            return ReasoningPart(as_text(thought, path) if isinstance(thought, str) else "")
    return TextPart(kind_shown(kind, path, changes))


def _file(item: Mapping[str, Any], path: str, changes: Changes) -> DocumentPart:
    file = item.get("file")
    fields = file if isinstance(file, dict) else item
    name = optional_text(fields, "filename", f"{path}.file.filename")
    url = optional_text(fields, "file_data", f"{path}.file.file_data")
    if not url:
        changes.degraded(path, "only files sent with the request can be read", "only_sent_files")
        for other in ("file_url", "file_id"):
            name = name or optional_text(fields, other, f"{path}.file.{other}")
        return DocumentPart(name)
    media_type, data = media.split_data_url(url) or ("", url)
    part = media.document(name, media_type, data)
    if part.text is None:
        changes.degraded(path, "only text files can be read", "only_text_files")
    return part
