"""Signing in with a password in the accounts panel: how it begins, and what is kept of it."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.theme import Theme
from gateway_engine.public import SignInChanged, SignInState, SignInStatus
from tests.gui.accounts_setting import Setting
from tests.gui.conftest import RunOnQt

pytestmark = pytest.mark.usefixtures("language")


def test_a_password_that_was_refused_is_shown_to_be_kept_no_longer(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any]
) -> None:
    it = Setting(qtbot, theme, "signed_out")
    me = it.store.state.instances[0].name

    async def use() -> None:
        assert it.button("Forget the password").isEnabled()
        status = SignInStatus(me, SignInState.FAILED, 1.0, error_code="wrong_password")
        it.store.dispatch(SignInChanged(status))
        await it.settled()
        assert me not in it.store.state.accounts.known.remembered
        it.accounts.remembered = frozenset({me})
        it.store.dispatch(SignInChanged(replace(status, since=2.0)))
        await it.settled()  # once a refusal is enough
        assert me not in it.store.state.accounts.known.remembered

    run_on_qt(use())
    assert "Forget the password" not in [
        button.text()
        for button in it.panel.findChildren(QPushButton)
        if button.isVisibleTo(it.panel)
    ]


@pytest.mark.parametrize(
    "last", ["Password", "Passphrase, only where this computer has no keyring"]
)
def test_return_signs_in_from_the_last_field(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any], last: str
) -> None:
    it = Setting(qtbot, theme, "signed_out")

    async def use() -> None:
        it.press("With a password…")
        it.field("User name").setText("ann")
        it.field("Password").setText("canary-password")
        it.field(last).returnPressed.emit()
        assert [asked[0] for asked in await it.settled()] == ["password"]

    run_on_qt(use())
