"""A login as one portable text: base64 of a tar.gz, or that sealed with age. Pure but for zlib.

It holds only the files of LOGIN_FILES, at most MAX_BYTES unpacked (http-api contract §6). It equals
a password. What comes from outside is distrusted: links, devices, other names, doubled members and
sizes are refused before anything is used, and decompression stops at the limit.
"""

import base64
import binascii
import io
import re
import tarfile
import zlib
from collections.abc import Mapping
from typing import Final

LOGIN_FILES: Final = ("cache/id", "cache/user", "cache/quota", "cache/config.json")
MAX_BYTES: Final = 4 * 1024 * 1024
MAX_TEXT_BYTES: Final = 2 * MAX_BYTES
_TAR_OVERHEAD: Final = 64 * 1024
_GZIP: Final = b"\x1f\x8b"
_AGE_BINARY: Final = b"age-encryption.org/"
_AGE_ARMOUR: Final = b"-----BEGIN AGE ENCRYPTED FILE-----"
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_\-=\s]*")

LoginFiles = Mapping[str, bytes]


class BundleError(Exception):
    """A bundle that cannot be used; nothing was changed.

    `code`: unreadable, unsafe, too_large, no_login (in it), passphrase_needed, wrong_passphrase.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def pack(files: LoginFiles) -> bytes:
    """The tar.gz of a login; the same files give the same bytes. Raises BundleError."""
    check_files(files)
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in LOGIN_FILES:
            if name in files:
                info = tarfile.TarInfo(name)
                info.size = len(files[name])
                info.mode = 0o600
                archive.addfile(info, io.BytesIO(files[name]))
    squeezed = zlib.compressobj(level=9, wbits=31)
    return squeezed.compress(target.getvalue()) + squeezed.flush()


def as_text(packed: bytes) -> str:
    """The plain bundle as users carry it."""
    return base64.b64encode(packed).decode("ascii")


def is_sealed(data: bytes) -> bool:
    """Whether these bytes are encrypted with age, armoured or not."""
    return data.lstrip().startswith((_AGE_BINARY, _AGE_ARMOUR))


def unpack(data: bytes) -> dict[str, bytes]:
    """The files of a plain bundle (base64 or the tar.gz itself). Raises BundleError."""
    if len(data) > MAX_TEXT_BYTES:
        raise BundleError("too_large", f"a bundle has at most {MAX_TEXT_BYTES} bytes")
    packed = data if data.startswith(_GZIP) else _from_base64(data)
    files = _members(_inflate(packed))
    check_files(files)
    return files


def check_files(files: LoginFiles) -> None:
    """Refuse what is no login. Raises BundleError."""
    if not files.get("cache/user"):
        raise BundleError("no_login", "there is no login in this bundle (cache/user is missing)")
    if sum(map(len, files.values())) > MAX_BYTES:
        raise BundleError("too_large", f"a login has at most {MAX_BYTES} bytes")


def _from_base64(data: bytes) -> bytes:
    if not _BASE64.fullmatch(data) or not data.strip():
        raise BundleError("unreadable", "this is no bundle: neither base64 nor an age file")
    plain = b"".join(data.split()).translate(bytes.maketrans(b"-_", b"+/"))
    try:
        packed = base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
    except binascii.Error:
        raise BundleError("unreadable", "this bundle's base64 is cut off or damaged") from None
    if not packed.startswith(_GZIP):
        raise BundleError("unreadable", "this is no bundle: there is no tar.gz in it")
    return packed


def _inflate(packed: bytes) -> bytes:
    limit = MAX_BYTES + _TAR_OVERHEAD
    inflater = zlib.decompressobj(wbits=31)
    try:
        content = inflater.decompress(packed, limit)
    except zlib.error:
        raise BundleError("unreadable", "this bundle is damaged") from None
    if inflater.unconsumed_tail or len(content) >= limit:
        raise BundleError("too_large", f"this bundle unpacks to more than {MAX_BYTES} bytes")
    if not inflater.eof or inflater.unused_data:
        raise BundleError("unreadable", "this bundle is cut off or has something behind it")
    return content


def _members(content: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            for info in archive:
                name = info.name.removeprefix("./")
                if info.isdir() and name in ("", ".", "cache"):
                    continue
                if not info.isreg() or info.issparse():
                    raise BundleError("unsafe", "this bundle holds a link or something odd")
                if name not in LOGIN_FILES or info.name.startswith("/"):
                    raise BundleError(
                        "unsafe", f"this bundle holds a file that is no part of a login: {name!r}"
                    )
                if name in found:
                    raise BundleError("unsafe", f"this bundle holds {name} twice")
                if info.size > MAX_BYTES:
                    raise BundleError("too_large", f"{name} has more than {MAX_BYTES} bytes")
                stream = archive.extractfile(info)
                body = stream.read() if stream is not None else b""
                if len(body) != info.size:
                    raise BundleError("unreadable", "this bundle is cut off")
                found[name] = body
    except (tarfile.TarError, EOFError, ValueError, OverflowError):
        raise BundleError("unreadable", "this bundle is damaged") from None
    return found
