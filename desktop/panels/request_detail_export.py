"""Before a file is written: what leaves in it. Nothing is saved before somebody has seen that."""

from PySide6.QtCore import QCoreApplication, QLocale, QStandardPaths, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QVBoxLayout, QWidget

from desktop.detail_actions import DetailActions
from desktop.sentences import listed
from desktop.sizes import size
from desktop.widgets.fact_grid import Fact, FactGrid
from desktop.widgets.styling import label
from gateway_engine.public import Export, ExportKind

EXPORT_KINDS = (ExportKind.HAR, ExportKind.HTML, ExportKind.RAW_ANSWER)
WIDTH_EM = 30
NAMES_EM = 14
"""For the facts' names, and what is around and between."""
LEAST_WIDTH_EM, LEAST_HEIGHT_EM = 18, 14


class ExportDialog(QDialog):
    """Shows what is in an export and asks where to put it. Opens without a loop of its own."""

    def __init__(
        self, made: Export, actions: DetailActions, parent: QWidget, left_out: int = 0
    ) -> None:
        super().__init__(parent)
        self._made, self._actions, self._left_out = made, actions, left_out
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title(made.kind))
        self._facts = FactGrid()
        self._facts.show_facts(self._facts_of(made))
        warning = label(self._warning(made), wraps=True)
        buttons = QDialogButtonBox()
        save = buttons.addButton(self.tr("Save as…"), QDialogButtonBox.ButtonRole.AcceptRole)
        save.setProperty("kind", "primary")
        save.setDefault(True)
        cancel = buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        cancel.setIcon(QIcon())  # some desktops' themes paint a coloured one
        buttons.accepted.connect(self._choose_place)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 20)
        column.setSpacing(12)
        column.addWidget(label(self.tr("What leaves in this file"), "heading"))
        column.addWidget(self._facts)
        column.addWidget(warning)
        column.addStretch(1)
        column.addWidget(buttons)
        em = self.fontMetrics().height()
        width = max(WIDTH_EM * em, self._width_of(made.file_name) + NAMES_EM * em)
        height = column.totalHeightForWidth(width)  # the hint is that of a narrower dialog
        self.setMinimumSize(LEAST_WIDTH_EM * em, min(LEAST_HEIGHT_EM * em, height))
        self.resize(width, height)

    def _width_of(self, file_name: str) -> int:
        """Of its longest piece: a name can be broken only after a hyphen."""
        pieces = file_name.replace("-", "- ").split()
        return max(self.fontMetrics().horizontalAdvance(piece) for piece in pieces)

    def _facts_of(self, made: Export) -> list[Fact]:
        locale = QLocale()
        facts = [
            Fact(self.tr("File"), f"{made.file_name} · {size(len(made.content))}"),
            Fact(self.tr("Requests"), locale.toString(made.requests) if made.requests > 1 else ""),
            Fact(self.tr("Prompts, files, tools"), _size(made.sent_bytes)),
            Fact(self.tr("Answers"), _size(made.answer_bytes)),
        ]
        if made.frames:
            words = self.tr("{n}, {size}").format(
                n=locale.toString(made.frames), size=size(made.frame_bytes)
            )
            facts.append(Fact(self.tr("Upstream messages"), words))
        if made.without_details:
            facts.append(
                Fact(
                    self.tr("Only figures of"),
                    self.tr("requests: {n}").format(n=made.without_details),
                )
            )
        if self._left_out:
            words = self.tr("{n}, still running or not kept any more")
            facts.append(Fact(self.tr("Left out"), words.format(n=locale.toString(self._left_out))))
        if made.cut:
            facts.append(Fact(self.tr("Missing"), self.tr("not all of the bodies was kept")))
        if made.removed:
            words = self.tr("removed from: {places}").format(places=listed(made.removed))
        else:
            words = self.tr("none was recorded")
        facts.append(Fact(self.tr("Keys and secrets"), words, "ok"))
        return facts

    def _warning(self, made: Export) -> str:
        if not made.sent_bytes and not made.answer_bytes:
            return self.tr("No prompts and no answers are in it.")
        if made.sent_bytes:
            return self.tr("Whoever gets this file can read the prompts and the answers in it.")
        return self.tr("Whoever gets this file can read the answer in it.")

    def _choose_place(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        files = QFileDialog(self, title(self._made.kind), folder)
        files.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        files.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        files.selectFile(self._made.file_name)
        files.fileSelected.connect(lambda path: self._actions.save(self._made, path, self.accept))
        files.open()


def title(kind: ExportKind) -> str:
    """What an export is called."""
    match kind:
        case ExportKind.HAR:
            return QCoreApplication.translate("ExportDialog", "Export as HAR")
        case ExportKind.RAW_ANSWER:
            return QCoreApplication.translate("ExportDialog", "Export the raw answer")
        case ExportKind.HTML:
            return QCoreApplication.translate("ExportDialog", "Export as a web page")


def export_title(kind: ExportKind, *, several: bool = False) -> str:
    """What stands in menus."""
    match kind:
        case ExportKind.HAR:
            return QCoreApplication.translate("ExportDialog", "HAR for browsers…")
        case ExportKind.RAW_ANSWER if several:
            return QCoreApplication.translate("ExportDialog", "Raw answers, packed…")
        case ExportKind.RAW_ANSWER:
            return QCoreApplication.translate("ExportDialog", "Raw answer…")
        case ExportKind.HTML:
            return QCoreApplication.translate("ExportDialog", "Web page…")


def open_export(made: Export, actions: DetailActions, parent: QWidget, left_out: int = 0) -> None:
    """Show what leaves. `left_out`: requests that were chosen and are not in it."""
    ExportDialog(made, actions, parent, left_out).open()


def _size(count: int) -> str:
    return size(count) if count else ""
