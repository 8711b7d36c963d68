"""What a frame body means."""

import json
from typing import Any

import pytest

from gateway_engine.emulator import rpc
from tests.golden import lingma_wire


def parsed(message: Any) -> rpc.Incoming:
    return rpc.parse(json.dumps(message).encode("utf-8"))


@pytest.mark.parametrize("rpc_id", [0, 7, -1, 1.5, "7", "", "名"])
def test_ids_are_kept_verbatim(rpc_id: int | float | str) -> None:
    call = parsed({"jsonrpc": "2.0", "id": rpc_id, "method": "ping", "params": {}})
    assert call == rpc.Call("ping", {}, rpc_id)
    assert parsed({"jsonrpc": "2.0", "id": rpc_id, "result": 1}) == rpc.Answer(rpc_id, 1, None)


def test_a_notification_has_no_id() -> None:
    call = parsed({"jsonrpc": "2.0", "method": "initialized", "params": {}})
    assert call == rpc.Call("initialized", {}, None)


@pytest.mark.parametrize("params", [[], None, "x", 1])
def test_params_must_be_an_object(params: Any) -> None:
    refused = parsed({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": params})
    assert isinstance(refused, rpc.Invalid)
    assert (refused.id, refused.code, refused.expects_reply) == (1, rpc.INVALID_PARAMS, True)
    silent = parsed({"jsonrpc": "2.0", "method": "ping", "params": params})
    assert isinstance(silent, rpc.Invalid)
    assert not silent.expects_reply


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ([], rpc.INVALID_REQUEST),
        ({"jsonrpc": "2.0", "id": True, "method": "ping"}, rpc.INVALID_REQUEST),
        ({"jsonrpc": "2.0", "id": None, "method": "ping"}, rpc.INVALID_REQUEST),
        ({"id": 1, "method": "ping", "params": {}}, rpc.INVALID_REQUEST),
        ({"jsonrpc": "2.0", "id": 1}, rpc.INVALID_REQUEST),
    ],
)
def test_what_is_no_message(message: Any, code: int) -> None:
    invalid = parsed(message)
    assert isinstance(invalid, rpc.Invalid)
    assert invalid.code == code


def test_a_body_that_is_not_json() -> None:
    invalid = rpc.parse(b"\xff{")
    assert isinstance(invalid, rpc.Invalid)
    assert invalid.code == rpc.PARSE_ERROR


def test_every_client_body_of_the_transcripts_is_understood() -> None:
    for name in lingma_wire.names():
        for body in lingma_wire.load(name).bodies(">>"):
            understood = parsed(body)
            if name == "errors" and not isinstance(body.get("params"), dict):
                assert isinstance(understood, rpc.Invalid)
            else:
                assert isinstance(understood, rpc.Call | rpc.Answer), (name, body)
