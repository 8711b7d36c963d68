"""What a user can ask about who answers: fetch a Lingma, choose another program."""

from PySide6.QtCore import QObject, Signal

from desktop import program_wording
from desktop.asking import EngineAsker, worded


class UpstreamActions(QObject):
    """A fetch runs in the engine and is told by events; a choice makes another plan."""

    chosen = Signal(str)
    """"auto" (the Lingma program that is found), "demo", or an agent's name."""

    def __init__(self, asker: EngineAsker) -> None:
        super().__init__()
        self._asker = asker

    def fetch(self) -> None:
        """Fetch the newest Lingma program that the settings name."""
        self._asker.request(
            "fetch-program",
            worded(program_wording.refusal, lambda engine: engine.fetch_program()),
        )

    def stop_fetching(self) -> None:
        """Stop; what has arrived is kept for another try."""
        self._asker.request("stop-fetching", lambda engine: engine.stop_fetching_program())

    def choose(self, upstream: str) -> None:
        """Let this one answer from now on."""
        if upstream != self._asker.store.state.first_run.choice:
            self.chosen.emit(upstream)
