"""Clients are connected, and that is taken back, whatever the user did in between."""

import json
import stat
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from gateway_engine.connect import connections as connections_module
from gateway_engine.connect.catalogue import CLIENTS
from gateway_engine.connect.client import TITLE, Client, Site
from gateway_engine.connect.client_keys import ClientKeys
from gateway_engine.connect.connections import ConnectError, Connections, State
from gateway_engine.connect.journal import Journal
from gateway_engine.connect.showing import secrets_in

URL = "http://127.0.0.1:8317"
EDITABLE = [client for client in CLIENTS.values() if client.file is not None]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def connections(tmp_path: Path, home: Path) -> Connections:
    return Connections(tmp_path / "data", Site(home, {}, "linux"), clock=lambda: 1.0)


def settings_of(client: Client, home: Path) -> Path:
    assert client.file is not None
    return client.file.path(Site(home, {}, "linux"))


@pytest.mark.parametrize("client", EDITABLE, ids=lambda client: client.name)
def test_there_and_back_where_nothing_was(
    client: Client, connections: Connections, home: Path
) -> None:
    assert connections.status(client, URL).state is State.NOT_CONNECTED
    dry = connections.apply(client, URL, dry_run=True)
    assert dry.diff
    assert not settings_of(client, home).exists()
    assert connections.keys.pairs() == ()
    change = connections.apply(client, URL)
    key = connections.keys.get(client.name)
    text = change.path.read_text("utf-8")
    assert URL in text
    assert (key in text) is (client.name != "zed")
    assert key not in change.diff
    assert URL in change.diff
    status = connections.status(client, URL)
    assert (status.state, status.drift, status.elsewhere) == (State.CONNECTED, (), "")
    assert connections.status(client, "http://127.0.0.1:1").elsewhere == URL
    assert connections.apply(client, URL).diff == ""
    back = connections.undo(client)
    assert (back.kept, back.path.exists()) == ((), False)
    assert connections.keys.pairs() == ()
    with pytest.raises(ConnectError, match="nothing to undo"):
        connections.undo(client)


def test_again_to_another_address_then_undo(connections: Connections, home: Path) -> None:
    client = CLIENTS["claude"]
    file = settings_of(client, home)
    file.parent.mkdir()
    text = '{\n    // mine\n    "env": {"ANTHROPIC_BASE_URL": "https://mine"},\n}\n'
    file.write_text(text)
    connections.apply(client, URL)
    file.write_text(file.read_text().replace("// mine", "// mine, really"))
    connections.apply(client, "http://127.0.0.1:9999")
    assert "9999" in file.read_text()
    assert "8317" not in file.read_text()
    assert connections.undo(client).kept == ()
    assert file.read_text() == text.replace("// mine", "// mine, really")


def test_drift_is_seen_and_the_users_value_stays(connections: Connections, home: Path) -> None:
    client = CLIENTS["claude"]
    connections.apply(client, URL)
    file = settings_of(client, home)
    file.write_text(file.read_text().replace(URL, "https://else"))
    status = connections.status(client, URL)
    assert (status.state, status.drift) == (State.DRIFTED, ("env.ANTHROPIC_BASE_URL",))
    assert connections.undo(client).kept == ("env.ANTHROPIC_BASE_URL",)
    assert json.loads(file.read_text()) == {"env": {"ANTHROPIC_BASE_URL": "https://else"}}


def test_of_an_entry_in_which_the_user_worked_stays_what_its_client_needs(
    connections: Connections, home: Path
) -> None:
    client = CLIENTS["codex"]
    file = settings_of(client, home)
    file.parent.mkdir()
    file.write_text('model = "o3" # best\n')
    connections.apply(client, URL)
    key = connections.keys.get("codex")
    assert key is not None
    file.write_text(f"{file.read_text()}request_max_retries = 7 # mine\n")
    assert connections.status(client, URL).state is State.CONNECTED
    assert connections.undo(client).kept == ("model_providers.lingma-gateway",)
    left = file.read_text()
    assert key not in left
    assert tomllib.loads(left) == {
        "model": "o3",
        "model_providers": {"lingma-gateway": {"name": TITLE, "request_max_retries": 7}},
    }
    assert "# best" in left
    assert "# mine" in left
    assert connections.status(client, URL).state is State.NOT_CONNECTED
    connections.apply(client, "http://127.0.0.1:9999")
    connections.undo(client)
    assert file.read_text() == left


@pytest.mark.parametrize("client", [c for c in EDITABLE if c.file and c.file.needed])
def test_a_change_within_such_an_entry_is_not_half_an_entry_afterwards(
    client: Client, connections: Connections, home: Path
) -> None:
    connections.apply(client, URL)
    file = settings_of(client, home)
    mine = file.read_text().replace(URL, "http://else")
    file.write_text(mine)
    assert len(connections.undo(client).kept) == 1
    left = file.read_text()
    assert all(line.rstrip(",\n") in mine for line in left.splitlines())
    assert "http://else" in left
    assert "name" in left
    assert "model_provider " not in left
    assert "bearer_token" not in left


@pytest.mark.parametrize("client", [c for c in EDITABLE if c.file and c.file.needed])
def test_of_such_an_entry_nothing_stays_where_only_ours_was_taken_out(
    client: Client, connections: Connections, home: Path
) -> None:
    connections.apply(client, URL)
    file = settings_of(client, home)
    file.write_text("".join(line for line in file.read_text().splitlines(True) if URL not in line))
    connections.undo(client)
    assert not file.exists() or "ingma" not in file.read_text()


def test_a_removed_file_is_not_made_again(connections: Connections, home: Path) -> None:
    client = CLIENTS["codex"]
    connections.apply(client, URL)
    settings_of(client, home).unlink()
    assert connections.status(client, URL).state is State.DRIFTED
    assert not connections.undo(client).path.exists()
    assert connections.status(client, URL).state is State.NOT_CONNECTED


def test_the_users_own_secrets_are_not_shown(connections: Connections, home: Path) -> None:
    file = settings_of(CLIENTS["aider"], home)
    file.write_text("openai-api-key: sk-users-own-key\nanthropic-api-key: sk-ant-other\n")
    change = connections.apply(CLIENTS["aider"], URL)
    assert "sk-" not in change.diff
    assert "lgw-" not in change.diff
    assert "openai-api-key" in change.diff
    if sys.platform != "win32":
        file.chmod(0o644)
        assert connections.apply(CLIENTS["aider"], URL).readable
    assert yaml.safe_load(file.read_text())["anthropic-api-key"] == "sk-ant-other"
    connections.undo(CLIENTS["aider"])
    assert yaml.safe_load(file.read_text())["openai-api-key"] == "sk-users-own-key"


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_the_journal_is_the_owners_alone(connections: Connections, tmp_path: Path) -> None:
    connections.apply(CLIENTS["codex"], URL)
    files = [p for p in (tmp_path / "data").rglob("*") if p.is_file() and p.suffix == ".json"]
    assert len(files) == 2
    assert {stat.S_IMODE(p.stat().st_mode) for p in files} == {0o600}


def test_what_cannot_be_done_says_so_and_changes_nothing(
    connections: Connections, home: Path, tmp_path: Path
) -> None:
    with pytest.raises(ConnectError, match="its servers make the calls"):
        connections.apply(CLIENTS["cursor"], URL)
    with pytest.raises(ConnectError, match="clients show cline"):
        connections.apply(CLIENTS["cline"], URL)
    file = settings_of(CLIENTS["claude"], home)
    file.parent.mkdir()
    file.write_text('{"env": "no object"}')
    with pytest.raises(ConnectError, match="no object"):
        connections.apply(CLIENTS["claude"], URL)
    assert file.read_text() == '{"env": "no object"}'
    assert connections.keys.pairs() == ()
    (tmp_path / "data" / "connections").mkdir()
    (tmp_path / "data" / "connections" / "codex.json").write_text("{")
    with pytest.raises(ConnectError, match=r"codex\.json cannot be read"):
        connections.apply(CLIENTS["codex"], URL)
    assert connections.status(CLIENTS["codex"], URL).problem


class Crashed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("step", ["write_journal", "replace", "revoke", "remove_journal"])
@pytest.mark.parametrize("again", [False, True])
def test_a_crash_between_the_steps_can_be_undone(
    step: str,
    again: bool,
    connections: Connections,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = CLIENTS["claude"]
    file = settings_of(client, home)
    file.parent.mkdir()
    text = '{\n  "theme": "dark", // mine\n  "env": {"A": "1"}\n}\n'
    file.write_text(text)
    if again:
        connections.apply(client, URL)

    def crash(*_: object, **__: object) -> None:
        raise Crashed

    with monkeypatch.context() as patched:
        if step == "replace":
            patched.setattr(connections_module, "replace_target", crash)
        elif step == "write_journal":
            patched.setattr(Journal, "write", crash)
        elif step == "revoke":
            patched.setattr(ClientKeys, "revoke", crash)
        else:
            patched.setattr(Journal, "remove", crash)
        act: Callable[[], object] = lambda: connections.apply(client, "http://127.0.0.1:1")  # noqa: E731
        if step in ("revoke", "remove_journal"):
            connections.apply(client, URL)
            act = lambda: connections.undo(client)  # noqa: E731
        with pytest.raises(Crashed):
            act()
    fresh = Connections(tmp_path / "data", Site(home, {}, "linux"), clock=lambda: 2.0)
    if fresh.status(client, URL).state is not State.NOT_CONNECTED:
        fresh.undo(client)
    assert file.read_text() == text
    assert fresh.apply(client, URL).diff
    fresh.undo(client)
    assert file.read_text() == text
    assert fresh.keys.pairs() == ()
    assert [p.name for p in file.parent.iterdir()] == ["settings.json"]


def test_a_revoked_key_is_seen_and_applying_again_gives_another(
    connections: Connections, home: Path
) -> None:
    client = CLIENTS["claude"]
    connections.apply(client, URL)
    first = connections.keys.get("claude")
    connections.revoke(client)
    status = connections.status(client, URL)
    assert (status.state, status.has_key) == (State.REVOKED, False)
    assert first in settings_of(client, home).read_text()
    # A key that was made since, for `launch` say, is not the one in the settings.
    assert connections.key(client) != first
    assert connections.status(client, URL).state is State.REVOKED
    connections.apply(client, URL)
    status = connections.status(client, URL)
    assert (status.state, status.has_key) == (State.CONNECTED, True)
    assert connections.undo(client).kept == ()
    assert not settings_of(client, home).exists()


def test_zeds_settings_hold_no_key_but_its_state_needs_one(connections: Connections) -> None:
    client = CLIENTS["zed"]
    connections.apply(client, URL)
    assert connections.status(client, URL).state is State.CONNECTED
    connections.revoke(client)
    assert connections.status(client, URL).state is State.REVOKED


def test_what_was_not_shown_is_not_done(connections: Connections, home: Path) -> None:
    client = CLIENTS["claude"]
    shown = connections.apply(client, URL, dry_run=True)
    file = settings_of(client, home)
    file.parent.mkdir()
    file.write_text('{"theme": "dark"}')
    with pytest.raises(ConnectError) as refused:
        connections.apply(client, URL, seen=shown.seen)
    assert refused.value.code == "changed"
    assert file.read_text() == '{"theme": "dark"}'
    assert connections.keys.pairs() == ()
    again = connections.apply(client, URL, dry_run=True)
    connections.apply(client, URL, seen=again.seen)
    shown = connections.undo(client, dry_run=True)
    file.write_text(file.read_text() + "\n")
    with pytest.raises(ConnectError) as refused:
        connections.undo(client, seen=shown.seen)
    assert refused.value.code == "changed"
    assert connections.status(client, URL).state is State.CONNECTED


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_a_locked_file_is_left_alone(connections: Connections, home: Path) -> None:
    client = CLIENTS["codex"]
    file = settings_of(client, home)
    file.parent.mkdir()
    file.write_text('model = "o3"\n')
    file.chmod(0o444)
    assert connections.apply(client, URL, dry_run=True).diff
    with pytest.raises(ConnectError, match="read-only") as refused:
        connections.apply(client, URL)
    assert (refused.value.code, refused.value.path) == ("read_only", file)
    assert file.read_text() == 'model = "o3"\n'
    assert connections.keys.pairs() == ()
    assert connections.status(client, URL).state is State.NOT_CONNECTED
    file.chmod(0o644)
    connections.apply(client, URL)
    file.chmod(0o444)
    with pytest.raises(ConnectError, match="read-only"):
        connections.undo(client)
    assert connections.status(client, URL).state is State.CONNECTED


@pytest.mark.parametrize("again", [False, True])
def test_a_write_that_fails_leaves_the_client_as_it_stood(
    again: bool, connections: Connections, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = CLIENTS["claude"]
    file = settings_of(client, home)
    file.parent.mkdir()
    file.write_text("{}\n")
    if again:
        connections.apply(client, URL)
    before = (file.read_bytes(), connections.status(client, URL), connections.keys.pairs())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(file))

    with monkeypatch.context() as patched:
        patched.setattr(connections_module, "replace_target", full)
        with pytest.raises(ConnectError, match="No space") as refused:
            connections.apply(client, "http://127.0.0.1:1")
    assert (refused.value.code, refused.value.path) == ("system", file)
    after = (file.read_bytes(), connections.status(client, URL), connections.keys.pairs())
    assert after == before


def test_large_files_take_seconds_and_no_settings_file_is_refused(
    connections: Connections, home: Path
) -> None:
    file = settings_of(CLIENTS["codex"], home)
    file.parent.mkdir()
    tables = "".join(f'[projects."/home/me/{n}"]\ntrust_level = "trusted"\n\n' for n in range(3000))
    text = f"model = 'x'\n{tables}"
    file.write_text(text)
    started = time.process_time()
    change = connections.apply(CLIENTS["codex"], URL)
    assert change.diff.count("\n@@") == 2
    file.write_text(file.read_text() + "# mine\n")
    connections.undo(CLIENTS["codex"])
    assert file.read_text() == text + "# mine\n"
    assert (
        time.process_time() - started < 20
    )  # it was minutes when every table looked at all others
    large = settings_of(CLIENTS["claude"], home)
    large.parent.mkdir()
    large.write_text('{"x": "' + "word" * 300_000 + '"}')
    with pytest.raises(ConnectError, match="too large"):
        connections.apply(CLIENTS["claude"], URL)


def test_a_long_run_of_letters_is_looked_through_once() -> None:
    started = time.process_time()
    assert secrets_in("a" * 300_000 + " api_key: lgw-something") == {"lgw-something"}
    assert secrets_in("my-token = 'sk-123456'\nmax_tokens = 128000") == {"sk-123456"}
    assert time.process_time() - started < 5


@pytest.mark.parametrize("client", EDITABLE, ids=lambda client: client.name)
def test_folders_that_were_made_go_again_when_they_are_empty(
    client: Client, connections: Connections, home: Path
) -> None:
    connections.apply(client, URL)
    connections.apply(client, "http://127.0.0.1:9999")  # again: it is the first that made them
    connections.undo(client)
    assert list(home.iterdir()) == []
    connections.apply(client, URL)
    folder = settings_of(client, home).parent
    if folder == home:
        return
    (folder / "of the user").touch()
    connections.undo(client)
    assert [each.name for each in folder.iterdir()] == ["of the user"]
    (folder / "of the user").unlink()
    connections.apply(client, URL)
    settings_of(client, home).unlink()
    connections.undo(client)
    assert folder.is_dir(), "it was there before the last time"


@pytest.mark.parametrize("was", [None, "", "\n", "# mine\r\n", "# no end of line"])
@pytest.mark.parametrize(
    ("typed", "left"),
    [("", ""), ("# theirs\n", ""), ("rules: [be nice]\n", "name: Local Config")],
    ids=["nothing", "comment", "key"],
)
def test_the_head_that_a_file_needs_goes_with_ours_unless_its_user_needs_it(
    tmp_path: Path, was: str | None, typed: str, left: str
) -> None:
    client = CLIENTS["continue"]
    assert client.file is not None
    site = Site(tmp_path, {}, "linux")
    connections = Connections(tmp_path / "data", site, clock=lambda: 1.0)
    file = client.file.path(site)
    if was is not None:
        file.parent.mkdir()
        file.write_bytes(was.encode())
    connections.apply(client, "http://127.0.0.1:8317")
    connections.apply(client, "http://127.0.0.1:8318")
    applied = file.read_bytes().decode()
    said = yaml.safe_load(applied)
    assert (said["name"], said["schema"], len(said["models"])) == ("Local Config", "v1", 1)
    file.write_bytes((typed + applied).encode())
    connections.undo(client)
    if was is None and not typed:
        assert not file.exists()
        return
    text = file.read_bytes().decode()
    assert text.startswith(typed + (was or ""))
    assert left in text
    assert "8318" not in text
    assert ("version" in text) is bool(left)
