"""The desktop's own choices among the settings: its look, its language, how it starts."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox

from desktop.panels.desktop_card import DesktopCard
from desktop.panels.panel import PanelContext
from desktop.state import AppState
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.styling import label

FOLD_BELOW_EM = 20


class SettingsDesktopCard(DesktopCard):
    """How the desktop starts, and theme and language before it."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        desktop = context.actions.desktop
        self._theme = self._add_choice(
            1,
            self.tr("Theme"),
            (
                ("auto", self.tr("Like the system")),
                ("light", self.tr("Light")),
                ("dark", self.tr("Dark")),
            ),
        )
        self._theme.currentIndexChanged.connect(
            lambda _index: desktop.choose_theme(self._theme.currentData())
        )
        self._language = self._add_choice(
            2,
            self.tr("Language"),
            (("auto", self.tr("Like the system")), ("en", "English"), ("zh_CN", "简体中文")),
        )
        self._language.currentIndexChanged.connect(
            lambda _index: desktop.choose_language(self._language.currentData())
        )

    def _add_choice(
        self, place: int, title: str, choices: tuple[tuple[str, str], ...]
    ) -> QComboBox:
        box = QComboBox()
        for key, text in choices:
            box.addItem(text, key)
        box.setAccessibleName(title)
        words = label(title, "strong")
        words.setBuddy(box)
        row = FoldingRow(FOLD_BELOW_EM, 12)
        row.add(words, stretches=True)
        row.add(box)
        self.body.insertWidget(place, row)
        return box

    def render_state(self, state: AppState) -> None:
        """Show what holds now."""
        super().render_state(state)
        choices = state.choices
        for box, key in ((self._theme, choices.theme), (self._language, choices.language)):
            with QSignalBlocker(box):
                box.setCurrentIndex(max(0, box.findData(key)))
