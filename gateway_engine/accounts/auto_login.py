"""Signing in without a person: when, how often, and what becomes of it.

Only for accounts whose name and password are there. It begins by itself when the account is logged
out or expired, once until it was logged in again, but never after its user has signed out: with a
password of the settings until the next start, with a remembered one until somebody signs in. A
password that may be wrong is never sent twice: a failure is tried again only where the site was not
given it. A captcha or a second factor waits for a person. The browser runs in a process of its own,
under the guard.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gateway_engine.accounts.browser.installed import HOW_TO_GET, find_browser
from gateway_engine.accounts.browser.order import (
    FOR_A_PERSON,
    Order,
    Outcome,
    Said,
    Selectors,
    read_selectors,
)
from gateway_engine.accounts.browser.process import drive_aside
from gateway_engine.accounts.credentials import NoKeyringError
from gateway_engine.accounts.desk import AccountDesk
from gateway_engine.accounts.proving import Passwords, ProvingPasswords
from gateway_engine.accounts.signed_out import SignedOut
from gateway_engine.call_aside import call_aside
from gateway_engine.conversation import InstanceName
from gateway_engine.errors import ConflictError, GatewayError
from gateway_engine.events import InstanceState, InstanceStatus, SignInState
from gateway_engine.tasks import TaskOwner
from gateway_engine.upstreams.processes.guard import OrphanGuard

logger = logging.getLogger(__name__)

AFTER_CALLBACK_S: Final = 20.0
PAUSE_S: Final = 2.0
_AGAIN: Final = (
    Outcome.PAGE_TIMEOUT,
    Outcome.UNREACHABLE,
    Outcome.PAGE_ERROR,
    Outcome.STUCK,
    Outcome.BROKEN,
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account's name and password."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AutoLoginRules:
    """The settings AUTO_LOGIN_*. `max_retry` counts the tries after the first."""

    enabled: bool = True
    headless: bool = True
    timeout_s: float = 180.0
    max_retry: int = 2
    selectors_file: str = ""
    pause_s: float = PAUSE_S


class AutoLogin:
    """The automatic sign-ins of all instances. Everything is called on the engine's loop."""

    def __init__(
        self,
        desk: AccountDesk,
        rules: AutoLoginRules,
        guard: OrphanGuard,
        *,
        pictures: Path,
        passwords: Passwords,
        signed_out: SignedOut,
        hide: Callable[[Iterable[str]], None] = lambda secrets: None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._desk = desk
        self._rules = rules
        self._guard = guard
        self._pictures = pictures
        self._passwords = passwords
        self._proving = ProvingPasswords(passwords)
        self._signed_out = signed_out
        self._hide = hide
        """Told of passwords that come later than the settings, for the log and the records."""
        self._last: dict[InstanceName, InstanceStatus] = {}
        self._environ = environ
        self._credentials: dict[InstanceName, Credentials] = {}
        self._of_settings: dict[InstanceName, Credentials] = {}
        self._refused: dict[InstanceName, Credentials] = {}
        """What a site has not taken: never sent again by itself."""
        self._spent: set[InstanceName] = set()
        self._running: set[InstanceName] = set()
        self._held: set[InstanceName] = set()
        self._left: set[InstanceName] = set()
        """Whose user has signed out and is out; who is signed in then was wanted to be."""
        self._tasks = TaskOwner("auto-login")

    def follow(self, rules: AutoLoginRules) -> None:
        """These hold from now on: whoever waits for a login is looked at again."""
        self._rules = rules
        for status in list(self._last.values()):
            self.consider(status)

    def serve(
        self, credentials: Mapping[InstanceName, Credentials], others: Sequence[InstanceName] = ()
    ) -> None:
        """From now on these accounts can be signed in; and `others`, once the keyring has told
        their passwords.
        """
        for name in self._of_settings:
            self._credentials.pop(name, None)
        self._of_settings = dict(credentials)
        self._credentials |= credentials
        out = self._signed_out.names()
        self._left |= out - self._held
        self._held |= out & {*others}
        for name in others:
            self._tasks.spawn(self._recall(name), name=f"{name}/recall")

    def under_way(self) -> frozenset[InstanceName]:
        """Those that a browser is at."""
        return frozenset(self._running)

    async def aclose(self) -> None:
        """End what is under way; no browser is left."""
        await self._tasks.aclose()

    def consider(self, status: InstanceStatus) -> None:
        """Begin by itself where that is due. Call it with every status of an instance."""
        self._last[status.name] = status
        if status.logged_in:
            self._spent.discard(status.name)
            if status.name in self._left:
                self._release(status.name)
            return
        if status.name in self._held:
            self._left.add(status.name)
        due = self._rules.enabled and status.state is InstanceState.NEEDS_LOGIN
        due = due and status.name not in self._held
        who = self._credentials.get(status.name)
        due = due and who is not None and who != self._refused.get(status.name)
        if due and status.name not in self._spent:
            states = {each.instance: each.state for each in self._desk.statuses()}
            if states.get(status.name) in (SignInState.LOGGED_OUT, SignInState.EXPIRED):
                self._begin(status.name)

    async def start(
        self, name: InstanceName, given: Credentials | None = None, *, remember: bool = False
    ) -> None:
        """Begin now, whatever was before; one that runs goes on. Raises GatewayErrors.

        `given` is used from now on, and kept in the system's keyring only if that is wanted, and
        until it is refused.
        """
        instance = self._desk.known(name)
        if given is not None:
            self._hide([given.password])
            if instance.login.usable:
                raise ConflictError(
                    f"{name} is signed in already; sign out first to sign in with this password",
                    reason="already_logged_in",
                )
        if given is not None and remember:
            pair = (given.username, given.password)
            try:
                await call_aside(lambda: self._proving.keep(name, pair), name="keyring")
            except (NoKeyringError, OSError) as error:
                raise ConflictError(str(error), reason=_reason(error) or "no_keyring") from None
        if given is not None:
            self._credentials[name] = given
        if name not in self._credentials:
            raise ConflictError(
                f"there is no password for {name}: send one, or set LINGMA_USERNAME and"
                " LINGMA_PASSWORD, or LINGMA_ACCOUNTS",
                reason="no_credentials",
            )
        self._release(name)
        if name not in self._running:
            self._begin(name)

    async def unlock(self, passphrase: str, name: InstanceName) -> None:
        """Use this passphrase for kept passwords, the one of `name` first. Raises ConflictError."""
        try:
            await call_aside(lambda: self._passwords.unlock(passphrase), name="passwords")
        except NoKeyringError as error:
            reason = _reason(error) or "wrong_passphrase"
            raise ConflictError(str(error), reason=reason) from None
        await self._recall(name)

    async def hold(self, name: InstanceName) -> None:
        """Begin nothing by itself until asked: its user signs out."""
        self._held.add(name)
        await self._note(name, self._signed_out.add)

    def _release(self, name: InstanceName) -> None:
        if name in self._held | self._left:
            self._held.discard(name)
            self._left.discard(name)
            self._tasks.spawn(self._note(name, self._signed_out.remove), name=f"{name}/signed-out")

    async def _note(self, name: InstanceName, work: Callable[[InstanceName], None]) -> None:
        try:
            await asyncio.to_thread(work, name)
        except OSError as error:
            logger.warning("%s: who has signed out cannot be kept: %s", name, error.strerror)

    async def forget(self, name: InstanceName) -> None:
        """Keep this account's password no longer, here and in the keyring. Raises ConflictError."""
        self._credentials.pop(name, None)
        try:
            await call_aside(lambda: self._passwords.forget(name), name="keyring")
        except (NoKeyringError, OSError) as error:
            raise ConflictError(str(error), reason=_reason(error) or "not_forgotten") from None

    async def _recall(self, name: InstanceName) -> None:
        try:
            kept = await call_aside(lambda: self._passwords.recall(name), name="keyring")
        except NoKeyringError as error:
            logger.warning("%s: its password is not at hand: %s", name, error)
            return
        if kept is not None and name not in self._credentials:
            self._hide([kept[1]])
            self._credentials[name] = Credentials(*kept)
            if name in self._last:
                self.consider(self._last[name])

    def _begin(self, name: InstanceName) -> None:
        self._spent.add(name)
        self._running.add(name)
        self._tasks.spawn(self._run(name), name=name)

    async def _run(self, name: InstanceName) -> None:
        try:
            await self._try_again_and_again(name)
        except ConflictError as error:
            # Its program went just now, or somebody else has signed it in.
            self._spent.discard(name)
            logger.info("%s: no automatic sign-in: %s", name, error)
        except GatewayError as error:
            await self._desk.give_up(name, error.code, str(error))
        finally:
            self._running.discard(name)

    async def _try_again_and_again(self, name: InstanceName) -> None:
        for number in range(self._rules.max_retry + 1):
            if number:
                await asyncio.sleep(self._rules.pause_s * 2 ** (number - 1))
            url = await self._desk.begin(name, automatic=True)
            who = self._credentials[name]
            said = await self._attempt(name, url, who)
            if said.outcome is Outcome.DONE:
                status = await self._outcome_of(name)
                if status is SignInState.LOGGED_IN:
                    self._refused.pop(name, None)
                    self._proving.proven(name, (who.username, who.password))
                    logger.info("%s: signed in automatically", name)
                    return
                if status is not SignInState.SIGNING_IN:
                    return  # cancelled, refused, or the process went: the desk has said so
                said = Said(Outcome.STUCK, "Lingma did not take the sign-in; try again", final=True)
            if said.outcome not in _AGAIN or said.submitted:
                break
            logger.info("%s: sign-in attempt %d: %s", name, number + 1, said.message)
        logger.warning("%s: the automatic sign-in ended: %s", name, said.message)
        if said.outcome is Outcome.WRONG_PASSWORD:
            await self._put_away(name, who)
        if said.outcome in FOR_A_PERSON:
            self._desk.hold_up(name, said.outcome.value, said.message)
        elif said.outcome is Outcome.WINDOW_CLOSED:
            await self._desk.cancel(name)
        else:
            await self._desk.give_up(name, said.outcome.value, said.message)

    async def _put_away(self, name: InstanceName, who: Credentials) -> None:
        """Refused, it does not stand before what settings or keyring have for this account."""
        self._refused[name] = who
        pair = (who.username, who.password)
        try:
            await call_aside(lambda: self._proving.refused(name, pair), name="keyring")
        except (NoKeyringError, OSError) as error:
            logger.warning("%s: the refused password is still kept: %s", name, error)
        if self._credentials.get(name) != who or who == self._of_settings.get(name):
            return
        del self._credentials[name]
        if name in self._of_settings:
            self._credentials[name] = self._of_settings[name]
        else:
            self._tasks.spawn(self._recall(name), name=f"{name}/recall")

    async def _attempt(self, name: InstanceName, url: str, who: Credentials) -> Said:
        environ = self._environ if self._environ is not None else os.environ
        browser = await asyncio.to_thread(find_browser, environ)
        if not browser:
            return Said(Outcome.NO_BROWSER, HOW_TO_GET, final=True)
        try:
            selectors = await asyncio.to_thread(self._selectors)
        except ValueError as error:
            return Said(Outcome.BAD_SELECTORS, f"AUTO_LOGIN_SELECTORS_FILE: {error}", final=True)
        order = Order(
            url,
            who.username,
            who.password,
            browser=browser,
            headless=self._rules.headless,
            timeout_s=self._rules.timeout_s,
            screenshot=str(self._pictures / f"{name}.png"),
            selectors=selectors,
        )

        def waits(said: Said) -> None:
            self._desk.hold_up(name, said.outcome.value, said.message)

        async with asyncio.TaskGroup() as group:
            driving = group.create_task(drive_aside(order, self._guard, waits))
            settled = group.create_task(self._desk.until_settled(name))
            await asyncio.wait((driving, settled), return_when=asyncio.FIRST_COMPLETED)
            # Signed in, cancelled or lost: the browser has nothing left to do.
            settled.cancel()
            if not driving.done():
                driving.cancel()
        return Said(Outcome.DONE, "", final=True) if driving.cancelled() else driving.result()

    def _selectors(self) -> Selectors:
        named = self._rules.selectors_file
        return read_selectors(Path(named).expanduser()) if named else Selectors()

    async def _outcome_of(self, name: InstanceName) -> SignInState:
        """What upstream makes of the callback it was given."""
        try:
            async with asyncio.timeout(AFTER_CALLBACK_S):
                return (await self._desk.until_settled(name)).state
        except TimeoutError:
            return SignInState.SIGNING_IN


def _reason(error: NoKeyringError | OSError) -> str:
    return error.reason if isinstance(error, NoKeyringError) else ""
