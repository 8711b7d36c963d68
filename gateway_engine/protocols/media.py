"""Images and files as clients embed them: data URLs and base64, read as far as is useful."""

import base64
import binascii

from gateway_engine.conversation import DocumentPart, ImagePart
from gateway_engine.protocols.request_fields import clean

_TEXT_TYPES = ("application/json", "application/xml", "application/javascript", "application/yaml")


def split_data_url(url: str) -> tuple[str, str] | None:
    """Return (media type, base64 data) of a base64 data URL (RFC 2397), None for any other URL."""
    if url[:5].lower() != "data:":
        return None
    head, comma, data = url[5:].partition(",")
    fields = head.split(";")
    if not comma or fields[-1].strip().lower() != "base64":
        return None
    return fields[0].strip().lower(), data


def image_from_url(url: str) -> ImagePart:
    """Return the image at `url`, taken apart when the URL holds the image itself."""
    parts = split_data_url(url)
    if parts is None:
        return ImagePart(url=url)
    return ImagePart(media_type=parts[0], data=parts[1])


def document(name: str, media_type: str, data: str) -> DocumentPart:
    """Return a file from its base64 `data`: with its text when the type says it is text."""
    if not (media_type.startswith("text/") or media_type in _TEXT_TYPES):
        return DocumentPart(name=name)
    try:
        text = base64.b64decode(data, validate=False).decode()
    except (binascii.Error, ValueError):
        return DocumentPart(name=name)
    return DocumentPart(name=name, text=clean(text))


_MAGIC = (
    ("iVBORw0KGgo", "image/png"),
    ("/9j/", "image/jpeg"),
    ("R0lGOD", "image/gif"),
    ("UklGR", "image/webp"),
    ("Qk", "image/bmp"),
)
"""The first bytes of images, as base64."""


def image_type(data: str) -> str:
    """Return the media type of a base64 image by its first bytes, PNG when they say nothing."""
    return next((kind for start, kind in _MAGIC if data.startswith(start)), "image/png")
