"""Sends one recorded request again, over HTTP as a client would, and follows its answer.

What it hears it tells as events of the state, at most ten a second.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject

from desktop.slices.replay import ReplayPhase, ReplayRun
from desktop.streamed_answer import Heard, StreamedAnswer
from gateway_engine.public import Replay, SentAnswer

MAX_SHOWN_CHARACTERS: Final = 200_000
PIN_HEADER: Final = "x-gateway-pin-instance"
NOTED: Final = ("x-request-id", "x-gateway-model", "x-gateway-instance")


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
        self._asking = StreamedAnswer(NOTED, self._take, self)
        self._run = ReplayRun("", "")

    def send(self, asked: Replay, run: ReplayRun, target: ReplayTarget) -> None:
        """Ask; what runs already is stopped."""
        self.stop()
        headers = [*asked.headers, ("User-Agent", "lingma-gateway-replay")]
        headers.append(("Authorization", f"Bearer {target.api_key}"))
        if run.instance:
            headers += [("x-api-key", target.admin_token), (PIN_HEADER, run.instance)]
        self._show(replace(run, left_out=asked.left_out))
        self._asking.send(f"{target.url}{asked.path}", headers, asked.body, asked.protocol)

    def fail(self, run: ReplayRun, code: str) -> None:
        """Say why nothing could be sent."""
        self.stop()
        self._show(replace(run, phase=ReplayPhase.FAILED, error_code=code))

    def stop(self) -> None:
        """Hang up, as a client does that no longer wants the answer."""
        heard = self._asking.stop()
        if heard is not None:
            self._show(replace(self._with(heard), phase=ReplayPhase.STOPPED))

    def _take(self, heard: Heard) -> None:
        run = self._with(heard)
        if heard.is_over:
            phase = ReplayPhase.FAILED if heard.code else ReplayPhase.DONE
            run = replace(run, phase=phase, error_code=heard.code, error_message=heard.message)
        self._show(run)

    def _with(self, heard: Heard) -> ReplayRun:
        text = answer_text(heard.answer)[:MAX_SHOWN_CHARACTERS]
        return replace(
            self._run,
            phase=ReplayPhase.ANSWERING if text else ReplayPhase.ASKING,
            answer=text,
            status=heard.status,
            record_id=heard.headers.get("x-request-id", ""),
            model_used=heard.headers.get("x-gateway-model", ""),
            instance_used=heard.headers.get("x-gateway-instance", ""),
            first_ms=heard.first_ms,
            total_ms=heard.total_ms,
        )

    def _show(self, run: ReplayRun) -> None:
        self._run = run
        self._tell(run)


def answer_text(answer: SentAnswer) -> str:
    """An answer as one text: what was said, then a line for each call."""
    calls = [f"→ {call.name} {call.arguments}" for call in answer.calls]
    return "\n".join([*([answer.text] if answer.text else []), *calls])
