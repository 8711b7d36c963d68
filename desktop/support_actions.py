"""What a user can ask about the support bundle: collect it, save it, forget it."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from desktop.asking import EngineAsker
from desktop.os_integration.reveal import open_folder
from desktop.slices.support import SupportAsked, SupportCollected, SupportSaved
from desktop.state import ActionFailed
from gateway_engine.public import SupportFile, write_bundle


class SupportActions:
    """Nothing is written before the user has seen what it is and said where."""

    def __init__(self, asker: EngineAsker) -> None:
        self._asker = asker

    def collect(self) -> None:
        """Gather what a bundle would hold, to be looked at; once at a time."""
        if self._asker.store.state.support.is_collecting:
            return
        self._asker.store.dispatch(SupportAsked())
        self._asker.spawn(self._collect(), name="support/collect")

    async def _collect(self) -> None:
        files = await self._asker.ask(lambda engine: engine.support_files())
        self._asker.store.dispatch(SupportCollected(files or ()))

    def save(self, file: str) -> None:
        """Write the bundle that was looked at."""
        files = self._asker.store.state.support.files
        if file and files:
            self._asker.spawn(self._save(Path(file), files), name="support/save")

    async def _save(self, file: Path, files: tuple[SupportFile, ...]) -> None:
        try:
            await asyncio.to_thread(write_bundle, file, files)
        except OSError as error:
            words = QCoreApplication.translate("Support", "Cannot write {file}: {reason}")
            failed = ActionFailed(words.format(file=file, reason=error.strerror))
            self._asker.store.dispatch(failed)
            return
        self._asker.store.dispatch(SupportSaved(str(file)))

    def forget(self) -> None:
        """It is not wanted any more."""
        self._asker.store.dispatch(SupportCollected(()))

    def open_folder(self) -> None:
        """Show where it was saved."""
        open_folder(self._asker.store.state.support.saved)
