"""A login as one portable text: base64 of a tar.gz, or that sealed with age. Pure but for zlib.

It holds only the files of LOGIN_FILES, at most MAX_BYTES unpacked. It equals a password. What comes
from outside is distrusted: links, devices, other names, doubled members and sizes are refused
before anything is used, and decompression stops at the limit.
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
MAX_SHOWN: Final = 60
"""Characters of a foreign name in a message."""
_TAR_OVERHEAD: Final = 64 * 1024
_BLOCK: Final = 512
_PLAIN: Final = (b"0", b"\0")
_FOLDER: Final = b"5"
_REMARKS: Final = (b"x", b"g")
"""What other programs say of times and owners (pax): read by nobody here."""
_MAX_REMARK: Final = 16 * 1024
_GZIP: Final = b"\x1f\x8b"
_AGE_BINARY: Final = b"age-encryption.org/"
_AGE_ARMOUR: Final = b"-----BEGIN AGE ENCRYPTED FILE-----"
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_\-=\s]*")

LoginFiles = Mapping[str, bytes]


class BundleError(Exception):
    """A bundle that cannot be used; nothing was changed.

    `code`: unreadable, unsafe, too_large, too_costly, no_login (in it), passphrase_needed,
    wrong_passphrase, too_busy (to decrypt it now; the passphrase was not tried), too_busy_to_seal
    (to encrypt it now with a passphrase that takes long to guess).
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
    plain = data.translate(bytes.maketrans(b"-_", b"+/"), delete=b" \t\r\n\v\f")
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
    """The files of a tar. Read here, for what is in it may be made to hold up a general reader:
    headers of headers, numbers without end, sizes that say two things.
    """
    found: dict[str, bytes] = {}
    place = 0
    while place + _BLOCK <= len(content):
        header = content[place : place + _BLOCK]
        if not header.strip(b"\0"):
            break
        name, kind, size = _header(header)
        place += _BLOCK
        body = content[place : place + size]
        place += -(-size // _BLOCK) * _BLOCK
        if kind in _REMARKS and size <= _MAX_REMARK:
            continue
        if (kind == _FOLDER or name.endswith("/")) and not size:
            if name.removeprefix("./").rstrip("/") in ("", ".", "cache"):
                continue
            raise BundleError("unsafe", f"this bundle holds an odd folder: {_shown(name)}")
        if kind not in _PLAIN:
            raise BundleError("unsafe", "this bundle holds a link or something odd")
        name = name.removeprefix("./")
        if name not in LOGIN_FILES:
            raise BundleError(
                "unsafe", f"this bundle holds a file that is no part of a login: {_shown(name)}"
            )
        if name in found:
            raise BundleError("unsafe", f"this bundle holds {name} twice")
        if size > MAX_BYTES:
            raise BundleError("too_large", f"{name} has more than {MAX_BYTES} bytes")
        if len(body) != size:
            raise BundleError("unreadable", "this bundle is cut off")
        found[name] = body
    return found


def _header(header: bytes) -> tuple[str, bytes, int]:
    """Name, kind and size in a tar's header (POSIX.1-1988 ustar). Raises BundleError."""
    try:
        size, told = (
            int(_text(header[a:b]).strip() or b"0", 8) for a, b in ((124, 136), (148, 156))
        )
    except ValueError:
        raise BundleError("unreadable", "this bundle is damaged") from None
    if size < 0 or told != sum(header[:148]) + 8 * ord(" ") + sum(header[156:]):
        raise BundleError("unreadable", "this bundle is damaged")
    parts = [_text(header[:100])]
    if header[257:263] == b"ustar\0" and header[345]:
        parts.insert(0, _text(header[345:500]))
    return b"/".join(parts).decode("utf-8", "replace"), header[156:157], size


def _text(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


def _shown(name: str) -> str:
    return repr(name[:MAX_SHOWN])
