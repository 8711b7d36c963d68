"""Files that are the same in every build of one commit: their times, order, owners and modes."""

from __future__ import annotations

import hashlib
import lzma
import os
import shutil
import tarfile
from pathlib import Path
from typing import Dict, Iterator

from devtools.terminal import ROOT, RefusedError, answer

XZ_PRESET = 6


def source_date() -> int:
    """Seconds since 1970 that stand for "now": SOURCE_DATE_EPOCH, else the commit's time."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given.isdecimal():
        return int(given)
    told = answer(["git", "-C", ROOT, "log", "-1", "--format=%ct"]) or ""
    if not told.isdecimal():
        raise RefusedError("no git here: set SOURCE_DATE_EPOCH to the release's time")
    return int(told)


def build_environment() -> Dict[str, str]:
    """The environment for every program of a build."""
    return {
        **os.environ,
        "SOURCE_DATE_EPOCH": str(source_date()),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }


def settle(folder: Path) -> None:
    """Give everything in `folder` its mode and the commit's time."""
    when = source_date()
    for path in sorted([folder, *folder.rglob("*")], reverse=True):
        if not path.is_symlink():
            runs = path.is_dir() or os.access(path, os.X_OK)
            path.chmod(0o755 if runs else 0o644)
        if os.utime in os.supports_follow_symlinks:
            os.utime(path, (when, when), follow_symlinks=False)
        elif not path.is_symlink():
            os.utime(path, (when, when))


def write_tar_xz(folder: Path, target: Path) -> None:
    """Pack `folder` under its own name: sorted, owned by root, dated by the commit."""
    when = source_date()

    def fix(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        member.mtime = when
        return member

    with lzma.open(target, "wb", preset=XZ_PRESET) as packed, tarfile.open(
        fileobj=packed, mode="w", format=tarfile.GNU_FORMAT
    ) as archive:
        for path in [folder, *sorted(folder.rglob("*"))]:
            name = str(Path(folder.name) / path.relative_to(folder))
            archive.add(path, name, recursive=False, filter=fix)


def copy_tree(source: Path, target: Path) -> None:
    """Copy a folder, links as links."""
    shutil.copytree(source, target, symlinks=True)


def digest_of(path: Path) -> str:
    """A file's SHA-256."""
    word = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            word.update(block)
    return word.hexdigest()


def contents(folder: Path) -> Iterator[str]:
    """One line for each file of a folder, which a second build must give again."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            yield f"link {path.readlink()} {name}"
        elif path.is_file():
            yield f"{digest_of(path)} {name}"
