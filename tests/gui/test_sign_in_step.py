"""What the step of the first sign-in promises."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.first_run.sign_in_step import SignInStep
from desktop.i18n import Language
from desktop.panels.panel import PanelContext
from desktop.state import AppState, PlanMade, reduce_all
from desktop.store import StateStore
from desktop.theme import Theme
from desktop.try_it import TryItSession
from gateway_engine.public import InstanceChanged, InstanceState, TaskOwner
from tests.gui.seen_in_window import settle, shown
from tests.unit.desktop.samples import status


@pytest.mark.qt_log_ignore("propagateSizeHints")
@pytest.mark.parametrize("signs_in", [True, False])
def test_a_sign_in_is_promised_only_where_there_is_its_button(
    qtbot: QtBot, theme: Theme, language: Language, signs_in: bool
) -> None:
    language.install("en")
    out = InstanceChanged(replace(status(state=InstanceState.NEEDS_LOGIN), signs_in=signs_in))
    state = reduce_all(AppState(), [PlanMade("agent", "127.0.0.1", 8317), out])
    actions = Actions(StateStore(state), TaskOwner("test"), TryItSession())
    step = SignInStep(PanelContext(actions, theme.tokens))
    qtbot.addWidget(step)
    step.show()
    step.render_state(state)
    settle()
    there = [b.text() for b in step.findChildren(QPushButton) if b.isVisible()]
    assert ("Sign in" in there) is signs_in
    assert "Open the accounts page" in there
    assert any("Sign in here by the browser" in text for text in shown(step)) is signs_in
