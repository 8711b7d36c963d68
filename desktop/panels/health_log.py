"""The end of an instance's log: what it wrote to its file, what it printed. Ctrl+F searches."""

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop import wording
from desktop.panels.panel import PanelContext
from desktop.widgets.card import Card
from desktop.widgets.code_view import CodeView
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.segments import Segments
from desktop.widgets.styling import GAP, label
from gateway_engine.public import InstanceName, LogTail

HEIGHT_EM = 18
FOLD_BELOW_EM = 22
WRITTEN, PRINTED = "written", "printed"


class LogPart(Card):
    """Reads nothing itself: whoever owns it has the log read now and then."""

    def __init__(self, context: PanelContext, name: InstanceName) -> None:
        super().__init__()
        self._name = name
        self._tail: LogTail | None = None
        self._chosen = False
        self._shown = ""
        title = self.tr("Log")
        self.setAccessibleName(title)
        self._which = Segments(
            self.tr("Which log"),
            ((WRITTEN, self.tr("Log file")), (PRINTED, self.tr("Output"))),
        )
        self._which.chosen.connect(self._choose)
        self._file = ElidedLabel()
        self._file.setProperty("type", "small")
        self._text = CodeView(title)
        self._text.set_colours(found=context.tokens.warn_soft, on_found=context.tokens.text)
        self._text.setMinimumHeight(HEIGHT_EM * self.fontMetrics().height())
        find = QPushButton(self.tr("Find…"))
        find.setToolTip(self.tr("Search the log (Ctrl+F)"))
        find.clicked.connect(lambda _checked=False: self._text.open_search())

        beside = QWidget()
        row = QHBoxLayout(beside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self._which)
        row.addWidget(find)
        fold = FoldingRow(FOLD_BELOW_EM, GAP)
        fold.add(label(title, "heading"), stretches=True)
        fold.add(beside)
        self.body.addWidget(fold)
        self.body.addWidget(self._file)
        self.body.addWidget(self._text, 1)
        self.show_tail(None)

    def show_tail(self, tail: LogTail | None) -> None:
        """Show it, when it is this instance's."""
        if tail is not None and tail.name != self._name:
            return
        self._tail = tail
        if tail is not None and not self._chosen and not tail.written:
            self._which.choose(PRINTED)  # the only one that has something to say
        self._show()

    def take_focus(self) -> None:
        """Put the reader into the log."""
        self._text.setFocus()

    def _choose(self, _key: str) -> None:
        self._chosen = True
        self._show()

    def _show(self) -> None:
        tail, key = self._tail, self._which.key()
        if tail is None:
            self._text.set_placeholder(self.tr("Reading…"))
            self._file.setText("")
            self._text.set_text("")
            return
        lines = tail.written if key == WRITTEN else tail.printed
        self._text.set_placeholder(
            self.tr("It has not written a log that could be read here.")
            if key == WRITTEN
            else self.tr("It has printed nothing yet.")
        )
        read = self.tr("read at {time}").format(time=wording.clock(tail.at))
        file = tail.file if key == WRITTEN and tail.file else self.tr("what the program printed")
        self._file.setText(f"{file} · {read}")
        is_new = not self._text.text() or key != self._shown
        self._shown = key
        self._text.set_text("\n".join(lines))
        if is_new:
            self._text.show_end()
