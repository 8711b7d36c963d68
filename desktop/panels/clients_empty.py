"""What stands in place of the clients while none is known: why, and what to do."""

from desktop.panels.empty_place import EmptyPlace
from desktop.state import EnginePhase


class NoClients(EmptyPlace):
    """They are looked for by the engine: it looks, it is coming, or it has ended."""

    def show_phase(self, phase: EnginePhase) -> None:
        """Say why there is nothing."""
        super().show_phase(phase)
        is_looking = phase is EnginePhase.RUNNING
        self.say(
            self.tr("Looking for clients…") if is_looking else self.engine_title(phase),
            self.tr(
                "Each program that can use the gateway is listed here, with what to do to connect "
                "it, as soon as the gateway runs."
            ),
        )
