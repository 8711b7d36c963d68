"""What a user can ask about settings, and what is changed but not saved yet."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from desktop import refusals
from desktop.asking import EngineAsker
from desktop.engine_thread import EngineControl, EngineThreadGoneError
from desktop.os_integration.reveal import open_file
from desktop.slices.settings import (
    SettingsNoteRead,
    SettingsRead,
    SettingsRefused,
    SettingsSaved,
    SettingsSaving,
)
from desktop.state import ActionFailed
from gateway_engine.public import (
    GatewayError,
    Refusal,
    Saved,
    SettingsChange,
    SettingsView,
    write_private,
)

logger = logging.getLogger(__name__)

translate = QCoreApplication.translate
INSTANCES = "instances"
MAX_IMPORT_BYTES = 4 * 1024 * 1024


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

    def bring(self, file: Path) -> None:
        """Take over the settings of a file."""
        self._asker.spawn(self._bring(file), name="import-settings")

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
        self, ask: Callable[[EngineControl], Any], then: Callable[[], None] = lambda: None
    ) -> None:
        self._store.dispatch(SettingsSaving())
        self._asker.spawn(self._changed(ask, then), name="change-settings")

    async def _changed(self, ask: Callable[[EngineControl], Any], then: Callable[[], None]) -> None:
        message = await self._refusal(self._asker.ask_or_raise(ask), then)
        if message:
            self._store.dispatch(SettingsRefused(message))

    async def _refusal(self, work: Awaitable[Saved], then: Callable[[], None]) -> str:
        try:
            saved = await work
        except EngineThreadGoneError:
            return translate("Actions", "The engine is not running.")
        except TimeoutError:
            return translate("Actions", "The engine did not answer in time.")
        except GatewayError as error:
            return refusals.of_error(error)
        except Exception as error:
            logger.exception("settings could not be changed")
            return f"{type(error).__name__}: {error}"
        then()
        self._store.dispatch(SettingsSaved(saved.overridden))
        return ""

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

    async def _bring(self, file: Path) -> None:
        try:
            text = await asyncio.to_thread(_read_text, file)
        except OSError as error:
            self._fail(translate("SettingsActions", "{file} cannot be read: {why}"), file, error)
            return
        except ValueError:
            sentence = translate("SettingsActions", "{file} is no settings file.")
            self._store.dispatch(SettingsRefused(sentence.format(file=file)))
            return

        async def ask(engine: EngineControl) -> Saved:
            return await engine.settings.bring(text)

        self._change(ask)

    def _fail(self, sentence: str, file: Path, error: OSError) -> None:
        self._store.dispatch(
            SettingsRefused(sentence.format(file=file, why=refusals.of_system(error)))
        )


def _is_same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def _read_text(file: Path) -> str:
    if file.exists() and not file.is_file() and not file.is_dir():
        raise ValueError("no plain file")  # a pipe would never end, a device give anything
    with file.open("rb") as stream:
        data = stream.read(MAX_IMPORT_BYTES + 1)
    if len(data) > MAX_IMPORT_BYTES:
        raise ValueError("too large")
    return data.decode("utf-8-sig")
