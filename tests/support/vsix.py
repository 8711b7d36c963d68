"""VSIX files of the real shape: a zip, with the program in a zip inside it; and broken ones."""

import gzip
import io
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from gateway_engine.upstreams.lingma.binary import platform_name, program_name
from gateway_engine.upstreams.lingma.install.archive import ArchiveLimits

SMALL = ArchiveLimits(min_program_bytes=2000, min_local_bytes=200)
ROOT = Path(__file__).parents[2]
LOCAL_NAME = "LingmaLocal.exe" if sys.platform == "win32" else "LingmaLocal"


def emulator_program(size: int) -> bytes:
    """A program of that size that behaves like Lingma: the emulator behind a shell script."""
    script = (
        "#!/bin/sh\n"
        f"PYTHONPATH='{ROOT}' exec '{sys.executable}' -P -m gateway_engine.emulator \"$@\"\n"
    ).encode()
    return script + b"#" * (size - len(script) - 1) + b"\n"


def zip_of(members: Mapping[str, bytes], *, executable: tuple[str, ...] = ()) -> bytes:
    """A zip with these members."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (0o100755 if name in executable else 0o100644) << 16
            archive.writestr(info, content)
    return target.getvalue()


def make_vsix(
    *,
    version: str = "2.5.20",
    program: bytes = b"#" * 3000,
    local: bytes = b"l" * 300,
    platform: str = "",
    runtime: bool = True,
    nested: bool = True,
    wrapped: bool = False,
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    """A VSIX; `nested` puts the program into `lingma-<version>.zip`, else it lies unpacked."""
    here = platform or platform_name()
    files = {f"{here}/{program_name()}": program, f"{here}/{LOCAL_NAME}": local}
    files["i386_amiga/Lingma"] = b"for another machine"
    if runtime:
        files["extension/main.js"] = b"// node"
    outer = {
        "extension.vsixmanifest": b"<PackageManifest/>",
        "extension/package.json": f'{{"version": "{version}"}}'.encode(),
        "extension/dist/other.zip": zip_of({"readme.txt": b"nothing here"}),
    }
    if nested:
        inner = zip_of({f"{version}/{name}": content for name, content in files.items()})
        outer[f"extension/dist/bin/lingma-{version}.zip"] = inner
    else:
        outer |= {f"extension/resources/bin/{name}": content for name, content in files.items()}
    whole = zip_of(outer | dict(more or {}))
    return gzip.compress(whole) if wrapped else whole
