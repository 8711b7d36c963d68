"""What one instance is: its program, how it is started, its models. Checked as typed."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

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
from desktop.panels.instance_programs import Program, program_of, programs
from desktop.panels.panel import PanelContext
from desktop.panels.settings_controls import CalmComboBox, reveal_button
from desktop.widgets.styling import label, set_property
from gateway_engine.public import (
    InstanceSettings,
    SettingProblem,
    check_instance,
    instance_refusal,
)

EMPTY_ARGUMENT = '""'
SHOWN_LINES = 3
COVERED = "•" * 8

translate = QCoreApplication.translate


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
        self._programs = {each.key: each for each in programs()}
        self._of_some: dict[str, QWidget] = {}

        self.name = self._line(self.tr("Name"), settings.name)
        self._program = self._choice()
        self._command = self._line(
            self.tr("Command"),
            "" if program_of(settings).command else settings.command,
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
            only="models",
        )
        self._mode = self._line(
            self.tr("Mode"),
            settings.mode,
            self.tr("Set where the agent has it. Empty: its own."),
            only="mode",
        )
        self._login = self._line(
            self.tr("Sign-in command"),
            settings.login,
            self.tr("The command line that signs in. Empty: the one known for this agent."),
            only="login",
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

    def _choice(self) -> CalmComboBox:
        box = CalmComboBox()
        for each in self._programs.values():
            box.addItem(each.title, each.key)
        box.setCurrentIndex(box.findData(program_of(self._settings).key))
        box.currentIndexChanged.connect(self._program_chosen)
        self._field(self.tr("Program"), box)
        return box

    def _chosen(self) -> Program:
        return self._programs[self._program.currentData()]

    def _line(
        self,
        title: str,
        text: str,
        about: str = "",
        *,
        choose: Callable[[], None] | None = None,
        only: str = "",
    ) -> QLineEdit:
        line = QLineEdit(text)
        line.setCursorPosition(0)
        line.textEdited.connect(self._say)
        self._field(title, line, about, choose=choose, only=only)
        return line

    def _lines(self, title: str, text: str, about: str, *, only: str = "") -> QPlainTextEdit:
        lines = QPlainTextEdit()
        lines.setTabChangesFocus(True)
        lines.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        lines.setFixedHeight(lines.fontMetrics().lineSpacing() * SHOWN_LINES + 20)
        lines.setPlainText(text)
        lines.textChanged.connect(self._say)
        self._field(title, lines, about, only=only)
        return lines

    def _field(
        self,
        title: str,
        control: QWidget,
        about: str = "",
        *,
        choose: Callable[[], None] | None = None,
        only: str = "",
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
        if only:
            self._of_some[only] = whole

    # --- the user ---

    def _program_chosen(self) -> None:
        with QSignalBlocker(self._command):
            self._command.clear()
        self._show_fields()
        self._say()

    def _show_fields(self) -> None:
        program = self._chosen()
        for name, each in self._of_some.items():
            each.setVisible(name in program.fields)
        field = self._command.parentWidget()
        if field is not None:
            field.setVisible(not program.command)
        self._command.setPlaceholderText(
            self.tr("The one found on this computer") if program.is_found else ""
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
        program = self._chosen()
        own = program.fields
        self._settings = replace(
            self._settings,
            name=self.name.text().strip(),
            kind=program.kind,
            command=program.command or self._command.text().strip(),
            args=_arguments(self._args.toPlainText()),
            env=env,
            work_dir=self._work_dir.text().strip(),
            models=tuple(_filled(self._models.toPlainText())) if "models" in own else (),
            mode=self._mode.text().strip() if "mode" in own else "",
            login=self._login.text().strip() if "login" in own else "",
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
