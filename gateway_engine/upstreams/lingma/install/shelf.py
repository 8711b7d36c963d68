"""The versions of the program that this gateway has fetched, and which of them is used.

    <root>/<version>/<platform>/Lingma      one version, whole; its name is unique
    <root>/<version>/origin.json            where it came from
    <root>/current                          the name of the one in use
    <root>/.staging/…                       what is being fetched or taken away

A version appears by one rename and is chosen by one rename of `current`; a crash in between leaves
the old one in use. Old versions stay for going back until they are removed.
"""

import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway_engine import json_text
from gateway_engine.atomic_file import sync_folder, write_private
from gateway_engine.upstreams.lingma.binary import (
    chosen_version,
    is_program,
    platform_name,
    program_name,
)
from gateway_engine.upstreams.lingma.install.trouble import InstallError, not_written

STAGING: Final = ".staging"
ORIGIN: Final = "origin.json"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")


@dataclass(frozen=True, slots=True)
class Installed:
    """One version on the shelf. `sha256` is that of the VSIX, `validator` the server's mark."""

    name: str
    program: Path
    in_use: bool
    source: str = ""
    sha256: str = ""
    validator: str = ""


class Shelf:
    """The folder of versions. Blocks: call it in a thread."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def versions(self) -> tuple[Installed, ...]:
        """Every whole version, the newest name first."""
        here = chosen_version(self.root)
        found = [
            self._read(folder.name, in_use=folder.name == here)
            for folder in (self.root.iterdir() if self.root.is_dir() else ())
            if _NAME.fullmatch(folder.name) and is_program(self._program(folder.name))
        ]
        return tuple(sorted(found, key=lambda each: _version_key(each.name), reverse=True))

    def in_use(self) -> Installed | None:
        """The version that is used, None when there is none."""
        return next((each for each in self.versions() if each.in_use), None)

    @contextlib.contextmanager
    def staging(self) -> Iterator[Path]:
        """An empty folder for a version to come; gone afterwards unless it was put."""
        parent = self.root / STAGING
        parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = Path(tempfile.mkdtemp(dir=parent))
        try:
            inner = folder / "version"
            inner.mkdir()
            yield inner
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def put(
        self, staged: Path, version: str, *, source: str, sha256: str, validator: str
    ) -> Installed:
        """Put a verified version on the shelf and use it. Raises InstallError."""
        known = next((each for each in self.versions() if each.sha256 == sha256), None)
        if known is not None:
            return self.use(known.name)
        name = version if _NAME.fullmatch(version) else "unknown"
        if (self.root / name).exists():
            name = f"{name[:80]}-{sha256[:8]}"
        origin = {"source": source, "sha256": sha256, "validator": validator}
        try:
            write_private(staged / ORIGIN, json_text.render(origin))
            # A folder of that name that is not whole is the remains of something.
            self._take_away(self.root / name)
            staged.rename(self.root / name)
            sync_folder(self.root)
        except OSError as error:
            raise _not_written(error) from error
        return self.use(name)

    def use(self, name: str) -> Installed:
        """Use this version from the next start on. Raises InstallError."""
        if not any(each.name == name for each in self.versions()):
            raise self._unknown(name)
        try:
            write_private(self.root / "current", f"{name}\n".encode())
        except OSError as error:
            raise _not_written(error) from error
        return self._read(name, in_use=True)

    def remove(self, name: str) -> Installed | None:
        """Take a version off the shelf; returns the one in use afterwards. Raises InstallError."""
        if not any(each.name == name for each in self.versions()):
            raise self._unknown(name)
        rest = [each for each in self.versions() if each.name != name]
        try:
            if chosen_version(self.root) == name:
                if rest:
                    self.use(rest[0].name)
                else:
                    (self.root / "current").unlink(missing_ok=True)
            self._take_away(self.root / name)
        except OSError as error:
            raise InstallError(
                "not_permitted",
                f"cannot remove {name}: {error.strerror}; is it running?",
                detail=str(error.strerror or error),
            ) from error
        return self.in_use()

    def sweep(self) -> None:
        """Remove what a crash left half-done; parts of downloads stay."""
        for left in (self.root / STAGING).glob("*"):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)

    def _take_away(self, folder: Path) -> None:
        if not folder.exists():
            return
        with self.staging() as away:
            folder.rename(away / "removed")

    def _program(self, name: str) -> Path:
        return self.root / name / platform_name() / program_name()

    def _read(self, name: str, *, in_use: bool) -> Installed:
        try:
            origin = json_text.parse((self.root / name / ORIGIN).read_bytes())
            said = {key: str(origin[key]) for key in ("source", "sha256", "validator")}
        except (OSError, ValueError, KeyError, TypeError):
            said = {}
        return Installed(name, self._program(name), in_use, **said)

    def _unknown(self, name: str) -> InstallError:
        names = ", ".join(each.name for each in self.versions()) or "none"
        return InstallError(
            "unknown_version", f"there is no version {name!r} here; there are: {names}"
        )


def _version_key(name: str) -> tuple[tuple[int, ...], str]:
    return tuple(int(number) for number in re.findall(r"\d+", name)), name


def _not_written(error: OSError) -> InstallError:
    return not_written("cannot put the program in place", error)
