"""Passwords where there is no keyring: one file, encrypted with a passphrase (age), or nothing.

Beside it lies a list of the instances that have a password in it, so that nobody is asked for a
passphrase in vain. The passphrase is held in memory only. Blocks, encryption for seconds: call it
in a thread.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gateway_engine import json_text
from gateway_engine.accounts.age import seal_aside, unseal_aside
from gateway_engine.accounts.bundle import BundleError
from gateway_engine.atomic_file import write_private

FILE: Final = "passwords.age"
NAMES: Final = "passwords-in-age.json"
TOO_BUSY: Final = ("too_busy", "too_busy_to_seal")


class LockedError(Exception):
    """The file cannot be read or written now; the message says what to do.

    `reason`: no_passphrase, wrong_passphrase, too_busy (it was not tried), too_busy_to_seal,
    passwords_damaged.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class SealedPasswords:
    """The file. `given` names the passphrase of the settings, "" for none; it may raise OSError."""

    def __init__(self, folder: Path, given: Callable[[], str] = lambda: "") -> None:
        self._file = folder / FILE
        self._list = folder / NAMES
        self._given = given
        self._typed = ""

    def names(self) -> tuple[str, ...]:
        """The instances that have a password in it."""
        try:
            value = json_text.parse(self._list.read_bytes())
        except (OSError, ValueError):
            return ()
        return tuple(str(name) for name in value) if isinstance(value, list) else ()

    @property
    def is_unlocked(self) -> bool:
        """Whether a passphrase is at hand."""
        return bool(self._passphrase())

    def unlock(self, passphrase: str) -> None:
        """Use this passphrase from now on. Raises LockedError when it does not open the file."""
        self._read(passphrase)
        self._typed = passphrase

    def put(self, name: str, username: str, password: str) -> None:
        """Keep a password. Raises LockedError, OSError."""
        held = self._read(self._passphrase())
        self._write({**held, name: (username, password)})

    def get(self, name: str) -> tuple[str, str] | None:
        """The account's name and password. Raises LockedError."""
        return self._read(self._passphrase()).get(name)

    def remove(self, name: str) -> None:
        """Keep it no longer. Raises LockedError, OSError."""
        held = self._read(self._passphrase())
        held.pop(name, None)
        self._write(held)

    def _passphrase(self) -> str:
        if self._typed:
            return self._typed
        try:
            return self._given()
        except (OSError, UnicodeDecodeError):
            return ""

    def _read(self, passphrase: str) -> dict[str, tuple[str, str]]:
        if not passphrase:
            raise LockedError(
                "no_passphrase",
                "the passwords are locked: give their passphrase, in the window or by"
                " PASSPHRASE_FILE",
            )
        try:
            data = self._file.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise LockedError(
                "passwords_damaged", f"{self._file} cannot be read: {error.strerror}"
            ) from None
        try:
            plain = asyncio.run(unseal_aside(data, passphrase))
            value = json_text.parse(plain)
            return {str(name): (str(pair[0]), str(pair[1])) for name, pair in value.items()}
        except BundleError as error:
            if error.code == "wrong_passphrase":
                raise LockedError(
                    "wrong_passphrase",
                    f"this is not the passphrase of {self._file}, or the file was tampered with",
                ) from None
            if error.code in TOO_BUSY:
                raise _locked(error) from None
            raise LockedError("passwords_damaged", f"{self._file}: {error}") from None
        except (ValueError, AttributeError, LookupError, TypeError):
            raise LockedError(
                "passwords_damaged", f"{self._file} is damaged: remove it and save again"
            ) from None

    def _write(self, held: dict[str, tuple[str, str]]) -> None:
        data = json_text.render({name: list(pair) for name, pair in held.items()})
        try:
            sealed = asyncio.run(seal_aside(data, self._passphrase()))
        except BundleError as error:
            raise _locked(error) from None
        write_private(self._file, sealed)
        write_private(self._list, json_text.render(sorted(held)))


def _locked(error: BundleError) -> LockedError:
    reason = error.code if error.code in TOO_BUSY else "passwords_damaged"
    return LockedError(reason, str(error))


def first_line(file: str) -> str:
    """The passphrase in a file: its first line, "" where none is named. Raises OSError."""
    if not file:
        return ""
    lines = Path(file).expanduser().read_text("utf-8").splitlines()
    return lines[0] if lines else ""
