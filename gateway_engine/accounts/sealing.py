"""Bundles sealed and opened, one at a time.

Each costs a core for a second and a quarter of a gigabyte: as many at once as somebody asks for
would take the machine.
"""

import asyncio

from gateway_engine.accounts import bundle
from gateway_engine.accounts.age import seal_aside, unseal_aside
from gateway_engine.errors import BadBundleError


class Sealing:
    """The one place at a time. Everything is called on the engine's loop."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def seal(self, packed: bytes, passphrase: str) -> bytes:
        """Encrypt a bundle. Raises BundleError."""
        async with self._turn:
            return await seal_aside(packed, passphrase)

    async def open(self, data: bytes, passphrase: str = "") -> dict[str, bytes]:
        """The files in a bundle, sealed or not. Raises BadBundleError."""
        try:
            if len(data) > bundle.MAX_TEXT_BYTES:
                raise bundle.BundleError("too_large", "this is too large for a bundle")
            if bundle.is_sealed(data):
                async with self._turn:
                    data = await unseal_aside(data, passphrase)
            # Megabytes at most, but on this loop every answer would wait for them.
            return await asyncio.to_thread(bundle.unpack, data)
        except bundle.BundleError as error:
            raise BadBundleError(str(error), reason=error.code) from None
