"""What agents say of themselves, in every form that was met."""

import sys
from typing import Any

import pytest
from acp.schema import InitializeRequest, NewSessionRequest

from gateway_engine.errors import UpstreamError
from gateway_engine.upstreams.acp.login import LoginOutput, LoginWay, login_ways, read_line
from gateway_engine.upstreams.acp.messages import (
    AgentFacts,
    AuthMethod,
    SessionFacts,
    login_message,
    parse_agent,
    parse_session,
    upstream_models,
)
from gateway_engine.upstreams.acp.setup_calls import (
    fork_session_params,
    initialize_params,
    load_session_params,
    new_session_params,
    resume_session_params,
)
from gateway_engine.upstreams.tool_hosting import ToolServer
from tests.support.house_rules import ROOT

# Measured, shortened: the agents' own answers.
QODER = {
    "protocolVersion": 1,
    "authMethods": [
        {"id": "qodercli-login", "name": "Use qodercli login", "description": "Sign in first."}
    ],
    "agentInfo": {"name": "qoder-cli", "title": "Qoder CLI", "version": "1.1.52"},
    "agentCapabilities": {
        "loadSession": True,
        "sessionCapabilities": {"close": {}, "delete": {}, "fork": {}, "list": {}, "resume": {}},
        "promptCapabilities": {"image": True, "embeddedContext": True},
        "mcpCapabilities": {"http": True, "sse": True},
    },
}
QWEN_SESSION = {
    "sessionId": "s1",
    "models": {
        "currentModelId": "$runtime|openai|stub-1(openai)",
        "availableModels": [
            {"modelId": "coder(qwen-oauth)", "name": "coder", "_meta": {"contextLimit": 1000}},
            {"modelId": "$runtime|openai|stub-1(openai)", "name": "stub-1", "description": None},
        ],
    },
    "modes": {"currentModeId": "default", "availableModes": [{"id": "plan"}, {"id": "default"}]},
    "configOptions": [
        {"id": "mode", "category": "mode", "type": "select", "currentValue": "default"},
        {"id": "model", "category": "model", "type": "select", "currentValue": "x"},
    ],
}
OPENCODE_SESSION = {
    "sessionId": "s2",
    "configOptions": [
        {
            "id": "model",
            "category": "model",
            "type": "select",
            "currentValue": "stub/one",
            "options": [
                {"group": "g", "name": "G", "options": [{"value": "stub/one", "name": "One"}]},
                {"value": "stub/two", "name": "Two"},
            ],
        },
        {"id": "verbose", "type": "boolean", "currentValue": True},
    ],
}


def session(value: Any) -> SessionFacts:
    facts = parse_session(value)
    assert facts is not None
    return facts


def test_an_agents_capabilities() -> None:
    agent = parse_agent(QODER)
    assert (agent.name, agent.version) == ("Qoder CLI", "1.1.52")
    assert agent.loads
    assert agent.resumes
    assert agent.forks
    assert agent.closes
    assert agent.images
    assert agent.embedded_context
    assert agent.mcp_http
    assert agent.auth_methods == (
        AuthMethod("qodercli-login", "Use qodercli login", "Sign in first."),
    )


@pytest.mark.parametrize(
    "value", [None, [], "x", {}, {"agentCapabilities": 5, "authMethods": {}, "agentInfo": []}]
)
def test_an_agent_that_says_nothing_of_use(value: Any) -> None:
    assert parse_agent(value) == AgentFacts()
    assert parse_session(value) is None


def test_a_declared_capability_may_be_null_or_false() -> None:
    agent = parse_agent(
        {"agentCapabilities": {"sessionCapabilities": {"fork": None, "close": False}}}
    )
    assert not agent.forks
    assert not agent.closes


def test_models_and_modes_of_the_older_form() -> None:
    facts = session(QWEN_SESSION)
    assert [(m.key, m.model_id, m.context_tokens) for m in facts.models] == [
        ("coder", "coder(qwen-oauth)", 1000),
        ("stub-1", "$runtime|openai|stub-1(openai)", 0),
    ]
    assert facts.model_id == "$runtime|openai|stub-1(openai)"
    assert (facts.model_option, facts.mode_option) == ("model", "mode")
    assert facts.modes == ("plan", "default")


def test_models_as_configuration_options() -> None:
    facts = session(OPENCODE_SESSION)
    assert [model.key for model in facts.models] == ["stub/one", "stub/two"]
    assert (facts.model_option, facts.model_id) == ("model", "stub/one")


def test_models_of_one_name_keep_apart() -> None:
    models = [{"modelId": "$a", "name": "same"}, {"modelId": "$b", "name": "same"}]
    facts = session({"sessionId": "s", "models": {"availableModels": models}})
    assert [model.key for model in facts.models] == ["same", "$b"]


def test_what_is_offered_and_which_is_the_default() -> None:
    agent = AgentFacts(images=True)
    offered = upstream_models(session(QWEN_SESSION), agent, (), fallback="qwen")
    assert [(m.key, m.own_id, m.is_default, m.vision) for m in offered] == [
        ("stub-1", "$runtime|openai|stub-1(openai)", True, True),
        ("coder", "coder(qwen-oauth)", False, True),
    ]
    chosen = upstream_models(session(QWEN_SESSION), agent, ("Coder",), fallback="qwen")
    assert [(m.key, m.is_default) for m in chosen] == [("coder", True)]
    both = upstream_models(session(QWEN_SESSION), agent, ("coder", "stub-1"), fallback="qwen")
    assert [(m.key, m.is_default) for m in both] == [("coder", True), ("stub-1", False)]


def test_an_agent_without_models_has_one() -> None:
    facts = session({"sessionId": "s"})
    assert [m.key for m in upstream_models(facts, AgentFacts(), (), fallback="qwen")] == ["qwen"]
    assert [m.key for m in upstream_models(facts, AgentFacts(), ("m",), fallback="qwen")] == ["m"]


# --- what we say ---


def test_set_up_params_are_what_the_schema_wants() -> None:
    http = ToolServer("t", url="http://127.0.0.1:1/mcp/x", headers={"Authorization": "Bearer s"})
    stdio = ToolServer("t", command=("/bin/shim", "-m", "x"), env={"A": "b"})
    hello = initialize_params("1.0")
    assert hello["clientCapabilities"]["fs"] == {"readTextFile": False, "writeTextFile": False}
    assert hello["clientCapabilities"]["terminal"] is False
    assert InitializeRequest.model_validate(hello).protocol_version == 1
    opened = new_session_params(ROOT, [http, stdio])
    assert opened["mcpServers"] == [
        {
            "type": "http",
            "name": "t",
            "url": "http://127.0.0.1:1/mcp/x",
            "headers": [{"name": "Authorization", "value": "Bearer s"}],
        },
        {
            "name": "t",
            "command": "/bin/shim",
            "args": ["-m", "x"],
            "env": [{"name": "A", "value": "b"}],
        },
    ]
    NewSessionRequest.model_validate(opened)
    for build in (load_session_params, resume_session_params, fork_session_params):
        said = build("s", ROOT, [])
        assert (said["sessionId"], said["cwd"]) == ("s", str(ROOT))


# --- signing in ---


def test_ways_to_sign_in() -> None:
    agent = parse_agent(
        {
            "authMethods": [
                {"id": "a", "name": "A", "_meta": {"type": "terminal", "args": ["--auth=x"]}},
                {"id": "b", "name": "B", "type": "terminal", "args": ["login"]},
                {"id": "c", "name": "C"},
                {"name": "no id"},
            ]
        }
    )
    started = ("/usr/bin/node", "/lib/agent.js", "--acp")
    assert login_ways(started, ("agent", "login"), agent) == (
        LoginWay("login", ("agent", "login")),
        LoginWay("A", ("/usr/bin/node", "/lib/agent.js", "--auth=x")),
        LoginWay("B", ("/usr/bin/node", "/lib/agent.js", "login")),
    )
    assert login_ways(("/bin/agent", "--acp"), (), agent)[0].argv == ("/bin/agent", "--auth=x")
    assert login_ways((), (), agent) == ()


def test_the_sentence_that_says_how() -> None:
    assert "run `agent login`" in login_message("Agent", AgentFacts(), ("agent", "login"))
    said = login_message("Agent", AgentFacts(), ("my agent", "log in"))
    quoted = '"my agent" "log in"' if sys.platform == "win32" else "'my agent' 'log in'"
    assert f"run `{quoted}`," in said
    assert "Use qodercli login: Sign in first." in login_message("Q", parse_agent(QODER), ())
    assert login_message("Q", AgentFacts(), ()) == "Q is not signed in"


@pytest.mark.parametrize(
    ("line", "plain", "link"),
    [
        ("hello", "hello", ""),
        ("\x1b[1mOpen https://a.example/x?y=1.\x1b[0m", "Open https://a.example/x?y=1.", "https://a.example/x?y=1"),
        ("(see http://127.0.0.1:1/cb)", "(see http://127.0.0.1:1/cb)", "http://127.0.0.1:1/cb"),
        ("\x1b]8;;x\x07go\x1b]8;;\x07", "go", ""),
    ],
)  # fmt: skip
def test_a_line_of_the_login_command(line: str, plain: str, link: str) -> None:
    assert read_line(line) == LoginOutput(plain, link)


def test_a_newer_protocol_is_refused_and_an_odd_figure_is_not() -> None:
    assert parse_agent({**QODER, "protocolVersion": "2025-01-01"}) == parse_agent(QODER)
    assert parse_agent({**QODER, "protocolVersion": True}) == parse_agent(QODER)
    with pytest.raises(UpstreamError, match="speaks version 2 "):
        parse_agent({**QODER, "protocolVersion": 2})
