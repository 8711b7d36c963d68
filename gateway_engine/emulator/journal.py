"""The process's log: everything to ``logs/lingma.log``, what matters also to stderr.

stderr stays short (start, stop, warnings) because whoever started the process captures it; the
file is turned over at a megabyte. Prompts, answers and tokens are never written.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

MAX_LOG_BYTES = 1024 * 1024


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Journal:
    """Appends lines; a disk that is full or a closed stderr never breaks the process."""

    def __init__(self, path: Path, now: Callable[[], datetime] = _utc_now) -> None:
        self._path = path
        self._now = now

    def note(self, message: str) -> None:
        """A line for the log file alone."""
        self._append("INFO", message)

    def say(self, message: str) -> None:
        """A line for the log file and stderr."""
        self._show(self._append("INFO", message))

    def warn(self, message: str) -> None:
        """A line for both, marked as a warning."""
        self._show(self._append("WARN", message))

    def _show(self, line: str) -> None:
        with contextlib.suppress(OSError):
            print(line, file=sys.stderr, flush=True)

    def _append(self, level: str, message: str) -> str:
        line = f"{self._now().isoformat(timespec='milliseconds')} {level} {message}"
        with contextlib.suppress(OSError):
            if self._path.exists() and self._path.stat().st_size > MAX_LOG_BYTES:
                self._path.replace(self._path.with_suffix(".log.1"))
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        return line
