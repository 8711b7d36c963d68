"""The accounts panel with an engine behind it that notes what it is asked."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtWidgets import QLineEdit, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.panels.accounts import AccountsPanel
from desktop.panels.panel import PanelContext
from desktop.store import StateStore
from desktop.theme import Theme
from desktop.try_it import TryItSession
from gateway_engine.errors import ConflictError
from gateway_engine.public import (
    AccountsKnown,
    BundleFacts,
    EngineEvent,
    Exported,
    FileChange,
    Imported,
    InstanceName,
    SignInBegan,
    TaskOwner,
    WindowProgram,
)
from tests.gui.fake_engine import FakeEngine
from tests.shots.scenes import scenes

T = TypeVar("T")
SCENES = {scene.name: scene.state for scene in scenes() if scene.panel == "accounts"}
ADDRESS = "http://127.0.0.1:37510/login?nonce=1"


class FakeAccounts:
    """`AccountSide` as far as the window asks; `asked` is what came."""

    def __init__(self, emit: Callable[[EngineEvent], None]) -> None:
        self._emit = emit
        self.asked: list[tuple[Any, ...]] = []
        self.refusal = ""
        self.remembered: frozenset[InstanceName] = frozenset()
        self.keyring: asyncio.Event | None = None
        """A keyring that is locked until then, and has none to unlock it afterwards."""
        self.not_kept = "no_keyring"
        self.ways_in = self.carrying = self

    async def known(self) -> AccountsKnown:
        return AccountsKnown(remembered=self.remembered)

    async def by_browser(self, name: str, *, switch: bool) -> str:
        return self._begun("browser", name, switch=switch)

    async def by_window(self, name: str, program: WindowProgram, *, switch: bool) -> str:
        assert ADDRESS not in f"{program.argv}{program.env}"
        return self._begun("window", name, switch=switch)

    def _begun(self, way: str, name: str, *, switch: bool) -> str:
        address = self._note(ADDRESS, way, name, switch)
        self._emit(SignInBegan(InstanceName(name), address))
        return address

    async def by_password(self, name: str, user: str, password: str, **more: Any) -> None:
        self._note(None, "password", name, user, password, more)
        if more["remember"] and self.keyring is not None:
            await self.keyring.wait()
            raise ConflictError("no keyring", reason=self.not_kept)

    async def forget_password(self, name: str) -> None:
        self._note(None, "forget", name)
        if self.keyring is not None:
            await self.keyring.wait()
            raise ConflictError("it stays", reason="not_forgotten")

    async def by_command(self, name: str) -> None:
        self._note(None, "command", name)

    async def deliver(self, name: str, address: str) -> None:
        self._note(None, "deliver", name, address)

    async def cancel(self, name: str) -> None:
        self._note(None, "cancel", name)

    async def sign_out(self, name: str) -> None:
        self._note(None, "sign out", name)

    async def export_to(self, name: str, file: Path, passphrase: str) -> Exported:
        self._note(None, "export", name, file, passphrase)
        return Exported(InstanceName(name), "", bool(passphrase), ("cache/user",), 1)

    async def look_into(self, file: Path, passphrase: str) -> BundleFacts:
        self._note(None, "look", file, passphrase)
        return BundleFacts(False, (("cache/user", 12),))

    async def bring(self, name: str, file: Path, passphrase: str, **more: Any) -> Imported:
        self._note(None, "bring", name, file, passphrase, more)
        return Imported(InstanceName(name), (FileChange("cache/user", "add"),), True)

    def _note(self, answer: T, *asked: Any) -> T:
        self.asked.append(asked)
        if self.refusal:
            raise ConflictError("refused in words", reason=self.refusal)
        return answer


class Direct:
    """Stands for the engine's thread: asks on this very loop."""

    def __init__(self, engine: FakeEngine) -> None:
        self._engine = engine

    async def ask(
        self, request: Callable[[Any], Coroutine[Any, Any, T]], *, deadline_s: float
    ) -> T:
        async with asyncio.timeout(deadline_s):
            return await request(self._engine)


class Setting:
    """A panel with an engine behind it."""

    def __init__(self, qtbot: QtBot, theme: Theme, state: str, *, has_window: bool = True) -> None:
        theme.apply("light")
        self.engine = FakeEngine(lambda event: None)
        self.store = StateStore(SCENES[state])
        self.accounts = self.engine.accounts = FakeAccounts(self.store.dispatch)
        self.tasks = TaskOwner("test")
        self.actions = Actions(self.store, self.tasks, TryItSession())
        self.actions.attach(Direct(self.engine))  # type: ignore[arg-type]
        self.panel = AccountsPanel(PanelContext(self.actions, theme.tokens))
        qtbot.addWidget(self.panel)
        self.panel.render_state(self.store.state)
        self.store.changed.connect(self.panel.render_state)

    def button(self, text: str) -> QPushButton:
        [found] = [
            button
            for button in self.panel.findChildren(QPushButton)
            if button.text() == text and button.isVisibleTo(self.panel)
        ]
        return found

    def press(self, text: str) -> None:
        self.button(text).click()

    def field(self, name: str) -> QLineEdit:
        [found] = [
            field for field in self.panel.findChildren(QLineEdit) if field.accessibleName() == name
        ]
        return found

    def answer(self, yes: str) -> None:
        """Press a button of the question that is open."""
        [box] = [box for box in self.panel.findChildren(QMessageBox) if box.isVisible()]
        [button] = [button for button in box.buttons() if button.text() == yes]
        button.click()

    async def settled(self) -> list[tuple[Any, ...]]:
        await self.tasks.wait()
        return self.accounts.asked
