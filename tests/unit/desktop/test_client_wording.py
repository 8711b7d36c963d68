"""Every client, note, label and request has words of this version's own."""

from dataclasses import replace
from pathlib import Path

import pytest

from desktop import client_notes, client_wording
from desktop.slices.clients import Outcome, OutcomeKind
from gateway_engine.public import (
    CLIENTS,
    PROBES,
    Client,
    ClientState,
    ClientStatus,
    ClientView,
    Hint,
    HintCode,
    ProbeResult,
    Refusal,
    client_pastes,
)

ALL = list(CLIENTS.values())


@pytest.mark.parametrize("client", ALL, ids=lambda client: client.name)
def test_every_note_and_label_is_known(client: Client) -> None:
    said = client_notes.notes(client.name, client.notes)
    assert len(said) == len(client.notes)
    assert all(said)
    if client.notes:
        assert client_notes.notes(client.name, (*client.notes, "new")) == (*client.notes, "new")
    for paste in client_pastes(client.name, "http://x"):
        label = client_notes.paste_label(paste.label)
        is_name = "." in label or label.isupper() or "_" in label
        assert label[0].isupper() or is_name, label


@pytest.mark.parametrize("client", ALL, ids=lambda client: client.name)
@pytest.mark.parametrize("state", list(ClientState))
def test_every_state_is_said(client: Client, state: ClientState) -> None:
    plain = ClientStatus(client, state, Path("/x"), installed=True, drift=("a.b",))
    for status in (
        plain,
        replace(plain, installed=False),
        replace(plain, has_key=True),
        replace(plain, elsewhere="http://y"),
        replace(plain, problem=Refusal("edit_twice", "no JSON {at all}", {"key": "{at all}"})),
    ):
        for seen in (0.0, 1.0):
            words = client_wording.state_words(ClientView(status, seen))
            assert words.title
            assert words.text
            assert "{client}" not in words.text


@pytest.mark.parametrize("name", list(PROBES))
def test_every_request_has_a_title(name: str) -> None:
    probe = PROBES[name]
    result = ProbeResult(probe.name, probe.title, probe.path)
    assert client_wording.probe_title(result) != probe.title
    assert client_wording.probe_title(replace(result, probe="new")) == probe.title


def test_what_was_wrong_is_said_whatever_it_holds() -> None:
    result = ProbeResult("chat", "an answer", "/v1")
    for code in ("status", "form", "empty", "stream", "no_call", "call_end", "call_argument",
                 "other_status", "unreachable"):  # fmt: skip
        said = client_wording.probe_problem(
            replace(result, code=code, detail='{"error": 1}', status=503)
        )
        assert said
        assert "{detail}" not in said
    assert client_wording.probe_problem(replace(result, code="new", detail="words {x}"))


@pytest.mark.parametrize(
    "code",
    ["refused", "journal", "busy", "read_only", "changed", "system", "no_address", "nothing",
     "no_terminal", "blocked"],
)  # fmt: skip
def test_every_failure_is_said(code: str) -> None:
    what = Outcome(OutcomeKind.FAILED, code, "in {English}", Path("/a/{b}"))
    words = client_wording.outcome("claude", what)
    assert words.title
    assert words.text


def test_hints_name_their_path() -> None:
    for code in HintCode:
        said = client_wording.hint(Hint(code, Path("/a/b")))
        assert str(Path("/a/b")) in said or code is HintCode.NEW_FILE


def test_who_called_has_a_name_people_know() -> None:
    assert client_wording.client_name("client:claude") == "Claude Code"
    assert client_wording.client_name("client:gone") == "gone"
    assert client_wording.client_name("claude-cli") == "claude-cli"
    assert client_wording.client_name("claude") == "claude"
