"""Accounts that their users have signed out, so that no remembered password signs them in again.

A list of names in the data folder, which holds over restarts. Blocks.
"""

import threading
from pathlib import Path
from typing import Final

from gateway_engine import json_text
from gateway_engine.atomic_file import write_private
from gateway_engine.conversation import InstanceName

FILE: Final = "signed-out.json"


class SignedOut:
    """The list; one that cannot be read is empty."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._lock = threading.Lock()

    def names(self) -> frozenset[InstanceName]:
        """Who was signed out, and has not signed in since."""
        try:
            value = json_text.parse(self._file.read_bytes())
        except (OSError, ValueError):
            return frozenset()
        return frozenset(map(InstanceName, map(str, value if isinstance(value, list) else ())))

    def add(self, name: InstanceName) -> None:
        """This account's user has signed out. Raises OSError."""
        with self._lock:
            self._write(self.names() | {name})

    def remove(self, name: InstanceName) -> None:
        """Somebody has signed in again. Raises OSError."""
        with self._lock:
            self._write(self.names() - {name})

    def _write(self, names: frozenset[InstanceName]) -> None:
        if names != self.names():
            write_private(self._file, json_text.render(sorted(names)))
