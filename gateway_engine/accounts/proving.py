"""Passwords that are kept before a site has taken them, and go again when it refuses them.

Kept first, so that a keyring that is missing or locked is told at once; what it had before comes
back with the refusal. Blocks, as the keyring does: call it in a thread.
"""

from dataclasses import dataclass
from typing import Protocol


class Passwords(Protocol):
    """Where passwords are kept (gateway_engine.accounts.credentials.PasswordBook). Blocks."""

    def remember(self, name: str, username: str, password: str) -> None:
        """Keep one. Raises NoKeyringError, OSError."""
        ...

    def recall(self, name: str) -> tuple[str, str] | None:
        """The account's name and password. Raises NoKeyringError."""
        ...

    def forget(self, name: str) -> None:
        """Keep it no longer. Raises NoKeyringError, OSError."""
        ...

    def unlock(self, passphrase: str) -> None:
        """Use this passphrase where there is no keyring. Raises NoKeyringError."""
        ...


Pair = tuple[str, str]
"""An account's name and password."""


@dataclass(frozen=True, slots=True)
class _Trial:
    given: Pair
    before: Pair | None


class ProvingPasswords:
    """The passwords that nobody has taken or refused yet."""

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords
        self._trials: dict[str, _Trial] = {}

    def keep(self, name: str, given: Pair) -> None:
        """Keep this one until it is refused. Raises NoKeyringError, OSError."""
        before = self._passwords.recall(name)
        self._passwords.remember(name, *given)
        earlier = self._trials.get(name)
        if earlier is not None and before == earlier.given:
            before = earlier.before  # it was never taken either
        self._trials[name] = _Trial(given, None if before == given else before)

    def proven(self, name: str, given: Pair) -> None:
        """The site has taken it: it stays."""
        trial = self._trials.get(name)
        if trial is not None and trial.given == given:
            del self._trials[name]

    def refused(self, name: str, given: Pair) -> None:
        """Keep it no longer if it was kept for this trial. Raises NoKeyringError, OSError."""
        trial = self._trials.get(name)
        if trial is None or trial.given != given:
            return
        del self._trials[name]
        if trial.before is None:
            self._passwords.forget(name)
        else:
            self._passwords.remember(name, *trial.before)
