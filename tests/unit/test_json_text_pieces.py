"""A text that occurs several times is rendered once, and read back the same."""

import json

from gateway_engine import json_text


def test_a_long_text_reads_back_wherever_it_stands() -> None:
    text = 'He said "no"\n词元🙂\x00' * 5000
    piece = json_text.repeated(text)
    assert json.loads(json_text.render({"a": piece, "b": [piece]})) == {"a": text, "b": [text]}


def test_a_short_text_stays_a_text() -> None:
    assert json_text.repeated("short") == "short"


def test_a_text_that_utf8_cannot_hold_beside_it_changes_nothing() -> None:
    text = "long " * 10_000
    rendered = json_text.render({"path": "/tmp/\udcff", "a": json_text.repeated(text)})
    assert json.loads(rendered) == {"path": "/tmp/\ufffd", "a": text}


def test_half_a_character_in_a_long_text_is_replaced() -> None:
    text = "long " * 10_000 + "\ud83d"
    assert json.loads(json_text.render([json_text.repeated(text)])) == [text[:-1] + "\ufffd"]
