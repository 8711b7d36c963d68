"""The editor of the instances: added to, changed, reordered, taken from, and checked as typed."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.i18n import Language
from desktop.panels.instance_programs import programs
from desktop.panels.settings_instances import InstancesEditor
from desktop.settings_actions import INSTANCES
from desktop.slices.settings import SettingsRead
from desktop.theme import Theme
from desktop.wording import instance_kind
from gateway_engine.public import InstanceEntry, InstanceSettings, SettingsView
from tests.gui.test_settings_panel import Page
from tests.shots.scenes.settings import instances_view
from tests.support.more_upstreams import memory_kind

PRESENT = (
    InstanceSettings("work", id="inst-0", env={"TOKEN": "sk-secret"}),
    InstanceSettings("home", kind="acp", command="ws://127.0.0.1:9/x", args=("-x", "")),
)


def editor_of(page: Page) -> InstancesEditor:
    (editor,) = page.panel.findChildren(InstancesEditor)
    return editor


@pytest.fixture
def page(qtbot: QtBot, theme: Theme, language: Language) -> Page:
    language.install("en")
    theme.apply("light")
    return Page(qtbot, theme, SettingsRead(instances_view(*PRESENT)))


def wanted(page: Page) -> tuple[InstanceEntry, ...]:
    found: tuple[InstanceEntry, ...] = page.draft.values[INSTANCES]
    return found


def field(page: Page, place: int, name: str, kind: type = QLineEdit) -> QLineEdit:
    form = editor_of(page).rows[place].form
    assert form is not None
    controls: list[QLineEdit] = form.findChildren(kind)
    return next(each for each in controls if each.accessibleName() == name)


def said(page: Page) -> list[str]:
    labels = editor_of(page).findChildren(QLabel)
    return [each.text() for each in labels if each.isVisibleTo(page.panel)]


def test_instances_are_listed_and_their_secrets_covered(page: Page) -> None:
    rows = editor_of(page).rows
    assert [row.entry for row in rows] == [
        InstanceEntry(own, place) for place, own in enumerate(PRESENT)
    ]
    assert "Lingma · the program found on this computer" in said(page)
    rows[0].edit.click()
    env = field(page, 0, "Environment", QPlainTextEdit)
    assert isinstance(env, QPlainTextEdit)
    assert "sk-secret" not in env.toPlainText()
    assert env.isReadOnly()
    field(page, 0, "Name").setText("office")
    field(page, 0, "Name").textEdited.emit("office")
    assert wanted(page)[0].settings.env == {"TOKEN": "sk-secret"}, "covered, and kept"
    assert wanted(page)[0].settings.name == "office"
    reveal = next(b for b in rows[0].findChildren(QPushButton) if b.isCheckable())
    assert reveal.accessibleName() == "Show"
    reveal.click()
    assert env.toPlainText() == "TOKEN=sk-secret"
    env.setPlainText("TOKEN=other=1\nB=2")
    assert wanted(page)[0].settings.env == {"TOKEN": "other=1", "B": "2"}
    assert not page.draft.problems
    env.setPlainText("no equals sign")
    assert page.draft.problems[INSTANCES] == "Environment: each line is NAME=value."
    assert not page.button("Apply").isEnabled()


def test_each_field_becomes_a_setting(page: Page, tmp_path: Path) -> None:
    program = tmp_path / "agent"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    row = editor_of(page).rows[1]
    row.edit.click()
    args = field(page, 1, "Arguments", QPlainTextEdit)
    assert args.toPlainText() == '-x\n""'  # type: ignore[attr-defined]
    args.setPlainText("--acp\n\n  spaced")  # type: ignore[attr-defined]
    field(page, 1, "Models", QPlainTextEdit).setPlainText("a\nb ")  # type: ignore[attr-defined]
    for name, text in (
        ("Command", str(program)),
        ("Mode", "plan"),
        ("Sign-in command", "agent 'log in'"),
        ("Folder", "~/work"),
    ):
        line = field(page, 1, name)
        line.clear()
        QTest.keyClicks(line, text)
    assert wanted(page)[1] == InstanceEntry(
        InstanceSettings(
            "home",
            kind="acp",
            command=str(program),
            args=("--acp", "  spaced"),
            models=("a", "b"),
            mode="plan",
            login="agent 'log in'",
            work_dir="~/work",
        ),
        1,
    )
    assert not page.draft.problems
    QTest.keyClicks(field(page, 1, "Sign-in command"), "'")
    assert page.draft.problems[INSTANCES] == "A quote is not closed in the sign-in command."
    QTest.keyClick(field(page, 1, "Sign-in command"), Qt.Key.Key_Backspace)
    assert not page.draft.problems
    box = row.findChildren(QComboBox)[0]
    box.setCurrentText("Lingma")
    own = wanted(page)[1].settings
    assert (own.kind, own.command, own.models, own.login) == ("lingma", "", (), "")
    assert not page.draft.problems
    box.setCurrentText("Another agent (ACP)")
    assert page.draft.problems[INSTANCES] == "An agent needs a command: enter its program."
    QTest.keyClicks(field(page, 1, "Command"), "/no/such/agent")
    assert "/no/such/agent is no program on this computer" in page.draft.problems[INSTANCES]
    assert page.draft.problems[INSTANCES] in said(page)
    page.button("Discard").click()
    assert [row.entry.settings for row in editor_of(page).rows] == list(PRESENT)
    assert page.draft.names == frozenset()


def test_they_are_moved_and_removed_by_keyboard(page: Page) -> None:
    editor = editor_of(page)
    first, second = editor.rows
    assert not first.up.isEnabled()
    assert not second.down.isEnabled()
    first.down.setFocus()
    QTest.keyClick(first.down, Qt.Key.Key_Space)
    assert [entry.place for entry in wanted(page)] == [1, 0]
    assert editor.rows == [second, first]
    assert first.edit.hasFocus(), "down is off now"
    QTest.keyClick(first.up, Qt.Key.Key_Space)
    assert INSTANCES not in page.draft.names, "as it was"
    QTest.keyClick(first.remove, Qt.Key.Key_Space)
    assert wanted(page) == (InstanceEntry(PRESENT[1], 1),)
    assert second.remove.hasFocus()
    QTest.keyClick(second.remove, Qt.Key.Key_Space)
    assert wanted(page) == ()
    assert editor.add.hasFocus()
    for each in (first, second):
        assert each.edit.accessibleName() == f"Edit {each.entry.settings.name}"


def test_one_more_is_named_anew_and_may_not_be_called_like_another(page: Page) -> None:
    editor = editor_of(page)
    editor.add_one(InstanceSettings("work"))
    assert wanted(page)[2] == InstanceEntry(InstanceSettings("work 2"))
    name = field(page, 2, "Name")
    assert name.hasFocus()
    QTest.keyClicks(name, "work")
    assert page.draft.problems[INSTANCES] == "Two instances have the same name."
    name.clear()
    name.textEdited.emit("")
    assert page.draft.problems[INSTANCES] == "The name is missing."
    QTest.keyClicks(name, "third")
    assert not page.draft.problems
    assert wanted(page)[:2] == tuple(InstanceEntry(own, n) for n, own in enumerate(PRESENT))


def test_what_runs_by_itself_is_listed_with_the_first_one(
    qtbot: QtBot, theme: Theme, language: Language
) -> None:
    language.install("en")
    theme.apply("light")
    unlisted = (InstanceSettings("inst-0", id="inst-0"),)
    page = Page(qtbot, theme, SettingsRead(instances_view(unlisted=unlisted)))
    assert any("inst-0" in text for text in said(page))
    editor_of(page).add_one(InstanceSettings("Lingma"))
    assert [entry.settings.name for entry in wanted(page)] == ["inst-0", "Lingma"]
    assert wanted(page)[0].settings == unlisted[0]


def test_what_is_typed_outlives_a_change_of_theme(page: Page, qtbot: QtBot, theme: Theme) -> None:
    editor_of(page).add_one(InstanceSettings("agent", kind="acp"))
    problem = page.draft.problems[INSTANCES]
    theme.apply("dark")
    again = page.open(qtbot, theme)
    (editor,) = again.findChildren(InstancesEditor)
    assert [row.entry.settings.name for row in editor.rows] == ["work", "home", "agent"]
    assert editor.rows[2].problem == problem == page.draft.problems[INSTANCES]


def test_a_file_that_says_something_else_is_shown(page: Page) -> None:
    def view() -> SettingsView:
        return instances_view(PRESENT[1])

    page.store.dispatch(SettingsRead(view()))
    assert [row.entry for row in editor_of(page).rows] == [InstanceEntry(PRESENT[1], 0)]


def test_the_programs_offered_are_of_the_kinds_that_the_engine_has(
    page: Page, tmp_path: Path
) -> None:
    offered = [each.title for each in programs()]
    assert (offered[0], offered[-1]) == ("Lingma", "Another agent (ACP)")
    assert "Qwen Code" in offered
    assert (instance_kind("acp"), instance_kind("memory")) == ("ACP", "memory")
    with memory_kind(tmp_path):
        assert [each.title for each in programs()] == [*offered, "Memory"]
        assert instance_kind("memory") == "Memory"
        row = editor_of(page).rows[0]
        row.edit.click()
        box = row.findChildren(QComboBox)[0]
        box.setCurrentText("Memory")
        assert page.draft.problems[INSTANCES]
        models = field(page, 0, "Models", QPlainTextEdit)
        assert models.isVisibleTo(page.panel)
        assert not field(page, 0, "Mode").isVisibleTo(page.panel)
        models.setPlainText("alpha")  # type: ignore[attr-defined]
        assert not page.draft.problems
        own = wanted(page)[0].settings
        assert (own.kind, own.models, own.mode) == ("memory", ("alpha",), "")
        assert "Memory · alpha" in said(page)
