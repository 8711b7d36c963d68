"""The program out of a VSIX: a zip, perhaps in gzip, with the program in a zip inside it.

The layout is searched, not assumed. Nothing of the archive is believed: names that lead elsewhere,
links, encrypted or doubled members and sizes over the limits are refused before the first byte is
written, checksums are checked while the rest is. Blocks: use a thread.
"""

import gzip
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from gateway_engine import json_text
from gateway_engine.upstreams.lingma.install.trouble import InstallError, not_written

COPY_BYTES: Final = 1024 * 1024
_GZIP: Final = b"\x1f\x8b"
_VERSION: Final = re.compile(r"\d+\.\d+[\w.+-]*")
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_RUNTIME: Final = "extension"
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, gzip.BadGzipFile, EOFError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Bytes and counts. The floors are the vendor's real sizes: less is no Lingma."""

    min_program_bytes: int = 50 * 1024**2
    min_local_bytes: int = 5 * 1024**2
    max_unpacked_bytes: int = 4 * 1024**3
    max_members: int = 50_000
    max_depth: int = 3


@dataclass(frozen=True, slots=True)
class Unpacked:
    """`folder` holds `<platform>/Lingma` and, with `has_runtime`, `extension/main.js`."""

    folder: Path
    version: str
    has_runtime: bool


Tick = Callable[[int, int], None]
"""Told of bytes unpacked and bytes to unpack; may raise to stop."""


def unpack(
    vsix: Path,
    staging: Path,
    *,
    platform: str,
    program: str,
    limits: ArchiveLimits,
    tick: Tick,
    free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
) -> Unpacked:
    """Bring the program for `platform` into the empty folder `staging`. Raises InstallError."""
    try:
        with tempfile.TemporaryDirectory(dir=staging.parent, prefix=".nested-") as scratch:
            work = _Search(Path(scratch), platform, program, limits, free_bytes)
            with work.open(vsix, 0) as archive:
                found = work.find(archive, 0, version="")
                if found is None:
                    raise InstallError(
                        "no_program", f"this VSIX holds no Lingma program for {platform}"
                    )
            try:
                _extract(found, staging, tick, free_bytes)
                _verify(staging / platform, program, limits)
            finally:
                found.archive.close()
    except _BROKEN as error:
        raise InstallError("damaged", f"the VSIX is damaged: {error}; fetch it again") from None
    except OSError as error:
        raise not_written("cannot unpack the program", error) from None
    runtime = (staging / _RUNTIME / "main.js").is_file()
    return Unpacked(staging, found.version, runtime)


@dataclass(frozen=True, slots=True)
class _Found:
    """An open archive, the folder in it whose children are wanted, and the version it is of."""

    archive: zipfile.ZipFile
    root: str
    platform: str
    version: str


class _Search:
    """Looks for the program through the archive and the archives in it."""

    def __init__(
        self,
        scratch: Path,
        platform: str,
        program: str,
        limits: ArchiveLimits,
        free_bytes: Callable[[Path], int],
    ) -> None:
        self._scratch = scratch
        self._platform = platform
        self._program = program
        self._limits = limits
        self._free = free_bytes
        self._count = 0

    @contextmanager
    def open(self, file: Path, depth: int) -> Iterator[zipfile.ZipFile]:
        """The zip in `file`, out of its gzip wrapper if it has one."""
        archive = self.zip_in(file, depth)
        try:
            yield archive
        finally:
            archive.close()

    def zip_in(self, file: Path, depth: int) -> zipfile.ZipFile:
        """Open a zip; whoever asks closes it."""
        if depth > self._limits.max_depth:
            raise InstallError("unsafe", "the VSIX holds archives in archives without end")
        with file.open("rb") as stream:
            wrapped = stream.read(2) == _GZIP
        if wrapped:
            plain = self._scratch_file()
            with gzip.open(file, "rb") as source, plain.open("wb") as target:
                self._copy_within_limit(source.read, target.write)
            return self.zip_in(plain, depth + 1)
        try:
            archive = zipfile.ZipFile(file)
        except zipfile.BadZipFile:
            if depth:
                raise
            raise InstallError(
                "not_a_vsix", "this file is not a whole VSIX; fetch it again or choose another"
            ) from None
        try:
            _check_directory(archive, self._limits)
        except InstallError:
            archive.close()
            raise
        return archive

    def find(self, archive: zipfile.ZipFile, depth: int, *, version: str) -> _Found | None:
        """The program here or in an archive within; the one found stays open."""
        version = _manifest_version(archive) or version
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
        wanted = f"{self._platform}/{self._program}"
        for name in sorted(names, key=_newest_first, reverse=True):
            if name == wanted or name.endswith(f"/{wanted}"):
                root = name.removesuffix(wanted)
                folder = PurePosixPath(root).name
                version = folder if _VERSION.fullmatch(folder) else version
                own = zipfile.ZipFile(Path(str(archive.filename)))
                return _Found(own, root, self._platform, version)
        inner = [n for n in names if n.lower().endswith(".zip")]
        for name in sorted(inner, key=_lingma_first):
            file = self._scratch_file()
            self._check_room(archive.getinfo(name).file_size)
            with archive.open(name) as source, file.open("wb") as target:
                shutil.copyfileobj(source, target, COPY_BYTES)
            said = _VERSION.search(PurePosixPath(name).stem)
            with self.open(file, depth + 1) as nested:
                found = self.find(nested, depth + 1, version=said[0] if said else version)
            if found is not None:
                return found
            file.unlink()
        return None

    def _scratch_file(self) -> Path:
        self._count += 1
        return self._scratch / str(self._count)

    def _check_room(self, size: int) -> None:
        _check_room(self._scratch, size, self._free)

    def _copy_within_limit(
        self, read: Callable[[int], bytes], write: Callable[[bytes], object]
    ) -> None:
        total = 0
        while chunk := read(COPY_BYTES):
            total += len(chunk)
            if total > self._limits.max_unpacked_bytes:
                raise InstallError("unsafe", "the VSIX unpacks to more than a program can be")
            write(chunk)


def _check_directory(archive: zipfile.ZipFile, limits: ArchiveLimits) -> None:
    """Refuse an archive whose list of members is not honest. Raises InstallError."""
    members = archive.infolist()
    if len(members) > limits.max_members:
        raise InstallError("unsafe", f"the VSIX lists {len(members)} files; that is no program")
    if sum(info.file_size for info in members) > limits.max_unpacked_bytes:
        raise InstallError("unsafe", "the VSIX unpacks to more than a program can be")
    for name in (info.filename for info in members):
        parts = name.rstrip("/").split("/")
        if (
            not name
            or name.startswith("/")
            or "\\" in name
            or "\0" in name
            or _DRIVE.match(name)
            or any(part in ("", ".", "..") for part in parts)
        ):
            raise InstallError("unsafe", f"the VSIX holds a file that leads elsewhere: {name!r}")


def _check_members(members: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse what would not become a plain file of its own. Raises InstallError."""
    seen: set[str] = set()
    for info in members:
        name = info.filename
        if name.casefold() in seen:
            raise InstallError("unsafe", f"the VSIX holds {name!r} twice")
        seen.add(name.casefold())
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise InstallError("unsafe", f"the VSIX holds a link or a device: {name!r}")
        if info.flag_bits & 1:
            raise InstallError("unsafe", f"the VSIX holds an encrypted file: {name!r}")


def _extract(
    found: _Found,
    staging: Path,
    tick: Tick,
    free_bytes: Callable[[Path], int],
) -> None:
    wanted = tuple(f"{found.root}{name}/" for name in (found.platform, _RUNTIME))
    members = [
        info
        for info in found.archive.infolist()
        if info.filename.startswith(wanted) and not info.is_dir()
    ]
    _check_members(members)
    total = sum(info.file_size for info in members)
    _check_room(staging, total, free_bytes)
    done = 0
    for info in members:
        file = staging / PurePosixPath(info.filename.removeprefix(found.root))
        file.parent.mkdir(parents=True, exist_ok=True)
        with found.archive.open(info) as source, file.open("xb") as target:
            while chunk := source.read(COPY_BYTES):
                target.write(chunk)
                done += len(chunk)
                tick(done, total)
        runs = (info.external_attr >> 16) & 0o111
        file.chmod(0o755 if runs or file.parent == staging / found.platform else 0o644)


def _verify(folder: Path, program: str, limits: ArchiveLimits) -> None:
    """The program and what must stay beside it are there and of a credible size."""
    stem, dot, suffix = program.partition(".")
    floors = {
        program: limits.min_program_bytes,
        f"{stem}Local{dot}{suffix}": limits.min_local_bytes,
    }
    for name, floor in floors.items():
        file = folder / name
        if not file.is_file():
            raise InstallError("no_program", f"this VSIX holds no {folder.name}/{name}")
        size = file.stat().st_size
        if size < floor:
            raise InstallError(
                "too_small", f"{name} in this VSIX has {size} bytes, a real one at least {floor}"
            )


def _check_room(folder: Path, size: int, free_bytes: Callable[[Path], int]) -> None:
    free = free_bytes(folder)
    if free < size:
        raise InstallError(
            "no_space",
            f"unpacking needs {-(-size // 1024**2)} MB, {folder.parent} has {free // 1024**2} MB"
            " free: free some space and try again",
            detail=f"{free // 1024**2} MB / {-(-size // 1024**2)} MB",
        )


def _manifest_version(archive: zipfile.ZipFile) -> str:
    """What the extension's package.json says, "" when there is none that can be read."""
    try:
        info = archive.getinfo("extension/package.json")
        if info.file_size > COPY_BYTES:
            return ""
        version = json_text.parse(archive.read(info)).get("version")
    except (KeyError, ValueError, AttributeError):
        return ""
    return version if isinstance(version, str) and _VERSION.fullmatch(version) else ""


def _newest_first(name: str) -> tuple[int, ...]:
    versions = [p for p in PurePosixPath(name).parts if _VERSION.fullmatch(p)]
    return tuple(int(n) for n in re.findall(r"\d+", versions[-1])) if versions else ()


def _lingma_first(name: str) -> tuple[bool, str]:
    return not PurePosixPath(name).name.startswith("lingma-"), name
