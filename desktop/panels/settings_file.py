"""The settings file: where it is, taking settings in and out, and what is amiss with it."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop import refusals, setting_words
from desktop.panels.marks import tone_colour, tone_surface
from desktop.panels.panel import PanelContext
from desktop.sentences import listed
from desktop.slices.settings import Saving
from desktop.state import AppState
from desktop.widgets.banner import Banner
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.status_shapes import Shape

FOLD_BELOW_EM = 34
EXPORT_NAME = "lingma-gateway-settings.toml"


class SettingsFileRow(FoldingRow):
    """The file's path, and Import, Export, Open."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(FOLD_BELOW_EM, 12)
        self._actions = context.actions.settings
        self._path = ElidedLabel()
        self._path.setProperty("type", "small")
        self._path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.add(self._path, stretches=True)
        buttons = QWidget()
        line = QHBoxLayout(buttons)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        self.take = QPushButton(self.tr("Import…"))
        self.take.clicked.connect(self._choose_import)
        self._give = QPushButton(self.tr("Export…"))
        self._give.clicked.connect(self._show_exports)
        see = QPushButton(self.tr("Open the file"))
        see.clicked.connect(self._actions.open_file)
        for button in (self.take, self._give, see):
            line.addWidget(button)
        self._buttons = buttons
        self.add(buttons)

    def render_state(self, state: AppState) -> None:
        """Show where the file is."""
        view = state.settings.view
        self._path.setText(str(view.file) if view is not None else "")
        self._buttons.setEnabled(view is not None)

    def _choose_import(self) -> None:
        dialog = QFileDialog(self, self.tr("Import settings"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Settings (*.toml)"), self.tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self._actions.look_into(Path(path)))
        dialog.open()

    def _show_exports(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Without keys and passwords…"), lambda: self._choose_export(False))
        menu.addAction(self.tr("With keys and passwords…"), lambda: self._choose_export(True))
        menu.popup(self._give.mapToGlobal(QPoint(0, self._give.height() + 2)))

    def _choose_export(self, secrets: bool) -> None:
        dialog = QFileDialog(self, self.tr("Export settings"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.selectFile(EXPORT_NAME)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self._actions.export(Path(path), secrets=secrets))
        dialog.open()


class SettingsNotes(QWidget):
    """Banners: a file that cannot be used, one that somebody edited, what became of a change."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._tokens = context.tokens
        actions = context.actions.settings
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._problem = self._add("error", Shape.TRIANGLE)
        self._problem.add_button(self.tr("Open the file"), actions.open_file)
        self._refused = self._add("error", Shape.TRIANGLE)
        self._refused.add_button(self.tr("Dismiss"), actions.dismiss_note)
        self._edited = self._add("warn", Shape.INFO)
        use = self._edited.add_button(self.tr("Use the file"), actions.reload)
        use.setProperty("kind", "primary")
        self._later = self._add("info", Shape.INFO)
        self._overridden = self._add("warn", Shape.INFO)
        self._overridden.add_button(self.tr("Dismiss"), actions.dismiss_note)

        self._imported = self._add("ok", Shape.CHECK)
        self._imported.add_button(self.tr("Undo"), actions.take_back)
        self._imported.add_button(self.tr("Dismiss"), actions.dismiss_note)

    def _add(self, tone: str, shape: Shape) -> Banner:
        banner = Banner(tone, shape)
        banner.set_colours(tone_colour(self._tokens, tone), tone_surface(self._tokens, tone))
        banner.hide()
        self._column.addWidget(banner)
        return banner

    def render_state(self, state: AppState) -> None:
        """Show what applies."""
        settings = state.settings
        view = settings.view
        problem = refusals.words(view.problem) if view is not None and view.problem else ""
        refusal = settings.refusal if settings.saving is Saving.REFUSED else ""
        edited = view is not None and view.changed_on_disk
        later = view.at_next_start if view is not None else ()
        _say(self._problem, self.tr("The settings file cannot be used as it is"), problem)
        _say(self._refused, self.tr("Nothing was changed"), refusal)
        _say(
            self._edited,
            self.tr("The settings file was edited"),
            self.tr("It says something else than what is in force.") if edited else "",
        )
        _say(self._later, self.tr("Takes effect at the next start"), _titles(later))
        _say(
            self._overridden,
            self.tr("Saved, but overridden by the environment or the command line"),
            _titles(settings.overridden),
        )
        imported = settings.imported
        _say(
            self._imported,
            self.tr("The settings were imported"),
            imported.name if imported is not None else "",
        )
        self.setVisible(any(not banner.isHidden() for banner in self.findChildren(Banner)))


def _say(banner: Banner, title: str, text: str) -> None:
    if text:
        banner.say(title, text)
    banner.setVisible(bool(text))


def _titles(names: tuple[str, ...]) -> str:
    return listed(setting_words.title(name) for name in names)
