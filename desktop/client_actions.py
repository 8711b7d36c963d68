"""What a user can ask about client programs: look, plan and do, revoke, check, launch, copy."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtGui import QGuiApplication

from desktop.asking import EngineAsker, EngineRequest
from desktop.client_launch import launch_line, launched
from desktop.engine_thread import EngineControl
from desktop.os_integration.secret_clipboard import copy_secret
from desktop.slices.clients import (
    ClientChosen,
    ClientPasted,
    ClientPlanned,
    ClientsLookedAt,
    ClientWorkBegan,
    ClientWorkEnded,
    Outcome,
    OutcomeKind,
    Plan,
)
from gateway_engine.public import ConnectError, Deed

T = TypeVar("T")

DONE = {Deed.APPLY: OutcomeKind.APPLIED, Deed.UNDO: OutcomeKind.UNDONE}
Work = Callable[[], Coroutine[Any, Any, None]]
Launcher = Callable[[str, Path], Coroutine[Any, Any, bool]]


class ClientActions:
    """Every wish returns at once. What comes of it is in the state: `ClientsSlice`."""

    def __init__(self, asker: EngineAsker, *, launcher: Launcher = launched) -> None:
        self._asker = asker
        self._store = asker.store
        self._launcher = launcher
        self._is_looking = False
        self._look_again = False

    def choose(self, name: str) -> None:
        """Show this client's page, whenever the panel is seen."""
        self._store.dispatch(ClientChosen(name))

    def look(self) -> None:
        """Look how every client stands; while a look runs, one more follows."""
        if not self._asker.has_engine:
            return
        if self._is_looking:
            self._look_again = True
            return
        self._is_looking = True
        self._asker.spawn(self._look(), name="look-at-clients")

    async def _look(self) -> None:
        try:
            while True:
                self._look_again = False
                views = await self._asker.ask(lambda engine: engine.clients.look())
                if views is not None:
                    self._store.dispatch(ClientsLookedAt(views))
                if not self._look_again:
                    return
        finally:
            self._is_looking = False

    # --- settings files --------------------------------------------------------------------------

    def plan(self, name: str, deed: Deed) -> None:
        """Show what the deed would change."""

        async def work() -> None:
            change = await self._ask(name, lambda engine: engine.clients.plan(name, deed))
            if change is not None:
                self._store.dispatch(ClientPlanned(name, Plan(deed, change)))

        self._begin(name, work, f"plan-{deed}")

    def put_aside(self, name: str) -> None:
        """Do not do what is planned."""
        self._store.dispatch(ClientPlanned(name, None))

    def do(self, name: str) -> None:
        """Do what is planned, for the file that was shown."""
        plan = self._store.state.clients.plans.get(name)
        if plan is None:
            return

        async def work() -> None:
            seen = plan.change.seen
            change = await self._ask(name, lambda engine: engine.clients.do(name, plan.deed, seen))
            if change is not None:
                done = Outcome(DONE[plan.deed], kept=change.kept, readable=change.readable)
                self._store.dispatch(ClientWorkEnded(name, done))
            self.look()

        self._begin(name, work, str(plan.deed))

    def dismiss(self, name: str) -> None:
        """What was said has been read."""
        self._store.dispatch(ClientWorkEnded(name, None))

    # --- the key, what to paste ------------------------------------------------------------------

    def revoke(self, name: str) -> None:
        """Let the client's key open nothing any more."""

        async def revoke(engine: EngineControl) -> bool:
            await engine.clients.revoke(name)
            return True

        async def work() -> None:
            if await self._ask(name, revoke):
                self._store.dispatch(ClientWorkEnded(name, Outcome(OutcomeKind.REVOKED)))
            self.look()
            self.show_pastes(name)

        self._begin(name, work, "revoke")

    def show_pastes(self, name: str, *, with_key: bool = False) -> None:
        """Fetch what to paste; with its key, which is made where there is none."""
        if self._asker.has_engine:
            self._asker.spawn(self._fetch_pastes(name, with_key=with_key), name="client-pastes")

    def copy_paste(self, name: str, number: int) -> None:
        """Put one thing to paste on the clipboard, its key included."""

        async def work() -> None:
            pasted = await self._ask(
                name, lambda engine: engine.clients.pastes(name, with_key=True)
            )
            if pasted is not None and number < len(pasted.pastes):
                copy_secret(pasted.pastes[number].text)
            self.look()

        self._asker.spawn(work(), name="copy-paste")

    async def _fetch_pastes(self, name: str, *, with_key: bool) -> None:
        pasted = await self._ask(
            name, lambda engine: engine.clients.pastes(name, with_key=with_key)
        )
        if pasted is not None:
            self._store.dispatch(ClientPasted(name, pasted))
        if with_key:
            self.look()

    # --- check, launch ---------------------------------------------------------------------------

    def check(self, name: str) -> None:
        """Send what this client sends, and see what works."""
        self._asker.spawn(
            self._ask(name, lambda engine: engine.clients.check(name)), name="check-client"
        )

    def stop_check(self, name: str) -> None:
        """Enough was seen."""
        self._asker.request("stop-check", lambda engine: engine.clients.stop_check(name))

    def launch(self, name: str, folder: Path) -> None:
        """Start the client in a terminal, talking to this gateway."""

        async def work() -> None:
            is_open = await self._launcher(name, folder)
            failed = Outcome(OutcomeKind.FAILED, "no_terminal")
            done = Outcome(OutcomeKind.LAUNCHED) if is_open else failed
            self._store.dispatch(ClientWorkEnded(name, done))
            self.look()

        self._begin(name, work, "launch")

    def copy_launch(self, name: str) -> None:
        """The command that starts the client, on the clipboard."""
        QGuiApplication.clipboard().setText(launch_line(name))

    # --- inside ----------------------------------------------------------------------------------

    def _begin(self, name: str, work: Work, what: str) -> None:
        if name not in self._store.state.clients.busy:
            self._store.dispatch(ClientWorkBegan(name))
            self._asker.spawn(self._to_the_end(name, work), name=f"client-{what}")

    async def _to_the_end(self, name: str, work: Work) -> None:
        try:
            await work()
        finally:
            if name in self._store.state.clients.busy:
                # What failed was said in the window; the client is free again.
                self._store.dispatch(ClientWorkEnded(name, None))

    async def _ask(self, name: str, request: EngineRequest[T]) -> T | None:
        """The answer; what is refused is said on the client's page."""

        async def ask(engine: EngineControl) -> tuple[T] | ConnectError:
            try:
                return (await request(engine),)
            except ConnectError as error:
                return error

        answer = await self._asker.ask(ask)
        if isinstance(answer, ConnectError):
            failed = Outcome(
                OutcomeKind.FAILED, answer.code, str(answer), answer.path, refusal=answer.refusal
            )
            self._store.dispatch(ClientWorkEnded(name, failed))
            return None
        return None if answer is None else answer[0]
