"""The account desk as the internal routes see it: names in, JSON values out."""

from collections.abc import Mapping
from typing import Any

from gateway_engine.accounts.agent_sign_in import AgentSignIns
from gateway_engine.accounts.desk import AccountDesk
from gateway_engine.accounts.ways_in import WaysIn
from gateway_engine.conversation import InstanceName
from gateway_engine.events import PrintedLine, SignInStatus


class AccountApi:
    """Fits `gateway_engine.server.contracts.AccountBackend`."""

    def __init__(self, desk: AccountDesk, ways_in: WaysIn, agents: AgentSignIns) -> None:
        self._desk = desk
        self._ways_in = ways_in
        self._agents = agents

    def sign_ins(self) -> tuple[SignInStatus, ...]:
        """The account of every instance."""
        return self._desk.statuses()

    async def begin_sign_in(self, name: InstanceName, *, switch: bool) -> str:
        """Start a sign-in; the address to open."""
        return await self._ways_in.by_browser(name, switch=switch)

    async def begin_sign_in_command(self, name: InstanceName) -> None:
        """Run the login command of an agent."""
        await self._agents.begin(name)

    def sign_in_printed(self, name: InstanceName) -> tuple[PrintedLine, ...]:
        """What that command has printed."""
        return self._agents.printed(name)

    async def deliver_sign_in(self, name: InstanceName, address: str) -> None:
        """Take the last address of a browser elsewhere."""
        await self._desk.deliver(name, address)

    async def cancel_sign_in(self, name: InstanceName) -> None:
        """Give up the sign-in under way."""
        await self._desk.cancel(name)

    async def sign_out(self, name: InstanceName) -> None:
        """Let the account be forgotten."""
        await self._ways_in.sign_out(name)

    async def start_auto_login(
        self, name: InstanceName, *, username: str, password: str, remember: bool
    ) -> None:
        """Sign in with this password, or the one that is there."""
        await self._ways_in.by_password(name, username, password, remember=remember)

    async def export_session(self, name: InstanceName, passphrase: str) -> Mapping[str, Any]:
        """A login to carry away."""
        done = await self._desk.export(name, passphrase)
        return {
            "instance": done.instance,
            "bundle_age" if done.sealed else "bundle_b64": done.text,
            "files": list(done.files),
            "bytes": done.size,
        }

    async def import_session(
        self, name: InstanceName, data: bytes, *, passphrase: str, replace: bool, dry_run: bool
    ) -> Mapping[str, Any]:
        """Put a login in place, or say what that would change."""
        done = await self._desk.bring(
            name, data, passphrase=passphrase, replace=replace, dry_run=dry_run
        )
        return {
            "instance": done.instance,
            "changes": [{"file": each.file, "change": each.change} for each in done.changes],
            "logged_in": done.logged_in,
        }
