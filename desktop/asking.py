"""Asks the engine on behalf of the user; what fails is said in the window.

Every area's actions go through one `EngineAsker`: it is attached to the engine thread that runs.
"""

import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication

from desktop import refusals
from desktop.engine_thread import (
    CALL_DEADLINE_S,
    EngineControl,
    EngineThread,
    EngineThreadGoneError,
)
from desktop.state import ActionFailed, AppEvent
from desktop.store import StateStore
from gateway_engine.public import GatewayError, TaskOwner

logger = logging.getLogger(__name__)

T = TypeVar("T")
EngineRequest = Callable[[EngineControl], Coroutine[Any, Any, T]]


def worded(words: Callable[[str, str], str], work: EngineRequest[T]) -> EngineRequest[T]:
    """The same request; what is refused is said as `words` has it: of the code, else what is given
    to it, which are the words for everywhere.

    `words` runs on the engine's thread, where Qt's translations may be read too.
    """

    async def ask(engine: EngineControl) -> T:
        try:
            return await work(engine)
        except GatewayError as error:
            raise GatewayError(words(error.code, refusals.of_error(error))) from None

    return ask


class EngineAsker:
    """One way to the engine for all actions. Everything is called on the UI thread."""

    def __init__(self, store: StateStore, tasks: TaskOwner) -> None:
        self.store = store
        self._tasks = tasks
        self._engine: EngineThread | None = None

    def attach(self, engine: EngineThread | None) -> None:
        """Ask this engine from now on."""
        self._engine = engine

    @property
    def has_engine(self) -> bool:
        """Whether there is one to ask."""
        return self._engine is not None

    def spawn(self, work: Coroutine[Any, Any, Any], *, name: str) -> None:
        """Run `work` on the UI's loop; it ends when the application leaves."""
        self._tasks.spawn(work, name=name)

    def request(
        self,
        name: str,
        request: EngineRequest[T],
        *,
        then: Callable[[T], AppEvent | None] | None = None,
        deadline_s: float = CALL_DEADLINE_S,
    ) -> None:
        """Ask in the background; `then` turns the answer into an event of the state."""
        self.spawn(self._request(name, request, then, deadline_s), name=name)

    async def _request(
        self,
        name: str,
        request: EngineRequest[T],
        then: Callable[[T], AppEvent | None] | None,
        deadline_s: float,
    ) -> None:
        async def ask(engine: EngineControl) -> tuple[T]:
            return (await request(engine),)

        answer = await self.ask(ask, deadline_s=deadline_s, action=name)
        event = then(answer[0]) if answer is not None and then is not None else None
        if event is not None:
            self.store.dispatch(event)

    async def ask(
        self,
        request: EngineRequest[T],
        *,
        deadline_s: float = CALL_DEADLINE_S,
        action: str = "",
    ) -> T | None:
        """The engine's answer; None when it failed, which the window then says until `action`
        works after all.
        """
        try:
            answer = await self.ask_or_raise(request, deadline_s=deadline_s)
        except EngineThreadGoneError:
            message = QCoreApplication.translate("Actions", "The engine is not running.")
        except TimeoutError:
            message = QCoreApplication.translate("Actions", "The engine did not answer in time.")
        except GatewayError as error:
            message = refusals.of_error(error)
        except Exception as error:
            # The user asked for something: whatever stops it must be seen, not only logged.
            logger.exception("an action failed")
            message = f"{type(error).__name__}: {error}"
        else:
            self.mended(action)
            return answer
        self.store.dispatch(ActionFailed(message, action))
        return None

    def mended(self, action: str) -> None:
        """This action works: what is said of its failure is taken back."""
        if action and self.store.state.failed_action == action:
            self.store.dispatch(ActionFailed(""))

    async def ask_or_raise(
        self, request: EngineRequest[T], *, deadline_s: float = CALL_DEADLINE_S
    ) -> T:
        """The engine's answer. Raises what it raises, EngineThreadGoneError and TimeoutError."""
        if self._engine is None:
            raise EngineThreadGoneError("the engine is not running")
        return await self._engine.ask(request, deadline_s=deadline_s)
