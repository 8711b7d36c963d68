"""Server-Sent Events as bytes."""

from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.protocols import sse
from tests.unit.protocols.sse_reading import read


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_is_one_line_whatever_cuts_the_lines(text: str) -> None:
    sent = sse.event("delta", {"text": text})
    assert read(sent) == [("delta", {"text": text})]
    assert len(sent.decode().splitlines()) == 3


def test_breaks_that_only_some_clients_know() -> None:
    sent = sse.data("a\u0085b\u2028c\u2029d\x0b\x0c\x1c")
    assert len(sent.decode().splitlines()) == 2
    assert read(sent) == [("", "a\u0085b\u2028c\u2029d\x0b\x0c\x1c")]


def test_an_event_ends_with_an_empty_line() -> None:
    assert sse.event("ping", {"type": "ping"}) == b'event: ping\ndata: {"type":"ping"}\n\n'
    assert sse.KEEP_ALIVE == b": keep-alive\n\n"
