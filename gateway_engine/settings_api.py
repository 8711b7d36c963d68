"""The settings desk as the internal routes see it: how the file stands, and "read it again".

No route writes settings: whoever may write the file needs none, and whoever may not must not gain
by a key that is handed to clients.
"""

from gateway_engine.config import Effect
from gateway_engine.engine_report import SettingsReadAgain, SettingsStanding
from gateway_engine.settings_desk import SettingsDesk


class SettingsApi:
    """Fits `gateway_engine.server.contracts.SettingsBackend`."""

    def __init__(self, desk: SettingsDesk) -> None:
        self._desk = desk

    async def standing(self) -> SettingsStanding:
        """The file, and whether what it says is in force."""
        view = await self._desk.view()
        return SettingsStanding(
            file=str(view.file),
            problem=view.problem.message if view.problem is not None else "",
            changed_on_disk=view.changed_on_disk,
            at_next_start=tuple(name.upper() for name in view.at_next_start),
        )

    async def read_again(self) -> SettingsReadAgain:
        """Put in force what the sources say now. Raises GatewayErrors: then nothing has changed."""
        found = (await self._desk.reload()).difference
        return SettingsReadAgain(
            changed=tuple(name.upper() for name in found.names),
            endpoint_moved=found.listener,
            started=found.added,
            ended=found.removed,
            started_again=found.renewed,
            at_next_start=tuple(name.upper() for name in found.of(Effect.APP)),
        )
