"""Where a started Lingma process listens: the `.info` file, sniffed; stale ones told apart.

Lines: WebSocket port, pid, optional pipe. Newer builds write JSON, in `.info` or `.info.json`. A
file whose process is dead, or that was there before the start, is stale.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil

from gateway_engine import json_text

INFO_NAMES: Final = (".info", ".info.json")
OWNER_MARK: Final = ".lingma-gateway"
BYTE_ORDER_MARK: Final = "\ufeff"
MAX_PORT: Final = 65535
MAX_PID: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`pid` is 0 when the file does not say."""

    port: int
    pid: int


def parse_info(text: str) -> Endpoint | None:
    """Read the content of an info file; None while it is half-written or not one."""
    text = text.removeprefix(BYTE_ORDER_MARK).strip()
    if text.startswith("{"):
        try:
            value: Any = json_text.parse(text)
        except json_text.InvalidJsonError:
            return None
        return _endpoint(value.get("websocketPort"), value.get("pid"))
    lines = text.splitlines()
    return _endpoint(lines[0], lines[1] if len(lines) > 1 else 0) if lines else None


def _endpoint(port: Any, pid: Any) -> Endpoint | None:
    try:
        found = Endpoint(int(port), int(pid or 0))
    except (TypeError, ValueError, OverflowError):
        return None
    return found if 0 < found.port <= MAX_PORT and 0 <= found.pid <= MAX_PID else None


Marks = dict[Path, tuple[int, int]]


def claim_work_dir(work_dir: Path) -> Marks:
    """Make the folder ready for a start and return the marks of info files that stay there.

    A folder that is new or empty becomes the gateway's own; only there old info files are deleted.
    Anywhere else (`~/.lingma` belongs to the user's IDE) they are left, and known as stale by their
    marks.
    """
    work_dir.mkdir(parents=True, exist_ok=True)
    mark = work_dir / OWNER_MARK
    if not mark.exists() and not any(work_dir.iterdir()):
        mark.touch()
    marks: Marks = {}
    for name in INFO_NAMES:
        file = work_dir / name
        if mark.exists():
            file.unlink(missing_ok=True)
        else:
            found = _mark(file)
            if found is not None:
                marks[file] = found
    return marks


def foreign_process(work_dir: Path) -> int:
    """The pid of a living process that already uses this folder, 0 when there is none."""
    for name in INFO_NAMES:
        endpoint = _read(work_dir / name)
        if endpoint is not None and endpoint.pid and psutil.pid_exists(endpoint.pid):
            return endpoint.pid
    return 0


def find_endpoint(work_dir: Path, stale: Marks) -> Endpoint | None:
    """Return what a fresh info file says, None while there is none."""
    for name in INFO_NAMES:
        file = work_dir / name
        found = _mark(file)
        if found is None or stale.get(file) == found:
            continue
        endpoint = _read(file)
        if endpoint is not None and (not endpoint.pid or psutil.pid_exists(endpoint.pid)):
            return endpoint
    return None


def _mark(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ino


def _read(file: Path) -> Endpoint | None:
    try:
        return parse_info(file.read_text("utf-8", "replace"))
    except OSError:
        return None
