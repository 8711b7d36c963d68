"""What a user can ask about settings, and what is changed but not saved yet."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Signal

from desktop import refusals
from desktop.asking import EngineAsker
from desktop.engine_thread import EngineControl, EngineThreadGoneError
from desktop.os_integration.reveal import open_file
from desktop.slices.settings import (
    ImportLookedInto,
    ImportPutAside,
    Incoming,
    Saving,
    SettingsNoteRead,
    SettingsRead,
    SettingsRefused,
    SettingsSaved,
    SettingsSaving,
)
from desktop.state import ActionFailed
from gateway_engine.public import (
    GatewayError,
    ImportPreview,
    Refusal,
    Saved,
    SettingsChange,
    SettingsError,
    SettingsView,
    text_of_import,
    write_private,
)

logger = logging.getLogger(__name__)

translate = QCoreApplication.translate
INSTANCES = "instances"
T = TypeVar("T")


class SettingsDraft(QObject):
    """Changes that are not saved yet; they outlive a change of theme or language.

    `problems` are those of values that cannot be saved, by setting.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.values: dict[str, Any] = {}
        self.reset: set[str] = set()
        self.problems: dict[str, str] = {}

    @property
    def names(self) -> frozenset[str]:
        """Every setting that the user has touched."""
        return frozenset(self.values) | self.reset | frozenset(self.problems)

    def put(self, name: str, value: Any, problem: str = "") -> None:
        """The user wants this value; with a `problem` it is kept and cannot be saved yet."""
        self._forget(name)
        self.values[name] = value
        if problem:
            self.problems[name] = problem
        self.changed.emit()

    def refuse(self, name: str, problem: str) -> None:
        """What the user has typed cannot be a value."""
        self._forget(name)
        self.problems[name] = problem
        self.changed.emit()

    def put_back(self, name: str) -> None:
        """The user wants what holds when the file says nothing."""
        self._forget(name)
        self.reset.add(name)
        self.changed.emit()

    def leave(self, name: str) -> None:
        """It is to stay as it is."""
        if name in self.names:
            self._forget(name)
            self.changed.emit()

    def clear(self) -> None:
        """Nothing is to change."""
        self.values.clear()
        self.reset.clear()
        self.problems.clear()
        self.changed.emit()

    def _forget(self, name: str) -> None:
        self.values.pop(name, None)
        self.problems.pop(name, None)
        self.reset.discard(name)


class SettingsActions:
    """Reads and changes settings. What is refused is said in the panel."""

    def __init__(self, asker: EngineAsker) -> None:
        self._asker = asker
        self._store = asker.store
        self._is_reading = False
        self.draft = SettingsDraft()

    def read(self) -> None:
        """Look how they are, once at a time; without an engine there is nothing to see."""
        if self._asker.has_engine and not self._is_reading:
            self._is_reading = True
            self._asker.spawn(self._read(), name="read-settings")

    def save(self) -> None:
        """Save the draft and put it in force."""
        view, draft = self._store.state.settings.view, self.draft
        if view is None or draft.problems or not draft.names:
            return
        seen = {row.name: row.file_value for row in view.rows if row.in_file}
        values = dict(draft.values)
        instances = values.pop(INSTANCES, None)
        change = SettingsChange(values, tuple(sorted(draft.reset)), seen, instances)

        async def ask(engine: EngineControl) -> Saved:
            return await engine.settings.change(change)

        self._change(ask, then=draft.clear)

    def discard(self) -> None:
        """Leave everything as it is."""
        self.draft.clear()

    def reload(self) -> None:
        """Put in force what the file says now."""

        async def ask(engine: EngineControl) -> Saved:
            return await engine.settings.reload()

        self._change(ask)

    def dismiss_note(self) -> None:
        """What became of the last change has been read."""
        self._store.dispatch(SettingsNoteRead())

    def export(self, file: Path, *, secrets: bool) -> None:
        """Write the settings into a file of their own."""
        self._asker.spawn(self._export(file, secrets=secrets), name="export-settings")

    def look_into(self, file: Path) -> None:
        """See what taking over the settings of a file would change."""
        self._asker.spawn(self._look_into(file), name="look-into-settings")

    def put_aside(self) -> None:
        """The file that was looked into is not to be imported."""
        self._store.dispatch(ImportPutAside())

    def bring(self) -> None:
        """Take over the file that was looked into, as it was shown."""
        settings = self._store.state.settings
        incoming = settings.incoming
        if incoming is None or settings.saving is Saving.UNDER_WAY:
            return

        async def ask(engine: EngineControl) -> Saved:
            name, seen = incoming.file.name, incoming.preview.seen
            return await engine.settings.importing.bring(incoming.text, name, seen=seen)

        self._change(ask, imported=incoming.file)

    def take_back(self) -> None:
        """Let everything be as it was before the last import."""

        async def ask(engine: EngineControl) -> Saved:
            return await engine.settings.importing.take_back()

        self._change(ask)

    def open_file(self) -> None:
        """Show the settings file in the program that edits such files."""
        view = self._store.state.settings.view
        if view is None:
            return
        if not open_file(view.file):
            sentence = translate("SettingsActions", "No program opens {file} here.")
            self._store.dispatch(ActionFailed(sentence.format(file=view.file)))

    # --- inside ----------------------------------------------------------------------------------

    async def _read(self) -> None:
        async def ask(engine: EngineControl) -> SettingsView:
            return await engine.settings.view()

        try:
            view = await self._asker.ask_or_raise(ask)
        except (EngineThreadGoneError, TimeoutError):
            return  # the panel shows what it knows, and asks again when the engine is back
        finally:
            self._is_reading = False
        self._store.dispatch(SettingsRead(view))

    def _change(
        self,
        ask: Callable[[EngineControl], Any],
        then: Callable[[], None] = lambda: None,
        imported: Path | None = None,
    ) -> None:
        self._store.dispatch(SettingsSaving())

        async def changed() -> None:
            saved = await self._answer(ask)
            if saved is not None:
                then()
                self._store.dispatch(SettingsSaved(saved.overridden, imported))

        self._asker.spawn(changed(), name="change-settings")

    async def _answer(self, ask: Callable[[EngineControl], Coroutine[Any, Any, T]]) -> T | None:
        """What the engine says; None when it was refused, which is told then."""
        try:
            return await self._asker.ask_or_raise(ask)
        except EngineThreadGoneError:
            message = translate("Actions", "The engine is not running.")
        except TimeoutError:
            message = translate("Actions", "The engine did not answer in time.")
        except GatewayError as error:
            message = refusals.of_error(error)
        except Exception as error:
            logger.exception("settings could not be changed")
            message = f"{type(error).__name__}: {error}"
        self._store.dispatch(SettingsRefused(message))
        return None

    async def _export(self, file: Path, *, secrets: bool) -> None:
        async def ask(engine: EngineControl) -> str:
            return await engine.settings.export(secrets=secrets)

        text = await self._asker.ask(ask)
        if text is None:
            return
        view = self._store.state.settings.view
        try:
            if view is not None and await asyncio.to_thread(_is_same, file, view.file):
                own = Refusal("own_settings_file", "this is the settings file itself")
                self._store.dispatch(SettingsRefused(refusals.words(own)))
                return
            await asyncio.to_thread(write_private, file, text.encode())
        except OSError as error:
            self._fail(translate("SettingsActions", "{file} cannot be written: {why}"), file, error)

    async def _look_into(self, file: Path) -> None:
        try:
            text = await asyncio.to_thread(text_of_import, file)
        except SettingsError as error:
            self._store.dispatch(SettingsRefused(refusals.of_error(error)))
            return

        async def ask(engine: EngineControl) -> ImportPreview:
            return await engine.settings.importing.look_into(text, file.name)

        preview = await self._answer(ask)
        if preview is not None:
            self._store.dispatch(ImportLookedInto(Incoming(file, text, preview)))

    def _fail(self, sentence: str, file: Path, error: OSError) -> None:
        self._store.dispatch(
            SettingsRefused(sentence.format(file=file, why=refusals.of_system(error)))
        )


def _is_same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)
