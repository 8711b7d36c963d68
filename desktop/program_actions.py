"""What a user can ask about the Lingma program: fetch one, choose one, remove one."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from desktop import program_wording
from desktop.account_actions import LONG_S, AccountActions
from desktop.asking import EngineAsker, EngineRequest, worded
from desktop.engine_thread import EngineControl
from desktop.state import AppState, EnginePhase
from gateway_engine.public import (
    ChosenKind,
    GatewayError,
    InstallChanged,
    InstallState,
    SettingsChange,
    examine_chosen,
)

ENDED = (InstallState.DONE, InstallState.FAILED, InstallState.CANCELLED)


class ProgramActions:
    """A fetch runs in the engine and is told by events; what is chosen is written to the settings
    where that is needed, and taken over at once.
    """

    def __init__(self, asker: EngineAsker, accounts: AccountActions) -> None:
        self._asker = asker
        self._accounts = accounts
        self._followed: InstallChanged | None = None
        self._phase = asker.store.state.phase
        asker.store.changed.connect(self._follow)

    def fetch(self, url: str = "") -> None:
        """Fetch the Lingma program at `url`, or the newest that the settings name."""
        self._asker.request(
            "programs/fetch",
            worded(program_wording.refusal, lambda engine: engine.fetch_program(url=url)),
        )

    def stop_fetching(self) -> None:
        """Stop; what has arrived is kept for another try."""
        self._asker.request("programs/stop", lambda engine: engine.stop_fetching_program())

    def choose_file(self, file: str) -> None:
        """Use the program, or install the VSIX, that the user picked."""
        self._then_learn("programs/choose", lambda engine: _choose(engine, Path(file)))

    def use(self, version: str, program: str) -> None:
        """Use this version: instances start again with it."""
        self._then_learn("programs/use", lambda engine: _use(engine, version, program))

    def remove(self, version: str) -> None:
        """Take this version off the disk."""
        self._then_learn("programs/remove", lambda engine: _remove(engine, version))

    def _then_learn(self, name: str, work: EngineRequest[None]) -> None:
        async def do() -> None:
            await self._asker.ask(worded(program_wording.refusal, work), deadline_s=LONG_S)
            await self._accounts.learn()

        self._asker.spawn(do(), name=name)

    def _follow(self, state: AppState) -> None:
        """A fetch that has ended has changed what there is, and so may an engine that starts."""
        if state.phase is not self._phase:
            self._phase = state.phase
            if state.phase is EnginePhase.RUNNING and state.accounts.programs is not None:
                self._accounts.look()  # another engine, which may run another program
        event = state.install
        if event is self._followed or event is None or event.state not in ENDED:
            return
        self._followed = event
        has_program = not state.demo and not state.has_no_upstream
        if event.state is InstallState.DONE and has_program:
            self._then_learn("programs/take-over", _take_over)
        else:
            self._accounts.look()


async def _choose(engine: EngineControl, file: Path) -> None:
    match await asyncio.to_thread(examine_chosen, file):
        case ChosenKind.VSIX:
            await engine.fetch_program(file=file)
        case ChosenKind.PROGRAM:
            await engine.settings.change(SettingsChange({"lingma_bin": str(file)}))
        case ChosenKind.NEITHER:
            sentence = QCoreApplication.translate(
                "Programs", "{file} is neither a program that can be run nor a VSIX."
            )
            raise GatewayError(sentence.format(file=file.name))


async def _take_over(engine: EngineControl) -> None:
    """Instances that run a fetched program start again with the one fetched last."""
    await engine.settings.reload()


async def _use(engine: EngineControl, version: str, program: str) -> None:
    await engine.programs.use(version)
    await engine.settings.reload()
    if (await engine.programs_known()).used != program:
        # Another one comes first, named by the settings or found here: then this one is named.
        saved = await engine.settings.change(SettingsChange({"lingma_bin": program}))
        if saved.overridden:
            raise GatewayError(
                QCoreApplication.translate(
                    "Programs",
                    "LINGMA_BIN is set outside of the settings file and names another program: "
                    "that one comes first.",
                )
            )


async def _remove(engine: EngineControl, version: str) -> None:
    known = await engine.programs_known()
    gone = next((str(each.program) for each in known.versions if each.name == version), "")
    if gone == known.used:
        # It may be named by the settings: they must not name what is not there.
        await engine.settings.change(SettingsChange(reset=("lingma_bin",)))
    await engine.programs.remove(version)
    await engine.settings.reload()
