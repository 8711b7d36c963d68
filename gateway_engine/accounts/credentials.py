"""The gateway's own two secrets on a desktop: the API key clients use and the admin token.

Made at first start and kept in the OS keyring; where there is none that is safe, in a 0600 file,
and the user is told (http-api contract §2). The only module that knows the keyring library.
"""

import concurrent.futures
import hashlib
import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from gateway_engine import json_text
from gateway_engine.atomic_file import write_private
from gateway_engine.config import Settings
from gateway_engine.paths import Paths

logger = logging.getLogger(__name__)

SERVICE: Final = "lingma-gateway"
KEY_PREFIX: Final = "lgw-"
KEYRING_TIMEOUT_S: Final = 5.0
SAFE_BACKENDS: Final = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)
"""Backends that encrypt. Anything else (plain-text ones get installed silently) is refused."""


class SecretStorage(StrEnum):
    """Where the secrets lie."""

    SETTINGS = "settings"
    KEYRING = "keyring"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class LocalSecrets:
    """What the desktop hands to clients and keeps for itself. `path` is set for storage FILE."""

    api_key: str
    admin_token: str
    storage: SecretStorage
    path: Path | None = None


def load_or_create_secrets(
    paths: Paths, settings: Settings, *, timeout_s: float = KEYRING_TIMEOUT_S
) -> LocalSecrets:
    """Return this installation's secrets, made now when there are none. Raises OSError.

    Blocks up to `timeout_s` on a keyring that asks its user: call it off the UI thread.
    """
    if settings.api_keys:
        return LocalSecrets(
            settings.api_keys[0],
            settings.admin_token or _new_token(),
            SecretStorage.SETTINGS,
        )
    file = paths.data_dir / "local-secrets.json"
    kept = _from_file(file)
    if kept is not None:
        return kept
    account = hashlib.sha256(str(paths.data_dir).encode()).hexdigest()[:12]
    try:
        stored = _with_deadline(lambda: _keyring_pair(account), timeout_s)
    except Exception as error:  # noqa: BLE001 - keyring backends raise whatever their system raises
        logger.info("no usable OS keyring (%s): keys are kept in %s", type(error).__name__, file)
        made = LocalSecrets(_new_key(), _new_token(), SecretStorage.FILE, file)
        write_private(
            file, json_text.render({"api_key": made.api_key, "admin_token": made.admin_token})
        )
        return made
    return LocalSecrets(stored[0], stored[1], SecretStorage.KEYRING)


def _from_file(file: Path) -> LocalSecrets | None:
    try:
        value = json_text.parse(file.read_bytes())
        pair = (value["api_key"], value["admin_token"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        pair = ("", "")
    if not all(isinstance(secret, str) and secret for secret in pair):
        logger.info("%s is unreadable, making new keys", file)
        return None
    return LocalSecrets(*pair, SecretStorage.FILE, file)


def _keyring_pair(account: str) -> tuple[str, str]:
    import keyring

    backend = keyring.get_keyring()
    found = [backend, *getattr(backend, "backends", ())]
    safe = [b for b in found if type(b).__module__.startswith(SAFE_BACKENDS)]
    if not safe:
        raise LookupError("no encrypting keyring")
    pair = []
    for name, make in (("api-key", _new_key), ("admin-token", _new_token)):
        user = f"{name}-{account}"
        value = safe[0].get_password(SERVICE, user)
        if not value:
            value = make()
            safe[0].set_password(SERVICE, user, value)
        pair.append(value)
    return pair[0], pair[1]


def _with_deadline(work: Callable[[], Any], timeout_s: float) -> Any:
    """Run `work` in a thread that may be left behind: a locked keyring can block for ever."""
    done: concurrent.futures.Future[Any] = concurrent.futures.Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 - handed to the caller, whatever it is
            done.set_exception(error)

    threading.Thread(target=run, name="keyring", daemon=True).start()
    return done.result(timeout_s)


def _new_key() -> str:
    return KEY_PREFIX + secrets.token_urlsafe(24)


def _new_token() -> str:
    return secrets.token_urlsafe(32)
