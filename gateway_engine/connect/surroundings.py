"""What a user should know of a client's settings file before anything is written: links, folders
that are missing, permissions, other files that count more.
"""

import json
import os
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from gateway_engine.connect.client import Client, SettingsFile, Site


class HintCode(StrEnum):
    """Kinds of `Hint`; what its path names is said behind each."""

    LINK = "link"
    """the file that a link leads to"""
    NEW_FOLDER = "new_folder"
    """the folder that will be made"""
    NEW_FILE = "new_file"
    """the file that will be made"""
    READ_ONLY = "read_only"
    """the file or folder that cannot be written"""
    STRONGER = "stronger"
    """another file, whose word counts more"""
    DISPLACED = "displaced"
    """another file, which is not read any more once ours is there"""
    NOT_PLAIN = "not_plain"
    """the file that its client ignores, for there are comments or trailing commas in it"""


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing to know."""

    code: HintCode
    path: Path


def is_found(client: Client, site: Site) -> bool:
    """Whether the program seems to be installed; a client that leaves no trace counts as found."""
    traces = client.traces(site)
    if not client.programs and not traces:
        return True
    path = site.environ.get("PATH")
    if any(shutil.which(program, path=path) for program in client.programs):
        return True
    return any(_is_there(trace) for trace in traces)


def hints(file: SettingsFile, path: Path, site: Site) -> tuple[Hint, ...]:
    """What there is to know of `path`, the settings file of a client."""
    found: list[Hint] = []
    real = path
    with suppress(OSError, RuntimeError):
        end = path.resolve()
        # A link that leads to itself is no error any more in Python 3.13: reading it says so.
        real = path if end.is_symlink() else end
    if path.is_symlink() or path.parent.is_symlink():
        found.append(Hint(HintCode.LINK, real))
    if not real.parent.exists():
        found.append(Hint(HintCode.NEW_FOLDER, real.parent))
    elif not real.exists():
        found.append(Hint(HintCode.NEW_FILE, real))
    locked = locked_part(real)
    if locked is not None:
        found.append(Hint(HintCode.READ_ONLY, locked))
    for other in file.stronger(site):
        if other != path and other.exists():
            found.append(Hint(HintCode.STRONGER, other))
    if not real.exists():
        found += [Hint(HintCode.DISPLACED, o) for o in file.displaced(site) if o.exists()]
    if file.plain_json and not _is_plain_json(real):
        found.append(Hint(HintCode.NOT_PLAIN, real))
    return tuple(found)


def _is_plain_json(path: Path) -> bool:
    """True as well of one that is empty or cannot be read: others say so."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, ValueError):
        return True
    try:
        json.loads(text or "{}")
    except ValueError:
        return not text.strip()
    return True


def locked_part(path: Path) -> Path | None:
    """What of `path` (links followed) cannot be written: the file, its folder, or None."""
    try:
        # Replacing would get around the mark that somebody has set.
        if path.exists() and not (path.stat().st_mode & stat.S_IWUSR and os.access(path, os.W_OK)):
            return path
    except OSError:
        return path
    folder = path.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return None if os.access(folder, os.W_OK) else folder


def _is_there(trace: Path) -> bool:
    if "*" in trace.name:
        return any(trace.parent.glob(trace.name))
    return trace.exists()
