"""Try it: one real request to the local endpoint over HTTP, the only path that proves it works.

The session outlives the panel that shows it (a change of language builds panels anew).

    IDLE ──send──► ASKING ──first text──► ANSWERING ──terminator──► DONE
                      └──────────┬────────────┘
                    stop() ──► STOPPED    error, cut stream ──► FAILED
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from PySide6.QtCore import QElapsedTimer, QObject, QUrl, Signal
from PySide6.QtNetwork import (
    QNetworkAccessManager,
    QNetworkReply,
    QNetworkRequest,
)

from desktop.local_network import local_network
from desktop.try_it_wire import (
    AnswerReader,
    HttpRequest,
    Protocol,
    StreamEnded,
    StreamFailed,
    TextPiece,
    error_body,
)

SILENCE_TIMEOUT_MS = 180_000
MAX_SHOWN_CHARACTERS = 200_000
HTTP_OK = 200


class TryItState(StrEnum):
    """Where the one request is."""

    IDLE = "idle"
    ASKING = "asking"
    ANSWERING = "answering"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TryIt:
    """What the card shows. `failure` has a code of ours or the server's, and English detail."""

    state: TryItState = TryItState.IDLE
    answer: str = ""
    status: int = 0
    first_text_ms: int = 0
    total_ms: int = 0
    model: str = ""
    instance: str = ""
    upstream: str = ""
    failure: StreamFailed | None = None

    @property
    def is_running(self) -> bool:
        """A request is on its way."""
        return self.state in (TryItState.ASKING, TryItState.ANSWERING)


class TryItSession(QObject):
    """Sends a request and tells what comes back. One at a time."""

    changed = Signal(object)
    """The new TryIt."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._network: QNetworkAccessManager | None = None
        self._reply: QNetworkReply | None = None
        self._reader = AnswerReader(Protocol.OPENAI)
        self._body = b""
        self._has_ended = False
        self._clock = QElapsedTimer()
        self.view = TryIt()
        self.prompt = ""
        self.protocol = Protocol.OPENAI

    def send(self, request: HttpRequest, protocol: Protocol) -> None:
        """Ask; what runs already is stopped."""
        self.stop()
        self._reader = AnswerReader(protocol)
        self._body = b""
        self._has_ended = False
        wire = QNetworkRequest(QUrl(request.url))
        for name, value in request.headers:
            wire.setRawHeader(name.encode(), value.encode())
        wire.setTransferTimeout(SILENCE_TIMEOUT_MS)
        self._clock.start()
        self._show(TryIt(state=TryItState.ASKING))
        self._reply = self._manager().post(wire, request.body)
        self._reply.readyRead.connect(self._read)
        self._reply.finished.connect(self._finish)

    def stop(self) -> None:
        """Hang up, as a client does that no longer wants the answer."""
        reply, self._reply = self._reply, None
        if reply is None:
            return
        reply.abort()
        reply.deleteLater()
        self._end(TryItState.STOPPED)

    def fail(self, code: str) -> None:
        """Say why nothing could be sent."""
        self._show(TryIt(state=TryItState.FAILED, failure=StreamFailed(code, "")))

    def _manager(self) -> QNetworkAccessManager:
        if self._network is None:
            self._network = local_network(self)
        return self._network

    def _read(self) -> None:
        reply = self._reply
        if reply is None:
            return
        self._take_headers(reply)
        data = bytes(reply.readAll().data())
        if self.view.status != HTTP_OK:
            self._body += data
            return
        text, failure = [], self.view.failure
        for piece in self._reader.feed(data):
            match piece:
                case TextPiece(more):
                    text.append(more)
                case StreamFailed():
                    failure = piece
                case StreamEnded():
                    self._has_ended = True
        answer = self.view.answer + "".join(text)
        is_first = bool(answer) and not self.view.answer
        self._show(
            replace(
                self.view,
                state=TryItState.ANSWERING if answer else TryItState.ASKING,
                answer=answer[:MAX_SHOWN_CHARACTERS],
                first_text_ms=self._clock.elapsed() if is_first else self.view.first_text_ms,
                failure=failure,
            )
        )

    def _take_headers(self, reply: QNetworkReply) -> None:
        if self.view.status:
            return
        status = reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute)
        self.view = replace(
            self.view,
            status=int(status or 0),
            model=_header(reply, "x-gateway-model"),
            instance=_header(reply, "x-gateway-instance"),
            upstream=_header(reply, "x-gateway-upstream"),
        )

    def _finish(self) -> None:
        reply = self._reply
        if reply is None:
            return
        self._read()
        self._reply = None
        reply.deleteLater()
        failure = self.view.failure or self._failure_of(reply)
        self.view = replace(self.view, failure=failure)
        self._end(TryItState.FAILED if failure else TryItState.DONE)

    def _failure_of(self, reply: QNetworkReply) -> StreamFailed | None:
        if not self.view.status:
            if reply.error() is QNetworkReply.NetworkError.ConnectionRefusedError:
                return StreamFailed("connection_refused", reply.errorString())
            return StreamFailed("connection_failed", reply.errorString())
        if self.view.status != HTTP_OK:
            return error_body(self._body) or StreamFailed(
                f"http_{self.view.status}", self._body[:300].decode("utf-8", "replace")
            )
        if not self._has_ended:
            return StreamFailed("stream_cut", reply.errorString())
        return None

    def _end(self, state: TryItState) -> None:
        self._show(replace(self.view, state=state, total_ms=self._clock.elapsed()))

    def _show(self, view: TryIt) -> None:
        self.view = view
        self.changed.emit(view)


def _header(reply: QNetworkReply, name: str) -> str:
    return bytes(reply.rawHeader(name).data()).decode("latin-1")
