"""Sealing with a passphrase: the age format, by pyrage. The only module that knows the library.

pyrage holds the interpreter's lock for the seconds that scrypt takes, which would stop every answer
and the window: a program that serves calls `seal_aside` and `unseal_aside`, which do it in a child
process. The passphrase goes there through a pipe.
"""

import asyncio
import base64
import binascii
import contextlib
import os
import re
import sys
from typing import Final

from gateway_engine import json_text
from gateway_engine.accounts.bundle import BundleError
from gateway_engine.own_program import own_command, own_environment
from gateway_engine.setting_secrets import without_secrets

AGE_TIMEOUT_S: Final = 120.0
MAX_WORK_FACTOR: Final = 20
"""A gigabyte; each step doubles it. age writes 18, the library what a second allows: 17 to 20."""
MIN_WORK_FACTOR: Final = 17
"""The least that is written, OWASP's floor for passwords. The library's guess from a single moment
may be far less: 14 was seen.
"""
COMMAND: Final = "age-process"
MAX_TRIES: Final = 100
"""While the library finds the machine too slow: it measures that anew each time, for moments."""
MAX_HEADER_BYTES: Final = 4096
"""One that a passphrase makes has 150 bytes: its stanza stands alone (age v1). The library reads a
header in a time that grows with its square, for 4 MB an hour.
"""
MAX_HEADER_LINES: Final = 1024
_TOO_SLOW: Final = "Excessive work"
"""So pyrage 1.4 begins to say it; it has one error for all reasons. The passphrase is not tried."""
_WRONG: Final = ("Decryption failed", "No matching keys")
"""So it says that the passphrase does not open the header: the rest is not looked at. What it says
otherwise is about the file.
"""
_END_OF_ARMOUR: Final = b"-----END AGE ENCRYPTED FILE-----"
_END_OF_HEADER: Final = re.compile(rb"^---", re.MULTILINE)
_SCRYPT: Final = re.compile(rb"^-> scrypt \S* ?(\d+)\r?$", re.MULTILINE)


def seal(data: bytes, passphrase: str) -> bytes:
    """Encrypt, as armoured text. Raises BundleError. Takes seconds on purpose."""
    from pyrage import EncryptError
    from pyrage import passphrase as age

    if not passphrase:
        raise BundleError("passphrase_needed", "an empty passphrase protects nothing")
    for _ in range(MAX_TRIES):
        try:
            sealed = bytes(age.encrypt(data, passphrase, armored=True))
        except EncryptError as error:
            raise BundleError("unreadable", f"cannot encrypt: {error}") from None
        if work_factor(sealed) >= MIN_WORK_FACTOR:
            return sealed
    raise _too_busy("seal")


def unseal(data: bytes, passphrase: str) -> bytes:
    """Decrypt, armoured or not. Raises BundleError. Takes seconds on purpose."""
    if not passphrase:
        raise BundleError(
            "passphrase_needed",
            "this bundle is encrypted: give its passphrase (of a bundle in the settings:"
            " PASSPHRASE_FILE)",
        )
    if not _END_OF_HEADER.search(_header(data)):
        raise BundleError(
            "unreadable", "this was not encrypted with a passphrase, or it is cut off or damaged"
        )
    if work_factor(data) > MAX_WORK_FACTOR:
        raise BundleError(
            "too_costly",
            "opening this bundle would take more memory than a login is worth: it was made to harm",
        )
    if not data.lstrip().startswith(b"-"):
        return _decrypt(data, passphrase)
    if not data.rstrip().endswith(_END_OF_ARMOUR):
        raise BundleError("unreadable", "this bundle is cut off, or has something behind its end")
    return _decrypt(data.strip(), passphrase)


def _decrypt(data: bytes, passphrase: str) -> bytes:
    from pyrage import DecryptError
    from pyrage import passphrase as age

    for _ in range(MAX_TRIES):
        try:
            return bytes(age.decrypt(data, passphrase))
        except DecryptError as error:
            if str(error).startswith(_TOO_SLOW):
                continue
            if str(error).startswith(_WRONG):
                raise BundleError(
                    "wrong_passphrase", "the passphrase is wrong, or the bundle was tampered with"
                ) from None
            raise BundleError(
                "unreadable",
                "this bundle is cut off, damaged or was tampered with; it is not about the"
                " passphrase",
            ) from None
    raise _too_busy("unseal")


def _too_busy(what: str) -> BundleError:
    if what == "seal":
        return BundleError(
            "too_busy_to_seal",
            "this machine is too busy to encrypt well enough now, so nothing was written:"
            " try again when less is running",
        )
    return BundleError(
        "too_busy",
        "this machine is too busy to decrypt now; the passphrase was not tried:"
        " try again when less is running",
    )


def work_factor(data: bytes) -> int:
    """What scrypt would cost by the header (age v1, "scrypt recipient stanza"); 0 when unsaid."""
    return max((int(factor[:9]) for factor in _SCRYPT.findall(_header(data))), default=0)


def _header(data: bytes) -> bytes:
    """As much as a header may be, out of its armour; nothing where that is broken."""
    if not data.lstrip().startswith(b"-"):
        return data[:MAX_HEADER_BYTES]
    lines = data.split(maxsplit=MAX_HEADER_LINES)[4:MAX_HEADER_LINES]  # behind BEGIN's four words
    text = b"".join(lines)[: MAX_HEADER_BYTES * 2].partition(b"-")[0]
    try:
        return base64.b64decode(text[: len(text) // 4 * 4])[:MAX_HEADER_BYTES]
    except binascii.Error:
        return b""


async def seal_aside(data: bytes, passphrase: str) -> bytes:
    """`seal` in a child process."""
    return await _aside("seal", data, passphrase)


async def unseal_aside(data: bytes, passphrase: str) -> bytes:
    """`unseal` in a child process."""
    return await _aside("unseal", data, passphrase)


def child_command() -> tuple[str, ...]:
    """How this program starts itself to do the slow part."""
    return own_command("gateway_engine.accounts.age", COMMAND)


async def _aside(what: str, data: bytes, passphrase: str) -> bytes:
    order = {"what": what, "data": base64.b64encode(data).decode(), "passphrase": passphrase}
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        *child_command(),
        stdin=pipe,
        stdout=pipe,
        stderr=asyncio.subprocess.DEVNULL,
        env=without_secrets(own_environment(os.environ)),
    )
    try:
        async with asyncio.timeout(AGE_TIMEOUT_S):
            said, _ = await child.communicate(json_text.render(order))
    except TimeoutError:
        raise _too_busy(what) from None
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    try:
        answer = json_text.parse(said)
    except json_text.InvalidJsonError:
        raise BundleError("unreadable", "encryption is not available in this build") from None
    if "code" in answer:
        raise BundleError(answer["code"], answer["message"])
    return base64.b64decode(answer["data"])


def main() -> int:
    """The child: one order on stdin, one answer on stdout."""
    order = json_text.parse(sys.stdin.buffer.read())
    work = {"seal": seal, "unseal": unseal}[order["what"]]
    try:
        done = work(base64.b64decode(order["data"]), order["passphrase"])
        answer = {"data": base64.b64encode(done).decode()}
    except BundleError as error:
        answer = {"code": error.code, "message": str(error)}
    sys.stdout.buffer.write(json_text.render(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
