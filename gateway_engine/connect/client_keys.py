"""A key for each client, so that records say who called and one client can be shut out alone.

They lie in one 0600 file of the data folder: a running gateway sees a new or a revoked one with the
next request, and the client's own settings hold it in plain text anyway.
"""

import logging
import os
import re
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from gateway_engine import json_text
from gateway_engine.atomic_file import write_private

logger = logging.getLogger(__name__)

KEY_PREFIX: Final = "lgw-"
ID_PREFIX: Final = "client:"
FILE_NAME: Final = "client-keys.json"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")


class ClientKeys:
    """The keys in `file`. Reading follows the file; `learn` is told of every key that is read, so
    that none gets into records or the log.

    Two processes never write at once: whoever changes keys holds the connections' lock.
    """

    def __init__(
        self, file: Path, *, learn: Callable[[Iterable[str]], None] = lambda values: None
    ) -> None:
        self._file = file
        self._learn = learn
        self._stamp: tuple[int, int, int] | None = None
        self._keys: dict[str, str] = {}

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Every key with its id, `client:NAME`. One look at the file's date a call, no more."""
        self._follow()
        return tuple((ID_PREFIX + name, key) for name, key in self._keys.items())

    def get(self, client: str) -> str:
        """The key of `client`, "" when it has none."""
        self._follow()
        return self._keys.get(client, "")

    def make(self, client: str) -> str:
        """The key of `client`, made now when it has none. Raises OSError."""
        if not _NAME.fullmatch(client):
            raise ValueError(f"{client!r} is no name of a client")
        known = self.get(client)
        if known:
            return known
        key = KEY_PREFIX + secrets.token_urlsafe(24)
        self._write({**self._keys, client: key})
        return key

    def revoke(self, client: str) -> None:
        """Let the key of `client` open nothing any more. Raises OSError."""
        self._follow()
        if client in self._keys:
            self._write({name: key for name, key in self._keys.items() if name != client})

    def _write(self, keys: dict[str, str]) -> None:
        write_private(self._file, json_text.render(keys))
        self._follow()

    def _follow(self) -> None:
        try:
            found = os.stat(self._file)  # noqa: PTH116 - once a request
            stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        except OSError:
            self._stamp, self._keys = None, {}
            return
        if stamp == self._stamp:
            return
        try:
            value = json_text.parse(self._file.read_bytes())
            keys = {str(name): str(key) for name, key in value.items() if str(key).strip()}
        except (OSError, ValueError, AttributeError) as error:
            # Whoever cannot read the keys lets nobody in with one.
            logger.info("the clients' keys cannot be read: %s", type(error).__name__)
            keys = {}
        self._learn(keys.values())
        self._stamp, self._keys = stamp, keys
