"""All ways to sign in, for whoever has a window: begun here, told by events.

One way at a time: a new attempt ends the one before, its browser window too.
"""

from gateway_engine.accounts.agent_sign_in import AgentSignIns
from gateway_engine.accounts.auto_login import AutoLogin, Credentials
from gateway_engine.accounts.desk import AccountDesk
from gateway_engine.accounts.window_sign_in import SignInWindows, WindowProgram
from gateway_engine.conversation import InstanceName


class WaysIn:
    """What the desktop asks about accounts. Everything raises GatewayErrors."""

    def __init__(
        self,
        desk: AccountDesk,
        auto_login: AutoLogin,
        agents: AgentSignIns,
        windows: SignInWindows,
    ) -> None:
        self._desk = desk
        self._auto_login = auto_login
        self._agents = agents
        self._windows = windows

    async def by_browser(self, name: InstanceName, *, switch: bool = False) -> str:
        """Begin a sign-in; returns the address that a person opens in a browser."""
        await self._windows.close(name)
        return await self._desk.begin(name, switch=switch)

    async def by_window(
        self, name: InstanceName, program: WindowProgram, *, switch: bool = False
    ) -> str:
        """Begin a sign-in in a window of `program`; returns the address it shows."""
        url = await self.by_browser(name, switch=switch)
        await self._windows.open(name, url, program)
        return url

    async def by_password(
        self,
        name: InstanceName,
        username: str,
        password: str,
        *,
        remember: bool = False,
        passphrase: str = "",
    ) -> None:
        """Begin the automatic sign-in, with the password that is there when both are "".

        `passphrase` locks and unlocks kept passwords where there is no keyring.
        """
        await self._windows.close(name)
        if passphrase:
            await self._auto_login.unlock(passphrase, name)
        given = Credentials(username, password) if username or password else None
        await self._auto_login.start(name, given, remember=remember)

    async def by_command(self, name: InstanceName) -> None:
        """Run the login command of an agent."""
        await self._agents.begin(name)

    async def deliver(self, name: InstanceName, address: str) -> None:
        """Take the last address of a browser elsewhere."""
        await self._desk.deliver(name, address)

    async def cancel(self, name: InstanceName) -> None:
        """Give up what is under way; its window closes."""
        await self._windows.close(name)
        await self._desk.cancel(name)

    async def sign_out(self, name: InstanceName) -> None:
        """Let the account be forgotten; nothing signs it in again by itself."""
        self._desk.known(name)
        await self._auto_login.hold(name)
        await self._desk.sign_out(name)

    async def forget_password(self, name: InstanceName) -> None:
        """Keep the password of this account no longer."""
        await self._auto_login.forget(name)
