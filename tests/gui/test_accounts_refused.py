"""The accounts panel once a site has refused a password that was to be kept."""

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
