"""The login of one work folder on disk: read, and replaced as a whole or not at all.

An exchange is a folder `.login-exchange` beside `cache/`:

    prepared: old/ and new/ are whole, `begun` is there      a crash before: nothing has changed
    applied:  the files of new/ are copied over cache/       a crash here: put back at next start
    kept:     the folder was renamed to `.login-exchanged`   a crash after: only rubbish is left

Whoever starts a program in the folder calls `recover` first. Blocks: small files only.
"""

import contextlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway_engine.accounts.bundle import LOGIN_FILES, MAX_BYTES
from gateway_engine.atomic_file import sync_folder, unfinished, write_private

EXCHANGE: Final = ".login-exchange"
DONE: Final = ".login-exchanged"
BEGUN: Final = "begun"

Step = Callable[[str], None]
"""Told the name of each step before it is taken."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """What an import does to one file: add, replace, same or remove."""

    file: str
    change: str


def read_login(work_dir: Path) -> dict[str, bytes]:
    """The files of the login that are there. Raises OSError."""
    found: dict[str, bytes] = {}
    for name in LOGIN_FILES:
        file = work_dir / name
        if file.is_symlink() or not file.is_file() or file.stat().st_size > MAX_BYTES:
            continue
        with contextlib.suppress(FileNotFoundError):
            found[name] = file.read_bytes()
    return found


def changes(now: Mapping[str, bytes], new: Mapping[str, bytes]) -> tuple[FileChange, ...]:
    """What replacing `now` by `new` would do, in the order of LOGIN_FILES."""
    told: list[FileChange] = []
    for name in LOGIN_FILES:
        if name in new:
            same = now.get(name) == new[name]
            word = "same" if same else "replace" if name in now else "add"
            told.append(FileChange(name, word))
        elif name in now:
            told.append(FileChange(name, "remove"))
    return tuple(told)


def exchange(work_dir: Path, new: Mapping[str, bytes], *, step: Step = lambda name: None) -> None:
    """Put `new` in place of the login; undone by `recover` until `keep`. Raises OSError."""
    recover(work_dir)
    folder = work_dir / EXCHANGE
    now = read_login(work_dir)
    step("prepare")
    for part, files in (("old", now), ("new", new)):
        for name, content in files.items():
            write_private(folder / part / name, content)
            step(f"{part} {name}")
    write_private(folder / BEGUN, b"")
    sync_folder(folder)
    step("begun")
    try:
        _place(work_dir, new, step)
    except OSError:
        recover(work_dir)
        raise


def keep(work_dir: Path, *, step: Step = lambda name: None) -> None:
    """The exchange holds from here on. Raises OSError."""
    step("keep")
    _discard(work_dir / DONE)
    (work_dir / EXCHANGE).rename(work_dir / DONE)
    step("kept")
    _discard(work_dir / DONE)


def recover(work_dir: Path) -> bool:
    """Undo an exchange that was not kept; returns whether there was one. Raises OSError."""
    folder = work_dir / EXCHANGE
    _discard(work_dir / DONE)
    _sweep(work_dir)
    if not folder.is_dir():
        return False
    begun = (folder / BEGUN).is_file()
    if begun:
        _place(work_dir, _read_all(folder / "old"), lambda name: None)
        # First the mark, so that what is left counts as a beginning.
        (folder / BEGUN).unlink()
    _discard(folder)
    return begun


def _place(work_dir: Path, files: Mapping[str, bytes], step: Step) -> None:
    for name in LOGIN_FILES:
        step(f"place {name}")
        if name in files:
            write_private(work_dir / name, files[name])
        else:
            (work_dir / name).unlink(missing_ok=True)
    if (work_dir / "cache").is_dir():
        sync_folder(work_dir / "cache")


def _read_all(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in LOGIN_FILES if (folder / name).is_file()}


def _discard(folder: Path) -> None:
    if folder.is_dir():
        shutil.rmtree(folder)


def _sweep(work_dir: Path) -> None:
    """Remove what a write that was killed has left beside a login's file: it is part of a login."""
    for name in LOGIN_FILES if (work_dir / "cache").is_dir() else ():
        for file in unfinished(work_dir / name):
            if not file.is_symlink() and file.is_file():
                file.unlink(missing_ok=True)
