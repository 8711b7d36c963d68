"""Who answers: the Lingma program (found, or fetched now), an agent on PATH, or the demo."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QLabel,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop import program_wording, wording
from desktop.first_run.step import StepPage
from desktop.icons import line_icon
from desktop.panels.panel import PanelContext
from desktop.slices.first_run import FirstRun
from desktop.state import AppState
from desktop.widgets.card import Card
from desktop.widgets.styling import label
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
        self._lingma = self._add(LINGMA, "Lingma")
        self._lingma_text = self._words()
        self._fetch = QPushButton(self.tr("Fetch Lingma"))
        self._fetch_icon = line_icon("fetch", context.tokens.text)
        self._stop_icon = line_icon("stop", context.tokens.text)
        self._fetch.clicked.connect(self._fetch_or_stop)
        self._progress = QProgressBar()
        self._progress.setAccessibleName(self.tr("Fetching Lingma"))
        self._progress_text = label("", "small", wraps=True)
        fetching = QVBoxLayout()
        fetching.setContentsMargins(_inset(self), 0, 0, 4)
        fetching.setSpacing(8)
        fetching.addWidget(self._fetch, 0, Qt.AlignmentFlag.AlignLeft)
        fetching.addWidget(self._progress)
        fetching.addWidget(self._progress_text)
        self._card.body.addLayout(fetching)
        self._agents_box = QWidget()
        self._card.body.addWidget(self._agents_box)
        self._demo = self._add(DEMO, self.tr("Demo"))
        self._words(
            self.tr("A bundled stand-in, to look around. Its answers never come from Lingma.")
        )
        self._is_fetching = False
        self.column.addWidget(self._fixed)
        self.column.addWidget(self._card)

    def _add(self, key: str, title: str) -> QRadioButton:
        button = QRadioButton(title)
        button.setProperty("choice", key)
        self._group.addButton(button)
        self._card.body.addWidget(button)
        return button

    def _words(self, text: str = "") -> QLabel:
        words = small_words(text)
        self._card.body.addWidget(words)
        return words

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
            run.program or self.tr("Not found on this computer. It can be fetched from its maker.")
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
        for name, title, path in run.agents:
            button = QRadioButton(title)
            button.setProperty("choice", name)
            self._group.addButton(button)
            column.addWidget(button)
            column.addWidget(small_words(path))
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
        self._fetch.setText(self.tr("Stop") if self._is_fetching else self.tr("Fetch Lingma"))
        self._fetch.setIcon(self._stop_icon if self._is_fetching else self._fetch_icon)
        self._progress.setVisible(self._is_fetching)
        text = _install_words(install)
        self._progress_text.setText(text)
        self._progress_text.setVisible(bool(text))
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


def small_words(text: str) -> QLabel:
    """An explanation below a radio button, as far in as the button's words."""
    words = label(text, "small", wraps=True)
    words.setContentsMargins(_inset(words), 0, 0, 4)
    return words


def _inset(widget: QWidget) -> int:
    return widget.fontMetrics().height() + 12


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
            return translate("Install", "It could not be fetched: {message}").format(
                message=program_wording.install_error(install)
            )
        case InstallState.CANCELLED:
            return translate("Install", "Stopped. What was fetched is kept for another try.")
