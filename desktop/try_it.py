"""Try it: one real request to the local endpoint over HTTP, the only path that proves it works.

The session outlives the panel that shows it (a change of language builds panels anew).

    IDLE ──send──► ASKING ──first text──► ANSWERING ──terminator──► DONE
                      └──────────┬────────────┘
                    stop() ──► STOPPED    error, cut stream ──► FAILED
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from desktop.streamed_answer import Heard, StreamedAnswer
from desktop.try_it_wire import HttpRequest, Protocol

MAX_SHOWN_CHARACTERS = 200_000
NOTED = ("x-gateway-model", "x-gateway-instance", "x-gateway-upstream")


class TryItState(StrEnum):
    """Where the one request is."""

    IDLE = "idle"
    ASKING = "asking"
    ANSWERING = "answering"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no whole answer."""

    code: str
    message: str


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
    failure: Failure | None = None

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
        self._asking = StreamedAnswer(NOTED, self._take, self)
        self.view = TryIt()
        self.prompt = ""
        self.protocol = Protocol.OPENAI

    def send(self, request: HttpRequest, protocol: Protocol) -> None:
        """Ask; what runs already is stopped."""
        self.stop()
        self._show(TryIt(state=TryItState.ASKING))
        self._asking.send(request.url, request.headers, request.body, protocol.recorded_as)

    def stop(self) -> None:
        """Hang up, as a client does that no longer wants the answer."""
        heard = self._asking.stop()
        if heard is not None:
            self._show(replace(self._with(heard), state=TryItState.STOPPED))

    def fail(self, code: str) -> None:
        """Say why nothing could be sent."""
        self._show(TryIt(state=TryItState.FAILED, failure=Failure(code, "")))

    def _take(self, heard: Heard) -> None:
        view = self._with(heard)
        if heard.is_over and heard.code:
            failure = Failure(heard.code, heard.message)
            view = replace(view, state=TryItState.FAILED, failure=failure)
        elif heard.is_over:
            view = replace(view, state=TryItState.DONE)
        self._show(view)

    def _with(self, heard: Heard) -> TryIt:
        answer = heard.answer.text[:MAX_SHOWN_CHARACTERS]
        return replace(
            self.view,
            state=TryItState.ANSWERING if answer else TryItState.ASKING,
            answer=answer,
            status=heard.status,
            first_text_ms=heard.first_ms,
            total_ms=heard.total_ms,
            model=heard.headers.get("x-gateway-model", ""),
            instance=heard.headers.get("x-gateway-instance", ""),
            upstream=heard.headers.get("x-gateway-upstream", ""),
        )

    def _show(self, view: TryIt) -> None:
        self.view = view
        self.changed.emit(view)
