"""Who answers: the Lingma program (found, or fetched now), an agent on PATH, or the demo."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop import program_wording, wording
from desktop.first_run.step import StepPage
from desktop.icons import line_icon
from desktop.panels.panel import PanelContext
from desktop.slices.first_run import FirstRun
from desktop.state import AppState
from desktop.widgets.button_icon import show_icon
from desktop.widgets.card import Card
from desktop.widgets.radio_choice import RadioChoice
from desktop.widgets.styling import GAP, GAP_LARGE, label
from gateway_engine.public import InstallChanged, InstallState

FETCHING = (InstallState.CHECKING, InstallState.DOWNLOADING, InstallState.UNPACKING)
LINGMA, DEMO = "auto", "demo"


class ProgramStep(StepPage):
    """A radio button for each program; Next takes the chosen one."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._known: FirstRun | None = None
        self._fixed = label("", wraps=True)
        self._card = Card()
        self._card.setAccessibleName(self.tr("Programs"))
        self._group = QButtonGroup(self)
        self._card.body.setSpacing(GAP_LARGE)
        self._lingma, self._lingma_text, lingma = self._choice(LINGMA, "Lingma")
        self._fetch = QPushButton(self.tr("Download Lingma"))
        self._fetch_icon = line_icon("fetch", context.tokens.text)
        self._stop_icon = line_icon("stop", context.tokens.text)
        self._fetch.clicked.connect(self._fetch_or_stop)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)  # the line below tells it in figures
        self._progress.setAccessibleName(self.tr("Downloading Lingma"))
        self._progress_text = label("", "small", wraps=True)
        self._fetching = QWidget()
        fetching = QVBoxLayout(self._fetching)
        fetching.setContentsMargins(_inset(self), GAP, 0, 0)
        fetching.setSpacing(GAP)
        fetching.addWidget(self._fetch, 0, Qt.AlignmentFlag.AlignLeft)
        fetching.addWidget(self._progress)
        fetching.addWidget(self._progress_text)
        lingma.addWidget(self._fetching)
        self._card.body.addLayout(lingma)
        self._agents_box = QWidget()
        self._card.body.addWidget(self._agents_box)
        self._demo, demo_text, demo = self._choice(DEMO, self.tr("Demo"))
        demo_text.setText(
            self.tr("A bundled stand-in, to look around. Its answers never come from Lingma.")
        )
        self._card.body.addLayout(demo)
        self._is_fetching = False
        self.column.addWidget(self._fixed)
        self.column.addWidget(self._card)

    def _choice(self, key: str, title: str) -> tuple[RadioChoice, QLabel, QVBoxLayout]:
        """A radio button and its explanation, close to each other."""
        button = RadioChoice(title)
        button.setProperty("choice", key)
        self._group.addButton(button)
        words = label("", "small", wraps=True)
        words.setContentsMargins(_inset(words), 0, 0, 0)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(button)
        column.addWidget(words)
        return button, words, column

    def render_state(self, state: AppState) -> None:
        """Show what was found, and how far a fetch is."""
        run = state.first_run
        self._fixed.setVisible(run.is_fixed)
        self._card.setVisible(not run.is_fixed)
        self._fixed.setText(
            self.tr("The settings name what answers here: {what}. Nothing to choose.").format(
                what=wording.instance_kind(state.upstream)
            )
        )
        if run != self._known:
            self._show_found(run)
        self._show_fetch(state.install, has_program=bool(run.program))

    def _show_found(self, run: FirstRun) -> None:
        before, self._known = self._known, run
        self._lingma_text.setText(
            run.program
            or self.tr("Not found on this computer. It can be downloaded from its maker.")
        )
        self._lingma.setEnabled(bool(run.program))
        if before is None or before.agents != run.agents:
            self._show_agents(run)
        is_new = before is None or (before.program, before.choice) != (run.program, run.choice)
        if is_new:
            self._check(run)

    def _show_agents(self, run: FirstRun) -> None:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_LARGE)
        for name, title, path in run.agents:
            _button, words, choice = self._choice(name, title)
            words.setText(path)
            column.addLayout(choice)
        self._card.body.replaceWidget(self._agents_box, box)
        self._agents_box.hide()
        self._agents_box.deleteLater()
        self._agents_box = box
        box.setVisible(bool(run.agents))

    def _check(self, run: FirstRun) -> None:
        wanted = run.choice
        if wanted == LINGMA and not run.program:
            wanted = run.agents[0][0] if run.agents else DEMO
        for button in self._group.buttons():
            if button.property("choice") == wanted:
                button.setChecked(True)

    def _show_fetch(self, install: InstallChanged | None, *, has_program: bool) -> None:
        self._is_fetching = install is not None and install.state in FETCHING
        self._fetch.setVisible(self._is_fetching or not has_program)
        self._fetch.setText(self.tr("Stop") if self._is_fetching else self.tr("Download Lingma"))
        show_icon(self._fetch, self._stop_icon if self._is_fetching else self._fetch_icon)
        self._progress.setVisible(self._is_fetching)
        text = _install_words(install)
        self._progress_text.setText(text)
        self._progress_text.setVisible(bool(text))
        self._fetching.setVisible(self._is_fetching or not has_program or bool(text))
        if install is not None and self._is_fetching:
            self._progress.setRange(0, 1000 if install.bytes_total else 0)
            if install.bytes_total:
                self._progress.setValue(round(install.bytes_done * 1000 / install.bytes_total))

    def _fetch_or_stop(self) -> None:
        upstream = self.context.actions.upstream
        if self._is_fetching:
            upstream.stop_fetching()
        else:
            upstream.fetch()

    @property
    def _has_nothing_else(self) -> bool:
        run = self._known
        return run is not None and not run.program and not run.agents

    def take(self) -> None:
        """Use the chosen program from now on."""
        chosen = self._group.checkedButton()
        if chosen is None or not chosen.isVisible():
            return
        choice = str(chosen.property("choice"))
        # The demo for want of anything else is no choice: a Lingma that comes later shall answer.
        is_stopgap = choice == DEMO and self._has_nothing_else
        self.context.actions.upstream.choose(LINGMA if is_stopgap else choice)


def _inset(widget: QWidget) -> int:
    """How far in the words of a radio button begin, by the style sheet."""
    return widget.fontMetrics().height() + 14


def _install_words(install: InstallChanged | None) -> str:
    if install is None:
        return ""
    translate = QCoreApplication.translate
    match install.state:
        case InstallState.CHECKING:
            return translate("Install", "Asking for the newest version…")
        case InstallState.DOWNLOADING:
            figures = program_wording.install_figures(install)
            return figures or program_wording.install_title(install)
        case InstallState.UNPACKING:
            return translate("Install", "Unpacking…")
        case InstallState.DONE:
            return translate("Install", "Version {version} is here.").format(
                version=install.version
            )
        case InstallState.FAILED:
            return translate("Install", "It could not be downloaded: {message}").format(
                message=program_wording.install_error(install)
            )
        case InstallState.CANCELLED:
            return translate("Install", "Stopped. What has come is kept for another try.")
