"""Try it against a small server of ours: what really came is what is shown."""

import socket
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.i18n import Language
from desktop.panels.overview_try_it import TryItCard
from desktop.panels.panel import PanelContext
from desktop.state import Access, AccessReady, AppState, reduce
from desktop.store import StateStore
from desktop.theme import LIGHT
from desktop.try_it import TryIt, TryItSession, TryItState
from desktop.try_it_wire import Protocol
from gateway_engine.public import TaskOwner
from tests.gui.scripted_endpoint import GOOD, Script, scripted_endpoint
from tests.unit.desktop.samples import listening

TIMEOUT_MS = 10_000


@pytest.fixture
def server() -> Iterator[Script]:
    with scripted_endpoint() as script:
        yield script


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[TryItSession]:
    del qtbot
    session = TryItSession()
    yield session
    session.stop()
    session.deleteLater()


def actions(session: TryItSession, url: str) -> Actions:
    state = reduce(AppState(), AccessReady(Access("the-key", "keyring")))
    if url:
        state = reduce(state, listening(url))
    return Actions(StateStore(state), TaskOwner("test"), session)


def ask(qtbot: QtBot, session: TryItSession, url: str, protocol: Protocol) -> TryIt:
    with qtbot.waitSignal(
        session.changed, timeout=TIMEOUT_MS, check_params_cb=lambda view: not view.is_running
    ):
        actions(session, url).try_prompt("hi", protocol)
    return session.view


def test_a_streamed_answer_is_shown_whole(
    qtbot: QtBot, session: TryItSession, server: Script
) -> None:
    view = ask(qtbot, session, server.url, Protocol.OPENAI)
    assert (view.state, view.answer) == (TryItState.DONE, "Hello, 你好")
    assert (view.upstream, view.model) == ("demo", "demo-auto")
    ((path, headers, body),) = server.asked
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer the-key"
    assert body["stream"] is True


def test_anthropic_is_spoken_too(qtbot: QtBot, session: TryItSession, server: Script) -> None:
    server.chunks = [
        b'data: {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Hi"}}\n\n',
        b'data: {"type": "message_stop"}\n\n',
    ]
    view = ask(qtbot, session, server.url, Protocol.ANTHROPIC)
    assert (view.state, view.answer) == (TryItState.DONE, "Hi")
    ((path, headers, _body),) = server.asked
    assert path == "/v1/messages"
    assert headers["X-Api-Key"] == "the-key"


@pytest.mark.parametrize(
    ("status", "chunks", "code"),
    [
        (503, [b'{"error": {"code": "login_required", "message": "m"}}'], "login_required"),
        (500, [b"oops"], "http_500"),
        (200, GOOD[:2], "stream_cut"),
        (200, [GOOD[0], b'data: {"error": {"code": "upstream_error"}}\n\n'], "upstream_error"),
    ],
    ids=["refused", "no error body", "cut", "error in the stream"],
)
def test_failures_are_told_truthfully(
    qtbot: QtBot,
    session: TryItSession,
    server: Script,
    status: int,
    chunks: list[bytes],
    code: str,
) -> None:
    server.status, server.chunks = status, chunks
    view = ask(qtbot, session, server.url, Protocol.OPENAI)
    assert view.state is TryItState.FAILED
    assert view.failure is not None
    assert (view.failure.code, view.status) == (code, status)


def test_nobody_listening_is_told(qtbot: QtBot, session: TryItSession) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    view = ask(qtbot, session, f"http://127.0.0.1:{port}", Protocol.OPENAI)
    assert view.failure is not None
    assert view.failure.code == "connection_refused"


def test_a_closed_endpoint_sends_nothing(session: TryItSession) -> None:
    actions(session, "").try_prompt("hi", Protocol.OPENAI)
    assert session.view.failure is not None
    assert session.view.failure.code == "endpoint_closed"


def test_stop_hangs_up_and_keeps_what_came(
    qtbot: QtBot, session: TryItSession, server: Script
) -> None:
    server.holds_open.clear()
    server.chunks = GOOD[:1]
    with qtbot.waitSignal(
        session.changed, timeout=TIMEOUT_MS, check_params_cb=lambda view: bool(view.answer)
    ):
        actions(session, server.url).try_prompt("hi", Protocol.OPENAI)
    session.stop()
    assert (session.view.state, session.view.answer) == (TryItState.STOPPED, "Hello")


def test_the_card_shows_the_answer_as_it_streams(
    qtbot: QtBot, session: TryItSession, server: Script, language: Language
) -> None:
    del language
    card = TryItCard(PanelContext(actions(session, server.url), LIGHT))
    qtbot.addWidget(card)
    session.prompt = "hi"
    ask(qtbot, session, server.url, Protocol.OPENAI)
    answer = card.findChild(QPlainTextEdit)
    assert answer is not None
    assert answer.toPlainText() == "Hello, 你好"
    server.chunks = [GOOD[1], GOOD[2]]
    ask(qtbot, session, server.url, Protocol.OPENAI)
    assert answer.toPlainText() == ", 你好"
