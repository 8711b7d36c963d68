"""What one instance is: its program, how it is started, its models. Checked as typed."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop import refusals, setting_words
from desktop.panels.panel import PanelContext
from desktop.panels.settings_controls import CalmComboBox, reveal_button
from desktop.widgets.styling import label, set_property
from gateway_engine.public import (
    AGENT_PRESETS,
    InstanceSettings,
    SettingProblem,
    check_instance,
    instance_refusal,
)

LINGMA = "lingma"
AGENT = "acp"
OTHER_AGENT = ""
EMPTY_ARGUMENT = '""'
SHOWN_LINES = 3
COVERED = "•" * 8

translate = QCoreApplication.translate


def program_of(settings: InstanceSettings) -> str:
    """What the choice of programs calls it: Lingma, a preset's name, or any other agent."""
    if settings.kind == LINGMA:
        return LINGMA
    return settings.command if settings.command in AGENT_PRESETS else OTHER_AGENT


def program_title(settings: InstanceSettings) -> str:
    """Its program in a word or two."""
    program = program_of(settings)
    if program == LINGMA:
        return "Lingma"
    preset = AGENT_PRESETS.get(program)
    return preset.title if preset is not None else Path(settings.command).name


def what_is_wrong(settings: InstanceSettings) -> str:
    """Why this instance could not be started here, "" when it could."""
    try:
        check_instance(settings)
    except SettingProblem as wrong:
        return setting_words.problem_words(wrong)
    refusal = instance_refusal(settings, os.environ)
    return refusals.words(refusal) if refusal is not None else ""


class InstanceForm(QWidget):
    """Every field of one instance but what the gateway calls it."""

    edited = Signal(object, str)
    """The instance as it is typed now, and what is wrong with it, "" for nothing."""

    def __init__(self, settings: InstanceSettings, context: PanelContext) -> None:
        super().__init__()
        self._settings = settings
        self._tokens = context.tokens
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 4, 0, 8)
        self._column.setSpacing(12)
        self._of_agents: list[QWidget] = []

        self.name = self._line(self.tr("Name"), settings.name)
        self._program = self._programs()
        self._command = self._line(
            self.tr("Command"),
            "" if settings.command in AGENT_PRESETS else settings.command,
            self.tr("The path of the program. For an agent also a name on PATH, or ws://…"),
            choose=self._choose_program,
        )
        self._args = self._lines(
            self.tr("Arguments"), _shown_arguments(settings.args), self.tr("One a line, as it is.")
        )
        self._env = self._lines(
            self.tr("Environment"), "", self.tr("NAME=value, one a line. Keys belong here.")
        )
        self._reveal = reveal_button(self._tokens, self._show_environment)
        self._column.addWidget(self._reveal, 0, Qt.AlignmentFlag.AlignLeft)
        self._models = self._lines(
            self.tr("Models"),
            "\n".join(settings.models),
            self.tr("One a line; the first is the default. Empty: those the agent names."),
            of_agents=True,
        )
        self._mode = self._line(
            self.tr("Mode"),
            settings.mode,
            self.tr("Set where the agent has it. Empty: its own."),
            of_agents=True,
        )
        self._login = self._line(
            self.tr("Sign-in command"),
            settings.login,
            self.tr("The command line that signs in. Empty: the one known for this agent."),
            of_agents=True,
        )
        self._work_dir = self._line(
            self.tr("Folder"),
            settings.work_dir,
            self.tr("Holds its login and logs. Empty: one of its own in the data folder."),
            choose=self._choose_folder,
        )
        self._show_environment(revealed=not settings.env)
        self._reveal.setVisible(bool(settings.env))
        self._show_fields()

    # --- making ---

    def _programs(self) -> CalmComboBox:
        box = CalmComboBox()
        box.addItem("Lingma", LINGMA)
        for preset in AGENT_PRESETS.values():
            box.addItem(preset.title, preset.name)
        box.addItem(self.tr("Another agent (ACP)"), OTHER_AGENT)
        box.setCurrentIndex(box.findData(program_of(self._settings)))
        box.currentIndexChanged.connect(self._program_chosen)
        self._field(self.tr("Program"), box)
        return box

    def _line(
        self,
        title: str,
        text: str,
        about: str = "",
        *,
        choose: Callable[[], None] | None = None,
        of_agents: bool = False,
    ) -> QLineEdit:
        line = QLineEdit(text)
        line.setCursorPosition(0)
        line.textEdited.connect(self._say)
        self._field(title, line, about, choose=choose, of_agents=of_agents)
        return line

    def _lines(
        self, title: str, text: str, about: str, *, of_agents: bool = False
    ) -> QPlainTextEdit:
        lines = QPlainTextEdit()
        lines.setTabChangesFocus(True)
        lines.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        lines.setFixedHeight(lines.fontMetrics().lineSpacing() * SHOWN_LINES + 20)
        lines.setPlainText(text)
        lines.textChanged.connect(self._say)
        self._field(title, lines, about, of_agents=of_agents)
        return lines

    def _field(
        self,
        title: str,
        control: QWidget,
        about: str = "",
        *,
        choose: Callable[[], None] | None = None,
        of_agents: bool = False,
    ) -> None:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        name = label(title, "strong", wraps=True)
        name.setBuddy(control)
        control.setAccessibleName(title)
        control.setAccessibleDescription(about)
        column.addWidget(name)
        if choose is None:
            column.addWidget(control)
        else:
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(control, 1)
            button = QPushButton(translate("SettingsControls", "Choose…"))
            button.setAccessibleName(f"{button.text()} {title}")
            button.clicked.connect(choose)
            row.addWidget(button)
            column.addLayout(row)
        if about:
            column.addWidget(label(about, "small", wraps=True))
        self._column.addWidget(whole)
        if of_agents:
            self._of_agents.append(whole)

    # --- the user ---

    def _program_chosen(self) -> None:
        with QSignalBlocker(self._command):
            self._command.clear()
        self._show_fields()
        self._say()

    def _show_fields(self) -> None:
        program = self._program.currentData()
        for each in self._of_agents:
            each.setVisible(program != LINGMA)
        field = self._command.parentWidget()
        if field is not None:
            field.setVisible(program not in AGENT_PRESETS)
        self._command.setPlaceholderText(
            self.tr("The one found on this computer") if program == LINGMA else ""
        )

    def _show_environment(self, revealed: bool) -> None:
        env = self._settings.env
        shown = "\n".join(f"{n}={value if revealed else COVERED}" for n, value in env.items())
        with QSignalBlocker(self._env):
            self._env.setPlainText(shown)
        self._env.setReadOnly(not revealed)
        set_property(self._env, "code", not revealed)

    def _choose_program(self) -> None:
        dialog = QFileDialog(self)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._choose(dialog, self._command)

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._choose(dialog, self._work_dir)

    def _choose(self, dialog: QFileDialog, line: QLineEdit) -> None:
        def chosen(path: str) -> None:
            line.setText(path)
            self._say()

        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(chosen)
        dialog.open()

    def _say(self) -> None:
        env, problem = self._settings.env, ""
        if not self._env.isReadOnly():
            env, problem = self._environment()
        program = self._program.currentData()
        is_agent = program != LINGMA
        command = program if program in AGENT_PRESETS else self._command.text().strip()
        self._settings = replace(
            self._settings,
            name=self.name.text().strip(),
            kind=AGENT if is_agent else LINGMA,
            command=command,
            args=_arguments(self._args.toPlainText()),
            env=env,
            work_dir=self._work_dir.text().strip(),
            models=tuple(_filled(self._models.toPlainText())) if is_agent else (),
            mode=self._mode.text().strip() if is_agent else "",
            login=self._login.text().strip() if is_agent else "",
        )
        if not self._settings.name:
            problem = problem or self.tr("The name is missing.")
        self.edited.emit(self._settings, problem or what_is_wrong(self._settings))

    def _environment(self) -> tuple[Mapping[str, str], str]:
        found: dict[str, str] = {}
        problem = ""
        for line in _filled(self._env.toPlainText()):
            name, equals, value = line.partition("=")
            if equals and name.strip() and not name.strip().count(" "):
                found[name.strip()] = value
            else:
                problem = self.tr("Environment: each line is NAME=value.")
        return found, problem


def _shown_arguments(arguments: Sequence[str]) -> str:
    return "\n".join(each or EMPTY_ARGUMENT for each in arguments)


def _arguments(text: str) -> tuple[str, ...]:
    lines = [line for line in text.split("\n") if line.strip()]
    return tuple("" if line == EMPTY_ARGUMENT else line for line in lines)


def _filled(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]
