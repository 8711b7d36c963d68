"""The vendor's words and numbers, each mapped once."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway_engine.conversation import ModelId, RequestId, ToolSpec
from gateway_engine.errors import (
    ContentFilteredError,
    GatewayError,
    LoginRequiredError,
    UpstreamError,
    UpstreamForbiddenError,
    UpstreamQuotaError,
    UpstreamTimeoutError,
)
from gateway_engine.upstreams.contract import LoginState, UpstreamAsk, UpstreamModel, UpstreamUsage
from gateway_engine.upstreams.lingma import methods
from tests.golden import lingma_wire


@pytest.mark.parametrize(
    ("value", "state"),
    [
        ({"status": 1}, LoginState.LOGGED_OUT),
        ({"status": 2}, LoginState.LOGGED_IN),
        ({"status": "2", "whitelist": "3"}, LoginState.LOGGED_IN),
        ({"status": 2, "whitelist": 3}, LoginState.LOGGED_IN),
        ({"status": 2, "whitelist": None}, LoginState.LOGGED_IN),
        ({"status": 2, "whitelist": 1}, LoginState.FORBIDDEN),
        ({"status": 2, "whitelist": 2}, LoginState.FORBIDDEN),
        ({"status": 2, "whitelist": 4}, LoginState.UNKNOWN),
        ({"status": 2, "whitelist": 5}, LoginState.FORBIDDEN),
        ({"status": 3}, LoginState.EXPIRED),
        ({"status": 4}, LoginState.UNKNOWN),
        ({"status": 5}, LoginState.UNKNOWN),
        ({"status": 6}, LoginState.FORBIDDEN),
        ({"status": 7}, LoginState.FORBIDDEN),
        ({"status": 99}, LoginState.UNKNOWN),
        ({"status": True}, LoginState.UNKNOWN),
        ({"status": "--2"}, LoginState.UNKNOWN),
        ({}, LoginState.UNKNOWN),
        (None, LoginState.UNKNOWN),
        ("in", LoginState.UNKNOWN),
    ],
)
def test_the_login_table(value: Any, state: LoginState) -> None:
    login = methods.parse_login(value)
    assert login.state is state
    assert login.usable is (state is LoginState.LOGGED_IN)
    assert bool(login.message) is not login.usable


def test_a_login_leaves_its_tokens_behind() -> None:
    login = methods.parse_login(
        {"status": 2, "name": "li", "token": "pt-secret", "refreshToken": "rt-secret"}
    )
    assert login.account == "li"
    assert "secret" not in repr(login)


def test_models_once_each_the_default_first() -> None:
    scenes = {
        "chat": [
            {"key": "a", "displayName": "A", "maxInputTokens": "1000", "isVl": True},
            {"key": "b", "isReasoning": True},
        ],
        "assistant": [{"key": "b", "displayName": "B", "isDefault": True}, {"key": "a"}],
        "junk": [None, 5, {"key": ""}, {"key": 7}, {"displayName": "no key"}],
        "more": "text",
    }
    assert methods.parse_models(scenes) == (
        UpstreamModel(ModelId("b"), "B", is_default=True),
        UpstreamModel(ModelId("a"), "A", context_tokens=1000, vision=True),
    )


@pytest.mark.parametrize("value", [{}, None, [], "x", {"chat": None}, {"models": {}}])
def test_no_models(value: Any) -> None:
    assert methods.parse_models(value) == ()


def test_models_in_other_wrappings() -> None:
    only = (UpstreamModel(ModelId("a"), "a"),)
    for value in ([{"key": "a"}], {"models": [{"key": "a"}]}, {"models": {"chat": [{"key": "a"}]}}):
        assert methods.parse_models(value) == only


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (200, None),
        (None, None),
        (0, None),
        (401, LoginRequiredError),
        (403, UpstreamForbiddenError),
        (112, UpstreamQuotaError),
        (429, UpstreamQuotaError),
        (406, ContentFilteredError),
        (601, ContentFilteredError),
        (408, UpstreamTimeoutError),
        (80408, UpstreamTimeoutError),
        (418, UpstreamError),
        (500, UpstreamError),
        (-1, UpstreamError),
    ],
)
def test_the_status_table(status: int | None, failure: type[GatewayError] | None) -> None:
    error = methods.finish_failure(status, "r" * 9000)
    assert type(error) is (failure or type(None))
    if error is not None:
        assert len(str(error)) < 1000


def test_only_a_rate_limit_passes_soon() -> None:
    for status, soon in ((429, True), (112, False)):
        error = methods.finish_failure(status, "")
        assert isinstance(error, UpstreamQuotaError)
        assert error.passes_soon is soon


@pytest.mark.parametrize(
    ("params", "usage"),
    [
        ({"usedTokens": 5, "limitTokens": 10}, UpstreamUsage(5, 10)),
        ({"usedTokens": 5.0}, UpstreamUsage(5, 0)),
        ({"usedTokens": 0}, None),
        ({"usedTokens": float("inf")}, None),
        ({"usedTokens": "9" * 5000}, None),
        ({}, None),
    ],
)
def test_usage(params: dict[str, Any], usage: UpstreamUsage | None) -> None:
    assert methods.parse_usage(params) == usage


def test_an_ask_is_what_the_transcript_shows() -> None:
    golden = next(
        body["params"]
        for body in lingma_wire.load("chat").bodies(">>")
        if body["method"] == "chat/ask"
    )
    params = ask()
    missing = set(golden) - set(params)
    assert not missing
    for name, value in params.items():
        if name in golden and name not in ("requestId", "sessionId", "shellType"):
            assert type(golden[name]) is type(value), name
    json.dumps(params)


def ask(**changes: Any) -> dict[str, Any]:
    return methods.ask_params(
        UpstreamAsk(RequestId("r"), ModelId("m"), "hi", **changes),
        wire_id="w",
        session_id="s",
        folder=Path("/private/empty"),
        auto_memory=False,
        spellings=methods.Spellings(),
    )


def test_what_an_ask_says() -> None:
    params = ask()
    assert params["extra"]["modelConfig"] == {"key": "m"}
    assert (params["requestId"], params["sessionId"], params["isReply"]) == ("w", "s", False)
    assert params["pluginPayloadConfig"] == {
        "isEnableAskAgent": False,
        "isEnableAutoMemory": False,
        "isEnableProjectRule": False,
    }
    assert (params["mode"], params["sessionType"]) == ("chat", "chat")
    assert "toolConfig" not in params
    tool = ToolSpec("read", "Reads.", {"type": "object"})
    assert ask(tools=(tool,))["toolConfig"] == {
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "read",
                    "description": "Reads.",
                    "parameters": {"type": "object"},
                },
            }
        ]
    }
    agent = ask(agent_mode=True, session_id="s-0")
    assert agent["pluginPayloadConfig"]["isEnableAskAgent"] is True
    assert (agent["mode"], agent["sessionType"], agent["isReply"]) == ("agent", "ask", True)
