"""Files of other programs: read whole, replaced whole, with their mode, owner and links kept.

A crash at any point leaves the old file or the new one. Links are followed: the file they lead to
is replaced, not the link.
"""

import itertools
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gateway_engine.atomic_file import begin_beside, sync_folder
from gateway_engine.splicing.edits import MAX_CHARS, RefusedEditError


@dataclass(frozen=True, slots=True)
class Target:
    """What was found. `content` is None when there is no file; `mode` its permissions, else 0."""

    path: Path
    content: bytes | None
    mode: int = 0

    @property
    def text(self) -> str:
        """Its text, "" when there is none. Every byte of it can be written back. Raises
        RefusedEditError."""
        try:
            return (self.content or b"").decode("utf-8")
        except UnicodeDecodeError:
            raise RefusedEditError(
                f"{self.path} is not written in UTF-8", "no_utf8", file=str(self.path)
            ) from None

    @property
    def others_can_read(self) -> bool:
        """Whether other users of this machine can read it."""
        return os.name == "posix" and bool(self.mode & (stat.S_IRGRP | stat.S_IROTH))


def read_target(path: Path) -> Target:
    """Return the file at `path`, links followed. Raises RefusedEditError, OSError."""
    try:
        real = path.resolve()
    except RuntimeError:  # what Python 3.11 makes of it
        raise RefusedEditError(
            f"{path} is a link that leads to itself", "link_loop", file=str(path)
        ) from None
    try:
        found = real.stat()
    except FileNotFoundError:
        return Target(real, None)
    if not stat.S_ISREG(found.st_mode):
        raise RefusedEditError(f"{real} is no plain file", "no_plain_file", file=str(real))
    if found.st_size > MAX_CHARS:
        raise RefusedEditError(
            f"{real} is too large for a settings file", "too_large", file=str(real)
        )
    if found.st_nlink > 1:
        raise RefusedEditError(
            f"{real} has several names (hard links), which would come apart",
            "hard_links",
            file=str(real),
        )
    return Target(real, real.read_bytes(), stat.S_IMODE(found.st_mode))


def replace_target(target: Target, content: bytes | None) -> None:
    """Put `content` in the place of what `target` was read as; None removes the file.

    Raises RefusedEditError when the file has changed since it was read, OSError. A new file is
    readable by its owner only.
    """
    path = target.path
    if content is None:
        _unchanged(target)
        path.unlink(missing_ok=True)
        sync_folder(path.parent)
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, beside = begin_beside(path)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            if target.content is not None:
                _keep_owner_and_mode(path, beside, target.mode)
            os.fsync(stream.fileno())
        _unchanged(target)
        os.replace(beside, path)  # noqa: PTH105 - named as the step it is
        sync_folder(path.parent)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def missing_folders(path: Path) -> tuple[Path, ...]:
    """The folders that would have to be made for a file at `path`, the innermost first."""
    return tuple(itertools.takewhile(lambda folder: not folder.exists(), path.parents))


def remove_empty(folders: Iterable[Path]) -> None:
    """Remove these folders as far as nothing is in them, the innermost first."""
    for folder in folders:
        try:
            folder.rmdir()
        except FileNotFoundError:
            continue
        except OSError:
            return  # somebody else uses it, or it has gone


def _unchanged(target: Target) -> None:
    now = read_target(target.path)
    if now.content != target.content:
        raise RefusedEditError(
            f"{target.path} was changed at this very moment; try again",
            "changed_now",
            file=str(target.path),
        )


def _keep_owner_and_mode(path: Path, beside: Path, mode: int) -> None:
    if os.name == "posix":
        was, made = path.stat(), beside.stat()
        if (was.st_uid, was.st_gid) != (made.st_uid, made.st_gid):
            # Whoever may not give it back its owner must not replace it: OSError.
            os.chown(beside, was.st_uid, was.st_gid)
        if hasattr(os, "listxattr"):
            with suppress(OSError):  # file systems without them
                for each in os.listxattr(path):
                    os.setxattr(beside, each, os.getxattr(path, each))
    beside.chmod(mode)
