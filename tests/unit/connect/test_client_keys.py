"""A key for each client, seen by a running gateway at once, never admin."""

import stat
import sys
from pathlib import Path

import pytest

from gateway_engine.connect.client_keys import ClientKeys
from gateway_engine.errors import InvalidApiKeyError
from gateway_engine.server.access import AccessRules, Guard, admitted, metrics_keys


def test_keys_are_made_once_and_revoked_alone(tmp_path: Path) -> None:
    file = tmp_path / "data" / "client-keys.json"
    learnt: list[str] = []
    keys = ClientKeys(file)
    running = ClientKeys(file, learn=learnt.extend)
    assert running.pairs() == ()
    one, two = keys.make("claude"), keys.make("codex")
    assert one != two
    assert keys.make("claude") == one
    assert dict(running.pairs()) == {"client:claude": one, "client:codex": two}
    assert {one, two} <= set(learnt)
    keys.revoke("claude")
    assert dict(running.pairs()) == {"client:codex": two}
    assert keys.get("claude") == ""
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(ValueError, match="no name"):
        keys.make("../evil")


def test_a_file_that_cannot_be_read_lets_nobody_in(tmp_path: Path) -> None:
    file = tmp_path / "client-keys.json"
    keys = ClientKeys(file)
    keys.make("claude")
    file.write_text("[no")
    assert keys.pairs() == ()
    file.write_text('{"claude": " "}')
    assert keys.pairs() == ()


def test_a_client_key_opens_what_an_api_key_opens_and_no_more() -> None:
    held = [("client:claude", "lgw-claude")]
    rules = AccessRules(
        api_keys=(("key-1", "sk-1"),),
        admin_keys=(("admin", "root"),),
        metrics_keys=metrics_keys("", (("key-1", "sk-1"),)),
        client_keys=lambda: tuple(held),
    )
    assert admitted(rules, Guard.KEY, ["lgw-claude"]) == "client:claude"
    assert admitted(rules, Guard.KEY, ["sk-1"]) == "key-1"
    for guard in (Guard.ADMIN, Guard.METRICS):
        with pytest.raises(InvalidApiKeyError):
            admitted(rules, guard, ["lgw-claude"])
    held.clear()
    with pytest.raises(InvalidApiKeyError):
        admitted(rules, Guard.KEY, ["lgw-claude"])


def test_where_everybody_may_call_a_client_key_says_who_does() -> None:
    rules = AccessRules(client_keys=lambda: (("client:codex", "lgw-codex"),))
    assert admitted(rules, Guard.KEY, ["lgw-codex"]) == "client:codex"
    assert admitted(rules, Guard.KEY, ["anything"]) == ""
    assert admitted(rules, Guard.KEY, []) == ""
