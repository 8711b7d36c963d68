"""What a user can ask for about accounts: signing in and out, and the logins that travel."""

import asyncio
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication

from desktop import account_refusals, refusals
from desktop.asking import EngineAsker, EngineRequest, worded
from desktop.browser.availability import is_installed
from desktop.browser.launching import window_program
from desktop.engine_thread import EngineControl, EngineThreadGoneError
from desktop.keyring_wait import PATIENCE_S
from desktop.os_integration.reveal import open_page
from desktop.slices.accounts import (
    AccountsLearned,
    BundleStep,
    BundleTold,
    BundleView,
    KeyringAwaited,
)
from desktop.state import ActionFailed
from gateway_engine.public import (
    AccountsKnown,
    BundleFacts,
    GatewayError,
    Imported,
    InstanceName,
    InstanceSettings,
    ProgramsKnown,
)

T = TypeVar("T")

LONG_S = 180.0
"""An import ends with upstream's word, which may have to start first."""


def _worded(work: EngineRequest[T]) -> EngineRequest[T]:
    """The same request; what is refused is said in the user's language."""
    return worded(account_refusals.refusal, work)


class AccountActions:
    """The user's wishes about accounts. Everything returns at once."""

    def __init__(self, asker: EngineAsker) -> None:
        self._asker = asker

    def look(self) -> None:
        """Learn what no event tells: the programs, and whose password is kept."""
        if self._asker.has_engine:
            self._asker.spawn(self.learn(), name="accounts/look")

    async def learn(self) -> None:
        """Ask, and wait for the answer."""

        async def ask(engine: EngineControl) -> tuple[AccountsKnown, ProgramsKnown]:
            return await engine.accounts.known(), await engine.programs_known()

        try:
            known, programs = await self._asker.ask_or_raise(ask)
        except (EngineThreadGoneError, TimeoutError):
            return  # nobody asked for it in words; it is asked again when the panel is shown
        self._asker.store.dispatch(AccountsLearned(known, programs, is_installed()))

    # --- signing in ---

    def sign_in(self, name: InstanceName, *, switch: bool = False) -> None:
        """In a window of our own where there is one, else in the system's browser."""
        if not is_installed():
            self.sign_in_outside(name, switch=switch)
            return
        program = window_program(name)
        self._asker.request(
            f"{name}/sign-in",
            _worded(lambda engine: engine.accounts.ways_in.by_window(name, program, switch=switch)),
        )

    def sign_in_outside(self, name: InstanceName, *, switch: bool = False) -> None:
        """In the system's browser; its address is shown for a browser elsewhere."""
        self._asker.spawn(self._outside(name, switch), name=f"{name}/sign-in")

    async def _outside(self, name: InstanceName, switch: bool) -> None:
        url = await self._asker.ask(
            _worded(lambda engine: engine.accounts.ways_in.by_browser(name, switch=switch)),
            action=f"{name}/sign-in",
        )
        if url:
            self._open(url)

    def sign_in_by_command(self, name: InstanceName) -> None:
        """An agent, by its own login command."""
        self._asker.request(
            f"{name}/sign-in", _worded(lambda engine: engine.accounts.ways_in.by_command(name))
        )

    def sign_in_by_password(
        self,
        name: InstanceName,
        username: str,
        password: str,
        *,
        remember: bool,
        passphrase: str = "",
    ) -> None:
        """By a browser that a program drives. What cannot be kept is used all the same, once."""

        def begin(keep: bool) -> EngineRequest[str]:
            """Answers with the code of why it could not be kept, "" for none."""

            async def ask(engine: EngineControl) -> str:
                try:
                    await engine.accounts.ways_in.by_password(
                        name, username, password, remember=keep, passphrase=passphrase
                    )
                except GatewayError as error:
                    if keep and error.code in account_refusals.NOT_KEPT:
                        return error.code
                    raise
                return ""

            return _worded(ask)

        signing, keeping = f"{name}/sign-in", f"{name}/keep-password"

        async def sign_in() -> None:
            if remember:
                lost = await self._while_keyring_is_asked(name, begin(True), action=signing)
            else:
                lost = await self._asker.ask(begin(False), action=signing)
            if lost:
                if await self._asker.ask(begin(False), action=signing) is not None:
                    told = account_refusals.not_kept(lost)
                    self._asker.store.dispatch(ActionFailed(told, keeping))
            elif lost is not None:
                self._asker.mended(keeping)
            if lost is not None:
                await self.learn()

        self._asker.spawn(sign_in(), name=signing)

    async def _while_keyring_is_asked(
        self, name: InstanceName, request: EngineRequest[T], *, action: str
    ) -> T | None:
        """The answer; a keyring that does not give it at once is mentioned meanwhile."""

        async def mention() -> None:
            await asyncio.sleep(PATIENCE_S)
            self._asker.store.dispatch(KeyringAwaited(name, waits=True))

        async with asyncio.TaskGroup() as group:
            mentioning = group.create_task(mention())
            try:
                return await self._asker.ask(request, deadline_s=LONG_S, action=action)
            finally:
                mentioning.cancel()
                self._asker.store.dispatch(KeyringAwaited(name, waits=False))

    def deliver(self, name: InstanceName, address: str) -> None:
        """The address a browser elsewhere ended at."""
        self._asker.request(
            f"{name}/deliver",
            _worded(lambda engine: engine.accounts.ways_in.deliver(name, address.strip())),
        )

    def cancel(self, name: InstanceName) -> None:
        """Give up the sign-in under way."""
        self._asker.request(
            f"{name}/cancel", _worded(lambda engine: engine.accounts.ways_in.cancel(name))
        )

    def sign_out(self, name: InstanceName) -> None:
        """Let the account be forgotten."""
        self._asker.request(
            f"{name}/sign-out", _worded(lambda engine: engine.accounts.ways_in.sign_out(name))
        )

    def forget_password(self, name: InstanceName) -> None:
        """Keep the password no longer."""
        action = f"{name}/forget"

        async def ask(engine: EngineControl) -> bool:
            await engine.accounts.ways_in.forget_password(name)
            return True

        async def forget() -> None:
            if await self._while_keyring_is_asked(name, _worded(ask), action=action):
                self._asker.mended(f"{name}/keep-password")
                await self.learn()

        self._asker.spawn(forget(), name=action)

    def open_link(self, url: str) -> None:
        """Open an address in the system's browser."""
        self._open(url)

    def open_again(self, name: InstanceName) -> None:
        """Open the address of the sign-in under way in the system's browser."""
        url = self._asker.store.state.accounts.addresses.get(name, "")
        if url:
            self._open(url)

    def copy(self, text: str) -> None:
        """Put a text on the clipboard."""
        if text:
            QGuiApplication.clipboard().setText(text)

    def _open(self, url: str) -> None:
        if not open_page(url):
            self._asker.store.dispatch(
                ActionFailed(
                    QCoreApplication.translate(
                        "Accounts",
                        "No browser could be opened. Copy the address into a browser, here or on "
                        "another machine.",
                    )
                )
            )

    # --- several accounts ---

    def add_account(self) -> None:
        """One more instance, in the settings file too."""

        async def add(engine: EngineControl) -> None:
            await engine.settings.add_instance(InstanceSettings())

        self._then_look("accounts/add", add)

    def remove_account(self, name: InstanceName) -> None:
        """Without this instance; its login stays in its folder."""

        async def remove(engine: EngineControl) -> None:
            await engine.settings.remove_instance(name)

        self._then_look("accounts/remove", remove)

    # --- logins that travel ---

    def export(self, name: InstanceName, file: str, passphrase: str) -> None:
        """Write the login of an instance to a file that only its user can read."""

        async def write(engine: EngineControl) -> BundleView:
            done = await engine.accounts.carrying.export_to(name, Path(file), passphrase)
            return BundleView(BundleStep.EXPORTED, file, name, sealed=done.sealed)

        self._carry(BundleView(BundleStep.WORKING, file, name), write)

    def look_into(self, file: str, passphrase: str) -> None:
        """Say what is in a bundle."""

        async def look(engine: EngineControl) -> BundleView:
            facts: BundleFacts = await engine.accounts.carrying.look_into(Path(file), passphrase)
            return BundleView(BundleStep.INSPECTED, file, facts=facts, sealed=facts.sealed)

        self._carry(BundleView(BundleStep.WORKING, file), look)

    def bring(
        self,
        name: InstanceName,
        file: str,
        passphrase: str,
        *,
        replace: bool = False,
        dry_run: bool = False,
    ) -> None:
        """Import a bundle, or say what that would change."""

        async def bring(engine: EngineControl) -> BundleView:
            done: Imported = await engine.accounts.carrying.bring(
                name, Path(file), passphrase, replace=replace, dry_run=dry_run
            )
            step = BundleStep.TRIED if dry_run else BundleStep.IMPORTED
            return BundleView(step, file, name, changes=done.changes, logged_in=done.logged_in)

        self._carry(BundleView(BundleStep.WORKING, file, name), bring)

    def dismiss_bundle(self) -> None:
        """What came of it has been read."""
        self._asker.store.dispatch(BundleTold(BundleView()))

    def _carry(self, view: BundleView, work: EngineRequest[BundleView]) -> None:
        self._asker.store.dispatch(BundleTold(view))
        self._asker.spawn(self._carried(view, work), name="accounts/bundle")

    async def _carried(self, view: BundleView, work: EngineRequest[BundleView]) -> None:
        """What fails is said where the bundle is, not at the head of the window."""

        async def attempt(engine: EngineControl) -> BundleView:
            try:
                return await work(engine)
            except GatewayError as error:
                return BundleView(
                    BundleStep.FAILED,
                    view.file,
                    view.instance,
                    code=error.code,
                    message=refusals.of_error(error),
                )

        done = await self._asker.ask(attempt, deadline_s=LONG_S, action="accounts/bundle")
        self._asker.store.dispatch(BundleTold(done or BundleView()))

    def _then_look(self, name: str, work: EngineRequest[None]) -> None:
        async def do() -> None:
            async def ask(engine: EngineControl) -> bool:
                await _worded(work)(engine)
                return True

            if await self._asker.ask(ask, action=name):
                await self.learn()

        self._asker.spawn(do(), name=name)
