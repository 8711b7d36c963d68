"""`settings` as a user runs it."""

from pathlib import Path

from tests.integration.cli.commands import run
from tests.integration.engine.running_engine import KEY


async def test_settings_are_shown_and_changed(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('# mine\nidle_timeout_sec = 5 # short\nadmin_token = "admin-0123456789"\n')
    config = ("settings", "--config", str(file))
    code, out, err = await run(tmp_path, *config, "list")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert "IDLE_TIMEOUT_SEC = 5.0  (file)" in lines
    assert 'ADMIN_TOKEN = "***"  (file)' in lines
    assert "HEARTBEAT_SEC = 15.0" in lines
    assert KEY not in out

    assert await run(tmp_path, *config, "set", "heartbeat_sec", "3") == (0, "", "")
    assert await run(tmp_path, *config, "get", "HEARTBEAT_SEC") == (0, "3.0\n", "")
    assert file.read_text() == (
        '# mine\nidle_timeout_sec = 5 # short\nadmin_token = "admin-0123456789"\n'
        "heartbeat_sec = 3\n"
    )
    assert (await run(tmp_path, *config, "reset", "HEARTBEAT_SEC"))[0] == 0
    assert "heartbeat_sec" not in file.read_text()
    code, _, err = await run(tmp_path, *config, "set", "PORT", "9000")
    assert (code, err) == (0, "lingma-gateway: saved, but the environment overrides PORT\n")

    before = file.read_text()
    for wrong, words in (
        (("set", "PORT", "70000"), "PORT must be between 0 and 65535"),
        (("set", "LINGMA_BIN", "/no/such/program"), "does not exist"),
        (("set", "PROT", "1"), "there is no setting PROT"),
        (("set", "INSTANCES", "x"), "is edited in the settings file"),
        (("import", str(tmp_path / "none.toml")), "does not exist"),
    ):
        code, out, err = await run(tmp_path, *config, *wrong)
        assert (code, out, len(err.splitlines())) == (2, "", 1)
        assert words in err
    assert file.read_text() == before


async def test_settings_travel_between_files(tmp_path: Path) -> None:
    file, other = tmp_path / "config.toml", tmp_path / "other.toml"
    file.write_text('heartbeat_sec = 3\nadmin_token = "admin-0123456789"\n')
    other.write_text("# theirs\nidle_timeout_sec = 9\n")
    code, out, _ = await run(tmp_path, "settings", "--config", str(file), "export")
    assert code == 0
    assert "admin-0123456789" not in out
    kept = tmp_path / "kept.toml"
    export = ("settings", "--config", str(file), "export", "--secrets", "--out", str(kept))
    assert await run(tmp_path, *export) == (0, "", "")
    bring = ("settings", "--config", str(other), "import", str(kept))
    assert await run(tmp_path, *bring) == (0, "", "")
    text = other.read_text()
    assert text.startswith("# theirs\nidle_timeout_sec = 9\n")
    assert "heartbeat_sec = 3\n" in text
    assert 'admin_token = "admin-0123456789"\n' in text
