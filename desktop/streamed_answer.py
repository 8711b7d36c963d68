"""One request over HTTP and its streamed answer, as any client would hear it.

What comes is read by the reader of the records, in every protocol. The truth is told of its end: a
stream without its terminator is cut, whatever had come before.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, QUrl
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkReply, QNetworkRequest

from desktop.local_network import local_network
from gateway_engine.public import AnswerReader, SentAnswer

SILENCE_TIMEOUT_MS: Final = 180_000
TELL_EVERY_MS: Final = 100
HTTP_OK: Final = 200
QUOTED_BYTES: Final = 300


@dataclass(frozen=True, slots=True)
class Heard:
    """What came so far. `status` is 0 before the head of the answer; `first_ms` and `total_ms` are
    0 before the first words and the end; `code` is set when it ended badly: the server's own, or
    connection_refused, connection_failed, stream_cut, malformed_event, http_STATUS.
    """

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    answer: SentAnswer = field(default_factory=SentAnswer)
    first_ms: int = 0
    total_ms: int = 0
    is_over: bool = False
    code: str = ""
    message: str = ""


class StreamedAnswer(QObject):
    """One request at a time. `tell` is given what was heard, at most ten times a second.

    `noted` are the headers of the answer that are kept, in lower case.
    """

    def __init__(
        self, noted: tuple[str, ...], tell: Callable[[Heard], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._noted = noted
        self._tell = tell
        self._network: QNetworkAccessManager | None = None
        self._reply: QNetworkReply | None = None
        self._reader = AnswerReader("")
        self._refusal = b""
        self._status = 0
        self._headers: dict[str, str] = {}
        self._first_ms = 0
        self._clock = QElapsedTimer()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(TELL_EVERY_MS)
        self._soon.timeout.connect(self._tell_now)

    def send(
        self, url: str, headers: Iterable[tuple[str, str]], body: bytes, protocol: str
    ) -> None:
        """Ask; what runs already is stopped. `protocol` is the records' word for it."""
        self.stop()
        wire = QNetworkRequest(QUrl(url))
        for name, value in headers:
            wire.setRawHeader(name.encode(), value.encode())
        wire.setTransferTimeout(SILENCE_TIMEOUT_MS)
        self._reader = AnswerReader(protocol)
        self._refusal = b""
        self._status, self._headers, self._first_ms = 0, {}, 0
        self._clock.start()
        if self._network is None:
            self._network = local_network(self)
        self._reply = self._network.post(wire, body)
        self._reply.readyRead.connect(self._read)
        self._reply.finished.connect(self._finish)

    def stop(self) -> Heard | None:
        """Hang up, as a client does that no longer wants the answer; what had come is returned,
        None where nothing was asked."""
        reply, self._reply = self._reply, None
        if reply is None:
            return None
        self._soon.stop()
        reply.abort()
        reply.deleteLater()
        return self._heard(is_over=True)

    def _read(self) -> None:
        reply = self._reply
        if reply is None:
            return
        self._take_head(reply)
        data = bytes(reply.readAll().data())
        if self._status != HTTP_OK:
            self._refusal += data
            return
        self._reader.feed(data)
        if not self._first_ms and self._reader.has_content:
            self._first_ms = max(1, self._clock.elapsed())
            self._tell_now()
        elif not self._soon.isActive():
            self._soon.start()

    def _take_head(self, reply: QNetworkReply) -> None:
        if not self._status:
            status: Any = reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute)
            self._status = int(status or 0)
            self._headers = {
                name: bytes(reply.rawHeader(name).data()).decode("latin-1") for name in self._noted
            }

    def _finish(self) -> None:
        reply = self._reply
        if reply is None:
            return
        self._read()
        self._soon.stop()
        self._reply = None
        reply.deleteLater()
        if self._status != HTTP_OK:
            self._reader.body(self._refusal)
        code, message = self._failure(reply)
        self._tell(self._heard(is_over=True, code=code, message=message))

    def _failure(self, reply: QNetworkReply) -> tuple[str, str]:
        answer = self._reader.answer()
        if not self._status:
            is_refused = reply.error() is QNetworkReply.NetworkError.ConnectionRefusedError
            return "connection_refused" if is_refused else "connection_failed", reply.errorString()
        if answer.error_code:
            return answer.error_code, answer.error_message
        if self._status != HTTP_OK:
            quoted = self._refusal[:QUOTED_BYTES].decode("utf-8", "replace")
            return f"http_{self._status}", quoted
        if answer.unread:
            return "malformed_event", ""
        return ("", "") if answer.whole else ("stream_cut", reply.errorString())

    def _tell_now(self) -> None:
        self._tell(self._heard())

    def _heard(self, *, is_over: bool = False, code: str = "", message: str = "") -> Heard:
        return Heard(
            self._status,
            self._headers,
            self._reader.answer(),
            self._first_ms,
            self._clock.elapsed() if is_over else 0,
            is_over,
            code,
            message,
        )
