"""Files that are whole or not there: written beside, synced, then put in place."""

import logging
import os
import re
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

logger = logging.getLogger(__name__)

UNFINISHED: Final = ".unfinished"
LEFT_BEHIND_S: Final = 3600.0
"""What is older was left by a program that was killed while it wrote."""


def write_private(file: Path, content: bytes) -> None:
    """Replace `file` by `content`, readable by its owner only (0600). Raises OSError.

    A crash at any point leaves the old file or the new one.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, beside = begin_beside(file)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def begin_beside(file: Path) -> tuple[int, Path]:
    """Make an empty file in the folder of `file`, for its owner only, to be put in its place;
    returns its handle and its path. Raises OSError.

    What a killed program has left there of `file` goes: it may hold secrets that `file` no longer
    has.
    """
    _clear(file)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=UNFINISHED)
    return handle, Path(name)


def sync_folder(folder: Path) -> None:
    """Let new names in `folder` reach the disk; systems that cannot sync a folder need not."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def unfinished(file: Path) -> list[Path]:
    """What writes of `file` that were killed, or go on now, have made beside it. Raises OSError."""
    named = re.compile(rf"\.{re.escape(file.name)}\.[a-z0-9_]{{8}}{re.escape(UNFINISHED)}")
    return [found for found in file.parent.iterdir() if named.fullmatch(found.name) is not None]


def _clear(file: Path) -> None:
    now = time.time()
    for found in unfinished(file):
        try:
            if now - found.lstat().st_mtime > LEFT_BEHIND_S:
                found.unlink()
        except OSError as error:
            logger.info("%s is left behind and cannot be removed: %s", found, error)
