"""One control for each kind of setting: shows a value, says what the user wants instead.

Whoever owns a control connects `edited`; `show_value` announces nothing.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from desktop import setting_words
from desktop.icons import line_icon
from desktop.setting_choices import choice_title
from desktop.theme import Tokens
from desktop.widgets.reader_names import name_for_readers
from desktop.widgets.styling import set_property
from desktop.widgets.toggle_switch import ToggleSwitch
from gateway_engine.public import AccountSettings, SettingSpec, Shape

MOST = 9e15
LIST_LINES = 4
TEXT_MARGIN = 11
"""Puts a number where the letters of a field begin."""
INSET_PX = 4
"""So far in begins what is drawn of a switch: all else of a setting begins there too."""
translate = QCoreApplication.translate


class Control(QWidget):
    """What all controls are."""

    edited = Signal(object)
    """What the user wants, as `SettingSpec.read` takes it."""

    def show_value(self, value: Any) -> None:
        """Show what holds, or what the user wants."""
        raise NotImplementedError

    def name_it(self, name: str, text: str) -> None:
        """For screen readers."""
        focus = self.focusProxy() or self
        name_for_readers(focus, name)
        focus.setAccessibleDescription(text)


class _Row(Control):
    def __init__(self, inset: int = INSET_PX) -> None:
        super().__init__()
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(inset, 0, 0, 0)
        self.row.setSpacing(8)


class SwitchControl(_Row):
    """On or off."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__(inset=0)
        self._switch = ToggleSwitch()
        self._switch.set_colours(
            on=tokens.ok, off=tokens.border_strong, knob=tokens.surface, focus=tokens.accent
        )
        self._switch.toggled.connect(self.edited.emit)
        self.row.addWidget(self._switch)
        self.row.addStretch(1)
        self.setFocusProxy(self._switch)

    def show_value(self, value: Any) -> None:
        """True is on."""
        with QSignalBlocker(self._switch):
            self._switch.setChecked(bool(value))
        self._switch.update()


class _CalmSpinBox(QDoubleSpinBox):
    """A wheel that scrolls the page does not change it; decimals stand where there are some."""

    def textFromValue(self, value: float) -> str:
        """Seven and a half is 7.5, seven is 7."""
        text = self.locale().toString(value, "f", self.decimals())
        if not self.isGroupSeparatorShown():
            text = text.replace(self.locale().groupSeparator(), "")
        point = self.locale().decimalPoint()
        return text.rstrip("0").rstrip(point) if point in text else text

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only with the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class NumberControl(_Row):
    """A number within its range, with its unit."""

    def __init__(self, spec: SettingSpec) -> None:
        super().__init__()
        self._is_whole = spec.type is int
        self._box = _CalmSpinBox()
        self._box.setDecimals(0 if self._is_whole else 2)
        self._box.setRange(spec.minimum or 0, spec.maximum if spec.maximum is not None else MOST)
        self._unit = spec.unit
        self._name_unit(self._box.value())
        self._box.valueChanged.connect(self._name_unit)
        self._box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._box.lineEdit().setTextMargins(TEXT_MARGIN, 0, 0, 0)
        self._box.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        if spec.name == "port" or spec.name.endswith("_port"):
            self._box.setGroupSeparatorShown(False)
        else:
            self._box.setGroupSeparatorShown(True)
        self._box.setMinimumWidth(self._box.fontMetrics().horizontalAdvance("0" * 16))
        self._box.valueChanged.connect(self._say)
        self.row.addWidget(self._box)
        self.row.addStretch(1)
        self.setFocusProxy(self._box)

    def _say(self, value: float) -> None:
        self.edited.emit(int(value) if self._is_whole else value)

    def show_value(self, value: Any) -> None:
        """Show a number."""
        with QSignalBlocker(self._box):
            self._box.setValue(float(value))
        self._name_unit(float(value))

    def _name_unit(self, value: float) -> None:
        suffix = setting_words.unit(self._unit, value)
        if suffix != self._box.suffix():
            self._box.setSuffix(suffix)


class ChoiceControl(_Row):
    """One of a few values, each in words."""

    def __init__(self, spec: SettingSpec) -> None:
        super().__init__()
        self._box = CalmComboBox()
        for value in spec.choices:
            self._box.addItem(choice_title(spec.name, value), value)
        self._box.currentIndexChanged.connect(
            lambda place: self.edited.emit(self._box.itemData(place))
        )
        self.row.addWidget(self._box)
        self.row.addStretch(1)
        self.setFocusProxy(self._box)

    def show_value(self, value: Any) -> None:
        """Choose without saying so."""
        with QSignalBlocker(self._box):
            self._box.setCurrentIndex(self._box.findData(str(value)))


class CalmComboBox(QComboBox):
    """A wheel that scrolls the page does not change it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only with the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ModelControl(_Row):
    """A model of those that are known, or any other name."""

    def __init__(self) -> None:
        super().__init__()
        self._box = CalmComboBox()
        self._box.setEditable(True)
        self._box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._box.setMinimumContentsLength(18)
        self._box.editTextChanged.connect(self.edited.emit)
        self.row.addWidget(self._box, 1)
        self.setFocusProxy(self._box)

    def show_models(self, models: Sequence[str]) -> None:
        """What there is to choose from."""
        present = [self._box.itemText(number) for number in range(self._box.count())]
        if present == list(models):
            return
        text = self._box.currentText()
        with QSignalBlocker(self._box):
            self._box.clear()
            self._box.addItems(list(models))
            self._box.setEditText(text)

    def show_value(self, value: Any) -> None:
        """Show the name."""
        if self._box.currentText() != str(value):
            with QSignalBlocker(self._box):
                self._box.setEditText(str(value))


class TextControl(_Row):
    """A line of text; a secret is dots until it is revealed, a path can be chosen."""

    def __init__(self, spec: SettingSpec, tokens: Tokens) -> None:
        super().__init__()
        self._line = QLineEdit()
        self._line.textEdited.connect(self.edited.emit)
        self.row.addWidget(self._line, 1)
        self.setFocusProxy(self._line)
        self._shape = spec.shape
        if spec.secret:
            self._line.setEchoMode(QLineEdit.EchoMode.Password)
            self.row.addWidget(reveal_button(tokens, self._reveal))
        elif spec.shape in (Shape.FILE, Shape.FOLDER):
            choose = QPushButton(translate("SettingsControls", "Choose…"))
            title = setting_words.title(spec.name)
            choose.setAccessibleName(f"{choose.text()} {title}")
            choose.clicked.connect(self._choose)
            self.row.addWidget(choose)

    def show_value(self, value: Any) -> None:
        """Show a text."""
        if self._line.text() != str(value):
            self._line.setText(str(value))
            self._line.setCursorPosition(0)

    def _reveal(self, revealed: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if revealed else QLineEdit.EchoMode.Password
        self._line.setEchoMode(mode)

    def _choose(self) -> None:
        dialog = QFileDialog(self)
        if self._shape is Shape.FOLDER:
            dialog.setFileMode(QFileDialog.FileMode.Directory)
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        present = Path(self._line.text() or ".").expanduser()
        dialog.setDirectory(str(present if present.is_dir() else present.parent))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    def _chosen(self, path: str) -> None:
        self.show_value(path)
        self.edited.emit(path)


class LinesControl(Control):
    """A list: one entry a line. A list of secrets is covered until it is revealed."""

    def __init__(self, spec: SettingSpec, tokens: Tokens) -> None:
        super().__init__()
        self._text = QPlainTextEdit()
        self._text.setProperty("code", spec.secret)
        self._text.setTabChangesFocus(True)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        height = self._text.fontMetrics().lineSpacing() * LIST_LINES + 20
        self._text.setFixedHeight(height)
        self._is_pairs = spec.type == Mapping[str, str]
        self._text.textChanged.connect(self._say)
        row = QHBoxLayout(self)
        row.setContentsMargins(INSET_PX, 0, 0, 0)
        row.setSpacing(8)
        self.setFocusProxy(self._text)
        row.addWidget(self._text, 1)
        self._is_secret = self._is_covered = spec.secret
        self._value: Any = ()
        if spec.secret:
            button = reveal_button(tokens, self._reveal)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
            self._text.setReadOnly(True)

    def show_value(self, value: Any) -> None:
        """Show the entries."""
        self._value = value
        if self._is_secret and not value:
            self._is_covered = False  # there is nothing to cover
            self._text.setReadOnly(False)
            set_property(self._text, "code", False)
        lines = _covered(value) if self._is_covered else self._lines(value)
        if lines.split("\n") != [line.strip() for line in self._text.toPlainText().split("\n")]:
            with QSignalBlocker(self._text):
                self._text.setPlainText(lines)

    def _lines(self, value: Any) -> str:
        if isinstance(value, Mapping):
            return "\n".join(f"{name} = {model}" for name, model in value.items())
        return "\n".join(_account(e) if isinstance(e, AccountSettings) else e for e in value)

    def _say(self) -> None:
        if self._is_covered:
            return
        lines = [line.strip() for line in self._text.toPlainText().split("\n")]
        wanted = [line for line in lines if line]
        self.edited.emit(",".join(wanted) if self._is_pairs else wanted)

    def _reveal(self, revealed: bool) -> None:
        # Accounts that hold more than a name and a password are edited in the file.
        simple = all(not isinstance(e, AccountSettings) or e.password for e in self._value)
        self._is_covered = not revealed
        self._text.setReadOnly(not revealed or not simple)
        set_property(self._text, "code", self._text.isReadOnly())
        with QSignalBlocker(self._text):
            self._text.setPlainText(self._lines(self._value) if revealed else _covered(self._value))


def _account(account: AccountSettings) -> str:
    return f"{account.username}:{account.password}" if account.password else account.username


def _covered(value: Any) -> str:
    return "\n".join("•" * 12 for _ in value)


def reveal_button(tokens: Tokens, wish: Any) -> QPushButton:
    """A button that shows what is covered, and covers it again; `wish` is told which."""
    button = QPushButton()
    button.setCheckable(True)

    def show(revealed: bool) -> None:
        button.setIcon(line_icon("hide" if revealed else "reveal", tokens.text_soft))
        name = (
            translate("SettingsControls", "Hide")
            if revealed
            else translate("SettingsControls", "Show")
        )
        button.setToolTip(name)
        button.setAccessibleName(name)

    show(False)
    button.toggled.connect(show)
    button.toggled.connect(wish)
    return button


def control_of(spec: SettingSpec, tokens: Tokens) -> Control | None:
    """The control of a setting; None where it is looked after elsewhere."""
    if spec.name == "instances":
        return None
    if spec.type is bool:
        return SwitchControl(tokens)
    if spec.choices:
        return ChoiceControl(spec)
    if spec.type in (int, float):
        return NumberControl(spec)
    if spec.shape is Shape.MODEL:
        return ModelControl()
    return TextControl(spec, tokens) if spec.type is str else LinesControl(spec, tokens)
