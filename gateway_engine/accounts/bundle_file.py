"""Bundles as files: read, looked into, written for nobody else to read.

Blocks, but for `inspect`.
"""

import asyncio
import base64
from dataclasses import dataclass
from pathlib import Path

from gateway_engine.accounts.age import unseal_aside
from gateway_engine.accounts.bundle import MAX_TEXT_BYTES, BundleError, is_sealed, unpack
from gateway_engine.atomic_file import write_private


@dataclass(frozen=True, slots=True)
class BundleFacts:
    """What is in a bundle: names of files and their sizes, never what they hold.

    `files` is empty for a sealed one whose passphrase was not given.
    """

    sealed: bool
    files: tuple[tuple[str, int], ...] = ()


def read_bundle(file: Path) -> bytes:
    """The bundle in `file`. Raises BundleError."""
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_TEXT_BYTES + 1)
    except OSError as error:
        raise BundleError("unreadable", f"cannot read {file}: {error.strerror}") from None
    if len(data) > MAX_TEXT_BYTES:
        raise BundleError("too_large", f"{file} is too large for a bundle")
    return data


def write_bundle(file: Path, text: str) -> None:
    """Write a bundle that only its owner can read. Raises BundleError."""
    try:
        write_private(file, text.encode())
    except OSError as error:
        raise BundleError("not_written", f"cannot write {file}: {error.strerror}") from None


def bundle_text(data: bytes) -> str:
    """The bundle as the internal routes take it."""
    try:
        return data.decode("ascii")
    except UnicodeDecodeError:
        return base64.b64encode(data).decode("ascii")


async def inspect(data: bytes, passphrase: str = "") -> BundleFacts:
    """Look into a bundle without using it. Raises BundleError."""
    sealed = is_sealed(data)
    if sealed and not passphrase:
        return BundleFacts(sealed)
    plain = await unseal_aside(data, passphrase) if sealed else data
    files = await asyncio.to_thread(unpack, plain)
    return BundleFacts(sealed, tuple((name, len(content)) for name, content in files.items()))
