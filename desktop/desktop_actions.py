"""What a user can ask of the desktop itself: how it looks and starts, what it shows of itself."""

import asyncio
from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from desktop.asking import EngineAsker
from desktop.os_integration.autostart import Autostart, AutostartError
from desktop.os_integration.reveal import open_folder, open_page
from desktop.slices.desktop_choices import ChoicesChanged, DesktopChoices
from desktop.slices.first_run import (
    FirstRunFinished,
    FirstRunLeft,
    FirstRunMoved,
    FirstRunShown,
    FirstRunStep,
)
from desktop.slices.product import LogLevelChanged, NewsSeen
from desktop.state import ActionFailed
from gateway_engine.public import set_level

translate = QCoreApplication.translate


class DesktopActions:
    """Wishes that need no engine. `autostart` is attached where the system has one."""

    def __init__(self, asker: EngineAsker) -> None:
        self._asker = asker
        self._store = asker.store
        self._autostart: Autostart | None = None

    def attach_autostart(self, autostart: Autostart) -> None:
        """Start with the system by this from now on."""
        self._autostart = autostart
        self._choose(starts_with_system=autostart.is_on())

    # --- choices ---------------------------------------------------------------------------------

    def choose_theme(self, theme: str) -> None:
        """Look light, dark, or like the system (auto)."""
        self._choose(theme=theme)

    def choose_language(self, language: str) -> None:
        """Speak this language, or the system's (auto)."""
        self._choose(language=language)

    def start_minimized(self, wanted: bool) -> None:
        """Start in the tray, without the window."""
        self._choose(start_minimized=wanted)

    def free_memory(self, wanted: bool) -> None:
        """Give the window's memory back whenever it is closed."""
        self._choose(frees_memory=wanted)

    def start_with_system(self, wanted: bool) -> None:
        """Start when the user logs in."""
        if self._autostart is not None:
            self._asker.spawn(self._start_with_system(self._autostart, wanted), name="autostart")

    # --- the first run ---------------------------------------------------------------------------

    def show_first_run(self) -> None:
        """Show the first steps, where they were left."""
        self._store.dispatch(FirstRunShown())

    def choose_program(self) -> None:
        """Turn to the step that says what could answer, and fetches what is missing."""
        self._store.dispatch(FirstRunShown())
        self._store.dispatch(FirstRunMoved(FirstRunStep.PROGRAM))

    def leave_first_run(self) -> None:
        """See the window; the steps can be resumed."""
        self._store.dispatch(FirstRunLeft())

    def go_to_step(self, step: FirstRunStep) -> None:
        """Turn to one of the first steps."""
        self._store.dispatch(FirstRunMoved(step))

    def finish_first_run(self) -> None:
        """All is set up."""
        self._store.dispatch(FirstRunFinished())

    # --- about -----------------------------------------------------------------------------------

    def open_folder(self, place: str) -> None:
        """Show a folder, or the one a file lies in."""
        if not open_folder(place):
            self._fail(translate("DesktopActions", "No program shows folders here: {place}"), place)

    def open_page(self, url: str) -> None:
        """Show a web page."""
        if not open_page(url):
            self._fail(translate("DesktopActions", "No browser was found for {place}"), url)

    def log_more_or_less(self, level: str) -> None:
        """Log this much until the next start."""
        set_level(level)
        self._store.dispatch(LogLevelChanged(level))

    def see_news(self) -> None:
        """What is new has been read."""
        self._store.dispatch(NewsSeen())

    # --- inside ----------------------------------------------------------------------------------

    async def _start_with_system(self, autostart: Autostart, wanted: bool) -> None:
        try:
            await asyncio.to_thread(autostart.turn_on if wanted else autostart.turn_off)
        except AutostartError as error:
            self._store.dispatch(ActionFailed(str(error)))
        is_on = await asyncio.to_thread(autostart.is_on)
        self._choose(starts_with_system=is_on)

    def _choose(self, **changes: object) -> None:
        choices: DesktopChoices = replace(
            self._store.state.choices,
            **changes,  # type: ignore[arg-type]
        )
        self._store.dispatch(ChoicesChanged(choices))

    def _fail(self, sentence: str, place: str) -> None:
        self._store.dispatch(ActionFailed(sentence.format(place=place)))
