"""Where settings, data and log lie, how much is logged, and the support bundle."""

from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy

from desktop.panels.panel import PanelContext
from desktop.setting_choices import level_title
from desktop.state import AppState
from desktop.widgets.card import Card
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.reader_names import captioned, show_value
from desktop.widgets.styling import label

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class PlacesCard(Card):
    """A row a place, each with a button that opens its folder."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Files"))
        self.body.addWidget(label(self.tr("Files"), "heading"))
        self._desktop = context.actions.desktop
        self._places: list[tuple[QLabel, QPushButton]] = []
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(16)
        self._rows.setVerticalSpacing(8)
        self._rows.setColumnStretch(1, 1)
        self._config = self._add(self.tr("Settings"))
        self._data = self._add(self.tr("Data"))
        self._log = self._add(self.tr("Log"))
        self._level = QComboBox()
        for name in LEVELS:
            self._level.addItem(level_title(name), name)
        self._level.setAccessibleName(self.tr("How much is logged until the next start"))
        self._level.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._level.activated.connect(
            lambda place: self._desktop.log_more_or_less(self._level.itemData(place))
        )
        caption = label(self.tr("Log level"), "small")
        caption.setBuddy(self._level)
        row = self._rows.rowCount()
        self._rows.addWidget(caption, row, 0)
        level = QHBoxLayout()  # a box that may not grow would keep its whole column narrow
        level.addWidget(self._level)
        level.addStretch(1)
        self._rows.addLayout(level, row, 1)
        self.body.addLayout(self._rows)
        self.body.addWidget(
            label(
                self.tr("Holds until the next start. To keep a level, set Log level in Settings."),
                "small",
                wraps=True,
            )
        )

    def _add(self, title: str) -> QLabel:
        row = self._rows.rowCount()
        place = captioned(ElidedLabel(), title)
        place.setProperty("code", True)
        button = QPushButton(self.tr("Open"))
        button.setAccessibleName(self.tr("Open the folder of: {what}").format(what=title))
        button.clicked.connect(lambda _checked=False: self._desktop.open_folder(place.text()))
        self._places.append((place, button))
        self._rows.addWidget(label(title, "small"), row, 0)
        self._rows.addWidget(place, row, 1)
        self._rows.addWidget(button, row, 2)
        return place

    def render_state(self, state: AppState) -> None:
        """Show the places of the plan."""
        places = state.product.places
        show_value(self._config, places.config_file)
        show_value(self._data, places.data_folder)
        show_value(self._log, places.log_file)
        self._level.setCurrentIndex(self._level.findData(state.product.log_level))
        self._level.setEnabled(bool(state.product.log_level))
        for place, button in self._places:
            button.setEnabled(bool(place.text()))
