"""The accounts panel as its user uses it: what each button asks of the engine, and what is said."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QComboBox, QLabel, QMessageBox, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop import account_actions
from desktop.panels.accounts import AccountsPanel
from desktop.panels.accounts_bundle import BundleCard
from desktop.panels.accounts_card import AccountCard
from desktop.slices.accounts import BundleStep
from desktop.theme import Theme
from desktop.widgets.toggle_switch import ToggleSwitch
from gateway_engine.public import (
    InstanceChanged,
    InstanceName,
    SignInChanged,
    SignInState,
    SignInStatus,
)
from tests.gui.accounts_setting import ADDRESS, Setting
from tests.gui.conftest import RunOnQt

SECRET, PHRASE = "canary-password", "canary-passphrase"

pytestmark = [
    pytest.mark.usefixtures("language"),
    # What the offscreen screen says of any dialog.
    pytest.mark.qt_log_ignore("propagateSizeHints"),
]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that went to the system's browser."""
    addresses: list[str] = []

    def take(url: str) -> bool:
        addresses.append(url)
        return True

    monkeypatch.setattr(account_actions, "open_page", take)
    return addresses


def test_sign_in_in_a_window_or_outside(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any], opened: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    it = Setting(qtbot, theme, "signed_out")

    async def use() -> None:
        it.press("Sign in")
        assert await it.settled() == [("window", "inst-0", False)]
        assert opened == []
        it.press("In the system browser")
        assert (await it.settled())[-1] == ("browser", "inst-0", False)
        assert opened == [ADDRESS]
        monkeypatch.setattr(account_actions, "is_installed", lambda: False)
        it.press("Sign in")
        assert (await it.settled())[-1] == ("browser", "inst-0", False)
        assert opened == [ADDRESS, ADDRESS]
        assert it.store.state.accounts.addresses == {"inst-0": ADDRESS}

    run_on_qt(use())


def test_the_address_is_copied_and_its_end_is_pasted(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any], opened: list[str]
) -> None:
    it = Setting(qtbot, theme, "waiting")
    end = "http://127.0.0.1:37510/auth/callback?auth=1"

    async def use() -> None:
        [copy] = [
            b for b in it.panel.findChildren(QPushButton) if "this sign-in" in b.accessibleName()
        ]
        copy.click()
        assert QGuiApplication.clipboard().text().startswith("http://127.0.0.1:37510/login")
        it.press("Open it in the system browser")
        assert len(opened) == 1
        field = it.field("Address the browser ended at (only from another machine)")
        assert not it.button("Finish").isEnabled()
        field.setText(f"  {end} ")
        it.press("Finish")
        assert await it.settled() == [("deliver", "inst-0", end)]
        assert field.text() == ""
        it.press("Cancel")
        assert (await it.settled())[-1] == ("cancel", "inst-0")

    run_on_qt(use())


def test_a_password_is_handed_over_once_and_cleared(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any]
) -> None:
    it = Setting(qtbot, theme, "signed_out")

    async def use() -> None:
        it.press("With a password…")
        it.field("User name").setText("ann")
        it.field("Password").setText(SECRET)
        it.press("Sign in automatically")
        [asked] = await it.settled()
        assert asked == ("password", "inst-0", "ann", SECRET, {"remember": False, "passphrase": ""})
        assert it.field("Password").text() == ""
        assert it.button("Sign in").isEnabled()

    run_on_qt(use())
    assert SECRET not in repr(it.store.state)


def test_the_keyboard_stays_with_the_account_whose_button_went(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any]
) -> None:
    """Once it went on to the next card, where Space copies a path."""
    it = Setting(qtbot, theme, "signed_out")
    begun = SignInStatus(InstanceName("inst-0"), SignInState.SIGNING_IN, 1.0)
    window = it.panel.window()

    async def use() -> None:
        it.press("With a password…")
        it.field("User name").setText("ann")
        it.field("Password").setText(SECRET)
        it.button("Sign in automatically").setFocus()
        it.press("Sign in automatically")
        await it.settled()
        assert window.focusWidget() is it.button("Sign in")
        it.store.dispatch(SignInChanged(begun))
        assert window.focusWidget() is it.button("Cancel")

    run_on_qt(use())


def test_a_password_that_cannot_be_kept_signs_in_all_the_same(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_actions, "PATIENCE_S", 0.0)
    it = Setting(qtbot, theme, "signed_out")

    def said() -> list[str]:
        return [label.text() for label in it.panel.findChildren(QLabel) if label.isVisible()]

    async def use() -> None:
        it.panel.show()
        locked = it.accounts.keyring = asyncio.Event()
        it.press("With a password…")
        it.field("User name").setText("ann")
        it.field("Password").setText(SECRET)
        [remember] = [
            switch
            for switch in it.panel.findChildren(ToggleSwitch)
            if switch.accessibleName() == "Remember the password"
        ]
        remember.click()
        it.press("Sign in automatically")
        while not it.store.state.accounts.keyring_asked:  # noqa: ASYNC110 - a task of the panel
            await asyncio.sleep(0)
        assert any(text.startswith("Waiting for the system's key store") for text in said())
        locked.set()
        asked = await it.settled()
        assert [each[4]["remember"] for each in asked] == [True, False]
        assert it.store.state.accounts.keyring_asked == frozenset()
        assert it.store.state.action_error.startswith("The password was not kept")
        assert not any(text.startswith("Waiting for the system's key store") for text in said())
        it.accounts.keyring = None
        it.actions.accounts.sign_in_by_password(
            InstanceName("inst-0"), "ann", SECRET, remember=True
        )
        await it.settled()
        assert it.store.state.action_error == ""

    run_on_qt(use())
    assert SECRET not in repr(it.store.state)


def test_a_machine_too_busy_to_keep_a_password_says_so(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any]
) -> None:
    it = Setting(qtbot, theme, "signed_out")

    async def use() -> None:
        it.accounts.keyring = asyncio.Event()
        it.accounts.keyring.set()
        it.accounts.not_kept = "too_busy_to_seal"
        it.actions.accounts.sign_in_by_password(
            InstanceName("inst-0"), "ann", SECRET, remember=True, passphrase="phrase"
        )
        asked = await it.settled()
        assert [each[4]["remember"] for each in asked] == [True, False]
        assert "too busy" in it.store.state.action_error
        assert "keyring" not in it.store.state.action_error
        it.accounts.keyring = None
        it.actions.accounts.forget_password(InstanceName("inst-0"))
        await it.settled()
        assert it.store.state.action_error == ""

    run_on_qt(use())


def test_a_keyring_that_is_locked_keeps_what_was_to_be_removed(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_actions, "PATIENCE_S", 0.0)
    it = Setting(qtbot, theme, "signed_out")

    async def use() -> None:
        it.panel.show()
        locked = it.accounts.keyring = asyncio.Event()
        it.actions.accounts.forget_password(InstanceName("inst-0"))
        while not it.store.state.accounts.keyring_asked:  # noqa: ASYNC110 - a task of the panel
            await asyncio.sleep(0)
        locked.set()
        assert await it.settled() == [("forget", "inst-0")]
        assert it.store.state.accounts.keyring_asked == frozenset()
        assert it.store.state.action_error.startswith("The password is still kept")

    run_on_qt(use())


def test_an_account_is_called_as_the_settings_call_its_instance(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any]
) -> None:
    it = Setting(qtbot, theme, "ready")

    async def use() -> None:
        it.panel.show()
        first = it.store.state.instances[0]
        it.store.dispatch(InstanceChanged(replace(first, title="Work")))
        (card,) = it.panel.findChildren(AccountCard)
        assert card.accessibleName() == "Work · inst-0"
        names = {b.accessibleName() for b in card.findChildren(QPushButton) if b.isVisible()}
        assert names >= {"Switch account…: Work · inst-0", "Sign out…: Work · inst-0"}
        assert all(name.endswith(": Work · inst-0") for name in names)
        (output,) = card.findChildren(QPlainTextEdit)
        assert output.accessibleName() == "Output of the login command of Work · inst-0"
        it.press("Sign out…")
        (box,) = it.panel.findChildren(QMessageBox)
        assert box.text() == "Sign Work · inst-0 out?"
        box.reject()
        for combo in it.panel.findChildren(QComboBox):
            assert combo.itemText(0) == "Work · inst-0"
            assert combo.minimumContentsLength() == len("Work · inst-0")
        assert await it.settled() == []

    run_on_qt(use())


def test_signing_out_and_switching_ask_first(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any]
) -> None:
    it = Setting(qtbot, theme, "ready")

    async def use() -> None:
        it.panel.show()
        it.press("Sign out…")
        it.answer("Cancel")
        assert await it.settled() == []
        it.press("Sign out…")
        it.answer("Sign out")
        assert await it.settled() == [("sign out", "inst-0")]
        it.press("Switch account…")
        it.answer("Switch account")
        assert (await it.settled())[-1] == ("window", "inst-0", True)

    run_on_qt(use())


@pytest.mark.parametrize(
    ("kind", "offered", "words"),
    [
        ("lingma", {"Sign in", "With a password…"}, "Sign in to use its models."),
        ("acp", {"Sign in"}, "Sign in with the agent's own command."),
        ("memory", set(), "Sign in with the program itself to use its models."),
    ],
)
def test_a_sign_in_is_offered_as_the_kind_has_it(
    qtbot: QtBot, theme: Theme, kind: str, offered: set[str], words: str
) -> None:
    it = Setting(qtbot, theme, "signed_out")
    [status] = it.store.state.instances
    it.store.dispatch(InstanceChanged(replace(status, kind=kind)))
    buttons = {b.text() for b in it.panel.findChildren(QPushButton) if b.isVisibleTo(it.panel)}
    assert {"Sign in", "With a password…"} & buttons == offered
    assert any(words in label.text() for label in it.panel.findChildren(QLabel))


def test_an_agent_signs_in_by_its_command(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any], opened: list[str]
) -> None:
    it = Setting(qtbot, theme, "agent")

    async def use() -> None:
        it.press("Open the link")
        assert opened == ["https://login.example/device?code=ABCD-EFGH"]
        it.press("Cancel")
        assert await it.settled() == [("cancel", "inst-0")]

    run_on_qt(use())


def test_what_the_engine_refuses_is_said(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any]
) -> None:
    it = Setting(qtbot, theme, "signed_out")
    it.accounts.refusal = "odd"

    async def use() -> None:
        it.press("Sign in")
        await it.settled()
        assert it.store.state.action_error == "refused in words"
        it.accounts.refusal = "already_logged_in"
        it.press("In the system browser")
        await it.settled()
        assert it.store.state.action_error.startswith("This account is signed in already")

    run_on_qt(use())


def test_what_was_refused_is_said_until_it_works(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any], opened: list[str]
) -> None:
    it = Setting(qtbot, theme, "signed_out")

    async def use() -> None:
        for way in ("Sign in", "In the system browser"):
            it.accounts.refusal = "odd"
            it.press(way)
            await it.settled()
            assert it.store.state.action_error == "refused in words"
            it.accounts.refusal = ""
            it.actions.accounts.sign_out(InstanceName("inst-0"))
            await it.settled()
            assert it.store.state.action_error != ""
            it.press(way)
            await it.settled()
            assert it.store.state.action_error == ""
        assert opened == [ADDRESS]

    run_on_qt(use())


def bundle_card(it: Setting) -> BundleCard:
    [card] = it.panel.findChildren(BundleCard)
    return card


def test_exporting_without_a_passphrase_warns(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any], tmp_path: Path
) -> None:
    it = Setting(qtbot, theme, "ready")
    card = bundle_card(it)

    async def use() -> None:
        it.panel.show()
        it.press("Export…")
        [box] = [box for box in it.panel.findChildren(QMessageBox) if box.isVisible()]
        assert "signed in as you" in box.informativeText()
        it.answer("Cancel")
        it.field("Passphrase").setText(PHRASE)
        card._export_to(str(tmp_path / "login"))
        assert await it.settled() == [("export", "inst-0", tmp_path / "login", PHRASE)]
        assert it.field("Passphrase").text() == ""
        view = it.store.state.accounts.bundle
        assert (view.step, view.sealed) == (BundleStep.EXPORTED, True)

    run_on_qt(use())
    assert PHRASE not in repr(it.store.state)


def test_a_dropped_bundle_is_looked_into_tried_and_imported(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any], tmp_path: Path
) -> None:
    it = Setting(qtbot, theme, "signed_out")
    file = tmp_path / "login.b64"
    file.write_text("x")
    card = bundle_card(it)

    async def use() -> None:
        drop(card, [QUrl.fromLocalFile(str(file))])
        assert await it.settled() == [("look", file, "")]
        assert step(it) is BundleStep.INSPECTED
        it.press("Try it")
        await it.settled()
        it.press("Import")
        asked = await it.settled()
        assert asked[1:] == [
            ("bring", "inst-0", file, "", {"replace": False, "dry_run": True}),
            ("bring", "inst-0", file, "", {"replace": False, "dry_run": False}),
        ]
        assert step(it) is BundleStep.IMPORTED
        for state, left in (
            (SignInState.LOGGED_IN, BundleStep.IMPORTED),
            (SignInState.LOGGED_OUT, BundleStep.NOTHING),
        ):
            changed = SignInStatus(InstanceName("inst-0"), state, 5.0)
            it.store.dispatch(SignInChanged(changed))
            assert step(it) is left
        it.accounts.refusal = "wrong_passphrase"
        it.press("Try it")
        await it.settled()
        view = it.store.state.accounts.bundle
        assert (view.step, view.code) == (BundleStep.FAILED, "wrong_passphrase")
        assert it.store.state.action_error == ""

    run_on_qt(use())


def test_a_bundle_may_be_dropped_beside_its_card(
    qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any], tmp_path: Path
) -> None:
    it = Setting(qtbot, theme, "signed_out")
    assert it.panel.acceptDrops()
    file = tmp_path / "login.b64"
    file.write_text("x")

    async def use() -> None:
        drop(it.panel, [QUrl.fromLocalFile(str(file))])
        assert await it.settled() == [("look", file, "")]

    run_on_qt(use())


def step(it: Setting) -> BundleStep:
    return it.store.state.accounts.bundle.step


def drop(card: BundleCard | AccountsPanel, urls: list[QUrl]) -> None:
    data = QMimeData()
    data.setUrls(urls)
    action, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    keys = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), action, data, buttons, keys)
    card.dragEnterEvent(enter)
    assert enter.isAccepted()
    card.dropEvent(QDropEvent(QPoint(5, 5), action, data, buttons, keys))


@pytest.mark.parametrize(
    "urls", [["https://x.example/a"], ["file:///a", "file:///b"], []], ids=["web", "two", "none"]
)
def test_only_one_file_can_be_dropped(qtbot: QtBot, theme: Theme, urls: list[str]) -> None:
    it = Setting(qtbot, theme, "signed_out")
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    enter = QDragEnterEvent(
        QPoint(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter.ignore()
    bundle_card(it).dragEnterEvent(enter)
    assert not enter.isAccepted()


def test_adding_an_account_warns_first(qtbot: QtBot, theme: Theme, run_on_qt: RunOnQt[Any]) -> None:
    it = Setting(qtbot, theme, "ready")

    async def use() -> None:
        it.panel.show()
        it.press("Add an account…")
        [box] = [box for box in it.panel.findChildren(QMessageBox) if box.isVisible()]
        assert "ban" in box.informativeText()
        it.answer("Add it all the same")
        await it.settled()
        assert it.engine.asked[-1] == "add "

    run_on_qt(use())


def test_the_demo_has_no_account_to_leave_or_carry(qtbot: QtBot, theme: Theme) -> None:
    it = Setting(qtbot, theme, "demo")
    shown = [b for b in it.panel.findChildren(QPushButton) if b.isVisibleTo(it.panel)]
    texts = {button.text() for button in shown}
    assert not texts & {"Switch account…", "Sign out…", "Sign in", "Add an account…"}
    assert not it.button("Export…").isEnabled()
    assert not it.button("Choose a bundle…").isEnabled()
