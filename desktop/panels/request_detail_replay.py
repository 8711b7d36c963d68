"""Replay: the request sent again, by a person's click, and its answer beside the first one."""

from typing import Final

from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QPushButton,
    QWidget,
)

from desktop import detail_wording as wording
from desktop.durations import duration
from desktop.icons import line_icon
from desktop.panels.diff import diff_view
from desktop.panels.panel import PanelContext, scrolled_page
from desktop.panels.request_detail_tab import DetailTab
from desktop.panels.texts import code_view
from desktop.replaying import answer_text
from desktop.sentences import listed
from desktop.slices.replay import ReplayPhase, ReplayRun
from desktop.state import AppState
from desktop.widgets.button_icon import show_icon
from desktop.widgets.diff_lines import diff_of
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.reader_names import name_for_readers
from desktop.widgets.styling import label, set_property
from desktop.widgets.views import Views
from desktop.wording import error as error_words
from desktop.wording import instance_name, name_of
from gateway_engine.public import REPLAY_PROTOCOLS, Record, read_answer

FOLD_BELOW_EM: Final = 40
ANSWER_EM: Final = 9
PROTOCOL_CHARS: Final = 15


class ReplayTab(DetailTab):
    """What to ask whom, the new answer as it comes, and how it differs from the first."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._actions = context.actions.details
        self._shown: Record | None = None
        self._run: ReplayRun | None = None
        self._first = ""
        self._compared = ""
        self._state = AppState()
        self._protocol = _combo(self.tr("Protocol"))
        self._protocol.setMinimumContentsLength(PROTOCOL_CHARS)
        self._model = _combo(self.tr("Model"))
        self._model.setEditable(True)
        name_for_readers(self._model, self._model.accessibleName())
        self._instance = _combo(self.tr("Instance"))
        self._button = QPushButton()
        self._button.clicked.connect(self._pressed)
        self._send_icon = line_icon(
            "send", context.tokens.on_accent, disabled=context.tokens.text_soft
        )
        self._stop_icon = line_icon("stop", context.tokens.text)
        self._warning = label(
            self.tr(
                "This asks for real: it uses the account's quota, and tools the model calls are "
                "not run."
            ),
            "small",
            wraps=True,
        )
        self._note = label("", wraps=True)
        self._answer = code_view(context.tokens, self.tr("New answer"))
        self._answer.set_placeholder(self.tr("The new answer streams in here."))
        self._diff = diff_view(context.tokens, self.tr("First and new answer compared"))
        self._views = Views(self.tr("Views of the replay"))
        self._views.add("answer", self.tr("New answer"), self._answer)
        self._views.add("diff", self.tr("Compared with the first"), self._diff)
        self._views.chosen.connect(lambda _key: self._compare())
        row = FoldingRow(FOLD_BELOW_EM, 12)
        for title, combo in (
            (self.tr("Protocol"), self._protocol),
            (self.tr("Model"), self._model),
            (self.tr("Instance"), self._instance),
        ):
            row.add(_named(title, combo), stretches=True)
        row.add(self._button, stands_low=True)
        self._views.setMinimumHeight(ANSWER_EM * self.fontMetrics().height())
        column = scrolled_page(self, 8)
        column.addWidget(row)
        column.addWidget(self._warning)
        column.addWidget(self._note)
        column.addWidget(self._views, 1)
        self._render_button()

    def searched(self) -> QWidget | None:
        """The new answer."""
        return self._answer

    def show_record(self, record: Record, previous: Record | None) -> None:
        """See DetailTab."""
        del previous
        self._shown = record
        self._compared = ""
        line = record.summary
        keys = [key for key in REPLAY_PROTOCOLS if key != line.protocol]
        self._protocol.clear()
        for key in (line.protocol, *keys):
            self._protocol.addItem(wording.protocol(key), key)
        self._fill_choices()
        details = record.details
        body = details.exchange.response_body.text if details is not None else ""
        self.prepare(
            record,
            len(body),
            lambda: answer_text(read_answer(line.protocol, body)),
            self._take_first,
        )
        self._show_run()

    def render_state(self, state: AppState) -> None:
        """What is there to choose from, and how far the replay is."""
        known = (state.instances, state.endpoint.url)
        is_news = known != (self._state.instances, self._state.endpoint.url)
        self._state = state
        if is_news and self._shown is not None:
            self._fill_choices()
        if state.replay.run is not self._run or is_news:
            self._run = state.replay.run
            self._show_run()

    # --- the choices -----------------------------------------------------------------------------

    def _fill_choices(self) -> None:
        line = self._shown.summary if self._shown is not None else None
        asked = line.model_asked if line is not None else ""
        models = {asked: None} | {
            str(model): None for status in self._state.instances for model in status.models
        }
        _refill(self._model, [(name, name) for name in models])
        edit = self._model.lineEdit()
        if edit is not None and not edit.hasFocus():
            edit.setCursorPosition(0)
        names = [(instance_name(status), str(status.name)) for status in self._state.instances]
        _refill(self._instance, [(self.tr("Any"), ""), *names])

    def _pressed(self) -> None:
        if self._is_running:
            self._actions.stop_replay()
        elif self._shown is not None:
            self._views.choose("answer")
            model = self._model.currentText().strip()
            self._actions.start_replay(
                self._shown,
                protocol=str(self._protocol.currentData()),
                model=model,
                instance=str(self._instance.currentData() or ""),
            )

    # --- the run ---------------------------------------------------------------------------------

    @property
    def _is_running(self) -> bool:
        return self._run is not None and self._run.is_running

    def _own(self) -> ReplayRun | None:
        if self._run is None or self._shown is None:
            return None
        return self._run if self._run.of == self._shown.summary.id else None

    def _show_run(self) -> None:
        run = self._own()
        self._answer.set_text(run.answer if run is not None else "")
        self._views.set_there("diff", is_there=run is not None and run.phase is ReplayPhase.DONE)
        words = [self._obstacle() or (self._words(run) if run is not None else "")]
        if run is not None and run.left_out:
            names = listed(wording.left_out(code) for code in run.left_out)
            words.append(self.tr("Not in the new request: {names}.").format(names=names))
        self._note.setText("\n".join(word for word in words if word))
        self._note.setVisible(bool(self._note.text()))
        is_bad = run is not None and run.phase is ReplayPhase.FAILED
        set_property(self._note, "tone", "error" if is_bad else "")
        self._render_button()
        self._compare()

    def _take_first(self, text: str) -> None:
        self._first = text
        self._compare()

    def _compare(self) -> None:
        run = self._own()
        if run is None or run.phase is not ReplayPhase.DONE or self._views.key() != "diff":
            return
        key = f"{run.record_id} {len(run.answer)}"
        if self._shown is None or key == self._compared:
            return
        self._compared = key
        first, new = self._first, run.answer
        self.prepare(
            self._shown, len(first) + len(new), lambda: diff_of(first, new), self._diff.show_diff
        )

    def _obstacle(self) -> str:
        if self._shown is None:
            return ""
        if not self._state.endpoint.url:
            return self.tr("The endpoint is closed. Open it on the overview, then send.")
        return wording.obstacle(self._shown)

    def _render_button(self) -> None:
        running = self._is_running
        self._button.setText(self.tr("Stop") if running else self.tr("Send again"))
        show_icon(self._button, self._stop_icon if running else self._send_icon)
        self._button.setEnabled(running or (self._shown is not None and not self._obstacle()))
        set_property(self._button, "kind", "" if running else "primary")

    def _words(self, run: ReplayRun) -> str:
        match run.phase:
            case ReplayPhase.ASKING:
                return self.tr("Asked, waiting for the first words…")
            case ReplayPhase.ANSWERING:
                return self._facts(run, self.tr("Answering"))
            case ReplayPhase.STOPPED:
                return self._facts(run, self.tr("Stopped by you"))
            case ReplayPhase.DONE:
                return self._facts(run, self.tr("Complete"))
            case ReplayPhase.FAILED:
                words = error_words(run.error_code, run.error_message)
                said = wording.replay_failure(run.error_code) or f"{words.title}: {words.text}"
                return f"{said} · HTTP {run.status}" if run.status else said

    def _facts(self, run: ReplayRun, first: str) -> str:
        instance = name_of(self._state.instances, run.instance_used)
        facts = [first, run.model_used, instance]
        line = self._shown.summary if self._shown is not None else None
        if run.first_ms:
            words = self.tr("first words after {time} (first time {before})")
            before = line.ttft_ms if line is not None and line.ttft_ms is not None else 0.0
            facts.append(words.format(time=duration(run.first_ms), before=duration(before)))
        if run.total_ms and line is not None:
            words = self.tr("total {time} (first time {before})")
            facts.append(words.format(time=duration(run.total_ms), before=duration(line.total_ms)))
        return " · ".join(fact for fact in facts if fact)


def _combo(name: str) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(8)
    return combo


def _named(title: str, combo: QComboBox) -> QWidget:
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(2)
    caption = label(title, "caption")
    caption.setBuddy(combo)
    grid.addWidget(caption, 0, 0)
    grid.addWidget(combo, 1, 0)
    return box


def _refill(combo: QComboBox, items: list[tuple[str, str]]) -> None:
    """Offer these; what was chosen stays chosen while it is there."""
    there = [(combo.itemText(n), combo.itemData(n)) for n in range(combo.count())]
    if there == items:
        return
    chosen = combo.currentText()
    combo.clear()
    for text, data in items:
        combo.addItem(text, data)
    if chosen in [text for text, _ in items]:
        combo.setCurrentText(chosen)
