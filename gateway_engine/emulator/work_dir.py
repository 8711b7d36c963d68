"""The workDir on disk: its folders, ``.info``, the login in ``cache/``, the start counters.

Layout as in the wire notes, section 1: ``cache/{id,user,quota,config.json}`` is the login (0600;
no ``cache/user`` means logged out), ``logs/``, ``db/``; ``.info`` holds the port and the pid.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway_engine.emulator.scenario import Scenario

STARTS_FILE = "emulator-starts.json"
# No real process has it: beyond macOS's range, Linux's very last one, odd on Windows.
DEAD_PID = 4194303


class WorkDir:
    """One workDir; every write is atomic and private to the user."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.cache = root / "cache"
        self.logs = root / "logs"
        self.db = root / "db"

    def create(self) -> bool:
        """Make the folders; whether the workDir was never used before."""
        fresh = not self.cache.exists()
        for folder in (self.root, self.cache, self.logs, self.db):
            folder.mkdir(parents=True, exist_ok=True)
        return fresh

    def write_info(self, *, port: int, pid: int, style: str) -> None:
        """Publish the port; ``style`` is "" (lines), "inline" or "file" (JSON)."""
        content = f"{port}\n{pid}\n"
        name = ".info"
        if style:
            content = json.dumps({"websocketPort": port, "pid": pid, "ipcServerPath": ""})
            name = ".info.json" if style == "file" else ".info"
        write_private(self.root / name, content)

    def remove_info(self, pid: int) -> None:
        """Take back what this process published, never another one's."""
        for name in (".info", ".info.json"):
            path = self.root / name
            with contextlib.suppress(OSError):
                if re.search(rf"\b{pid}\b", path.read_text(encoding="utf-8")):
                    path.unlink()

    def count_start(self, scenario: Scenario) -> Scenario:
        """Count this start; the scenario without what its earlier starts have used up."""
        path = self.root / STARTS_FILE
        earlier: dict[str, int] = {}
        with contextlib.suppress(OSError, ValueError):
            earlier = json.loads(path.read_text(encoding="utf-8"))
        counted = [choice.name for choice in scenario if choice.starts is not None]
        if counted:
            now = earlier | {name: earlier.get(name, 0) + 1 for name in counted}
            write_private(path, json.dumps(now))
        return scenario.after_starts(earlier)

    def read_cache(self, name: str) -> str | None:
        """A file of the login; None when it is missing or unreadable."""
        try:
            return (self.cache / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    def write_cache(self, name: str, content: str) -> None:
        """Replace a file of the login."""
        write_private(self.cache / name, content)

    def remove_cache(self, name: str) -> None:
        """Remove a file of the login; it may be missing."""
        (self.cache / name).unlink(missing_ok=True)

    def read_config(self) -> dict[str, Any]:
        """``cache/config.json``; empty when there is none."""
        try:
            config = json.loads(self.read_cache("config.json") or "{}")
        except ValueError:
            return {}
        return config if isinstance(config, dict) else {}

    def write_config(self, config: Mapping[str, Any]) -> None:
        """Replace ``cache/config.json``."""
        self.write_cache("config.json", json.dumps(dict(config)))


def write_private(path: Path, content: str) -> None:
    """Write a 0600 file in one step: a reader sees the old content or the new, never a half."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.write(content)
    draft.replace(path)
