"""Above the table of requests: what to look for, pause, clear, which columns."""

from collections.abc import Mapping

from PySide6.QtCore import QLocale, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.client_wording import client_name
from desktop.icons import line_icon
from desktop.models.request_cells import PROTOCOLS
from desktop.panels.panel import PanelContext
from desktop.slices.live_requests import RequestPhase
from desktop.slices.request_filter import CLIENT_LEFT, FAILED, OK, RUNNING, RequestFilter
from desktop.slices.requests import RequestsSlice
from desktop.widgets.button_icon import show_icon
from desktop.widgets.flow_row import FlowRow
from desktop.widgets.styling import GAP, label
from desktop.wording import called
from gateway_engine.public import SEARCHED_CHARS

TYPING_MS = 250
SEARCH_EM = 14
CHOICE_CHARS = 10


class SearchField(QLineEdit):
    """The text to look for. Escape empties it, and leaves it when it is empty."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ways back to the table."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_Return):
            self.left.emit()
        else:
            super().keyPressEvent(event)


class RequestsToolbar(QWidget):
    """Chooses a `RequestFilter` and asks for the rest."""

    clear_wanted = Signal()
    columns_wanted = Signal(QWidget)
    left = Signal()
    """The keyboard goes back to the table."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._actions = context.actions.requests
        tokens = context.tokens
        self._filter = RequestFilter()
        self._is_showing = False
        self._looks: tuple[object, ...] = ()
        self._choices_of: tuple[object, ...] = ()
        self.search = SearchField()
        self.search.setPlaceholderText(self.tr("Search requests"))
        self.search.setAccessibleName(self.tr("Search requests"))
        self.search.setToolTip(
            self.tr("In ids, names, errors and the beginning of the last question (Ctrl+F)")
        )
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(SEARCH_EM * self.fontMetrics().height())
        self.search.left.connect(self.left)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._choose)
        self.search.textChanged.connect(self._typed)

        self._pause = QPushButton()
        self._pause.setCheckable(True)
        self._pause.setProperty("toggle", True)
        self._pause.clicked.connect(self._actions.pause)
        self._icons = {
            paused: line_icon("play" if paused else "pause", tokens.text)
            for paused in (False, True)
        }
        self._clear = QPushButton(self.tr("Clear…"))
        show_icon(self._clear, line_icon("clear", tokens.text, tokens.text_soft))
        self._clear.setToolTip(self.tr("Delete the whole history of requests"))
        self._clear.clicked.connect(self.clear_wanted)
        columns = QPushButton(self.tr("Columns"))
        show_icon(columns, line_icon("columns", tokens.text))
        columns.clicked.connect(lambda _checked=False: self.columns_wanted.emit(columns))

        self._status = self._combo(self.tr("Status"), self.tr("Any status"))
        for key, words in (
            (RUNNING, self.tr("Running")),
            (OK, self.tr("Succeeded")),
            (FAILED, self.tr("Failed")),
            (CLIENT_LEFT, self.tr("Client left")),
        ):
            self._status.addItem(words, key)
        self._protocol = self._combo(self.tr("Protocol"), self.tr("Any protocol"))
        self._client = self._combo(self.tr("Client"), self.tr("Any client"))
        self._instance = self._combo(self.tr("Instance"), self.tr("Any instance"))
        self._pinned = QPushButton(self.tr("Pinned"))
        self._pinned.setCheckable(True)
        self._pinned.setProperty("toggle", True)
        show_icon(self._pinned, line_icon("pin", tokens.text))
        self._pinned.setToolTip(self.tr("Only requests that are pinned"))
        self._pinned.clicked.connect(self._choose)
        self.reset = QPushButton(self.tr("Show all"))
        self.reset.setProperty("kind", "quiet")
        self.reset.clicked.connect(self.show_all)
        self._count = label("", "small")
        self._where = label("", "small", wraps=True)
        self._where.hide()

        above, below = FlowRow(GAP), FlowRow(GAP)
        above.add(self.search, stretches=True)
        for button in (self._pause, self._clear, columns):
            above.add(button)
        for combo in (self._status, self._protocol, self._client, self._instance):
            below.add(combo)
        below.add(self._pinned)
        below.add(self.reset)
        below.add(self._count)
        self._lines = (above, below)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(above)
        column.addWidget(below)
        column.addWidget(self._where)

    def _combo(self, name: str, any_words: str) -> QComboBox:
        combo = QComboBox()
        combo.setAccessibleName(name)
        combo.setMinimumContentsLength(CHOICE_CHARS)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.addItem(any_words, "")
        combo.currentIndexChanged.connect(self._choose)
        return combo

    # --- what the user chooses -------------------------------------------------------------------

    def show_all(self) -> None:
        """Look for nothing in particular."""
        self._actions.filter_by(RequestFilter())

    def _typed(self, _text: str) -> None:
        if not self._is_showing:
            self._typing.start()

    def _choose(self, *_ignored: object) -> None:
        if self._is_showing:
            return
        self._typing.stop()
        self._actions.filter_by(
            RequestFilter(
                text=self.search.text().strip(),
                status=self._status.currentData(),
                protocol=self._protocol.currentData(),
                client=self._client.currentData(),
                instance=self._instance.currentData(),
                pinned=self._pinned.isChecked(),
            )
        )

    # --- what is shown ---------------------------------------------------------------------------

    def show_requests(
        self, requests: RequestsSlice, waiting: int, rows: int, titles: Mapping[str, str]
    ) -> None:
        """Show the filter, the choices and the figures. `titles`: other names of instances."""
        self._is_showing = True
        chosen = requests.filter
        if chosen != self._filter:
            self._filter = chosen
            if self.search.text().strip() != chosen.text:
                self.search.setText(chosen.text)
        _select(self._status, chosen.status)
        self._show_choices(requests, titles)
        self._pinned.setChecked(chosen.pinned)
        self.reset.setVisible(chosen.is_set)
        self._show_where(requests)
        self._show_pause(requests, waiting)
        figures = self._figures(requests, rows)
        looks = (self._pause.text(), figures, chosen.is_set)
        if looks != self._looks:
            self._looks = looks
            self._count.setText(figures)
            for line in self._lines:
                line.arrange()
        self._is_showing = False

    def _show_where(self, requests: RequestsSlice) -> None:
        """What a text is looked for in, while there is one."""
        has_bodies = requests.view is None or requests.view.survey.bodies
        if has_bodies:
            words = self.tr(
                "Looks in ids, paths, names, errors and the first {n} characters of the last "
                "question. Of requests that still run the question is not searched yet."
            ).format(n=QLocale().toString(SEARCHED_CHARS))
        else:
            words = self.tr(
                "Looks in ids, paths, names and codes of errors: questions are not recorded."
            )
        self._where.setText(words)
        self._where.setVisible(bool(requests.filter.text))

    def _show_choices(self, requests: RequestsSlice, titles: Mapping[str, str]) -> None:
        survey = requests.view.survey if requests.view else None
        choices_of = (survey, requests.arrived, requests.filter, titles)
        if choices_of == self._choices_of:
            return
        self._choices_of = choices_of
        lines = [live.summary for live in requests.live.values()]
        chosen = requests.filter
        protocols = {chosen.protocol, *(survey.protocols if survey else ())}
        clients = {chosen.client, *(survey.clients if survey else ())}
        instances = {chosen.instance, *(survey.instances if survey else ())}
        protocols |= {line.protocol for line in lines}
        clients |= {line.client for line in lines}
        instances |= {line.instance for line in lines}
        for combo, names, now in (
            (self._protocol, {key: PROTOCOLS.get(key, key) for key in protocols}, chosen.protocol),
            (self._client, {key: client_name(key) for key in clients}, chosen.client),
            (self._instance, {key: called(key, titles) for key in instances}, chosen.instance),
        ):
            names.pop("", None)
            _offer(combo, names)
            _select(combo, now)

    def _show_pause(self, requests: RequestsSlice, waiting: int) -> None:
        is_paused = requests.paused_at is not None
        self._pause.setChecked(is_paused)
        show_icon(self._pause, self._icons[is_paused])
        if not is_paused:
            words = self.tr("Pause")
        elif waiting:
            words = self.tr("Resume, {n} new").format(n=QLocale().toString(waiting))
        else:
            words = self.tr("Resume")
        if words != self._pause.text():
            self._pause.setText(words)
            tip = self.tr("New requests wait until you resume (Space)")
            self._pause.setToolTip(tip)

    def _figures(self, requests: RequestsSlice, rows: int) -> str:
        locale = QLocale()
        over = RequestPhase.OVER
        running = sum([live.phase is not over for live in requests.live.values()])
        total = self.tr("Requests: {n}").format(n=locale.toString(rows))
        if not running:
            return total
        return total + " · " + self.tr("running: {n}").format(n=locale.toString(running))


def _select(combo: QComboBox, key: str) -> None:
    place = combo.findData(key)
    if place >= 0 and place != combo.currentIndex():
        combo.setCurrentIndex(place)


def _offer(combo: QComboBox, words: Mapping[str, str]) -> None:
    """These after the first item, by key; an open list is left as it is."""
    wanted = sorted(words.items())
    places = range(1, combo.count())
    present = [(combo.itemData(place), combo.itemText(place)) for place in places]
    if present == wanted or combo.view().isVisible():
        return
    key = combo.currentData()
    while combo.count() > 1:
        combo.removeItem(1)
    for name, text in wanted:
        combo.addItem(text, name)
    _select(combo, key)
