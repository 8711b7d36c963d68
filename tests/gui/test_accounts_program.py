"""The card of the Lingma program as its user uses it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.i18n import Language
from desktop.slices.accounts import AccountsLearned
from desktop.state import EnginePhase, PhaseChanged
from desktop.theme import Theme
from gateway_engine.errors import InvalidRequestError
from gateway_engine.public import (
    AccountsKnown,
    Difference,
    InstallChanged,
    InstallState,
    ProgramsKnown,
    Saved,
    SettingsChange,
)
from tests.gui.accounts_setting import Setting
from tests.gui.conftest import RunOnQt

pytestmark = [
    pytest.mark.usefixtures("language"),
    # What the offscreen screen says of any dialog.
    pytest.mark.qt_log_ignore("propagateSizeHints"),
]


def test_the_program_is_fetched_used_and_removed(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any]
) -> None:
    it = Setting(qtbot, theme, "ready")
    asked: list[str] = []

    class Programs:
        async def use(self, name: str) -> None:
            asked.append(f"use {name}")

        async def remove(self, name: str) -> None:
            asked.append(f"remove {name}")

    it.engine.programs = Programs()

    async def use() -> None:
        it.press("Download from the marketplace")
        await it.settled()
        it.field("Address of a VSIX").setText("https://x.example/a.vsix")
        it.press("Download")
        await it.settled()
        assert it.engine.asked[-2:] == ["fetch program", "fetch program https://x.example/a.vsix"]
        known = it.store.state.accounts.programs
        assert known is not None
        it.press("Use")
        await it.settled()
        # Another program came first: this one is named in the settings.
        assert asked == ["use 2.4.8"]
        assert it.engine.settings.changes[-1].values == {
            "lingma_bin": str(known.versions[1].program)
        }
        remove = [
            b for b in it.panel.findChildren(QPushButton) if b.accessibleName() == "Remove 2.4.8"
        ]
        assert remove == []  # the engine says that there is none any more
        assert it.store.state.accounts.programs == ProgramsKnown("", (), ())

    run_on_qt(use())


def test_a_refused_download_is_said_in_the_users_language(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any], language: Language
) -> None:
    language.install("zh_CN")
    it = Setting(qtbot, theme, "ready")

    async def refuse(*, url: str = "", file: Path | None = None) -> None:
        raise InvalidRequestError("in English", reason="bad_source")

    it.engine.fetch_program = refuse  # type: ignore[method-assign]

    async def use() -> None:
        it.actions.programs.fetch("http://x.example/")
        await it.settled()
        first = it.store.state.action_error
        it.actions.upstream.fetch()
        await it.settled()
        assert it.store.state.action_error == first != ""
        assert "English" not in first
        assert "https" in first

    run_on_qt(use())


def test_what_was_fetched_is_taken_over(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any]
) -> None:
    it = Setting(qtbot, theme, "ready")

    async def use() -> None:
        it.store.dispatch(InstallChanged(InstallState.DOWNLOADING, 1.0, 5, 10))
        it.store.dispatch(InstallChanged(InstallState.DONE, 2.0, version="2.6.0"))
        await it.settled()
        assert it.engine.asked == ["reload settings"]
        it.store.dispatch(InstallChanged(InstallState.FAILED, 3.0, error_code="damaged"))
        await it.settled()
        assert it.engine.asked == ["reload settings"]

    run_on_qt(use())


def test_another_engine_is_asked_what_it_runs(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any]
) -> None:
    it = Setting(qtbot, theme, "ready")
    fetched = ProgramsKnown("/new/Lingma", (), ())

    async def known() -> ProgramsKnown:
        return fetched

    async def use() -> None:
        it.store.dispatch(PhaseChanged(EnginePhase.STARTING))
        await it.settled()
        it.engine.programs_known = known  # type: ignore[method-assign]
        it.store.dispatch(PhaseChanged(EnginePhase.RUNNING))
        await it.settled()
        assert it.store.state.accounts.programs == fetched

    run_on_qt(use())


def test_whoever_uses_the_keyboard_goes_on_with_the_next_button(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any]
) -> None:
    it = Setting(qtbot, theme, "ready")

    async def use() -> None:
        it.panel.show()
        it.button("Download from the marketplace").setFocus()
        it.store.dispatch(InstallChanged(InstallState.DOWNLOADING, 1.0, 5, 10))
        assert it.panel.focusWidget() is it.button("Cancel the download")
        it.store.dispatch(InstallChanged(InstallState.CANCELLED, 2.0))
        assert it.panel.focusWidget() is it.button("Download from the marketplace")
        await it.settled()

    run_on_qt(use())


def test_a_version_that_another_source_keeps_out_is_said(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any]
) -> None:
    it = Setting(qtbot, theme, "ready")

    class Programs:
        async def use(self, name: str) -> None:
            return None

    async def overridden(change: SettingsChange) -> Saved:
        return Saved(Difference(change.names), change.names)

    it.engine.programs = Programs()
    it.engine.settings.change = overridden  # type: ignore[method-assign]

    async def use() -> None:
        it.press("Use")
        await it.settled()
        assert it.store.state.action_error.startswith("LINGMA_BIN is set outside")

    run_on_qt(use())


def test_where_there_is_no_program_the_download_is_the_way_to_take(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any]
) -> None:
    it = Setting(qtbot, theme, "ready")
    nothing = AccountsLearned(AccountsKnown(), ProgramsKnown("", (), ()), has_window=True)

    async def use() -> None:
        it.panel.resize(1100, 800)
        it.panel.show()
        button = it.button("Download from the marketplace")
        assert not button.property("kind")
        plain = button.sizeHint().width()
        it.store.dispatch(nothing)
        assert button.property("kind") == "primary"
        # Its bold words need more room than the plain ones had.
        assert button.sizeHint().width() > plain
        while button.width() < button.sizeHint().width():  # noqa: ASYNC110 - Qt lays it out
            await asyncio.sleep(0)
        await it.settled()

    run_on_qt(use())
