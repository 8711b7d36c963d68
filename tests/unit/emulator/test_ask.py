"""Reading chat/ask."""

from typing import Any

import pytest

from gateway_engine.emulator.ask import read_ask
from gateway_engine.emulator.rpc import RpcError
from tests.golden.lingma_wire import load


def test_a_transcript_ask() -> None:
    ask = read_ask(load("chat").bodies(">>")[0]["params"])
    assert (ask.request_id, ask.session_id, ask.is_reply) == ("r-1", "s-chat", False)
    assert (ask.text, ask.model_key, ask.agent) == ("count to 3", "", False)


@pytest.mark.parametrize(
    "spelling",
    [{"questionText": "x"}, {"chatContext": {"text": "x"}}, {"content": "x"}, {"message": "x"}],
)
def test_where_the_text_may_be(spelling: dict[str, Any]) -> None:
    assert read_ask({"requestId": "r", **spelling}).text == "x"


@pytest.mark.parametrize("params", [{}, {"requestId": "r"}, {"requestId": 1, "text": "x"}])
def test_what_is_refused(params: dict[str, Any]) -> None:
    with pytest.raises(RpcError):
        read_ask(params)


@pytest.mark.parametrize(
    ("config", "names"),
    [
        (None, ()),
        ({"tools": "f"}, ()),
        ({"tools": [{"name": "f"}, {"function": {"name": "g"}}, 5, {}]}, ("f", "g")),
    ],
)
def test_the_tools_that_come_along(config: Any, names: tuple[str, ...]) -> None:
    assert read_ask({"requestId": "r", "text": "x", "toolConfig": config}).tools == names
