"""A download that survives broken connections and ends byte-identical, or fails and says why.

What has come lies in a part file with a note of what it is a part of; after a break, a crash or a
cancellation it is resumed with a `Range`, and only when the server still has the same file
(`If-Range`, RFC 9110 §13.1.5). Proxies come from the system (`trust_env`), certificates are
checked against the system's store and `SSL_CERT_FILE` or `REQUESTS_CA_BUNDLE`, so that a company's
own CA works. Every redirect must lead to https again, or stay on this machine.
"""

import asyncio
import hashlib
import logging
import os
import re
import shutil
import ssl
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import aiohttp
import truststore
from yarl import URL

from gateway_engine import json_text
from gateway_engine.atomic_file import write_private
from gateway_engine.tasks import TaskOwner
from gateway_engine.upstreams.lingma.install.progress import InstallStep, OnProgress, Speedometer
from gateway_engine.upstreams.lingma.install.source import VsixUrl, check_url
from gateway_engine.upstreams.lingma.install.trouble import InstallError, not_written

logger = logging.getLogger(__name__)

MAX_REDIRECTS: Final = 5
_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_PASSING: Final = (408, 425, 429, 500, 502, 503, 504)
_TELL_AGAIN_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """`attempts` counts tries in a row that brought nothing new; pauses double from `pause_s`.

    `room_factor`: how many times its own size a download needs on the disk, to be unpacked too;
    `assumed_bytes` is taken for one whose size nobody says.
    """

    max_bytes: int = 2 * 1024**3
    assumed_bytes: int = 300 * 1024**2
    room_factor: float = 3.0
    attempts: int = 5
    pause_s: float = 0.5
    max_pause_s: float = 15.0
    connect_s: float = 20.0
    silence_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole download. `validator` is the server's mark of this version, "" for none.

    `is_whole` is False where nobody could know: no length was said and the connection ended.
    """

    file: Path
    size: int
    sha256: str
    validator: str
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class _Part:
    """What the part file is a part of; `total` is 0 while unknown."""

    url: str
    validator: str
    total: int


class _BrokenError(Exception):
    """The connection broke, or the server is busy: worth another try."""


async def fetch(
    source: VsixUrl,
    target: Path,
    *,
    limits: FetchLimits,
    tell: OnProgress,
    environ: Mapping[str, str] | None = None,
    free_bytes: Callable[[Path], int] | None = None,
) -> Fetched:
    """Bring `source` to `target`. Raises InstallError; cancelled, it leaves its part for later."""
    loop = asyncio.get_running_loop()
    download = _Download(source, target, limits, free_bytes or _free_bytes)
    meter = Speedometer(InstallStep.DOWNLOADING, tell, loop.time)
    failures = 0
    async with open_session(limits, environ if environ is not None else os.environ) as session:
        while True:
            before = download.have
            try:
                await download.attempt(session, meter)
                break
            except _BrokenError as broken:
                failures = 1 if download.have > before else failures + 1
                if failures >= limits.attempts or download.restarts >= limits.attempts:
                    raise InstallError(
                        "unreachable",
                        f"the download broke off: {broken}; check the network and try again,"
                        " it will go on where it stopped",
                    ) from None
                logger.info("download broke off at %d bytes: %s", download.have, broken)
                meter.reset()
                await asyncio.sleep(min(limits.max_pause_s, limits.pause_s * 2 ** (failures - 1)))
    return await asyncio.to_thread(download.finish)


async def validator_of(
    source: VsixUrl, *, limits: FetchLimits, environ: Mapping[str, str] | None = None
) -> str:
    """The server's mark of what it has now, "" when it gives none or cannot be asked."""
    session_environ = environ if environ is not None else os.environ
    try:
        async with (
            open_session(limits, session_environ) as session,
            _followed(session, "HEAD", source.url, {}) as reply,
        ):
            return _validator(reply) if reply.status == 200 else ""
    except (_BrokenError, InstallError) as error:
        logger.info("cannot ask for a newer version: %s", error)
        return ""


class _Download:
    """One part file and the tries to make it whole."""

    def __init__(
        self, source: VsixUrl, target: Path, limits: FetchLimits, free: Callable[[Path], int]
    ) -> None:
        self._source = source
        self._target = target
        self._limits = limits
        self._free = free
        self._file = target.with_name(target.name + ".part")
        self._note = target.with_name(target.name + ".part.json")
        self._part = _read_note(self._note)
        self.have = 0
        self.restarts = 0
        """How often what had come was useless: that is no progress, however much comes."""
        self._is_whole = True
        if self._part is not None and self._part.url == source.url and self._part.validator:
            self.have = _size(self._file)
        else:
            self._part = None

    async def attempt(self, session: aiohttp.ClientSession, meter: Speedometer) -> None:
        """Go on until the file is whole. Raises _BrokenError, InstallError."""
        if self._part is not None and self._part.total and self.have == self._part.total:
            return
        headers = {"Accept-Encoding": "identity"}
        if self.have and self._part is not None:
            headers["Range"] = f"bytes={self.have}-"
            if self._part.validator:
                headers["If-Range"] = self._part.validator
        async with _followed(session, "GET", self._source.url, headers) as reply:
            await self._receive(reply, meter)

    async def _receive(self, reply: aiohttp.ClientResponse, meter: Speedometer) -> None:
        if reply.status == 416:
            self._start_over()
            raise _BrokenError("the server no longer has the rest of this file")
        if reply.status == 206:
            total = self._checked_range(reply)
        elif reply.status == 200:
            self._start_over()
            total = int(reply.headers.get("Content-Length", "0") or 0)
        elif reply.status in _PASSING:
            raise _BrokenError(f"the server answers {reply.status}")
        else:
            raise InstallError(
                "refused",
                f"{reply.url.host} answers {reply.status}; check the address of the VSIX,"
                " or choose a .vsix file",
                detail=f"{reply.url.host}: HTTP {reply.status}",
            )
        if total > self._limits.max_bytes:
            raise self._too_large()
        self._check_room(total)
        part = _Part(self._source.url, _validator(reply), total)
        if part != self._part:
            self._part = part
            try:
                write_private(self._note, json_text.render(_note_of(part)))
            except OSError as error:
                raise _not_written(error) from error
        self._is_whole = bool({"Content-Length", "Transfer-Encoding"} & set(reply.headers))
        await self._write(reply, total, meter)
        if total and self.have != total:
            raise _BrokenError(f"{self.have} of {total} bytes came")

    async def _write(self, reply: aiohttp.ClientResponse, total: int, meter: Speedometer) -> None:
        try:
            stream = self._file.open("ab" if self.have else "wb")
        except OSError as error:
            raise _not_written(error) from error
        with stream:
            meter.at(self.have, total, last=True)
            async with self._kept_told(total, meter):
                await self._pour(reply, stream, total, meter)
            meter.at(self.have, total or self.have, last=True)

    @asynccontextmanager
    async def _kept_told(self, total: int, meter: Speedometer) -> AsyncIterator[None]:
        """While nothing comes, the last bytes are told all the same and the speed sinks."""

        async def tell_again() -> None:
            while True:
                await asyncio.sleep(_TELL_AGAIN_S)
                meter.at(self.have, total)

        teller = TaskOwner("download")
        teller.spawn(tell_again(), name="progress")
        try:
            yield
        finally:
            await teller.aclose()

    async def _pour(
        self, reply: aiohttp.ClientResponse, stream: BinaryIO, total: int, meter: Speedometer
    ) -> None:
        line = reply.connection.protocol if reply.connection is not None else None
        while True:
            try:
                chunk = await reply.content.readany()
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                raise _BrokenError(_said(error)) from error
            if not chunk:
                # Without a length aiohttp takes even a reset for the end; its protocol knows.
                if line is not None and isinstance(lost := line.exception(), OSError):
                    raise _BrokenError(_said(lost))
                break
            if self.have + len(chunk) > (total or self._limits.max_bytes):
                raise self._too_large()
            try:
                # Not in a thread: what comes during the wait is lost when the line breaks.
                stream.write(chunk)
                stream.flush()
            except OSError as error:
                raise _not_written(error) from error
            self.have += len(chunk)
            meter.at(self.have, total)

    def finish(self) -> Fetched:
        """Hash the whole file, compare the pin, put it in place. Raises InstallError."""
        try:
            with self._file.open("rb") as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            if self._source.sha256 and sha256 != self._source.sha256:
                self._start_over()
                raise InstallError(
                    "checksum",
                    f"the download is not what was pinned: its SHA-256 is {sha256},"
                    f" expected {self._source.sha256}",
                    detail=sha256,
                )
            self._file.replace(self._target)
            self._note.unlink(missing_ok=True)
        except OSError as error:
            raise _not_written(error) from error
        validator = self._part.validator if self._part is not None else ""
        return Fetched(self._target, self.have, sha256, validator, self._is_whole)

    def _checked_range(self, reply: aiohttp.ClientResponse) -> int:
        """The whole size, from a 206 that really continues what is here."""
        told = _RANGE.fullmatch(reply.headers.get("Content-Range", ""))
        known = self._part
        fits = (
            told is not None
            and int(told[1]) == self.have
            and told[3] != "*"
            and known is not None
            and known.total in (0, int(told[3]))
            and _validator(reply) in (known.validator, "")
        )
        if not fits or told is None:
            self._start_over()
            raise _BrokenError("the server continues another file than the one begun")
        return int(told[3])

    def _start_over(self) -> None:
        self.restarts += bool(self.have)
        self.have = 0
        self._part = None
        self._file.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def _check_room(self, total: int) -> None:
        size = total or self._limits.assumed_bytes
        needed = int(size * self._limits.room_factor) - self.have
        free = self._free(self._target.parent)
        if free < needed:
            raise InstallError(
                "no_space",
                f"{self._target.parent} has {free // 1024**2} MB free, getting and unpacking the"
                f" program needs about {-(-needed // 1024**2)} MB: free some space and try again",
                detail=f"{free // 1024**2} MB / {-(-needed // 1024**2)} MB",
            )

    def _too_large(self) -> InstallError:
        self._start_over()
        return InstallError(
            "too_large",
            "the server sends more than it said, or more than a Lingma extension can be",
        )


@asynccontextmanager
async def open_session(
    limits: FetchLimits, environ: Mapping[str, str]
) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that uses the system's proxy and certificates."""
    timeout = aiohttp.ClientTimeout(
        total=None, sock_connect=limits.connect_s, sock_read=limits.silence_s
    )
    connector = aiohttp.TCPConnector(ssl=await asyncio.to_thread(_tls, environ))
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, trust_env=True, auto_decompress=False
    ) as session:
        yield session


def _tls(environ: Mapping[str, str]) -> ssl.SSLContext:
    context = (
        ssl.create_default_context()
        if sys.platform.startswith("linux")
        else truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    )
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        bundle = environ.get(name, "")
        if not bundle:
            continue
        folder = Path(bundle).is_dir()
        try:
            context.load_verify_locations(
                cafile=None if folder else bundle, capath=bundle if folder else None
            )
        except OSError as error:
            logger.info("%s=%s cannot be read: %s", name, bundle, error)
    return context


@asynccontextmanager
async def _followed(
    session: aiohttp.ClientSession, method: str, url: str, headers: Mapping[str, str]
) -> AsyncIterator[aiohttp.ClientResponse]:
    """The answer at the end of the redirects. Raises _BrokenError, InstallError."""
    address = URL(url)
    for _hop in range(MAX_REDIRECTS + 1):
        check_url(str(address))
        try:
            reply = await session.request(method, address, headers=headers, allow_redirects=False)
        except aiohttp.ClientConnectorCertificateError as error:
            raise InstallError(
                "certificate",
                f"the certificate of {address.host} is not trusted: {error.certificate_error};"
                " behind a company proxy, set SSL_CERT_FILE to the company's CA",
                detail=str(address.host),
            ) from None
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise _BrokenError(_said(error)) from error
        async with reply:
            if reply.status not in (301, 302, 303, 307, 308):
                yield reply
                return
            address = address.join(URL(reply.headers.get("Location", "")))
    raise InstallError(
        "refused", f"{URL(url).host} redirects without end", detail=f"{URL(url).host}: HTTP 302"
    )


def _validator(reply: aiohttp.ClientResponse) -> str:
    """A strong ETag, else the date: what `If-Range` takes."""
    tag = reply.headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else reply.headers.get("Last-Modified", "")


def _note_of(part: _Part) -> dict[str, str | int]:
    return {"url": part.url, "validator": part.validator, "total": part.total}


def _read_note(file: Path) -> _Part | None:
    try:
        value = json_text.parse(file.read_bytes())
        return _Part(str(value["url"]), str(value["validator"]), int(value["total"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _not_written(error: OSError) -> InstallError:
    return not_written("cannot write the download", error)


def _said(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return text[:200]
