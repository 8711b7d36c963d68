"""The oldest C library that a built application runs with: read out of its own programs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Tuple

from devtools.terminal import RefusedError

NEEDED = re.compile(rb"\0GLIBC_(\d+)\.(\d+)(?:\.\d+)?(?=\0)")
"""A version of the C library's symbols, as the table of names in an ELF file has it."""


def c_library_of(folder: Path) -> str:
    """The newest version that a program or library in `folder` asks for, such as "2.36"."""
    newest: Tuple[int, int] = (0, 0)
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_file():
            continue
        with path.open("rb") as file:
            if file.read(4) != b"\x7fELF":
                continue
            held = file.read()
        found = [(int(major), int(minor)) for major, minor in NEEDED.findall(held)]
        newest = max([newest, *found])
    if newest == (0, 0):
        raise RefusedError(f"no program in {folder.name} asks for a C library")
    return "{}.{}".format(*newest)
