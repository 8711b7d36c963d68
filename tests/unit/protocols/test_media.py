"""Images and files in data URLs."""

import pytest

from gateway_engine.conversation import DocumentPart, ImagePart
from gateway_engine.protocols.media import document, image_from_url, split_data_url


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("data:image/png;base64,AAAA", ("image/png", "AAAA")),
        ("DATA:Image/PNG;BASE64,AAAA", ("image/png", "AAAA")),
        ("data:text/plain;charset=utf-8;base64,AA", ("text/plain", "AA")),
        ("data:;base64,AA", ("", "AA")),
        ("data:text/plain,hello", None),
        ("data:image/png;base64", None),
        ("https://example.com/x.png", None),
        ("", None),
    ],
)
def test_data_urls(url: str, parts: tuple[str, str] | None) -> None:
    assert split_data_url(url) == parts


def test_an_image_stays_where_it_is_or_comes_along() -> None:
    assert image_from_url("https://x/y") == ImagePart(url="https://x/y")
    assert image_from_url("data:image/gif;base64,R0") == ImagePart("image/gif", "R0")


@pytest.mark.parametrize(
    ("media_type", "data", "text"),
    [
        ("text/markdown", "w6Q=", "ä"),
        ("application/json", "e30=", "{}"),
        ("application/pdf", "e30=", None),
        ("text/plain", "/w==", None),
        ("text/plain", "not base64 é", None),
    ],
)
def test_only_text_is_read(media_type: str, data: str, text: str | None) -> None:
    assert document("n", media_type, data) == DocumentPart("n", text)
