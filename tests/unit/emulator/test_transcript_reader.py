"""The loader of the transcripts, and that the transcripts keep their own format."""

import json

import pytest

from tests.golden import lingma_wire
from tests.golden.lingma_wire import fill_in, frame_bodies, join_deltas, load, meets, unescape


@pytest.mark.parametrize("name", lingma_wire.names())
def test_bodies_are_compact_json(name: str) -> None:
    for step in load(name).steps:
        if step.body is not None:
            (body,) = frame_bodies(step.data)
            compact = json.dumps(step.body, ensure_ascii=False, separators=(",", ":"))
            assert compact.encode("utf-8") == body, f"{name}.wire:{step.line}"


@pytest.mark.parametrize("name", lingma_wire.names())
def test_streams_are_whole(name: str) -> None:
    transcript = load(name)
    assert transcript.bodies(">>") or transcript.bodies("<<")


def test_escapes() -> None:
    assert unescape(r"a\r\n\\r\xe4é") == b"a\r\n\\r\xe4\xc3\xa9"


def test_meeting_and_filling_in() -> None:
    captured: dict[str, object] = {}
    assert meets({"id": "$x", "a": [1, "$_"]}, {"id": "7", "a": [1, 2], "more": 0}, captured)
    assert fill_in({"id": "$x", "b": ["$x"]}, captured) == {"id": "7", "b": ["7"]}
    assert not meets({"id": "$x"}, {"id": 7}, captured)
    assert not meets({"a": True}, {"a": 1}, {})


def test_joining() -> None:
    def delta(text: str, **more: object) -> lingma_wire.Json:
        return {"method": "chat/answer", "params": {"requestId": "r", "text": text, **more}}

    joined = join_deltas([delta("a"), delta("b"), delta("c", overwrite=True), delta("d")])
    assert [message["params"]["text"] for message in joined] == ["ab", "cd"]
