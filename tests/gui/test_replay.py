"""Replays against a small server of ours: what is really sent, what is shown of the answer."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.i18n import Language
from desktop.panels.panel import PanelContext
from desktop.panels.request_detail import RequestDetail
from desktop.panels.request_detail_replay import ReplayTab
from desktop.slices.replay import ReplayPhase, ReplayRun
from desktop.state import Access, AccessReady, AppState, reduce_all
from desktop.store import StateStore
from desktop.theme import LIGHT
from desktop.try_it import TryItSession
from desktop.widgets.code_view import CodeView
from desktop.widgets.diff_view import DiffView
from gateway_engine.public import (
    InstanceChanged,
    InstanceName,
    InstanceState,
    InstanceStatus,
    ListenerStopped,
    ModelId,
    Record,
    TaskOwner,
)
from tests.gui.alone import shown_alone
from tests.gui.scripted_endpoint import Script, scripted_endpoint
from tests.support.recorded_turns import says, stream, turn
from tests.unit.desktop.samples import listening

W = TypeVar("W", bound=QWidget)
TIMEOUT_MS = 10_000
TALK = [says("system", "Be brief."), says("user", "What is 6 times 7?")]
ASKED = {
    "model": "gpt-4o",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What is 6 times 7?"},
    ],
}


@pytest.fixture
def server() -> Iterator[Script]:
    with scripted_endpoint() as script:
        script.chunks = [stream("The answer is 42.").encode()]
        yield script


def ready(url: str) -> AppState:
    models = tuple(ModelId(name) for name in ("qwen-max", "kmodel"))
    events = [AccessReady(Access("the-key", "keyring", "", "the-admin-token"))]
    states = [
        InstanceChanged(
            InstanceStatus(
                InstanceName(f"inst-{n}"), "lingma", InstanceState.READY, 1.0, models=models
            )
        )
        for n in range(2)
    ]
    return reduce_all(AppState(), [*events, *states, *([listening(url)] if url else [])])


@pytest.fixture
def actions(server: Script) -> Iterator[Actions]:
    actions = Actions(StateStore(ready(server.url)), TaskOwner("test"), TryItSession())
    yield actions
    actions.details.stop_replay()
    actions.details.replaying.deleteLater()


@pytest.fixture
def tab(qtbot: QtBot, language: Language, actions: Actions) -> ReplayTab:
    del language
    detail = RequestDetail(PanelContext(actions, LIGHT))
    actions.asker.store.changed.connect(detail.render_state)
    shown_alone(qtbot, detail, 900, 600)
    detail.choose("replay")
    detail.show_record(first(), None, None)
    detail.render_state(actions.asker.store.state)
    return detail.findChildren(ReplayTab)[0]


def first() -> Record:
    return turn(conversation=TALK, body=json.dumps(ASKED), answer=stream("The answer is 41."))


def seen(widget: QWidget, kind: type[W]) -> list[W]:
    return [found for found in widget.findChildren(kind) if found.isVisible()]


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in seen(widget, QLabel))


def combo(tab: ReplayTab, name: str) -> QComboBox:
    return next(c for c in tab.findChildren(QComboBox) if c.accessibleName() == name)


def button(tab: ReplayTab) -> QPushButton:
    (found,) = [b for b in seen(tab, QPushButton) if b.text() in ("Send again", "Stop")]
    return found


def send(qtbot: QtBot, tab: ReplayTab, actions: Actions) -> ReplayRun:
    store = actions.asker.store
    with qtbot.waitSignal(
        store.changed,
        timeout=TIMEOUT_MS,
        check_params_cb=lambda state: (
            state.replay.run is not None and not state.replay.run.is_running
        ),
    ):
        button(tab).click()
    assert store.state.replay.run is not None
    return store.state.replay.run


def test_nothing_is_sent_before_a_person_clicks(tab: ReplayTab, server: Script) -> None:
    assert "uses the account's quota" in texts(tab)
    assert server.asked == []


def test_the_same_is_asked_of_another_model(
    qtbot: QtBot, tab: ReplayTab, actions: Actions, server: Script
) -> None:
    combo(tab, "Model").setCurrentText("kmodel")
    run = send(qtbot, tab, actions)
    assert (run.phase, run.answer) == (ReplayPhase.DONE, "The answer is 42.")
    ((path, headers, body),) = server.asked
    assert path == "/v1/chat/completions"
    assert body == {**ASKED, "model": "kmodel", "stream": True}
    assert headers["Authorization"] == "Bearer the-key"
    assert "the-admin-token" not in str(headers)
    assert seen(tab, CodeView)[0].text() == "The answer is 42."


def test_the_answers_are_compared(qtbot: QtBot, tab: ReplayTab, actions: Actions) -> None:
    send(qtbot, tab, actions)
    tab.findChildren(QTabBar)[0].setCurrentIndex(1)
    (difference,) = seen(tab, DiffView)
    assert "- The answer is 41." in difference.toPlainText()
    assert "+ The answer is 42." in difference.toPlainText()
    assert "Complete" in texts(tab)
    assert "first time 7.35 s" in texts(tab)


def test_one_instance_is_chosen_with_the_admin_token(
    qtbot: QtBot, tab: ReplayTab, actions: Actions, server: Script
) -> None:
    combo(tab, "Instance").setCurrentText("inst-1")
    send(qtbot, tab, actions)
    ((_path, headers, _body),) = server.asked
    sent = {name.lower(): value for name, value in headers.items()}
    assert sent["x-gateway-pin-instance"] == "inst-1"
    assert (sent["x-api-key"], sent["authorization"]) == ("the-admin-token", "Bearer the-key")


def test_an_instance_is_chosen_by_the_name_in_the_settings(
    qtbot: QtBot, tab: ReplayTab, actions: Actions
) -> None:
    store = actions.asker.store
    store.dispatch(InstanceChanged(replace(store.state.instances[1], title="Home")))
    chosen = combo(tab, "Instance")
    assert [chosen.itemText(n) for n in range(3)] == ["Any", "inst-0", "Home · inst-1"]
    chosen.setCurrentIndex(2)
    assert send(qtbot, tab, actions).instance == "inst-1"


def test_another_protocol_is_spoken(
    qtbot: QtBot, tab: ReplayTab, actions: Actions, server: Script
) -> None:
    server.chunks = [
        b'data: {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "42"}}\n\n',
        b'data: {"type": "message_stop"}\n\n',
    ]
    combo(tab, "Protocol").setCurrentText("Anthropic Messages")
    run = send(qtbot, tab, actions)
    assert (run.phase, run.answer) == (ReplayPhase.DONE, "42")
    ((path, headers, body),) = server.asked
    assert path == "/v1/messages"
    assert {name.lower() for name in headers} >= {"anthropic-version", "authorization"}
    assert body["system"] == [{"type": "text", "text": "Be brief."}]
    assert body["messages"][0]["role"] == "user"


def test_a_failure_is_told_and_a_cut_stream_is_one(
    qtbot: QtBot, tab: ReplayTab, actions: Actions, server: Script
) -> None:
    server.status, server.chunks = 503, [b'{"error": {"code": "login_required", "message": "m"}}']
    run = send(qtbot, tab, actions)
    assert (run.phase, run.error_code, run.status) == (ReplayPhase.FAILED, "login_required", 503)
    assert "Nobody is signed in" in texts(tab)
    server.status, server.chunks = 200, [b'data: {"choices": [{"delta": {"content": "Hal"}}]}\n\n']
    run = send(qtbot, tab, actions)
    assert (run.phase, run.error_code, run.answer) == (ReplayPhase.FAILED, "stream_cut", "Hal")
    assert "cut off before its end" in texts(tab)


def test_stop_hangs_up_and_keeps_what_came(
    qtbot: QtBot, tab: ReplayTab, actions: Actions, server: Script
) -> None:
    server.holds_open.clear()
    server.chunks = [b'data: {"choices": [{"delta": {"content": "Hal"}}]}\n\n']
    store = actions.asker.store
    with qtbot.waitSignal(
        store.changed,
        timeout=TIMEOUT_MS,
        check_params_cb=lambda state: bool(state.replay.run and state.replay.run.answer),
    ):
        button(tab).click()
    assert button(tab).text() == "Stop"
    button(tab).click()
    run = store.state.replay.run
    assert run is not None
    assert (run.phase, run.answer) == (ReplayPhase.STOPPED, "Hal")
    assert button(tab).text() == "Send again"


def test_what_cannot_be_sent_again_says_why_and_offers_nothing(
    tab: ReplayTab, server: Script
) -> None:
    tab.show_record(turn(obstacle="x", removed=("request.body",)), None)
    assert "secrets were removed from it (request.body)" in texts(tab)
    assert not button(tab).isEnabled()
    assert server.asked == []


def test_a_closed_endpoint_offers_nothing(tab: ReplayTab, actions: Actions) -> None:
    tab.render_state(ready(""))
    assert "The endpoint is closed" in texts(tab)
    assert not button(tab).isEnabled()
    actions.asker.store.dispatch(ListenerStopped(2.0))
    actions.details.start_replay(first(), protocol="openai_chat", model="", instance="")
    run = actions.asker.store.state.replay.run
    assert run is not None
    assert run.error_code == "endpoint_closed"


def test_what_was_chosen_stays_chosen_while_the_answer_streams(
    qtbot: QtBot, tab: ReplayTab, actions: Actions
) -> None:
    combo(tab, "Instance").setCurrentText("inst-1")
    combo(tab, "Model").setCurrentText("my-own-model")
    send(qtbot, tab, actions)
    assert combo(tab, "Instance").currentText() == "inst-1"
    assert combo(tab, "Model").currentText() == "my-own-model"


def test_a_long_name_of_a_model_is_told_by_how_it_begins(tab: ReplayTab) -> None:
    long = turn(conversation=TALK, body=json.dumps(ASKED), model_asked="claude-sonnet-4-5-20991231")
    tab.show_record(long, None)
    edit = combo(tab, "Model").lineEdit()
    assert edit is not None
    assert edit.text().startswith("claude-")
    assert edit.cursorPosition() == 0


def test_the_run_of_another_request_is_not_shown(
    qtbot: QtBot, tab: ReplayTab, actions: Actions
) -> None:
    send(qtbot, tab, actions)
    tab.show_record(turn(9), None)
    assert seen(tab, CodeView)[0].text() == ""
