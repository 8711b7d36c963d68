"""A turn's prompt as ACP content blocks. Pure; plain dicts, since prompts are megabytes.

Images travel inside the prompt: their name in `UpstreamAsk.images` is a data URI, or the URL the
client gave, which is passed on unfetched. Documents are embedded with their text; no file of that
name exists, so their address is one of ours.
"""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from gateway_engine.conversation import DocumentPart, ImagePart
from gateway_engine.upstreams.contract import ImageRefusedError

_DATA: Final = "data:"
_REMOTE: Final = ("https://", "http://")


def image_name(image: ImagePart) -> str:
    """What stands for an image until the prompt is sent. Raises ImageRefusedError."""
    if image.data:
        return f"{_DATA}{image.media_type or 'image/png'};base64,{image.data}"
    if image.url.lower().startswith(_REMOTE):
        return image.url
    raise ImageRefusedError("only http, https and data URLs of images are passed on")


def prompt_blocks(
    prompt: str, images: Sequence[str], documents: Sequence[DocumentPart] = ()
) -> list[dict[str, Any]]:
    """The blocks of `session/prompt`: images and documents, then the text that speaks of them."""
    return [
        *(_image(name) for name in images),
        *(_document(number, each) for number, each in enumerate(documents, 1)),
        {"type": "text", "text": prompt},
    ]


def _document(number: int, document: DocumentPart) -> dict[str, Any]:
    name = quote(document.name or "unnamed", safe="")
    resource = {
        "uri": f"attachment:/{number}/{name}",
        "mimeType": "text/plain",
        "text": document.text or "",
    }
    return {"type": "resource", "resource": resource}


def _image(name: str) -> dict[str, Any]:
    if name.startswith(_DATA):
        kind, _, data = name.removeprefix(_DATA).partition(";base64,")
        return {"type": "image", "mimeType": kind, "data": data}
    return {"type": "resource_link", "uri": name, "name": "image", "mimeType": "image/*"}
