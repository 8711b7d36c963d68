"""Changes: what the gateway did not pass on as the client sent it, and why."""

from collections.abc import Iterable
from typing import Final

from desktop import change_wording
from desktop.panels.panel import PanelContext, scrolled_page
from desktop.panels.request_detail_tab import DetailTab
from desktop.sentences import in_a_row, listed
from desktop.widgets.fact_grid import Fact, FactGrid
from desktop.widgets.styling import label
from gateway_engine.public import Change, Record

MOST_SHOWN: Final = 200


class ChangesTab(DetailTab):
    """A line for each kind of change: a long task has the same one in message after message."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._note = label("", wraps=True)
        self._facts = FactGrid()
        column = scrolled_page(self, 12)
        column.addWidget(self._note)
        column.addWidget(self._facts)
        column.addStretch(1)

    def show_record(self, record: Record, previous: Record | None) -> None:
        """See DetailTab."""
        del previous
        changes = record.details.changes if record.details is not None else ()
        self._facts.show_facts(
            [
                Fact(places[0], self._whole(words, places[1:]))
                for words, places in self._by_words(changes[:MOST_SHOWN]).items()
            ]
        )
        if not changes:
            words = self.tr("Nothing was changed: all that the client sent was passed on.")
        else:
            words = self.tr("Not passed on as it was sent: {n}.").format(n=len(changes))
        if len(changes) > MOST_SHOWN:
            first = self.tr("The first {n} are shown.").format(n=MOST_SHOWN)
            words = in_a_row(words, first)
        self._note.setText(words)

    def _whole(self, words: str, more: list[str]) -> str:
        if not more:
            return words
        return "\n".join((words, self.tr("also: {places}").format(places=listed(more))))

    def _by_words(self, changes: Iterable[Change]) -> dict[str, list[str]]:
        """The places of which the same is said."""
        found: dict[str, list[str]] = {}
        for change in changes:
            words = self.tr("{action}: {reason}").format(
                action=change_wording.action(change.action), reason=change_wording.reason(change)
            )
            found.setdefault(words, []).append(change.field)
        return found
