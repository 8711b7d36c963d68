"""What a start would let pass and nobody wants to find out later: files that settings name and
that are not what they must be, addresses that programs cannot be fetched from. Blocks on files.
"""

import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from gateway_engine.accounts.browser.order import read_selectors
from gateway_engine.accounts.bundle import BundleError, is_sealed, unpack
from gateway_engine.accounts.bundle_file import read_bundle
from gateway_engine.accounts.sealed_passwords import first_line
from gateway_engine.config import Settings, SettingsError
from gateway_engine.plan import require_keys_off_loopback
from gateway_engine.programs import source_of

FETCHING: Final = (
    "lingma_source_type",
    "lingma_marketplace_url",
    "lingma_marketplace_publisher",
    "lingma_marketplace_extension",
    "lingma_vsix_url",
    "lingma_vsix_sha256",
)


def refuse_unusable(settings: Settings, changed: Collection[str], *, headless: bool) -> None:
    """Look at what the settings called `changed` name. Raises SettingsError.

    What was wrong before stands in nobody's way: only what is changed is looked at.
    """
    if headless:
        require_keys_off_loopback(settings)
    if not set(FETCHING).isdisjoint(changed):
        source_of(settings)
    if "auto_login_selectors_file" in changed:
        _selectors(settings.auto_login_selectors_file)
    if "passphrase_file" in changed:
        _passphrase(settings.passphrase_file)
    if "lingma_work_dir" in changed:
        _folder(settings.lingma_work_dir)
    for name, text, file in _bundles(settings):
        if name in changed:
            _bundle(name, text, file)


def _bundles(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """The setting's name, and the bundle or its file."""
    yield "lingma_session_bundle", settings.lingma_session_bundle, ""
    yield "lingma_session_bundle_file", "", settings.lingma_session_bundle_file
    for account in settings.lingma_accounts:
        text = account.session_bundle
        yield "lingma_accounts", text, "" if text else account.session_bundle_file


def _bundle(name: str, text: str, file: str) -> None:
    if not text and not file:
        return
    try:
        data = text.encode() if text else read_bundle(Path(file).expanduser())
        if is_sealed(data):
            raise BundleError(
                "passphrase_needed", "it is encrypted, and nobody is there to give its passphrase"
            )
        unpack(data)
    except BundleError as error:
        raise SettingsError(
            f"{name.upper()}: {error}", "given_bundle", name=name, file=file, why=error.code
        ) from None


def _selectors(file: str) -> None:
    if not file:
        return
    try:
        read_selectors(Path(file).expanduser())
    except ValueError as error:
        raise SettingsError(
            f"AUTO_LOGIN_SELECTORS_FILE: {error}", "selectors_file", why=str(error)
        ) from None


def _folder(path: str) -> None:
    """One that is not there yet is made."""
    if not path:
        return
    place = Path(path).expanduser()
    there = [each for each in (place, *place.parents) if each.exists()]
    if not all(each.is_dir() for each in there):
        raise SettingsError(
            f"LINGMA_WORK_DIR: {path} is a file, or lies below one; name a folder",
            "no_folder",
            file=path,
        )
    if not os.access(there[0], os.W_OK | os.X_OK):
        raise SettingsError(
            f"LINGMA_WORK_DIR: {there[0]} is not yours to write in; name another folder",
            "folder_locked",
            file=str(there[0]),
        )


def _passphrase(file: str) -> None:
    if not file:
        return
    try:
        found = first_line(file)
    except (OSError, UnicodeDecodeError):
        raise SettingsError(
            f"PASSPHRASE_FILE: {file} cannot be read", "passphrase_unreadable", file=file
        ) from None
    if not found:
        raise SettingsError(
            f"PASSPHRASE_FILE: the first line of {file} is empty", "passphrase_empty", file=file
        )
