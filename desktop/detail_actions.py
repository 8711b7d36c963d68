"""What a user can do with one recorded request: look closer, copy, export, send it again."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication

from desktop.asking import EngineAsker
from desktop.page_words import page_words
from desktop.replaying import ReplaySession, ReplayTarget
from desktop.slices.replay import ReplayMoved, ReplayRun
from desktop.state import ActionFailed
from gateway_engine.public import (
    Export,
    ExportKind,
    NotReplayableError,
    Record,
    Replay,
    curl,
    export,
    javascript,
    python,
    replay,
)

logger = logging.getLogger(__name__)

T = TypeVar("T")

SMALL_CHARS: Final = 150_000
"""So much is read and laid out within a few milliseconds; more goes to a thread."""
PROGRAMS: Final[dict[str, Callable[[Record], str]]] = {
    "curl": curl,
    "python": python,
    "javascript": javascript,
}


class DetailActions:
    """Hangs on `Actions.details`. `tab` is the tab that was open last: panels come and go."""

    def __init__(self, asker: EngineAsker) -> None:
        self._asker = asker
        self.tab = ""
        self.replaying = ReplaySession(lambda run: asker.store.dispatch(ReplayMoved(run)))

    def prepare(self, chars: int, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Do `work`, pure and about `chars` of text large, and give its result to `then`.

        What is small is done at once; what is large in a thread. Whoever asks must know in `then`
        whether its answer is still wanted.
        """
        if chars <= SMALL_CHARS:
            then(work())
        else:
            self._asker.spawn(self._prepare(work, then), name="prepare-details")

    def copy_program(self, record: Record, language: str) -> None:
        """Put a program that sends the request again on the clipboard."""
        write = PROGRAMS[language]
        self.prepare(weight(record), lambda: write(record), QGuiApplication.clipboard().setText)

    def make_export(self, record: Record, kind: ExportKind, then: Callable[[Export], None]) -> None:
        """Make a file's content, to be looked at before it is saved."""
        words = page_words([record], self._asker.store.state.instances)
        self.prepare(weight(record), lambda: export([record], kind, words), then)

    def start_replay(self, record: Record, *, protocol: str, model: str, instance: str) -> None:
        """Send a request again: to another model, one instance ("" any), in another protocol."""
        run = ReplayRun(record.summary.id, protocol, model, instance)
        state = self._asker.store.state
        if not state.endpoint.url:
            self.replaying.fail(run, "endpoint_closed")
            return
        access = state.access
        target = ReplayTarget(state.endpoint.url, access.api_key, access.admin_token)

        def work() -> Replay | NotReplayableError:
            try:
                return replay(record, protocol=protocol, model=model)
            except NotReplayableError as error:
                return error

        def send(made: Replay | NotReplayableError) -> None:
            if isinstance(made, NotReplayableError):
                self.replaying.fail(run, f"replay_{made.code}")
            else:
                self.replaying.send(made, run, target)

        self.prepare(weight(record), work, send)

    def stop_replay(self) -> None:
        """Hang up on the replay that runs."""
        self.replaying.stop()

    def save(self, made: Export, path: str, saved: Callable[[], None] = lambda: None) -> None:
        """Write an export to where the user wants it."""
        self._asker.spawn(self._save(made, Path(path), saved), name="save-export")

    async def _prepare(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        then(await asyncio.to_thread(work))

    async def _save(self, made: Export, path: Path, saved: Callable[[], None]) -> None:
        try:
            await asyncio.to_thread(path.write_bytes, made.content)
        except OSError as error:
            message = QCoreApplication.translate("Actions", "{path} could not be written: {reason}")
            reason = error.strerror or str(error)
            self._asker.store.dispatch(ActionFailed(message.format(path=path, reason=reason)))
        else:
            saved()


def weight(record: Record) -> int:
    """About how many characters a record holds."""
    details = record.details
    if details is None:
        return 0
    texts = [details.exchange.request_body, details.exchange.response_body]
    return sum(len(body.text) for body in (*texts, *(frame.body for frame in details.frames)))
