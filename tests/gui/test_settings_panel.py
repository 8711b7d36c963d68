"""The settings as a user changes them: validated as typed, saved by one button, told what comes."""

import asyncio
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.i18n import Language
from desktop.panels.panel import PanelContext
from desktop.panels.settings import SettingsPanel
from desktop.panels.settings_bar import SettingsBar
from desktop.panels.settings_controls import NumberControl
from desktop.panels.settings_import import ImportCard
from desktop.panels.settings_row import SettingRow
from desktop.setting_choices import choice_title
from desktop.slices.request_filter import RequestFilter
from desktop.slices.requests import HistoryRead
from desktop.slices.settings import (
    ImportLookedInto,
    Incoming,
    Saving,
    SettingsRead,
    SettingsRefused,
    SettingsSaved,
    SettingsSaving,
    SettingsSlice,
)
from desktop.state import AppEvent
from desktop.store import StateStore
from desktop.theme import Theme
from desktop.try_it import TryItSession
from desktop.widgets.toggle_switch import ToggleSwitch
from gateway_engine.public import (
    AccountSettings,
    Effect,
    ImportPreview,
    ListenerStarted,
    Replaced,
    SettingsChange,
    Survey,
    TaskOwner,
    setting_specs,
)
from tests.gui.conftest import RunOnQt
from tests.gui.test_engine_thread import House
from tests.shots.scenes.settings import view

W = TypeVar("W", bound=QWidget)


class Page:
    """The panel with what a test needs of its surroundings."""

    def __init__(self, qtbot: QtBot, theme: Theme, *events: AppEvent) -> None:
        self._windows: list[QMainWindow] = []
        self.store = StateStore()
        self.store.dispatch(ListenerStarted("http://127.0.0.1:8317", 0.0), *events)
        self.actions = Actions(self.store, TaskOwner("test"), TryItSession())
        self.panel = self.open(qtbot, theme)
        self.store.changed.connect(self.panel.render_state)

    def open(self, qtbot: QtBot, theme: Theme) -> SettingsPanel:
        """The panel in a window of its own."""
        panel = SettingsPanel(PanelContext(self.actions, theme.tokens))
        window = QMainWindow()
        window.setCentralWidget(panel)
        self._windows.append(window)
        qtbot.addWidget(window)
        window.setMinimumSize(720, 480)  # else Qt asks the platform for one
        window.resize(1000, 900)
        panel.render_state(self.store.state)
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: panel.is_whole, timeout=60_000)
        QCoreApplication.processEvents()
        return panel

    @property
    def draft(self) -> Any:
        return self.actions.settings.draft

    def row(self, name: str) -> SettingRow:
        rows = {row.spec.name: row for row in self.panel.findChildren(SettingRow)}
        return rows[name]

    def control(self, name: str, kind: type[W]) -> W:
        return self.row(name).findChildren(kind)[0]

    def button(self, text: str) -> QPushButton:
        found = [b for b in self.panel.findChildren(QPushButton) if b.text() == text]
        return next(button for button in found if button.isVisibleTo(self.panel))

    def reveal(self, name: str) -> QPushButton:
        buttons = self.row(name).findChildren(QPushButton)
        return next(button for button in buttons if button.isCheckable())

    def texts(self, name: str) -> list[str]:
        labels = self.row(name).findChildren(QLabel)
        return [each.text() for each in labels if each.isVisibleTo(self.panel)]


@pytest.fixture
def page(qtbot: QtBot, theme: Theme, language: Language) -> Page:
    language.install("en")
    theme.apply("light")
    return Page(qtbot, theme, SettingsRead(view()))


def test_every_setting_has_a_row_in_both_languages(
    page: Page, qtbot: QtBot, theme: Theme, language: Language
) -> None:
    rows = page.panel.findChildren(SettingRow)
    assert {row.spec.name for row in rows} == {spec.name for spec in setting_specs()}
    english = {row.spec.name: page.texts(row.spec.name)[:2] for row in rows}
    language.install("zh_CN")
    chinese = Page(qtbot, theme, SettingsRead(view()))
    for spec in setting_specs():
        # A setting without words is called by its own name, and has nothing said of it.
        assert all(english[spec.name]), f"desktop/setting_words.py says nothing of {spec.name}"
        assert english[spec.name][0] != spec.name, f"desktop/setting_words.py: title {spec.name}"
        assert all(chinese.texts(spec.name)[:2])
        if spec.name not in ("lingma_vsix_url",):
            assert chinese.texts(spec.name)[1] != english[spec.name][1]


def test_what_can_be_chosen_is_in_words_and_saved_in_the_models_own(
    page: Page, language: Language
) -> None:
    box = page.control("ollama_auth", QComboBox)
    assert [box.itemText(n) for n in range(box.count())] == ["Not on this computer", "Always"]
    box.setCurrentIndex(1)
    assert page.draft.values == {"ollama_auth": "key"}
    assert "key" in page.row("ollama_auth").searched  # as files and the environment spell it
    for code in ("en", "zh_CN"):
        language.install(code)
        for spec in setting_specs():
            words = [choice_title(spec.name, each) for each in spec.choices]
            assert not set(words) & set(spec.choices), spec.name
            assert len(set(words)) == len(words)


def test_only_what_is_no_default_says_where_it_comes_from(page: Page) -> None:
    assert len(page.texts("host")) == 2
    assert "From the settings file" in page.texts("default_model")
    port = page.texts("port")
    assert sum("command line" in text for text in port) == 1


def test_fields_and_what_is_said_of_them_begin_at_one_edge(page: Page) -> None:
    edges = {}
    for name, kind in (
        ("host", QLineEdit),
        ("idle_timeout_sec", QDoubleSpinBox),
        ("log_level", QComboBox),
        ("allowed_hosts", QPlainTextEdit),
        ("metrics_public", ToggleSwitch),
    ):
        control: QWidget = page.control(name, kind)
        begins = 4 if kind is ToggleSwitch else 0  # where its track is drawn
        edges[name] = control.mapTo(page.row(name), QPoint(begins, 0)).x()
    (said,) = [w for w in page.row("heartbeat_sec").findChildren(QLabel)
               if w.text() == "From the settings file"]  # fmt: skip
    edges["said"] = said.mapTo(page.row("heartbeat_sec"), QPoint(0, 0)).x()
    assert len(set(edges.values())) == 1, edges


def test_each_kind_of_control_says_what_is_wanted(page: Page) -> None:
    line = page.control("lingma_bin", QLineEdit)
    line.setFocus()
    QTest.keyClicks(line, "/usr/bin/Lingma")
    page.control("record_bodies", ToggleSwitch).click()
    page.control("log_level", QComboBox).setCurrentText("Debug")
    page.control("default_model", QComboBox).setEditText("qmodel")
    box = page.control("idle_timeout_sec", QDoubleSpinBox)
    box.setValue(7.5)
    page.control("allowed_hosts", QPlainTextEdit).setPlainText("a.lan\n\n b.lan \n")
    page.control("model_aliases", QPlainTextEdit).setPlainText("x = y")
    page.control("gateway_max_queue", QDoubleSpinBox).setValue(9)
    assert page.draft.values == {
        "lingma_bin": "/usr/bin/Lingma",
        "record_bodies": False,
        "log_level": "DEBUG",
        "default_model": "qmodel",
        "idle_timeout_sec": 7.5,
        "allowed_hosts": ("a.lan", "b.lan"),
        "model_aliases": {"x": "y"},
        "gateway_max_queue": 9,
    }
    assert type(page.draft.values["gateway_max_queue"]) is int
    page.control("record_bodies", ToggleSwitch).click()
    assert "record_bodies" not in page.draft.names, "back where it was"
    page.button("Discard").click()
    assert page.draft.names == frozenset()
    assert line.text() == ""
    assert page.control("default_model", QComboBox).currentText() == "kmodel"


def test_what_is_typed_is_left_alone_while_others_change(page: Page) -> None:
    text = page.control("allowed_hosts", QPlainTextEdit)
    text.setFocus()
    QTest.keyClicks(text, "a.lan")
    QTest.keyClick(text, Qt.Key.Key_Return)
    page.store.dispatch(SettingsRead(view()))
    QTest.keyClicks(text, "b.lan ")
    assert text.toPlainText() == "a.lan\nb.lan "
    assert page.draft.values["allowed_hosts"] == ("a.lan", "b.lan")


def test_the_bar_says_what_will_start_again(page: Page) -> None:
    (bar,) = page.panel.findChildren(SettingsBar)
    assert not bar.isVisible()
    effects = {}
    for name, value in (("heartbeat_sec", 3.0), ("host", "::1"), ("lingma_rpc_timeout", 9.0)):
        page.draft.put(name, value)
        effects[name] = " ".join(each.text() for each in bar.findChildren(QLabel))
    assert "at once" in effects["heartbeat_sec"]
    assert "endpoint moves" in effects["host"]
    assert "start again" in effects["lingma_rpc_timeout"]
    page.draft.clear()
    page.draft.put("lingma_force_refresh", True)
    assert "next start" in " ".join(each.text() for each in bar.findChildren(QLabel))
    assert {spec.effect for spec in setting_specs()} == set(Effect)


def test_what_the_environment_overrides_is_marked_and_can_be_edited_anyway(page: Page) -> None:
    line = page.control("admin_token", QLineEdit)
    assert not line.isEnabled()
    assert any("ADMIN_TOKEN" in text for text in page.texts("admin_token"))
    (anyway,) = [
        b for b in page.row("admin_token").findChildren(QPushButton) if b.text() == "Edit the file"
    ]
    anyway.click()
    assert line.isEnabled()
    line.textEdited.emit("other")
    assert page.draft.values == {"admin_token": "other"}


def test_secrets_are_covered_until_they_are_revealed(page: Page) -> None:
    keys = page.control("api_keys", QPlainTextEdit)
    token = page.control("admin_token", QLineEdit)
    assert "sk-one" not in keys.toPlainText()
    assert token.echoMode() is QLineEdit.EchoMode.Password
    assert keys.isReadOnly()
    reveal = page.reveal("api_keys")
    assert reveal.accessibleName() == "Show"
    reveal.click()
    assert keys.toPlainText() == "sk-one-0123456789\nsk-two-0123456789"
    keys.setPlainText("sk-three-0123456789")
    assert page.draft.values == {"api_keys": ("sk-three-0123456789",)}
    reveal.click()
    assert "sk-" not in keys.toPlainText()
    accounts = page.control("lingma_accounts", QPlainTextEdit)
    page.reveal("lingma_accounts").click()
    accounts.setPlainText("li.lei:secret\nhan:a,b")
    assert page.draft.values["lingma_accounts"] == (
        AccountSettings("li.lei", "secret"),
        AccountSettings("han", "a,b"),
    )


def test_reset_asks_for_what_holds_without_the_file(page: Page) -> None:
    reset = [b for b in page.row("heartbeat_sec").findChildren(QPushButton) if b.text() == "Reset"]
    reset[0].click()
    assert page.draft.reset == {"heartbeat_sec"}
    assert page.control("heartbeat_sec", QDoubleSpinBox).value() == 15.0
    assert "Changed, not saved yet" in page.texts("heartbeat_sec")


def test_searching_leaves_what_is_called_so(page: Page) -> None:
    search = page.panel.findChildren(QLineEdit)[0]
    search.setText("MODEL name")
    shown = [row for row in page.panel.findChildren(SettingRow) if row.isVisible()]
    assert "model_aliases" in [row.spec.name for row in shown]
    assert len(shown) < 6
    search.setText("SESSION_CACHE_TTL_SEC")
    shown = [row for row in page.panel.findChildren(SettingRow) if row.isVisible()]
    assert [row.spec.name for row in shown] == ["session_cache_ttl_sec"]
    search.clear()
    assert all(row.isVisible() for row in page.panel.findChildren(SettingRow))


def test_a_draft_outlives_a_change_of_theme(page: Page, qtbot: QtBot, theme: Theme) -> None:
    page.draft.put("host", "::1")
    theme.apply("dark")
    again = page.open(qtbot, theme)
    rows = {row.spec.name: row for row in again.findChildren(SettingRow)}
    assert rows["host"].findChildren(QLineEdit)[0].text() == "::1"


def test_a_refusal_is_said_and_the_draft_stays(page: Page) -> None:
    page.draft.put("host", "::1")
    page.store.dispatch(SettingsRefused("the endpoint cannot be there: taken"))
    texts = [each.text() for each in page.panel.findChildren(QLabel) if each.isVisible()]
    assert "the endpoint cannot be there: taken" in texts
    assert page.draft.values == {"host": "::1"}


def test_an_import_is_shown_first_and_the_keyboard_comes_back(page: Page) -> None:
    preview = ImportPreview((Replaced("port", 8317, 9000), Replaced("admin_token", "", "secret-1")))
    page.store.dispatch(ImportLookedInto(Incoming(Path("/x/<b>theirs.toml"), "", preview)))
    (card,) = page.panel.findChildren(ImportCard)
    said = " ".join(each.text() for each in card.findChildren(QLabel) if each.isVisibleTo(card))
    assert "<b>theirs.toml" in said
    assert "8317 → 9000" in said
    assert "secret-1" not in said
    assert page.button("Import").hasFocus()
    page.store.dispatch(SettingsSaving())
    assert page.button("Import").hasFocus()
    page.store.dispatch(SettingsSaved((), Path("/x/theirs.toml")))
    assert not card.isVisible()
    assert page.button("Import…").hasFocus()
    assert page.button("Undo").isVisible()
    page.store.dispatch(ImportLookedInto(Incoming(Path("same.toml"), "", ImportPreview(()))))
    assert page.button("Close").hasFocus()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_an_import_that_took_the_keyboard_is_answered_by_it(page: Page, key: Qt.Key) -> None:
    preview = ImportPreview((Replaced("port", 8317, 9000),))
    page.store.dispatch(ImportLookedInto(Incoming(Path("/x/theirs.toml"), "", preview)))
    for name in ("Import", "Cancel"):
        pressed: list[str] = []
        button = page.button(name)
        button.clicked.disconnect()
        button.clicked.connect(lambda _checked=False, said=pressed: said.append("pressed"))
        QTest.keyClick(button, key)
        assert pressed == ["pressed"], name


def test_saving_reaches_the_engine(run_on_qt: RunOnQt[None], tmp_path: Path) -> None:
    async def scenario() -> None:
        house = House()
        house.thread.start()
        await house.until(lambda: bool(house.store.state.endpoint.url))
        settings = house.actions.settings

        def state() -> SettingsSlice:
            return house.store.state.settings

        settings.read()
        await house.until(lambda: state().view is not None)
        settings.draft.put("host", "::1")
        settings.draft.put_back("port")
        settings.save()
        await house.until(lambda: state().saving is Saving.SAVED)
        assert house.engine.settings.changes == [SettingsChange({"host": "::1"}, ("port",), {})]
        assert settings.draft.names == frozenset()
        house.engine.settings.refusal = "the settings file was changed meanwhile"
        settings.draft.put("host", "::2")
        settings.save()
        await house.until(lambda: state().saving is Saving.REFUSED)
        assert state().refusal == "the settings file was changed meanwhile"
        assert settings.draft.values == {"host": "::2"}
        house.engine.settings.refusal = ""
        settings.export(tmp_path / "out.toml", secrets=False)
        given = tmp_path / "in.toml"
        given.write_text("port = 5\n")
        settings.look_into(given)
        await house.until(lambda: state().incoming is not None)
        assert not any(asked.startswith("import") for asked in house.engine.asked)
        settings.put_aside()
        settings.bring()
        assert state().incoming is None
        settings.look_into(given)
        await house.until(lambda: state().incoming is not None)
        settings.bring()
        await house.until(lambda: state().saving is Saving.SAVED)
        assert (state().incoming, state().imported) == (None, given)
        settings.take_back()
        await house.until(lambda: "take the import back" in house.engine.asked)
        await house.until(lambda: state().saving is Saving.SAVED)
        assert state().imported is None
        settings.look_into(tmp_path / "none.toml")
        await house.until(lambda: state().saving is Saving.REFUSED)
        async with asyncio.timeout(5):
            while not (tmp_path / "out.toml").exists():  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0.01)
        assert (tmp_path / "out.toml").read_text() == "version = 1\n"
        assert (tmp_path / "out.toml").stat().st_mode & 0o077 == 0
        assert house.engine.asked.count("look into in.toml: port = 5") == 2
        assert "import in.toml: port = 5, as shown" in house.engine.asked
        await house.close()

    run_on_qt(scenario())


@pytest.mark.qt_log_ignore("propagateSizeHints")  # what the offscreen screen says of any dialog
def test_wiping_from_here_empties_the_table_of_requests_too(
    run_on_qt: RunOnQt[None], theme: Theme, language: Language
) -> None:
    language.install("en")
    theme.apply("light")

    async def scenario() -> None:
        house = House()
        house.thread.start()
        await house.until(lambda: bool(house.store.state.endpoint.url))
        house.store.dispatch(HistoryRead(RequestFilter(), Survey(1, 1), {}), SettingsRead(view()))
        panel = SettingsPanel(PanelContext(house.actions, theme.tokens))
        panel.setMinimumSize(720, 480)  # else Qt asks the platform for one
        panel.render_state(house.store.state)
        panel.show()

        def wipe() -> list[QPushButton]:
            buttons = panel.findChildren(QPushButton)
            return [each for each in buttons if each.text() == "Wipe the history…"]

        async with asyncio.timeout(10):
            while not wipe():  # noqa: ASYNC110 - rows are made a few at a time
                await asyncio.sleep(0.01)
        wipe()[0].click()
        (question,) = panel.findChildren(QMessageBox)
        next(each for each in question.buttons() if each.text() == "Wipe").click()
        await house.until(lambda: house.store.state.requests.view is None)
        panel.close()
        panel.deleteLater()
        await house.close()

    run_on_qt(scenario())


@pytest.mark.parametrize("width", [900, 1700])
def test_the_bar_stands_below_the_column_of_the_settings(
    qtbot: QtBot, theme: Theme, width: int
) -> None:
    page = Page(qtbot, theme, SettingsRead(view()))
    page.panel.window().resize(width, 700)
    page.actions.settings.draft.put("port", 9000)
    (bar,) = page.panel.findChildren(SettingsBar)
    (search,) = (e for e in page.panel.findChildren(QLineEdit) if "Search" in e.placeholderText())
    (apply,) = (b for b in bar.findChildren(QPushButton) if b.text() == "Apply")

    def right(widget: QWidget) -> int:
        return widget.mapTo(page.panel, widget.rect().topRight()).x()

    qtbot.waitUntil(lambda: bar.isVisible() and abs(right(apply) - right(search)) <= 1)


def test_nothing_is_offered_for_a_setting_before_it_is_known(
    qtbot: QtBot, theme: Theme, language: Language
) -> None:
    language.install("en")
    unread = Page(qtbot, theme)
    buttons = [b.text() for b in unread.row("host").findChildren(QPushButton)]
    assert {"Reset", "Edit the file"} <= set(buttons)
    assert len(unread.texts("host")) == 2
    shown = [b for b in unread.row("host").findChildren(QPushButton) if b.isVisibleTo(unread.panel)]
    assert shown == []


def test_a_day_is_one_day_also_while_more_are_typed(qtbot: QtBot, language: Language) -> None:
    language.install("en")
    (spec,) = [spec for spec in setting_specs() if spec.name == "record_max_days"]
    control = NumberControl(spec)
    qtbot.addWidget(control)
    control.show_value(1)
    (box,) = control.findChildren(QDoubleSpinBox)
    assert box.text() == "1 day"
    box.selectAll()
    for typed, shown in (("1", "1 day"), ("4", "14 days")):
        QTest.keyClicks(box, typed)
        assert box.text() == shown
    assert box.value() == 14
