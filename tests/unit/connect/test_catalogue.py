"""What is said of each client hangs together."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Any

import pytest
import yaml

from gateway_engine.connect.catalogue import CLIENTS
from gateway_engine.connect.client import Client, Endpoint, Site
from gateway_engine.connect.golden import PROBES, Answered, judged
from gateway_engine.connect.splice import Format, apply_edits

ENDPOINT = Endpoint("http://127.0.0.1:8317", "lgw-the-key")
ALL = list(CLIENTS.values())
READERS: dict[Format, Callable[[str], Any]] = {
    Format.JSONC: json.loads,
    Format.TOML: tomllib.loads,
    Format.YAML: yaml.safe_load,
}


@pytest.mark.parametrize("client", ALL, ids=lambda client: client.name)
def test_every_client_can_be_used_or_says_why_not(client: Client) -> None:
    assert client.sources
    pasted = "".join(paste.text for paste in client.paste(ENDPOINT))
    if client.blocked:
        assert "localhost" in client.blocked
        assert not any((pasted, client.file, client.launch, client.probes))
        return
    assert ENDPOINT.url in pasted
    assert ENDPOINT.key in pasted
    assert client.probes
    assert set(client.probes) <= set(PROBES)
    for paste in client.paste(ENDPOINT):
        assert paste.secret is (ENDPOINT.key in paste.text)


@pytest.mark.parametrize("client", [c for c in ALL if c.file], ids=lambda client: client.name)
def test_what_is_applied_into_a_new_file_is_what_is_pasted(client: Client) -> None:
    assert client.file is not None
    edits = client.file.edits(ENDPOINT)
    done = apply_edits(client.file.seed, client.file.form, edits)
    said = READERS[client.file.form](done.text)
    assert ENDPOINT.url in json.dumps(said)
    pasted = READERS[client.file.form](client.paste(ENDPOINT)[0].text)
    if client.name == "codex":  # by hand the key stands in the environment
        said["model_providers"], pasted["model_providers"] = {}, {}
    assert pasted == said


def test_what_continue_is_given_by_hand_fits_a_new_file_and_one_that_is_there() -> None:
    hidden = Endpoint(ENDPOINT.url, "***")
    assert yaml.safe_load(CLIENTS["continue"].paste(hidden)[0].text)["models"][0]["apiKey"] == "***"
    new, entry = (paste.text for paste in CLIENTS["continue"].paste(ENDPOINT))
    theirs = "name: mine\nversion: 2.0.0\nschema: v1\nmodels:\n  - name: other\n"
    assert yaml.safe_load(theirs + entry)["models"][1:] == yaml.safe_load(new)["models"]


@pytest.mark.parametrize("client", [c for c in ALL if c.launch], ids=lambda client: client.name)
def test_what_is_launched_gets_the_address_and_the_key(client: Client) -> None:
    assert client.launch is not None
    env = client.launch.env(ENDPOINT)
    given = [*env.values(), *client.launch.args(ENDPOINT)]
    assert any(ENDPOINT.key in value for value in given)
    assert not set(env) & set(client.launch.without)
    if client.name != "zed":
        assert any(ENDPOINT.url in value for value in given)
    assert not any(ENDPOINT.key in value for value in client.launch.args(ENDPOINT))
    assert bool(client.launch.settings_option) == bool(client.launch.settings(ENDPOINT))


PLACES = {
    ("claude", "linux"): "/h/.claude/settings.json",
    ("claude", "win32"): "/h/.claude/settings.json",
    ("codex", "darwin"): "/h/.codex/config.toml",
    ("opencode", "linux"): "/h/.config/opencode/opencode.json",
    ("opencode", "win32"): "/h/.config/opencode/opencode.json",
    ("zed", "linux"): "/h/.config/zed/settings.json",
    ("zed", "darwin"): "/h/.config/zed/settings.json",
    ("zed", "win32"): "/h/AppData/Roaming/Zed/settings.json",
    ("continue", "win32"): "/h/.continue/config.yaml",
    ("aider", "darwin"): "/h/.aider.conf.yml",
    ("qwen", "linux"): "/h/.qwen/settings.json",
}


def test_places() -> None:
    for (name, platform), place in PLACES.items():
        file = CLIENTS[name].file
        assert file is not None
        assert PurePath(file.path(Site(Path("/h"), {}, platform))) == PurePath(place)


def test_places_that_the_environment_moves(tmp_path: Path) -> None:
    moved = {"CLAUDE_CONFIG_DIR": "/c", "CODEX_HOME": "/x", "XDG_CONFIG_HOME": str(tmp_path)}
    site = Site(Path("/h"), moved, "linux")
    found = {name: CLIENTS[name].file for name in ("claude", "codex", "opencode")}
    paths = {name: file.path(site) for name, file in found.items() if file}
    assert paths["claude"] == Path("/c/settings.json")
    assert paths["codex"] == Path("/x/config.toml")
    (tmp_path / "opencode").mkdir()
    (tmp_path / "opencode" / "opencode.jsonc").write_text("{}")
    file = found["opencode"]
    assert file is not None
    assert file.path(site) == tmp_path / "opencode" / "opencode.jsonc"
    # Where both lie, the one with comments counts more.
    (tmp_path / "opencode" / "opencode.json").write_text("{}")
    assert file.path(site) == tmp_path / "opencode" / "opencode.jsonc"


def answered(body: object, status: int = 200) -> Answered:
    return Answered(
        status, {}, body.encode() if isinstance(body, str) else json.dumps(body).encode()
    )


CALL = {"function": {"name": "report_time", "arguments": '{"zone": "UTC"}'}}


@pytest.mark.parametrize(
    ("name", "answer", "wrong"),
    [
        ("chat", answered({"choices": [{"message": {"content": "ready"}}]}), ""),
        ("chat", answered({"choices": [{"message": {"content": ""}}]}), "content is empty"),
        ("chat", answered({"choices": []}), "not of the form"),
        ("chat", answered("<html>"), "not of the form"),
        ("chat", answered({"error": {"message": "busy"}}, 429), "status 429: busy"),
        ("chat-stream", answered('{"content"}{"usage"}[DONE]'), ""),
        ("chat-stream", answered('{"content"}[DONE]{"usage"}'), "lacks [DONE]"),
        (
            "chat-tools",
            answered({"choices": [{"finish_reason": "tool_calls",
                                   "message": {"tool_calls": [CALL]}}]}),
            "",
        ),
        (
            "chat-tools",
            answered({"choices": [{"finish_reason": "stop", "message": {"content": "no"}}]}),
            "did not call",
        ),
        (
            "anthropic-tools",
            answered({"stop_reason": "end_turn",
                      "content": [{"type": "tool_use", "input": {"zone": "UTC"}}]}),
            "does not end",
        ),
        (
            "responses-tools",
            answered({"output": [{"type": "function_call", "arguments": "{}"}]}),
            "lacks its argument",
        ),
        ("websocket-refused", answered("", 426), ""),
        ("websocket-refused", answered("", 404), "not 426"),
        ("count-tokens", answered({"input_tokens": 0}), ""),
        ("greeting", answered("", 200), ""),
        ("greeting", answered("", 404), "status 404, not 200/204"),
        ("chat-error", answered({"error": {"message": "messages"}}, 400), ""),
        ("chat-error", answered({"error": {}}, 400), "not of the form"),
        ("chat-error", answered({"error": {"message": "m"}}, 500), "status 500, not 400"),
        ("anthropic-error", answered({"error": {"type": ""}}, 400), "type is empty"),
        (
            "thread-refused",
            answered({"error": {"details": {"error_code": "thread_unsupported_request"}}}, 400),
            "",
        ),
        ("thread-refused", answered({"error": {"details": {"error_code": "x"}}}, 400), "empty"),
    ],
)  # fmt: skip
def test_answers_are_judged(name: str, answer: Answered, wrong: str) -> None:
    said = judged(PROBES[name], answer)
    assert wrong in str(said or "")
    assert bool(wrong) == bool(said)
