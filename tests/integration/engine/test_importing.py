"""Settings of another file: looked into, taken over and taken back while the gateway runs."""

from pathlib import Path

import pytest

from gateway_engine.config import SettingsError
from gateway_engine.errors import ConflictError, GatewayError
from gateway_engine.importing import MAX_BYTES, Replaced, text_of_import
from gateway_engine.instances_edit import InstanceMove
from gateway_engine.settings_edit import SettingsChange
from tests.integration.engine.changing_settings import running
from tests.integration.engine.running_engine import KEY

SECRET = "sk-do-not-show-0123"


async def test_an_import_is_looked_into_taken_over_and_taken_back(tmp_path: Path) -> None:
    tables = (
        "heartbeat_sec = 4.0 # calm\n# of a\n[[instances]]\nname = 'a' # mine\n\n"
        "[[instances]]\nname = 'b'\n"
    )
    given = (
        f"heartbeat_sec = 4\nidle_timeout_sec = 9\nlog_level = 'INFO'\nadmin_token = '{SECRET}'\n"
        "[[instances]]\nname = 'a'\n\n[[instances]]\nname = 'c'\nid = 'new'\n"
    )
    async with running(tmp_path, tables, LOG_LEVEL="INFO") as it:
        importing, before = it.engine.settings.importing, it.file.read_text()
        await it.ready(2)
        preview = await importing.look_into(given, "theirs.toml")
        assert preview.changes == (
            Replaced("admin_token", "", SECRET),
            Replaced("idle_timeout_sec", it.settings.idle_timeout_sec, 9.0),
        )
        assert preview.instances == (InstanceMove("c", comes=True), InstanceMove("b", goes=True))
        assert preview.overridden == ("log_level",)
        assert SECRET not in repr(preview)
        assert it.file.read_text() == before
        saved = await importing.bring(given, "theirs.toml", seen=preview.seen)
        assert saved.difference.added == ("new",)
        assert it.settings.idle_timeout_sec == 9
        text = it.file.read_text()
        for kept in ("heartbeat_sec = 4.0 # calm\n", "# of a\n[[instances]]\nname = 'a' # mine\n"):
            assert kept in text
        assert (await importing.look_into(given)).changes == ()
        await importing.take_back()
        assert it.file.read_text() == before
        assert it.settings.idle_timeout_sec != 9
        with pytest.raises(ConflictError, match="no import"):
            await importing.take_back()


async def test_what_was_changed_since_it_was_shown_is_not_written_over(tmp_path: Path) -> None:
    async with running(tmp_path) as it:
        importing = it.engine.settings.importing
        preview = await importing.look_into("heartbeat_sec = 4\n")
        await it.change(idle_timeout_sec=9.0)
        text = it.file.read_text()
        with pytest.raises(ConflictError) as caught:
            await importing.bring("heartbeat_sec = 4\n", seen=preview.seen)
        assert caught.value.code == "settings_changed"
        with pytest.raises(ConflictError):
            await importing.bring("heartbeat_sec = 5\n", seen=preview.seen)
        assert it.file.read_text() == text
        await importing.bring("heartbeat_sec = 4\n")
        await it.engine.settings.change(SettingsChange({"log_level": "DEBUG"}))
        with pytest.raises(ConflictError):
            await importing.take_back()
        assert "heartbeat_sec = 4" in it.file.read_text()


HOSTILE = {
    "wrong type": "port = 'many'\n",
    "out of range": "port = 70000\n",
    "a table for a number": "[port]\na = 1\n",
    "unknown": "nonsense = 1\n",
    "a very long name": f"{'x' * 100_000} = 1\n",
    "a very long field": f"[[instances]]\n{'x' * 100_000} = 1\n",
    "newer": "version = 99\n",
    "no version": "version = 'two'\n",
    "twice": "port = 1\nport = 2\n",
    "twice as a table": "[model_aliases]\na = 'b'\n[model_aliases]\nc = 'd'\n",
    "no TOML": "\x00\x01\x02",
    "deep": "api_keys = " + "[" * 5000 + "]" * 5000 + "\n",
    "too many instances": "".join(f"[[instances]]\nname = '{n}'\n" for n in range(3000)),
    "a secret of the wrong type": f"api_keys = [['{SECRET}']]\n",
    "a secret in an unknown place": f"[[instances]]\nname = 'a'\nkey = '{SECRET}'\n",
    "a half character": 'host = "\\ud800"\n',
    "markup": "'<img src=x>' = 1\n",
    "an address that cannot be bound": "host = 'no.such.host.invalid'\nlog_level = 7\n",
    "open to all without keys": "host = '0.0.0.0'\napi_keys = []\n",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_file_is_refused_in_a_few_words(tmp_path: Path, name: str) -> None:
    async with running(tmp_path) as it:
        before = it.file.read_bytes()
        for work in (it.engine.settings.importing.look_into, it.engine.settings.importing.bring):
            with pytest.raises(GatewayError) as caught:
                await work(HOSTILE[name], "theirs.toml")
            said = str(caught.value) + repr(caught.value.refusal)
            assert SECRET not in said
            assert len(said) < 1000
        assert it.file.read_bytes() == before
        assert await it.get("/v1/models", key=KEY) in (200, 503)


def test_what_is_no_text_of_sensible_length_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "given.toml"
    for content, code in ((b"\xff\xfe", "no_utf8"), (b"#" * (MAX_BYTES + 1), "no_import_file")):
        file.write_bytes(content)
        with pytest.raises(SettingsError) as caught:
            text_of_import(file)
        assert caught.value.refusal.code == code
    for missing in (tmp_path, tmp_path / "none.toml"):
        with pytest.raises(SettingsError) as caught:
            text_of_import(missing)
        assert caught.value.refusal.code == "unreadable"
    file.write_bytes(b"\xef\xbb\xbfport = 1\r\n")
    assert text_of_import(file) == "port = 1\r\n"
