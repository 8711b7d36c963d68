"""What a start would let pass is refused before it is saved."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from gateway_engine.accounts.bundle import as_text, pack
from gateway_engine.config import Settings, SettingsError
from gateway_engine.setting_values import AccountSettings
from gateway_engine.settings_checks import refuse_unusable

BUNDLE = as_text(pack({"cache/user": b"somebody", "cache/id": b"1"}))


def refusal(changed: str, **values: object) -> Mapping[str, str]:
    """The facts of what is refused, its code among them."""
    settings = Settings(**values)  # type: ignore[arg-type]
    with pytest.raises(SettingsError) as caught:
        refuse_unusable(settings, {changed}, headless=False)
    said = caught.value.refusal
    assert said.message == str(caught.value)
    assert len(said.message.splitlines()) == 1
    # What was wrong before stands in nobody's way.
    refuse_unusable(settings, {"port"}, headless=False)
    return {"code": said.code, **said.facts}


def test_a_bundle_must_be_one(tmp_path: Path) -> None:
    good, damaged, sealed = (tmp_path / name for name in ("good", "damaged", "sealed"))
    good.write_text(BUNDLE)
    damaged.write_text(BUNDLE[:-8])
    sealed.write_text("-----BEGIN AGE ENCRYPTED FILE-----\nx\n")
    for file in (good,):
        settings = Settings(lingma_session_bundle_file=str(file), lingma_session_bundle=BUNDLE)
        both = {"lingma_session_bundle_file", "lingma_session_bundle"}
        refuse_unusable(settings, both, headless=True)
    for name, why in (("none", "unreadable"), ("damaged", "unreadable"), ("sealed", "passphrase")):
        said = refusal(
            "lingma_session_bundle_file", lingma_session_bundle_file=str(tmp_path / name)
        )
        assert said["code"] == "given_bundle"
        assert said["why"].startswith(why)
    said = refusal("lingma_session_bundle", lingma_session_bundle="bm8gYnVuZGxl")
    assert (said["code"], said["name"]) == ("given_bundle", "lingma_session_bundle")
    accounts = (AccountSettings("u", "p"), AccountSettings(session_bundle_file=str(damaged)))
    assert refusal("lingma_accounts", lingma_accounts=accounts)["name"] == "lingma_accounts"
    refuse_unusable(Settings(lingma_accounts=accounts[:1]), {"lingma_accounts"}, headless=False)


def test_files_that_are_read_later_must_be_there(tmp_path: Path) -> None:
    file = tmp_path / "p.txt"
    assert refusal("passphrase_file", passphrase_file=str(file))["code"] == "passphrase_unreadable"
    file.write_text("\nsecond\n")
    assert refusal("passphrase_file", passphrase_file=str(file))["code"] == "passphrase_empty"
    file.write_text("first\n")
    refuse_unusable(Settings(passphrase_file=str(file)), {"passphrase_file"}, headless=False)
    wrong = str(tmp_path / "none.toml")
    said = refusal("auto_login_selectors_file", auto_login_selectors_file=wrong)
    assert said["code"] == "selectors_file"
    refuse_unusable(Settings(), {"auto_login_selectors_file", "passphrase_file"}, headless=False)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_text("")
    for wrong in (file, file / "below"):
        assert refusal("lingma_work_dir", lingma_work_dir=str(wrong))["code"] == "no_folder"
    for right in (tmp_path, tmp_path / "new" / "folder", ""):
        settings = Settings(lingma_work_dir=str(right))
        refuse_unusable(settings, {"lingma_work_dir"}, headless=False)


def test_a_folder_must_be_writable_or_lie_in_one_that_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = tmp_path / "locked"
    locked.mkdir()
    # Root may write everywhere: the system's answer for anybody else.
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path) != locked)
    for wrong in (locked, locked / "new" / "folder"):
        said = refusal("lingma_work_dir", lingma_work_dir=str(wrong))
        assert (said["code"], said["file"]) == ("folder_locked", str(locked))
    settings = Settings(lingma_work_dir=str(tmp_path / "new"))
    refuse_unusable(settings, {"lingma_work_dir"}, headless=False)


def test_where_a_program_comes_from() -> None:
    assert refusal("lingma_source_type", lingma_source_type="vsix")["code"] == "no_vsix_url"
    refusal("lingma_marketplace_url", lingma_marketplace_url="ftp://x")


def test_without_a_window_others_need_a_key() -> None:
    with pytest.raises(SettingsError) as caught:
        refuse_unusable(Settings(host="0.0.0.0"), set(), headless=True)
    assert caught.value.refusal.code == "key_required"
    refuse_unusable(Settings(host="0.0.0.0"), set(), headless=False)
