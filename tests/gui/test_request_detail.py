"""The details of one request: each side tells the truth about the record, or why it cannot."""

from dataclasses import replace
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QTabBar,
    QTextBrowser,
    QToolButton,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.desktop_actions import DesktopActions
from desktop.i18n import Language
from desktop.icons import line_icon
from desktop.panels.panel import PanelContext
from desktop.panels.request_detail import RequestDetail
from desktop.panels.request_detail_answer import AnswerTab
from desktop.panels.request_detail_changes import ChangesTab
from desktop.panels.request_detail_client import ClientTab
from desktop.panels.request_detail_conversation import ConversationTab
from desktop.panels.request_detail_timeline import TimelineTab
from desktop.panels.request_detail_upstream import UpstreamTab
from desktop.panels.requests_split import TABLE_SHARES
from desktop.state import AppState
from desktop.store import StateStore
from desktop.theme import LIGHT, Theme
from desktop.try_it import TryItSession
from desktop.widgets.banner import Banner
from desktop.widgets.code_view import CodeView
from desktop.widgets.diff_view import DiffView
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.find_bar import FindBar
from gateway_engine.public import Change, Record, TaskOwner
from tests.gui.alone import shown_alone
from tests.support.recorded_turns import ANSWER, STARTED, answers, calls, messages, says, turn

W = TypeVar("W", bound=QWidget)
TABS = ("overview", "client", "conversation", "upstream", "answer", "changes", "timeline")


@pytest.fixture
def actions() -> Actions:
    return Actions(StateStore(AppState()), TaskOwner("test"), TryItSession())


@pytest.fixture
def detail(qtbot: QtBot, language: Language, actions: Actions) -> RequestDetail:
    del language
    return opened(qtbot, actions)


def opened(qtbot: QtBot, actions: Actions) -> RequestDetail:
    return shown_alone(qtbot, RequestDetail(PanelContext(actions, LIGHT)), 800, 600)


def seen(widget: QWidget, kind: type[W]) -> list[W]:
    return [found for found in widget.findChildren(kind) if found.isVisible()]


def opened_with_corner(qtbot: QtBot, actions: Actions, theme: Theme) -> RequestDetail:
    """With what closes it beside its tabs, as in the window."""
    detail = opened(qtbot, actions)
    close = QToolButton()
    close.setIcon(line_icon("close", theme.tokens.text))
    detail.show_corner(close)
    return detail


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in seen(widget, QLabel))


def tab(detail: RequestDetail, kind: type[W]) -> W:
    (found,) = detail.findChildren(kind)
    return found


def rows(tree: QTreeView) -> list[tuple[str, str]]:
    model = tree.model()
    return [
        (model.index(row, 0).data(), model.index(row, 1).data()) for row in range(model.rowCount())
    ]


def test_the_overview_says_who_asked_what_and_how_it_went(detail: RequestDetail) -> None:
    detail.show_record(turn(), None, None)
    told = texts(detail)
    for fact in ("claude-cli", "gpt-4o → qwen3-coder", "inst-0", "690 ms", "7.35 s", "12,345 in"):
        assert fact in told
    assert "Reused: only what is new was sent" in told
    assert not seen(detail, Banner)


def test_an_error_says_what_to_do_in_the_users_language(
    qtbot: QtBot, language: Language, actions: Actions
) -> None:
    language.install("zh_CN")
    detail = opened(qtbot, actions)
    detail.show_record(turn(status=503, error_code="login_required"), None, None)
    (banner,) = seen(detail, Banner)
    assert banner.accessibleName() == "尚未登录"
    asked: list[str] = []
    actions.panel_wanted.connect(asked.append)
    seen(banner, QPushButton)[0].click()
    assert asked == ["accounts/inst-0"]
    detail.show_record(turn(status=502, error_code="internal_error"), None, None)
    (button,) = seen(banner, QPushButton)
    button.click()
    assert asked == ["accounts/inst-0", "health"], "no button leads to the request that is shown"


def test_an_error_is_quoted_as_nobodys_own_words(detail: RequestDetail) -> None:
    failed = turn(status=503, error_code="upstream_unavailable")
    assert failed.details is not None
    said = "no instance can answer: all are signed out"
    detail.show_record(
        replace(failed, details=replace(failed.details, error_message=said)), None, None
    )
    (banner,) = seen(detail, Banner)
    assert banner.accessibleDescription().endswith(f"\nDetails: {said}")


def test_a_client_that_hung_up_is_no_error_of_ours(detail: RequestDetail) -> None:
    detail.show_record(turn(status=499, error_code="client_gone"), None, None)
    assert not seen(detail, Banner)
    assert "the client hung up" in texts(detail)


def test_the_tab_that_was_open_is_remembered(
    qtbot: QtBot, detail: RequestDetail, actions: Actions
) -> None:
    detail.choose("upstream")
    detail.show_record(turn(), None, None)
    assert seen(detail, UpstreamTab)
    another = opened(qtbot, actions)
    another.show_record(turn(), None, None)
    assert seen(another, UpstreamTab)


@pytest.mark.parametrize("key", TABS)
@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("nothing", "Choose a request"),
        ("running", "still running"),
        ("loading", "Loading"),
        ("figures", "Only the figures"),
    ],
)
def test_what_is_not_there_says_why(
    detail: RequestDetail, actions: Actions, key: str, state: str, reason: str
) -> None:
    record = turn()
    shown: dict[str, tuple[Record | None, Any]] = {
        "nothing": (None, None),
        "running": (None, replace(record.summary, status=0)),
        "loading": (None, record.summary),
        "figures": (replace(record, details=None), None),
    }
    detail.choose(key)
    detail.show_record(record, None, None)
    made, summary = shown[state]
    detail.show_record(made, None, summary)
    assert reason in texts(detail)
    if state == "figures" and key != "overview":
        asked: list[str] = []
        actions.panel_wanted.connect(asked.append)
        (link,) = [b for b in seen(detail, QPushButton) if "Recording" in b.text()]
        link.click()
        assert asked == ["settings"]


def test_what_the_client_sent_is_there_as_tree_text_and_headers(detail: RequestDetail) -> None:
    detail.choose("client")
    record = turn()
    detail.show_record(record, None, None)
    assert record.details is not None
    side = tab(detail, ClientTab)
    (tree,) = seen(side, QTreeView)
    assert rows(tree)[0] == ("model", '"gpt-4o"')
    bar = side.findChildren(QTabBar)[0]
    bar.setCurrentIndex(1)
    assert seen(side, CodeView)[0].text() == record.details.exchange.request_body.text
    bar.setCurrentIndex(2)
    assert "authorization: ***" in seen(side, CodeView)[0].text()


def test_a_body_that_is_no_json_is_shown_as_text(detail: RequestDetail) -> None:
    detail.choose("client")
    detail.show_record(turn(), None, None)
    detail.show_record(turn(body="{broken"), None, None)
    side = tab(detail, ClientTab)
    assert seen(side, CodeView)[0].text() == "{broken"
    assert not seen(side, QTreeView)


def test_the_conversation_marks_what_is_new_since_the_turn_before(detail: RequestDetail) -> None:
    detail.choose("conversation")
    detail.show_record(turn(4), turn(3), None)
    side = tab(detail, ConversationTab)
    (tree,) = seen(side, QTreeView)
    signs = [name[:1] for name, _ in rows(tree)[1:]]
    assert signs == ["="] * 6 + ["+"] * 2
    assert "Messages: 8. Taken over from the turn before: 6. " in texts(side)
    assert "call_03" in seen(side, CodeView)[0].text(), "the first new message is chosen"
    tree.setCurrentIndex(tree.model().index(6, 0))
    shown = seen(side, CodeView)[0].text()
    assert "Result of read_file (call_02), called in message 4 · failed" in shown


def test_a_changed_message_is_shown_as_a_difference(detail: RequestDetail) -> None:
    detail.choose("conversation")
    before = messages(2)
    now = [says("system", "You are brave."), *before[1:], says("user", "Go on.")]
    detail.show_record(turn(conversation=now), turn(2, conversation=before), None)
    side = tab(detail, ConversationTab)
    (tree,) = seen(side, QTreeView)
    assert rows(tree)[1][0].startswith("~ 0")
    (difference,) = seen(side, DiffView)
    assert "You are brave." in difference.toPlainText()


def test_images_are_markers(detail: RequestDetail) -> None:
    detail.choose("conversation")
    detail.show_record(turn(), None, None)
    side = tab(detail, ConversationTab)
    (tree,) = seen(side, QTreeView)
    tree.setCurrentIndex(tree.model().index(2, 0))
    assert "[image, image/png, 47.1 KB]" in seen(side, CodeView)[0].text()


def test_the_messages_of_upstream_are_listed_with_their_times(detail: RequestDetail) -> None:
    detail.choose("upstream")
    detail.show_record(turn(), None, None)
    side = tab(detail, UpstreamTab)
    (text,) = seen(side, CodeView)
    assert text.text().startswith("→ 38 ms\n\nYou are a careful coding agent.")
    side.findChildren(QTabBar)[0].setCurrentIndex(1)
    (tree,) = seen(side, QTreeView)
    assert rows(tree)[0][0] == "→ 38 ms"
    assert rows(tree)[0][1].startswith("chat/ask")
    assert len(rows(tree)) == 61
    (only_asked,) = [b for b in seen(side, QPushButton) if b.text() == "To upstream"]
    only_asked.click()
    assert len(rows(tree)) == 1


def test_the_answer_is_rendered_and_its_reasoning_is_apart(detail: RequestDetail) -> None:
    detail.choose("answer")
    detail.show_record(turn(), None, None)
    side = tab(detail, AnswerTab)
    shown = seen(side, QTextBrowser)[0].toPlainText()
    assert "The total was summed twice:" in shown
    assert "The user wants" not in shown
    assert ANSWER not in shown, "it is rendered, not shown as Markdown"
    bar = side.findChildren(QTabBar)[0]
    bar.setCurrentIndex(1)
    assert seen(side, QTextBrowser)[0].toPlainText().startswith("The user wants")
    bar.setCurrentIndex(2)
    called = rows(seen(side, QTreeView)[0])
    assert called[0][0] == "run_tests"
    assert "comes with the next request" in called[0][1]
    assert "failed" in called[2][1]
    assert bar.tabText(2) == "Tool calls (1, earlier 3)"


def test_the_results_of_its_calls_come_from_the_turn_after(detail: RequestDetail) -> None:
    detail.choose("answer")
    detail.show_record(turn(4), None, None)
    side = tab(detail, AnswerTab)
    side.findChildren(QTabBar)[0].setCurrentIndex(2)
    (tree,) = seen(side, QTreeView)
    for failed, words in ((False, "came with the turn after"), (True, "failed")):
        said = [*messages(4), calls("call_99", "run_tests", path="tests")]
        said.append(answers("call_99", "3 passed", failed=failed))
        detail.show_following(turn(5, conversation=said))
        assert words in rows(tree)[0][1]
        model = tree.model()
        model.fetchMore(model.index(0, 0))
        within = {model.index(r, 0, model.index(0, 0)).data() for r in range(3)}
        assert within == {"id", "arguments", "result"}
    detail.show_record(turn(3), None, None)
    assert "comes with the next request" in rows(tree)[0][1]


def test_the_overview_says_which_turn_it_is_and_how_long_the_client_took(
    detail: RequestDetail,
) -> None:
    detail.show_record(turn(4), turn(3), None)
    told = texts(detail)
    assert "its answer had ended 52.6 s before" in told
    assert "Turn\n4" in told
    detail.show_following(turn(5))
    assert "began 52.6 s after this answer's end" in texts(detail)


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_a_link_in_an_answer_opens_once_its_address_was_seen(
    detail: RequestDetail, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(DesktopActions, "open_page", lambda _self, url: opened.append(url))
    detail.choose("answer")
    detail.show_record(turn(), None, None)
    side = tab(detail, AnswerTab)
    url = "https://bad.example/?q=" + 400 * "a"
    for answer, expected in (("Cancel", []), ("Open", [url])):
        seen(side, QTextBrowser)[0].anchorClicked.emit(QUrl(url))
        (box,) = [b for b in side.findChildren(QMessageBox) if b.isVisible()]
        assert box.informativeText().startswith("https://bad.example/?q=aaa")
        assert len(box.informativeText().splitlines()) == 7
        (button,) = [b for b in box.buttons() if b.text().replace("&", "") == answer]
        button.click()
        assert opened == expected


def test_a_stream_that_broke_off_says_so(detail: RequestDetail) -> None:
    detail.choose("answer")
    detail.show_record(
        turn(answer='data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n'), None, None
    )
    assert "broke off before its end" in texts(tab(detail, AnswerTab))


def test_stalls_are_told_in_words(detail: RequestDetail) -> None:
    detail.choose("timeline")
    detail.show_record(turn(), None, None)
    told = texts(tab(detail, TimelineTab))
    assert "4.20 s, from 1.99 s to 6.19 s" in told
    assert "more than 2.00 s" in told
    detail.show_record(turn(stall_after=0), None, None)
    assert "Stalls\nnone" in texts(tab(detail, TimelineTab))


@pytest.mark.parametrize("key", ["client", "conversation", "upstream", "answer"])
def test_every_text_can_be_searched_from_the_tabs_bar(detail: RequestDetail, key: str) -> None:
    detail.choose(key)
    detail.show_record(turn(4), turn(3), None)
    detail.activateWindow()
    bar = next(
        bar for bar in detail.findChildren(QTabBar) if bar.accessibleName().startswith("Sid")
    )
    bar.setFocus()
    QTest.keyClick(bar, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert seen(detail, FindBar)
    assert isinstance(QApplication.focusWidget(), QLineEdit)


def test_escape_without_a_search_is_left_to_whoever_is_around(
    qtbot: QtBot, detail: RequestDetail
) -> None:
    detail.choose("client")
    detail.show_record(turn(), None, None)
    (tree,) = seen(detail, QTreeView)
    tree.setFocus()
    QTest.keyClick(tree, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert seen(detail, FindBar)
    line = QApplication.focusWidget()
    assert line is not None
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert not seen(detail, FindBar)


def test_a_copied_command_is_on_the_clipboard(detail: RequestDetail) -> None:
    detail.show_record(turn(), None, None)
    (button,) = [b for b in seen(detail, QPushButton) if b.text() == "Copy as"]
    for action, start in zip(
        button.menu().actions(), ("curl -sS", "import os", "const"), strict=True
    ):
        action.trigger()
        assert QApplication.clipboard().text().startswith(start)
    detail.show_record(replace(turn(), details=None), None, None)
    assert not button.isEnabled()


def test_the_same_change_of_many_messages_is_said_once(detail: RequestDetail) -> None:
    detail.choose("changes")
    again = [Change(f"messages[{n}]", "dropped", "", "reasoning_not_shown") for n in (2, 4, 7)]
    mended = Change("answer", "kept_here", "", "arguments_repaired")
    detail.show_record(turn(changes=(again[0], mended, *again[1:])), None, None)
    told = texts(tab(detail, ChangesTab))
    assert told.startswith("Not passed on as it was sent: 4.")
    assert "also: messages[4], messages[7]" in told
    assert told.count("earlier reasoning is not shown again") == 1
    assert "answer\nHandled here: the arguments of a tool call were repaired" in told


def test_an_assistants_row_shows_words_and_calls_before_thoughts(detail: RequestDetail) -> None:
    thought = {"reasoning": "I wonder."}
    call = {"call": "call_1", "tool": "read_file", "arguments": "{}"}
    said = [
        says("user", "Go."),
        {"role": "assistant", "parts": [thought, {"text": "I read it."}, call]},
        {"role": "assistant", "parts": [thought]},
    ]
    detail.choose("conversation")
    detail.show_record(turn(conversation=said), None, None)
    (tree,) = seen(tab(detail, ConversationTab), QTreeView)
    previews = [preview for _, preview in rows(tree)[2:]]
    assert previews == ["I read it.  → read_file {}", "I wonder."]


@pytest.mark.parametrize("key", TABS)
def test_it_lives_with_little_room(detail: RequestDetail, key: str) -> None:
    detail.choose(key)
    detail.show_record(turn(4), turn(3), None)
    assert detail.minimumSizeHint().width() <= 320
    detail.resize(320, 200)
    assert not detail.grab().isNull()


@pytest.mark.parametrize("code", ["en", "zh_CN"])
def test_all_tabs_are_in_sight_in_the_smallest_window(
    theme: Theme, language: Language, qtbot: QtBot, actions: Actions, code: str
) -> None:
    language.install(code)
    theme.apply("light")
    detail = opened_with_corner(qtbot, actions, theme)
    detail.show_record(turn(), None, None)
    (bar,) = [bar for bar in detail.findChildren(QTabBar) if bar.count() == len(TABS) + 1]
    wide = bar.tabRect(0).width()
    detail.resize(635, 245)  # below the table in a window of 900 by 600
    for number in range(bar.count()):
        bar.setCurrentIndex(number)
        QApplication.processEvents()
        assert not seen(bar, QToolButton), f"{bar.tabText(number)}: some stand behind an arrow"
    bar.setCurrentIndex(0)
    detail.resize(1000, 245)
    QApplication.processEvents()
    assert bar.tabRect(0).width() == wide


def test_the_head_is_whole_where_there_is_height_for_it(
    theme: Theme, detail: RequestDetail
) -> None:
    theme.apply("light")
    detail.show_record(turn(status=503, error_code="upstream_unavailable"), None, None)
    (title,) = seen(detail, ElidedLabel)[:1]
    detail.resize(700, 245)
    QApplication.processEvents()
    assert title.width() < title.sizeHint().width()
    detail.resize(700, 800)
    QApplication.processEvents()
    assert title.width() >= title.sizeHint().width()


@pytest.mark.parametrize("code", ["en", "zh_CN"])
def test_all_tabs_are_in_sight_beside_the_table_of_a_usual_window(
    qtbot: QtBot, theme: Theme, language: Language, actions: Actions, code: str
) -> None:
    language.install(code)
    theme.apply("light")
    content_px = 1335 - 8  # of a window of 1600, without the handle
    detail = opened_with_corner(qtbot, actions, theme)
    detail.resize(round(content_px * (1 - TABLE_SHARES["beside"])), 700)
    detail.show_record(turn(), None, None)
    (bar,) = [bar for bar in detail.findChildren(QTabBar) if bar.count() == len(TABS) + 1]
    for number in range(bar.count()):  # the chosen one is bold, and wider
        bar.setCurrentIndex(number)
        QApplication.processEvents()
        assert not seen(bar, QToolButton), f"{bar.tabText(number)}: some stand behind an arrow"


def test_a_narrow_head_leaves_out_words_rather_than_letters(detail: RequestDetail) -> None:
    detail.show_record(turn(), None, None)
    (title,) = seen(detail, ElidedLabel)[:1]
    whole = title.text().split(" · ")
    room = title.fontMetrics().horizontalAdvance(title.text())
    assert title.shown_text(room) == title.text()
    assert title.shown_text(room - 1).split(" · ") == [whole[0], *whole[2:]]
    detail.show_record(turn(started_at=STARTED - 400 * 86400), None, None)
    *_others, when, status = title.text().split(" · ")
    date, clock = when.split(" ")
    least = title.fontMetrics().horizontalAdvance(f"{clock} · {status}")
    assert title.shown_text(least) == f"{clock} · {status}"
    assert date
    assert "…" in title.shown_text(least - 1)
