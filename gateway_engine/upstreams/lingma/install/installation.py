"""From a source to a program that can be started: fetch, unpack, verify, put in place.

Whatever fails, the version in use before is still in use. Cancelled, the part of the download that
has come is kept and the next try goes on from it.
"""

import asyncio
import hashlib
import os
import threading
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from gateway_engine.upstreams.lingma.binary import is_program, platform_name, program_name
from gateway_engine.upstreams.lingma.install.archive import ArchiveLimits, Unpacked, unpack
from gateway_engine.upstreams.lingma.install.fetch import Fetched, FetchLimits, fetch
from gateway_engine.upstreams.lingma.install.progress import (
    InstallProgress,
    InstallStep,
    OnProgress,
    Speedometer,
)
from gateway_engine.upstreams.lingma.install.shelf import Installed, Shelf
from gateway_engine.upstreams.lingma.install.source import VsixFile, VsixSource
from gateway_engine.upstreams.lingma.install.trouble import InstallError

PART_NAME: Final = "lingma.vsix"
GZIP: Final = b"\x1f\x8b"
ZIP: Final = b"PK"


@dataclass(frozen=True, slots=True)
class InstallLimits:
    """Every floor and ceiling; the defaults are the real program's."""

    fetch: FetchLimits = field(default_factory=FetchLimits)
    archive: ArchiveLimits = field(default_factory=ArchiveLimits)


class ChosenKind(StrEnum):
    """What a file that somebody picked is."""

    PROGRAM = "program"
    VSIX = "vsix"
    NEITHER = "neither"


def examine_chosen(file: Path) -> ChosenKind:
    """Tell a Lingma program from a VSIX from anything else, by what is in it."""
    try:
        head = _head(file)
    except OSError:
        return ChosenKind.NEITHER
    if head == GZIP or (head == ZIP and zipfile.is_zipfile(file)):
        return ChosenKind.VSIX
    return ChosenKind.PROGRAM if is_program(file) else ChosenKind.NEITHER


def _head(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(2)


async def install(
    source: VsixSource,
    shelf: Shelf,
    *,
    tell: OnProgress,
    limits: InstallLimits | None = None,
    environ: Mapping[str, str] | None = None,
) -> Installed:
    """Install the program from `source` and use it. Raises InstallError, nothing half-done.

    `tell` is called on this loop.
    """
    chosen = limits or InstallLimits()
    tell(InstallProgress(InstallStep.CHECKING))
    await asyncio.to_thread(_make_room_for, shelf)
    if isinstance(source, VsixFile):
        vsix, shown = await asyncio.to_thread(_measure, source), source.file.name
    else:
        target = shelf.root / PART_NAME
        vsix = await fetch(source, target, limits=chosen.fetch, tell=tell, environ=environ)
        shown = source.url.split("?", 1)[0]
    loop = asyncio.get_running_loop()

    def tell_from_thread(progress: InstallProgress) -> None:
        loop.call_soon_threadsafe(tell, progress)

    try:
        return await _in_thread(
            lambda stopped: _put_in_place(
                vsix, shown, shelf, chosen.archive, tell_from_thread, stopped
            )
        )
    except InstallError as error:
        if vsix.is_whole or error.code not in ("damaged", "not_a_vsix"):
            raise
        if await asyncio.to_thread(_head, vsix.file) not in (GZIP, ZIP):
            raise
        raise InstallError(
            "perhaps_cut",
            f"{error}; the server did not say how long the file is, so the end may be missing:"
            " try again",
        ) from None
    finally:
        if not isinstance(source, VsixFile):
            vsix.file.unlink(missing_ok=True)


def _make_room_for(shelf: Shelf) -> None:
    try:
        shelf.root.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise InstallError(
            "not_permitted",
            f"cannot make the folder {shelf.root}: {error.strerror}",
            detail=f"{shelf.root}: {error.strerror}",
        ) from error
    shelf.sweep()


def _measure(source: VsixFile) -> Fetched:
    try:
        with source.file.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            size = os.fstat(stream.fileno()).st_size
    except OSError as error:
        raise InstallError(
            "unreadable",
            f"cannot read {source.file}: {error.strerror}",
            detail=f"{source.file}: {error.strerror}",
        ) from error
    if source.sha256 and source.sha256 != sha256:
        raise InstallError(
            "checksum",
            f"{source.file.name} is not what was pinned: its SHA-256 is {sha256}",
            detail=sha256,
        )
    return Fetched(source.file, size, sha256, "")


def _put_in_place(
    vsix: Fetched,
    shown: str,
    shelf: Shelf,
    limits: ArchiveLimits,
    tell: OnProgress,
    stopped: threading.Event,
) -> Installed:
    meter = Speedometer(InstallStep.UNPACKING, tell, time.monotonic)

    def tick(done: int, total: int) -> None:
        if stopped.is_set():
            raise InstallError("cancelled", "the installation was cancelled")
        meter.at(done, total, last=done == total)

    with shelf.staging() as staging:
        unpacked: Unpacked = unpack(
            vsix.file,
            staging,
            platform=platform_name(),
            program=program_name(),
            limits=limits,
            tick=tick,
        )
        return shelf.put(
            unpacked.folder,
            unpacked.version,
            source=shown,
            sha256=vsix.sha256,
            validator=vsix.validator,
        )


async def _in_thread(work: Callable[[threading.Event], Installed]) -> Installed:
    """Run blocking work; a cancellation stops it first and is then let through."""
    stopped = threading.Event()
    running = asyncio.ensure_future(asyncio.to_thread(work, stopped))  # noqa: TID251 - awaited
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        stopped.set()
        await asyncio.wait((running,))
        if not running.cancelled():
            running.exception()
        raise
