"""Sends one recorded request again, over HTTP as a client would, and follows its answer.

What it hears it tells as events of the state, at most ten a second.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, QUrl
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkReply, QNetworkRequest

from desktop.local_network import local_network
from desktop.slices.replay import ReplayPhase, ReplayRun
from gateway_engine.public import AnswerReader, Replay, SentAnswer

SILENCE_TIMEOUT_MS: Final = 180_000
TELL_EVERY_MS: Final = 100
MAX_SHOWN_CHARACTERS: Final = 200_000
HTTP_OK: Final = 200
PIN_HEADER: Final = "x-gateway-pin-instance"


@dataclass(frozen=True, slots=True)
class ReplayTarget:
    """Where a replay goes and as whom. `admin_token` is sent only to choose an instance."""

    url: str
    api_key: str
    admin_token: str = ""


class ReplaySession(QObject):
    """One replay at a time. `tell` is given every new state of it."""

    def __init__(self, tell: Callable[[ReplayRun], None]) -> None:
        super().__init__()
        self._tell = tell
        self._network: QNetworkAccessManager | None = None
        self._reply: QNetworkReply | None = None
        self._reader = AnswerReader("")
        self._whole_body = b""
        self._run = ReplayRun("", "")
        self._clock = QElapsedTimer()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(TELL_EVERY_MS)
        self._soon.timeout.connect(lambda: self._tell(self._run))

    def send(self, asked: Replay, run: ReplayRun, target: ReplayTarget) -> None:
        """Ask; what runs already is stopped."""
        self.stop()
        wire = QNetworkRequest(QUrl(f"{target.url}{asked.path}"))
        headers = [*asked.headers, ("User-Agent", "lingma-gateway-replay")]
        headers.append(("Authorization", f"Bearer {target.api_key}"))
        if run.instance:
            headers += [("x-api-key", target.admin_token), (PIN_HEADER, run.instance)]
        for name, value in headers:
            wire.setRawHeader(name.encode(), value.encode())
        wire.setTransferTimeout(SILENCE_TIMEOUT_MS)
        self._reader = AnswerReader(asked.protocol)
        self._whole_body = b""
        self._run = replace(run, left_out=asked.left_out)
        self._clock.start()
        self._tell(self._run)
        self._reply = self._manager().post(wire, asked.body)
        self._reply.readyRead.connect(self._read)
        self._reply.finished.connect(self._finish)

    def fail(self, run: ReplayRun, code: str) -> None:
        """Say why nothing could be sent."""
        self.stop()
        self._run = replace(run, phase=ReplayPhase.FAILED, error_code=code)
        self._tell(self._run)

    def stop(self) -> None:
        """Hang up, as a client does that no longer wants the answer."""
        reply, self._reply = self._reply, None
        if reply is None:
            return
        reply.abort()
        reply.deleteLater()
        self._end(ReplayPhase.STOPPED)

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
        if self._run.status != HTTP_OK:
            self._whole_body += data
            return
        self._reader.feed(data)
        self._take_answer()
        if not self._soon.isActive():
            self._soon.start()

    def _take_answer(self) -> SentAnswer:
        answer = self._reader.answer()
        text = answer_text(answer)[:MAX_SHOWN_CHARACTERS]
        is_first = bool(text) and not self._run.answer
        self._run = replace(
            self._run,
            phase=ReplayPhase.ANSWERING if text else ReplayPhase.ASKING,
            answer=text,
            first_ms=self._clock.elapsed() if is_first else self._run.first_ms,
        )
        return answer

    def _take_headers(self, reply: QNetworkReply) -> None:
        if self._run.status:
            return
        status: Any = reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute)
        self._run = replace(
            self._run,
            status=int(status or 0),
            record_id=_header(reply, "x-request-id"),
            model_used=_header(reply, "x-gateway-model"),
            instance_used=_header(reply, "x-gateway-instance"),
        )

    def _finish(self) -> None:
        reply = self._reply
        if reply is None:
            return
        self._read()
        self._reply = None
        reply.deleteLater()
        if self._run.status != HTTP_OK:
            self._reader.body(self._whole_body)
        answer = self._reader.answer()
        code, message = answer.error_code, answer.error_message
        if not self._run.status:
            code, message = "connection_refused", reply.errorString()
        elif self._run.status != HTTP_OK:
            code = code or f"http_{self._run.status}"
        elif not answer.whole and not code:
            code, message = "stream_cut", reply.errorString()
        self._run = replace(self._run, error_code=code, error_message=message)
        self._end(ReplayPhase.FAILED if code else ReplayPhase.DONE)

    def _end(self, phase: ReplayPhase) -> None:
        self._soon.stop()
        self._run = replace(self._run, phase=phase, total_ms=self._clock.elapsed())
        self._tell(self._run)


def answer_text(answer: SentAnswer) -> str:
    """An answer as one text: what was said, then a line for each call."""
    calls = [f"→ {call.name} {call.arguments}" for call in answer.calls]
    return "\n".join([*([answer.text] if answer.text else []), *calls])


def _header(reply: QNetworkReply, name: str) -> str:
    return bytes(reply.rawHeader(name).data()).decode("latin-1")
