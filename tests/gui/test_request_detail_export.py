"""The exports of one request: what leaves is shown before, and goes where the user says."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.i18n import Language
from desktop.panels.request_detail import RequestDetail
from desktop.panels.request_detail_export import ExportDialog
from desktop.state import AppState
from desktop.store import StateStore
from desktop.try_it import TryItSession
from gateway_engine.public import Change, Export, ExportKind, TaskOwner, export
from tests.gui.conftest import RunOnQt
from tests.gui.test_request_detail import opened, seen, texts
from tests.support.recorded_turns import turn


@pytest.fixture
def actions() -> Actions:
    return Actions(StateStore(AppState()), TaskOwner("test"), TryItSession())


@pytest.fixture
def detail(qtbot: QtBot, language: Language, actions: Actions) -> RequestDetail:
    del language
    return opened(qtbot, actions)


def open_export(detail: RequestDetail, words: str) -> ExportDialog:
    (button,) = [b for b in seen(detail, QPushButton) if b.text() == "Export"]
    (action,) = [a for a in button.menu().actions() if words in a.text()]
    action.trigger()
    (dialog,) = [d for d in detail.findChildren(ExportDialog) if d.isVisible()]
    return dialog


def test_an_export_shows_what_leaves_before_it_leaves(detail: RequestDetail) -> None:
    detail.show_record(turn(removed=("request.headers.authorization",)), None, None)
    dialog = open_export(detail, "HAR")
    told = texts(dialog)
    assert "lingma-gateway-req_0004.har" in told
    assert "removed from: request.headers.authorization" in told
    assert "can read the prompts and the answers" in told
    dialog.reject()
    dialog = open_export(detail, "Raw")
    assert "can read the answer in it" in texts(dialog)
    assert "Prompts" not in texts(dialog)
    dialog.reject()


def test_an_exports_long_name_can_be_read_to_its_end(detail: RequestDetail) -> None:
    detail.show_record(turn(record_id=f"req_{'5e90m' * 6}ee"), None, None)
    dialog = open_export(detail, "HAR")
    (name,) = [each for each in seen(dialog, QLabel) if each.accessibleName() == "File"]
    pieces = name.text().replace("-", "- ").split()
    assert max(map(name.fontMetrics().horizontalAdvance, pieces)) <= name.contentsRect().width()
    (cancel,) = [each for each in seen(dialog, QPushButton) if "Cancel" in each.text()]
    assert cancel.icon().isNull()
    dialog.reject()


def test_an_export_is_saved_where_the_user_says(
    detail: RequestDetail,
    run_on_qt: RunOnQt[None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QFileDialog, "open", lambda _self: None)
    detail.show_record(turn(), None, None)
    dialog = open_export(detail, "Web page")
    (save,) = [b for b in seen(dialog, QPushButton) if b.text() == "Save as…"]
    save.click()
    (files,) = dialog.findChildren(QFileDialog)
    assert files.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    written = tmp_path / "turn.html"

    async def choose() -> None:
        saved = asyncio.get_running_loop().create_future()
        dialog.accepted.connect(lambda: saved.set_result(None))
        files.fileSelected.emit(str(written))
        await saved

    run_on_qt(choose())
    assert written.read_text("utf-8").startswith("<!doctype html>")


def test_a_web_page_speaks_the_language_of_the_window(
    qtbot: QtBot, language: Language, actions: Actions
) -> None:
    language.install("zh_CN")
    made: list[Export] = []
    changed = turn(changes=(Change("temperature", "dropped", "in English", "not_taken"),))
    actions.details.make_export(changed, ExportKind.HTML, made.append)
    page = made[0].content.decode()
    assert '<html lang="zh' in page
    for words in ("<h2>回答</h2>", "时间分布", "用户: ", "灵码不接受此设置", "等待首字"):
        assert words in page, words
    assert "in English" not in page


def test_a_file_that_cannot_be_written_is_said(
    detail: RequestDetail, actions: Actions, run_on_qt: RunOnQt[None], tmp_path: Path
) -> None:
    made = export([turn()], ExportKind.HAR)
    store = actions.asker.store

    async def save() -> None:
        failed = asyncio.get_running_loop().create_future()
        store.changed.connect(lambda state: failed.set_result(state.action_error))
        actions.details.save(made, str(tmp_path / "no such folder" / "x.har"))
        assert "could not be written" in await failed

    run_on_qt(save())
