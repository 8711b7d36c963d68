"""A keyring for tests of what is done with passwords."""

from gateway_engine.accounts.credentials import NoKeyringError


class HeldPasswords:
    """Passwords that are kept nowhere; `None` for a keyring that is locked."""

    def __init__(self, kept: dict[str, tuple[str, str]] | None) -> None:
        self.kept = kept
        self.reason = ""

    def remember(self, name: str, username: str, password: str) -> None:
        if self.kept is None:
            raise NoKeyringError("locked", self.reason)
        self.kept[name] = (username, password)

    def recall(self, name: str) -> tuple[str, str] | None:
        if self.kept is None:
            raise NoKeyringError("locked", self.reason)
        return self.kept.get(name)

    def unlock(self, passphrase: str) -> None:
        raise NoKeyringError("there is no file of passwords", self.reason)

    def forget(self, name: str) -> None:
        if self.kept is None:
            raise NoKeyringError("locked", self.reason)
        self.kept.pop(name, None)
