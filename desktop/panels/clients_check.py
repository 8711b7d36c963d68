"""Check: what this client sends, sent for real, and what works of it."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from desktop.client_wording import probe_problem, probe_title
from desktop.durations import duration
from desktop.panels.marks import PROBE_MARKS, Mark, tone_colour
from desktop.panels.panel import PanelContext
from desktop.state import AppState
from desktop.theme import Tokens
from desktop.widgets.button_row import ButtonRow
from desktop.widgets.card import Card
from desktop.widgets.status_shapes import paint_shape
from desktop.widgets.styling import label, set_property
from gateway_engine.public import ClientView, ProbeResult, ProbeState

MOST_ROWS = 24
FIGURE_ALIGNMENT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CheckCard(Card):
    """A line a request: does it work, how long it took, what failed."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._actions = context.actions.clients
        self._name = ""
        self._is_running = False
        self.setAccessibleName(self.tr("Check"))
        self._about = label(
            self.tr("Sends what this client sends to the gateway, for real, and shows what works."),
            "soft",
            wraps=True,
        )
        self._button = QPushButton()
        self._button.clicked.connect(lambda _checked=False: self._pressed())
        self._summary = label("", "strong", wraps=True)
        self._table = _Matrix(self.tr("What works"), context.tokens)
        self.body.setSpacing(12)
        self.body.addWidget(label(self.tr("Check"), "heading"))
        self.body.addWidget(self._about)
        self.body.addWidget(ButtonRow([self._button]))
        self.body.addWidget(self._summary)
        self.body.addWidget(self._table)

    def show_client(self, state: AppState, view: ClientView) -> None:
        """Show how far the check of this client is."""
        self._name = view.status.client.name
        check = state.clients.checks.get(self._name)
        self._is_running = check is not None and check.is_running
        self._button.setText(self.tr("Stop") if self._is_running else self.tr("Run the check"))
        self._button.setEnabled(self._is_running or bool(state.endpoint.url))
        self._button.setToolTip("" if state.endpoint.url else self.tr("The endpoint is closed."))
        results = check.results if check is not None else ()
        self._table.setVisible(bool(results))
        self._table.show_results(results)
        self._show_summary(results)

    def _show_summary(self, results: Sequence[ProbeResult]) -> None:
        passed = sum(result.state is ProbeState.PASSED for result in results)
        failed = sum(result.state is ProbeState.FAILED for result in results)
        tone = ""
        if not results:
            text = ""
        elif self._is_running:
            text = self.tr("Checking, {done} of {all}…").format(
                done=passed + failed, all=len(results)
            )
        elif failed:
            text, tone = (
                self.tr("{failed} of {all} fail").format(failed=failed, all=len(results)),
                "error",
            )
        elif passed < len(results):
            text = self.tr("Stopped after {done} of {all}").format(done=passed, all=len(results))
        else:
            text, tone = self.tr("All {all} work").format(all=len(results)), "ok"
        self._summary.setText(text)
        self._summary.setVisible(bool(text))
        set_property(self._summary, "tone", tone)

    def _pressed(self) -> None:
        if self._is_running:
            self._actions.stop_check(self._name)
        else:
            self._actions.check(self._name)


class _Roomy(QStyledItemDelegate):
    """Cells with room for letters of a taller font than the one that is measured (Chinese ones);
    without it Qt leaves lines out."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """A fifth more."""
        hint = super().sizeHint(option, index)
        return QSize(hint.width(), round(hint.height() * 1.2))


class _Matrix(QTableWidget):
    """The results; as high as they are, up to a limit."""

    def __init__(self, name: str, tokens: Tokens, parent: QWidget | None = None) -> None:
        super().__init__(0, 3, parent)
        self._tokens = tokens
        self._results: tuple[ProbeResult, ...] = ()
        self.setAccessibleName(name)
        self.setHorizontalHeaderLabels([self.tr("Result"), self.tr("Request")])
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setProperty("plaincells", True)
        self.setWordWrap(True)
        self.setItemDelegate(_Roomy(self))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.verticalHeader().sectionResized.connect(lambda *_: self._fit())
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        took = QTableWidgetItem(self.tr("Took"))
        took.setTextAlignment(FIGURE_ALIGNMENT)
        self.setHorizontalHeaderItem(2, took)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        side = max(16, self.fontMetrics().height())
        self.setIconSize(QSize(side, side))

    def show_results(self, results: tuple[ProbeResult, ...]) -> None:
        """Show these; the chosen line stays."""
        if results == self._results:
            return
        self._results = results
        if self.rowCount() != len(results):
            self.setRowCount(len(results))
        for row, result in enumerate(results):
            mark = PROBE_MARKS[result.state]
            state = QTableWidgetItem(self._icon(mark), self._word(result.state))
            state.setForeground(QColor(tone_colour(self._tokens, mark[1])))
            self.setItem(row, 0, state)
            problem = probe_problem(result) if result.state is ProbeState.FAILED else ""
            asked = f"{probe_title(result)}\n{problem or result.path}"
            what = QTableWidgetItem(asked)
            what.setToolTip(f"{result.path}\n{problem}".strip())
            self.setItem(row, 1, what)
            is_over = result.state in (ProbeState.PASSED, ProbeState.FAILED)
            took = duration(result.took_ms)
            figure = QTableWidgetItem(took if is_over else "")
            figure.setTextAlignment(FIGURE_ALIGNMENT)
            self.setItem(row, 2, figure)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Sentences fold anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = min(self.rowCount(), MOST_ROWS)
        rows = sum(self.rowHeight(row) for row in range(shown))
        height = self.horizontalHeader().sizeHint().height() + rows + 2 * self.frameWidth() + 4
        if self.minimumHeight() != height:
            self.setFixedHeight(height)

    def _word(self, state: ProbeState) -> str:
        return {
            ProbeState.WAITING: self.tr("Waits"),
            ProbeState.RUNNING: self.tr("Asked"),
            ProbeState.PASSED: self.tr("Works"),
            ProbeState.FAILED: self.tr("Fails"),
        }[state]

    def _icon(self, mark: Mark) -> QIcon:
        side = self.iconSize().width() * 2
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        colour = QColor(tone_colour(self._tokens, mark[1]))
        paint_shape(
            painter, QRectF(0, 0, side, side), mark[0], colour, QColor(self._tokens.surface)
        )
        painter.end()
        return QIcon(pixmap)
