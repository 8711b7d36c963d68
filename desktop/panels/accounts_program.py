"""The Lingma program: which one is used, the versions there are, and how to get another."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop import program_wording
from desktop.icons import line_icon
from desktop.panels.marks import tone_colour, tone_surface
from desktop.panels.panel import PanelContext
from desktop.sizes import size
from desktop.state import AppState
from desktop.widgets.banner import Banner
from desktop.widgets.card import Card
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.long_value import LongValue
from desktop.widgets.question import ask
from desktop.widgets.status_shapes import Shape
from desktop.widgets.styling import GAP, label, set_property
from gateway_engine.public import InstallChanged, Installed, InstallState, ProgramsKnown

BUSY = (InstallState.CHECKING, InstallState.DOWNLOADING, InstallState.UNPACKING)
FOLD_BELOW_EM = 26
PER_MILLE = 1000


class ProgramCard(Card):
    """What was found and where, the versions, and the download."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._actions = context.actions.programs
        self._accounts = context.actions.accounts
        self._tokens = context.tokens
        self._used_path = ""
        self._shown: ProgramsKnown | None = None
        title = self.tr("Lingma program")
        self.setAccessibleName(title)
        self._used = LongValue(
            self.tr("In use"), copy_text=self.tr("Copy"), copied_text=self.tr("Copied")
        )
        self._used.set_icons(
            copy=line_icon("copy", context.tokens.text),
            copied=line_icon("check", context.tokens.ok),
        )
        self._used.copy_wanted.connect(lambda: self._accounts.copy(self._used_path))
        self._note = label("", "soft", wraps=True)
        self._progress = QProgressBar()
        self._progress.setRange(0, PER_MILLE)
        self._progress.setTextVisible(False)
        self._figures = label("", "small", wraps=True)
        self._outcome = Banner("info", Shape.INFO)
        self._versions = QVBoxLayout()
        self._versions.setSpacing(GAP)
        self._url = QLineEdit()
        self._url.setPlaceholderText("https://…/lingma.vsix")
        self._url.setAccessibleName(self.tr("Address of a VSIX"))
        self._buttons()
        self.body.setSpacing(12)
        self.body.addWidget(label(title, "heading"))
        self.body.addWidget(self._used)
        self.body.addWidget(self._note)
        self.body.addWidget(self._outcome)
        self.body.addWidget(self._progress)
        self.body.addWidget(self._figures)
        self.body.addWidget(self._ways)
        self.body.addWidget(self._by_url)
        self.body.addLayout(self._versions)
        self.body.addStretch(1)

    def _buttons(self) -> None:
        self._fetch = QPushButton(self.tr("Download from the marketplace"))
        self._fetch.clicked.connect(lambda _checked=False: self._actions.fetch())
        self._pick = QPushButton(self.tr("Choose a file…"))
        self._pick.setToolTip(self.tr("A Lingma program, or a .vsix file"))
        self._pick.clicked.connect(self._choose)
        self._cancel = QPushButton(self.tr("Cancel the download"))
        self._cancel.clicked.connect(lambda _checked=False: self._actions.stop_fetching())
        self._ways = FoldingRow(FOLD_BELOW_EM, GAP)
        for button in (self._fetch, self._pick, self._cancel):
            self._ways.add(button)
        self._ways.add(QWidget(), stretches=True)
        self._from_url = QPushButton(self.tr("Download"))
        self._from_url.setAccessibleName(self.tr("Download from this address"))
        self._from_url.setEnabled(False)
        self._from_url.clicked.connect(self._fetch_url)
        self._url.textChanged.connect(lambda text: self._from_url.setEnabled(bool(text.strip())))
        self._url.returnPressed.connect(self._fetch_url)
        self._by_url = FoldingRow(FOLD_BELOW_EM, GAP)
        self._by_url.add(self._url, stretches=True)
        self._by_url.add(self._from_url)

    # --- what it shows ---------------------------------------------------------------------------

    def render_state(self, state: AppState) -> None:
        """Show the programs and the download."""
        programs = state.accounts.programs
        event = state.install
        busy = event is not None and event.state in BUSY
        focused = self.window().focusWidget()
        self._used_path = programs.used if programs is not None else ""
        nothing = self.tr("Looking…") if programs is None else self.tr("None")
        self._used.set_value(self._used_path, nothing)
        self._note.setText(self._note_of(state, programs))
        self._note.setVisible(bool(self._note.text()))
        if _is_gone(event, programs):
            event = None
        self._show_download(event, busy=busy)
        self._fetch.setVisible(not busy)
        lacks = programs is not None and not programs.used
        set_property(self._fetch, "kind", "primary" if lacks else "")
        part = programs.part_bytes if programs is not None else 0
        self._fetch.setText(
            self.tr("Go on with the download ({size})").format(size=size(part))
            if part
            else self.tr("Download from the marketplace")
        )
        self._pick.setVisible(not busy)
        self._by_url.setVisible(not busy)
        self._cancel.setVisible(busy)
        if focused in (self._fetch, self._pick, self._cancel) and focused.isHidden():
            # Whoever uses the keyboard goes on with what took the place of the button pressed.
            (self._cancel if busy else self._fetch).setFocus(Qt.FocusReason.OtherFocusReason)
        if programs is not None and programs != self._shown:
            self._shown = programs
            self._show_versions(programs)

    def _note_of(self, state: AppState, programs: ProgramsKnown | None) -> str:
        if programs is None:
            return ""
        if state.demo:
            return self.tr(
                "The bundled demo answers. Get Lingma here: the gateway takes it over by itself."
            )
        if not programs.used:
            return self.tr(
                "No Lingma was found in the folders of its editors and plugins. Download it, or "
                "choose its program."
            )
        chosen = next((each for each in programs.versions if each.in_use), None)
        if chosen is not None and str(chosen.program) != programs.used:
            return self.tr(
                "Another program comes first: it was found on this computer, or named in the "
                "settings. To use a version from here, press Use."
            )
        return ""

    def _show_download(self, event: InstallChanged | None, *, busy: bool) -> None:
        self._progress.setVisible(busy)
        self._figures.setVisible(busy)
        told = event is not None and not busy
        self._outcome.setVisible(told)
        if event is None:
            return
        if busy:
            title = program_wording.install_title(event)
            figures = program_wording.install_figures(event)
            self._figures.setText(" – ".join(filter(None, (title, figures))))
            self._progress.setRange(0, PER_MILLE if event.bytes_total else 0)
            if event.bytes_total:
                self._progress.setValue(PER_MILLE * event.bytes_done // event.bytes_total)
            self._progress.setAccessibleName(self._figures.text())
            return
        tone, shape, text = "info", Shape.INFO, ""
        if event.state is InstallState.DONE:
            tone, shape, text = "info", Shape.CHECK, _hash_lines(event.sha256)
        elif event.state is InstallState.FAILED:
            tone, shape, text = "error", Shape.TRIANGLE, program_wording.install_error(event)
        self._outcome.set_tone(tone, shape)
        self._outcome.set_colours(tone_colour(self._tokens, tone), tone_surface(self._tokens, tone))
        self._outcome.say(program_wording.install_title(event), text)

    def _show_versions(self, programs: ProgramsKnown) -> None:
        while (item := self._versions.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if programs.versions:
            self._versions.addWidget(label(self.tr("Downloaded versions"), "caption"))
        for version in programs.versions:
            self._versions.addWidget(self._version_row(version, programs.used))

    def _version_row(self, version: Installed, used: str) -> QWidget:
        is_used = str(version.program) == used
        words = QWidget()
        texts = QVBoxLayout(words)
        texts.setContentsMargins(0, 0, 0, 0)
        texts.setSpacing(0)
        mark = self.tr("{version} – in use") if is_used else "{version}"
        texts.addWidget(label(mark.format(version=version.name), "strong", wraps=True))
        origin = program_wording.origin(version.source)
        digest = f"SHA-256 {version.sha256[:16]}…" if version.sha256 else ""
        small = label(" · ".join(filter(None, (origin, digest))), "small", wraps=True)
        small.setToolTip("\n".join(filter(None, (version.source, version.sha256))))
        texts.addWidget(small)
        row = FoldingRow(FOLD_BELOW_EM, GAP)
        row.add(words, stretches=True)
        if not is_used:
            use = QPushButton(self.tr("Use"))
            use.setAccessibleName(self.tr("Use {version}").format(version=version.name))
            use.clicked.connect(
                lambda _checked=False: self._actions.use(version.name, str(version.program))
            )
            row.add(use)
        remove = QPushButton(self.tr("Remove…"))
        remove.setAccessibleName(self.tr("Remove {version}").format(version=version.name))
        remove.clicked.connect(lambda _checked=False: self._ask_to_remove(version.name))
        row.add(remove)
        return row

    # --- what its user does ----------------------------------------------------------------------

    def _fetch_url(self) -> None:
        url = self._url.text().strip()
        if url:
            self._actions.fetch(url)

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a Lingma program or a VSIX"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._actions.choose_file)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask_to_remove(self, version: str) -> None:
        ask(
            self,
            self.tr("Remove Lingma {version} from this computer?").format(version=version),
            self.tr("Remove"),
            lambda: self._actions.remove(version),
            details=self.tr("It can be downloaded again. Logins stay."),
            destructive=True,
        )


def _is_gone(event: InstallChanged | None, programs: ProgramsKnown | None) -> bool:
    """Whether what was installed last is no longer here."""
    if event is None or programs is None or event.state is not InstallState.DONE:
        return False
    return event.version not in [each.name for each in programs.versions]


def _hash_lines(sha256: str) -> str:
    """In two lines: whole it would be the widest word of the page."""
    half = len(sha256) // 2
    return f"SHA-256\n{sha256[:half]}\n{sha256[half:]}"
