"""The support bundle: collected, every file shown, saved where the user says."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QListWidget, QListWidgetItem, QPushButton

from desktop.panels.panel import PanelContext
from desktop.panels.texts import code_view
from desktop.sizes import size
from desktop.state import AppState
from desktop.widgets.card import Card
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.styling import label
from gateway_engine.public import SupportFile

FILE_NAME = "lingma-gateway-support.zip"
FOLD_BELOW_EM = 30
LINES = 9


class SupportCard(Card):
    """Nothing leaves this computer by itself: a file is saved, and the user sends it or not."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._support = context.actions.support
        self._shown: tuple[SupportFile, ...] = ()
        title = self.tr("Support bundle")
        self.setAccessibleName(title)
        self._text = label(
            self.tr(
                "Versions, settings, figures and the end of the log, in one file for whoever "
                "helps you. No keys, accounts, prompts or answers are in it; you see everything "
                "before it is saved."
            ),
            "soft",
            wraps=True,
        )
        self._collect = QPushButton(self.tr("Collect…"))
        self._collect.clicked.connect(lambda _checked=False: self._support.collect())
        self._files = QListWidget()
        self._files.setAccessibleName(self.tr("Files of the bundle"))
        self._files.currentRowChanged.connect(self._show_file)
        self._view = code_view(context.tokens, self.tr("The file that is chosen"))
        line = self.fontMetrics().lineSpacing()
        for widget in (self._files, self._view):
            widget.setMinimumHeight(line * LINES)
            widget.setMinimumWidth(line * 8)
        self._view.setMaximumHeight(line * (LINES + 3))
        self._files.setMaximumHeight(line * (LINES + 3))
        self._both = FoldingRow(FOLD_BELOW_EM, 12)
        self._both.add(self._files, stretches=True)
        self._both.add(self._view, stretches=True)
        self._save = QPushButton(self.tr("Save…"))
        self._save.setProperty("kind", "primary")
        self._save.clicked.connect(lambda _checked=False: self._ask_where())
        self._forget = QPushButton(self.tr("Discard"))
        self._forget.clicked.connect(lambda _checked=False: self._support.forget())
        self._reveal = QPushButton(self.tr("Open folder"))
        self._reveal.clicked.connect(lambda _checked=False: self._support.open_folder())
        self._saved = label("", wraps=True)
        buttons = FoldingRow(FOLD_BELOW_EM, 8)
        buttons.add(self._save)
        buttons.add(self._forget)
        buttons.add(self._saved, stretches=True)
        buttons.add(self._reveal)
        self._buttons = buttons
        self.body.setSpacing(12)
        self.body.addWidget(label(title, "heading"))
        self.body.addWidget(self._text)
        self.body.addWidget(self._collect, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self._both)
        self.body.addWidget(buttons)

    def render_state(self, state: AppState) -> None:
        """Show how far it is."""
        support = state.support
        has_files = bool(support.files)
        focused = self.window().focusWidget()
        had_keyboard = self.isAncestorOf(focused)
        self._collect.setVisible(not has_files)
        # Switched off it would hand the keyboard to its neighbour; another press changes nothing.
        collecting = self.tr("Collecting…")
        self._collect.setText(collecting if support.is_collecting else self.tr("Collect…"))
        self._both.setVisible(has_files)
        self._buttons.setVisible(has_files)
        self._saved.setText(
            self.tr("Saved as {file}").format(file=support.saved) if support.saved else ""
        )
        self._reveal.setVisible(bool(support.saved))
        if support.files is not self._shown:
            self._shown = support.files
            self._show_list(support.files)
        if had_keyboard and not focused.isVisibleTo(self):
            (self._files if has_files else self._collect).setFocus()

    def _show_list(self, files: tuple[SupportFile, ...]) -> None:
        self._files.clear()
        for each in files:
            self._files.addItem(QListWidgetItem(f"{each.name} · {size(len(each.content))}"))
        self._files.setCurrentRow(0 if files else -1)

    def _show_file(self, row: int) -> None:
        is_there = 0 <= row < len(self._shown)
        text = self._shown[row].content.decode("utf-8", "replace") if is_there else ""
        self._view.set_text(text)

    def _ask_where(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self.window(), self.tr("Save the support bundle"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("ZIP (*.zip)")
        dialog.setDefaultSuffix("zip")
        dialog.setDirectory(folder if Path(folder).is_dir() else str(Path.home()))
        dialog.selectFile(FILE_NAME)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._support.save)
        dialog.open()
