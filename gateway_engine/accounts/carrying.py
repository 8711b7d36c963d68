"""Logins to and from files, for whoever has a window. Raises GatewayErrors, nothing half-done."""

import asyncio
from pathlib import Path

from gateway_engine.accounts.bundle import BundleError
from gateway_engine.accounts.bundle_file import BundleFacts, inspect, read_bundle, write_bundle
from gateway_engine.accounts.desk import AccountDesk, Exported, Imported
from gateway_engine.conversation import InstanceName
from gateway_engine.errors import BadBundleError


class Carrying:
    """Bundles of the instances' logins. A passphrase is "" where there is none."""

    def __init__(self, desk: AccountDesk) -> None:
        self._desk = desk

    async def export_to(self, name: InstanceName, file: Path, passphrase: str = "") -> Exported:
        """Write this instance's login to `file` (0600)."""
        done = await self._desk.export(name, passphrase)
        text = done.text if done.sealed else f"{done.text}\n"
        try:
            await asyncio.to_thread(write_bundle, file, text)
        except BundleError as error:
            raise BadBundleError(str(error), reason=error.code) from None
        return done

    async def look_into(self, file: Path, passphrase: str = "") -> BundleFacts:
        """What is in the bundle `file`."""
        data = await self._read(file)
        try:
            return await inspect(data, passphrase)
        except BundleError as error:
            raise BadBundleError(str(error), reason=error.code) from None

    async def bring(
        self,
        name: InstanceName,
        file: Path,
        passphrase: str = "",
        *,
        replace: bool = False,
        dry_run: bool = False,
    ) -> Imported:
        """Import the bundle `file`, or say what that would change."""
        data = await self._read(file)
        return await self._desk.bring(
            name, data, passphrase=passphrase, replace=replace, dry_run=dry_run
        )

    async def _read(self, file: Path) -> bytes:
        try:
            return await asyncio.to_thread(read_bundle, file)
        except BundleError as error:
            raise BadBundleError(str(error), reason=error.code) from None
