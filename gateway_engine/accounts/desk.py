"""The desk where accounts are signed in and out, and logins are carried away and brought.

One `SignInStatus` an instance, told by `SignInChanged`; what may take long is under a deadline, and
one thing at a time is done to an instance. Logins of other machines may not be accepted: an import
ends with upstream's word, and is undone when that is no.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from gateway_engine.accounts import bundle
from gateway_engine.accounts.login_files import (
    FileChange,
    changes,
    exchange,
    keep,
    read_login,
    recover,
)
from gateway_engine.accounts.sealing import Sealing
from gateway_engine.accounts.sign_in import (
    UNDER_WAY,
    Began,
    Delivered,
    GaveUp,
    PersonNeeded,
    Reported,
    SignInEvent,
    UpstreamWent,
    advance,
)
from gateway_engine.conversation import InstanceName
from gateway_engine.errors import BadBundleError, ConflictError, GatewayError, NotFoundError
from gateway_engine.events import (
    Emit,
    InstanceChanged,
    InstanceState,
    SignInBegan,
    SignInChanged,
    SignInState,
    SignInStatus,
)
from gateway_engine.tasks import TaskOwner, finish
from gateway_engine.upstreams.contract import Login, LoginState, SigningIn

logger = logging.getLogger(__name__)

SIGN_IN_TIMEOUT_S: Final = 600.0
POLL_S: Final = 1.0
VERDICT_S: Final = 60.0


class AccountInstance(Protocol):
    """What the desk needs of an instance."""

    name: InstanceName

    @property
    def state(self) -> InstanceState:
        """Its state now."""
        ...

    @property
    def generation(self) -> int:
        """How many upstreams it has had."""
        ...

    @property
    def stopped(self) -> bool:
        """Whether a person has stopped it: then it does not come, whatever is done to it."""
        ...

    @property
    def login(self) -> Login:
        """What is known of its account."""
        ...

    @property
    def signing_in(self) -> SigningIn | None:
        """The live upstream, when its account is signed in through a browser."""
        ...

    def hold(self) -> None:
        """Start no upstream until `resume`."""
        ...

    async def pause(self) -> None:
        """End its upstream until `resume`."""
        ...

    def resume(self) -> None:
        """Start its upstream again."""
        ...


@dataclass(frozen=True, slots=True)
class Exported:
    """A login to carry away: `text` is plain base64, or an age file in armour when `sealed`."""

    instance: InstanceName
    text: str
    sealed: bool
    files: tuple[str, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do."""

    instance: InstanceName
    changes: tuple[FileChange, ...]
    logged_in: bool


class AccountDesk:
    """The accounts of all instances. Everything is called on the engine's loop."""

    def __init__(
        self,
        *,
        emit: Emit,
        wall_clock: Callable[[], float],
        poll_s: float = POLL_S,
        sign_in_timeout_s: float = SIGN_IN_TIMEOUT_S,
        verdict_s: float = VERDICT_S,
    ) -> None:
        self._emit = emit
        self._now = wall_clock
        self._poll_s = poll_s
        self._sign_in_timeout_s = sign_in_timeout_s
        self._verdict_s = verdict_s
        self._instances: Mapping[InstanceName, tuple[AccountInstance, Path]] = {}
        self._statuses: dict[InstanceName, SignInStatus] = {}
        self._lives: dict[InstanceName, int] = {}
        self._locks: dict[InstanceName, asyncio.Lock] = {}
        self._sealing = Sealing()
        self._by_command: set[InstanceName] = set()
        self._watches: dict[InstanceName, TaskOwner] = {}
        self._news = asyncio.Condition()
        self._tasks = TaskOwner("accounts")
        self._closing = False

    def serve(self, instances: Sequence[tuple[AccountInstance, Path]]) -> None:
        """From now on these are the instances, each with its work folder; some may be known.

        Of those that are new, an import that a crash interrupted is undone before their programs
        start.
        """
        before = self._instances
        self._instances = {instance.name: (instance, folder) for instance, folder in instances}
        for name in [name for name in self._statuses if name not in self._instances]:
            del self._statuses[name]
        for name, (_, folder) in self._instances.items():
            if before.get(name, (None, None))[1] == folder:
                continue
            try:
                if recover(folder):
                    logger.warning("%s: an interrupted import of a login was undone", name)
            except OSError as error:
                logger.warning("%s: cannot look after its login: %s", name, error)

    async def aclose(self) -> None:
        """Give up what is under way; an import that upstream has not accepted yet is undone."""
        self._closing = True
        for watch in list(self._watches.values()):
            await watch.aclose()
        await self._tasks.aclose()

    def statuses(self) -> tuple[SignInStatus, ...]:
        """Every account, in the order of the instances."""
        return tuple(self._status(name) for name in self._instances)

    def known(self, name: InstanceName) -> AccountInstance:
        """The instance of that name. Raises NotFoundError."""
        if name not in self._instances:
            names = ", ".join(self._instances) or "none"
            raise NotFoundError(f"there is no instance {name!r} here; there are: {names}")
        return self._instances[name][0]

    def take(self, event: InstanceChanged) -> None:
        """Follow what an instance says of its account. Call it with every such event."""
        name = event.status.name
        if name not in self._instances:
            return
        instance, _ = self._instances[name]
        if self._lives.setdefault(name, instance.generation) != instance.generation:
            self._lives[name] = instance.generation
            # A login command is a program of its own: it goes on.
            if name not in self._by_command:
                self._advance(name, UpstreamWent())
        self._advance(name, Reported(instance.login))

    # --- signing in and out ---

    async def begin(
        self, name: InstanceName, *, switch: bool = False, automatic: bool = False
    ) -> str:
        """Start a sign-in; returns the address to open. Raises GatewayErrors.

        An account that is signed in stays so unless it is to be switched.
        """
        async with self._alone(name) as instance:
            upstream = self._able(instance)
            if (await upstream.check_login()).usable:
                if not switch:
                    raise ConflictError(
                        f"{name} is signed in already; sign out first, or switch: `login --switch`",
                        reason="already_logged_in",
                    )
                await upstream.sign_out()
            url = await upstream.sign_in_url()
            await self._end_watch(name)
            self._advance(name, Began(automatic=automatic))
            self._emit(SignInBegan(name, "" if automatic else url))
            watch = self._watches[name] = TaskOwner(f"sign-in/{name}")
            watch.spawn(self._watch(name, instance), name="watch")
            return url

    async def begin_by_command(
        self, name: InstanceName, command: Callable[[], Awaitable[GaveUp | None]]
    ) -> None:
        """Start a sign-in that `command` carries out; cancelling it ends the command.

        It returns why it came to nothing, None when upstream is to say. Raises GatewayErrors.
        """
        async with self._alone(name) as instance:
            if instance.login.usable:
                raise ConflictError(
                    f"{name} is signed in already; its own command signs it out",
                    reason="already_logged_in",
                )
            await self._end_watch(name)
            self._advance(name, Began())
            watch = self._watches[name] = TaskOwner(f"sign-in/{name}")
            watch.spawn(self._attend(name, command), name="command")

    async def deliver(self, name: InstanceName, address: str) -> None:
        """Take the last address of a browser elsewhere. Raises GatewayErrors."""
        async with self._alone(name) as instance:
            upstream = self._able(instance)
            await upstream.finish_sign_in(address)
            self._advance(name, Delivered())
            self._advance(name, Reported(await upstream.check_login()))

    async def cancel(self, name: InstanceName) -> None:
        """Give up the sign-in that is under way, if there is one. Raises NotFoundError."""
        self.known(name)
        await self._end_watch(name)
        self._advance(name, GaveUp())

    def hold_up(self, name: InstanceName, code: str, message: str) -> None:
        """The automatic sign-in needs a person."""
        self._advance(name, PersonNeeded(code, message))

    async def give_up(self, name: InstanceName, code: str, message: str) -> None:
        """The automatic sign-in has failed."""
        await self._end_watch(name)
        self._advance(name, GaveUp(code, message))

    async def sign_out(self, name: InstanceName) -> None:
        """Let the account be forgotten. Raises GatewayErrors."""
        async with self._alone(name) as instance:
            await self._end_watch(name)
            self._advance(name, GaveUp())
            await self._able(instance).sign_out()

    async def until_settled(self, name: InstanceName) -> SignInStatus:
        """Return the status once no sign-in is under way any more."""
        self.known(name)
        async with self._news:
            await self._news.wait_for(lambda: self._status(name).state not in UNDER_WAY)
        return self._status(name)

    # --- carrying logins ---

    async def export(self, name: InstanceName, passphrase: str = "") -> Exported:
        """The login of this instance, sealed when there is a passphrase. Raises GatewayErrors."""
        async with self._alone(name) as instance:
            if not instance.login.usable:
                raise ConflictError(
                    f"{name} is not signed in: nothing to export", reason="not_logged_in"
                )
            files = await asyncio.to_thread(read_login, self._instances[name][1])
        try:
            packed = await asyncio.to_thread(bundle.pack, files)
            sealed = await self._sealing.seal(packed, passphrase) if passphrase else b""
        except bundle.BundleError as error:
            busy = error.code == "too_busy_to_seal"
            reason = error.code if busy else "not_logged_in"
            raise ConflictError(f"{name}: {error}", reason=reason) from None
        text = sealed.decode("ascii") if sealed else bundle.as_text(packed)
        return Exported(name, text, bool(sealed), tuple(files), sum(map(len, files.values())))

    async def bring(
        self,
        name: InstanceName,
        data: bytes,
        *,
        passphrase: str = "",
        replace: bool = False,
        dry_run: bool = False,
    ) -> Imported:
        """Import a login; returns what it did. Raises GatewayErrors, nothing half-done."""
        self.known(name)
        files = await self._sealing.open(data, passphrase)
        async with self._alone(name) as instance:
            folder = self._instances[name][1]
            told = changes(await asyncio.to_thread(read_login, folder), files)
            usable = instance.login.usable
            if dry_run:
                return Imported(name, told, usable)
            if instance.stopped:
                raise ConflictError(
                    f"{name} is stopped, so nobody could say whether the login is good:"
                    " start it first",
                    reason="instance_stopped",
                )
            if usable and not replace:
                raise ConflictError(
                    f"{name} is signed in already; import with replace (`bundle import --replace`)"
                    " to put this login in its place",
                    reason="already_logged_in",
                )
            await self._end_watch(name)
            await finish(self._exchange(instance, folder, files), name=f"{name}/import")
            return Imported(name, told, logged_in=True)

    def inject(self, name: InstanceName, data: bytes, passphrase: str = "") -> None:
        """Sign in at start with a bundle, unless there is a login that upstream still accepts.

        Call it before the instances run; whatever happens is logged, and told by `SignInChanged`.
        """
        instance, folder = self._instances[name]
        if not (folder / "cache" / "user").exists():
            instance.hold()
        self._tasks.spawn(self._inject(name, data, passphrase), name=f"{name}/inject")

    async def _inject(self, name: InstanceName, data: bytes, passphrase: str) -> None:
        async with self._alone(name) as instance:
            folder = self._instances[name][1]
            try:
                files = await self._sealing.open(data, passphrase)
                if (folder / "cache" / "user").exists() and (await self._verdict(instance)).usable:
                    logger.info("%s is signed in already: its bundle is not needed", name)
                    return
                await finish(self._exchange(instance, folder, files), name=f"{name}/import")
                logger.info("%s: signed in with the bundle of the settings", name)
            except GatewayError as error:
                instance.resume()
                logger.error("%s: the bundle of the settings was not used: %s", name, error)  # noqa: TRY400 - told whole
                self._advance(name, Began(automatic=True))
                self._advance(name, GaveUp(error.code, str(error)))

    async def _exchange(
        self, instance: AccountInstance, folder: Path, files: bundle.LoginFiles
    ) -> None:
        """Once begun it is ended, kept or undone, whoever goes away meanwhile."""
        accepted = False
        await instance.pause()
        try:
            try:
                await asyncio.to_thread(exchange, folder, files)
            except OSError as error:
                raise GatewayError(f"the login could not be written: {error.strerror}") from error
            instance.resume()
            login = await self._verdict(instance)
            accepted = login.usable
            if not accepted and self._closing:
                logger.info("%s: the gateway stops: an import is undone", instance.name)
                raise asyncio.CancelledError
            if not accepted:
                raise BadBundleError(
                    "Lingma does not accept this login, and what was there before is back: a login"
                    " is tied to the machine it was made on and may not travel"
                    f" ({login.state.value})",
                    reason="not_accepted",
                )
        finally:
            if accepted:
                await asyncio.to_thread(keep, folder)
            else:
                await instance.pause()
                try:
                    await asyncio.to_thread(recover, folder)
                except OSError as error:
                    # The next start tries again; until then the instance shall not stand still.
                    logger.error("%s: the login before is not back: %s", instance.name, error)  # noqa: TRY400 - told whole
                finally:
                    instance.resume()

    async def _verdict(self, instance: AccountInstance) -> Login:
        """What upstream says of the account, once it has started."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._verdict_s
        while loop.time() < deadline and instance.state is not InstanceState.FAILED:
            if self._closing:
                break
            upstream = instance.signing_in
            if upstream is not None:
                try:
                    login = await upstream.check_login()
                except GatewayError:
                    login = Login(LoginState.UNKNOWN)
                if login.state is not LoginState.UNKNOWN:
                    return login
            await asyncio.sleep(min(self._poll_s, 0.1))
        return instance.login

    # --- inside ---

    @asynccontextmanager
    async def _alone(self, name: InstanceName) -> AsyncIterator[AccountInstance]:
        instance = self.known(name)
        async with self._locks.setdefault(name, asyncio.Lock()):
            yield instance

    def _able(self, instance: AccountInstance) -> SigningIn:
        upstream = instance.signing_in
        if upstream is None:
            raise ConflictError(
                f"{instance.name} cannot sign in now ({instance.state.value}): its program does not"
                " run, or has a login of its own",
                reason="sign_in_unavailable",
            )
        return upstream

    async def _watch(self, name: InstanceName, instance: AccountInstance) -> None:
        """Ask until the sign-in is over; upstream's own reports are faster, but may be lost."""
        try:
            async with asyncio.timeout(self._sign_in_timeout_s):
                while self._status(name).state in UNDER_WAY:
                    await asyncio.sleep(self._poll_s)
                    upstream = instance.signing_in
                    if upstream is not None:
                        with contextlib.suppress(GatewayError):
                            self._advance(name, Reported(await upstream.check_login()))
        except TimeoutError:
            self._advance(name, _timed_out(self._sign_in_timeout_s))

    async def _attend(
        self, name: InstanceName, command: Callable[[], Awaitable[GaveUp | None]]
    ) -> None:
        self._by_command.add(name)
        try:
            async with asyncio.timeout(self._sign_in_timeout_s):
                end = await command()
        except TimeoutError:
            end = _timed_out(self._sign_in_timeout_s)
        except GatewayError as error:
            end = GaveUp(error.code, str(error))
        finally:
            self._by_command.discard(name)
        if end is not None:
            self._advance(name, end)

    async def _end_watch(self, name: InstanceName) -> None:
        watch = self._watches.pop(name, None)
        if watch is not None:
            await watch.aclose()

    def _status(self, name: InstanceName) -> SignInStatus:
        known = self._statuses.get(name)
        if known is None:
            known = SignInStatus(name, SignInState.LOGGED_OUT, self._now())
            self._statuses[name] = known
        return known

    def _advance(self, name: InstanceName, event: SignInEvent) -> None:
        before = self._status(name)
        after = advance(before, event, self._now())
        if after is not before:
            self._statuses[name] = after
            self._emit(SignInChanged(after))
            self._tasks.spawn(self._notify(), name="news")

    async def _notify(self) -> None:
        async with self._news:
            self._news.notify_all()


def _timed_out(after_s: float) -> GaveUp:
    return GaveUp("timed_out", f"nobody finished the sign-in within {after_s / 60:g} minutes")
