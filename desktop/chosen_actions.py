"""What a user can do with several requests at once: export, pin, copy.

What is chosen is said by the table as places too, for rows whose lines are not here: they are read
first. Requests that still run have no record, and are left out and counted.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication

from desktop.asking import EngineAsker, EngineRequest
from desktop.detail_actions import weight
from desktop.engine_thread import EngineControl
from desktop.page_words import page_words
from desktop.sizes import size
from desktop.slices.live_requests import running
from desktop.slices.requests import PAGE_ROWS, HistoryView, RecordsPinned
from desktop.state import ActionFailed
from gateway_engine.public import Export, ExportKind, Record, Summary, export

MOST_CHOSEN: Final = 500
"""So many requests can be exported or pinned together."""
MOST_CHARS: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rows that are chosen: `count` of them, of which `lines` are here. `places` are those of
    the history that are not; both end where there are more than MOST_CHOSEN.
    """

    count: int = 0
    lines: tuple[Summary, ...] = ()
    places: tuple[int, ...] = ()

    @property
    def is_too_many(self) -> bool:
        """More than can be taken together."""
        return self.count > MOST_CHOSEN


class ChosenActions:
    """Hangs on `Actions.chosen`. One thing at a time: what is asked meanwhile is not done."""

    def __init__(self, asker: EngineAsker) -> None:
        self._asker = asker
        self._is_busy = False

    def export(self, chosen: Chosen, kind: ExportKind, then: Callable[[Export, int], None]) -> None:
        """Make one file of all, to be looked at before it is saved; `then` is also told how many
        of them are not in it."""
        self._begin(self._export(chosen, kind, then), chosen, name="export-several")

    def pin(self, chosen: Chosen, pinned: bool) -> None:
        """Let the records of all outlive the tidying, or not."""
        self._begin(self._pin(chosen, pinned), chosen, name="pin-several")

    def copy_ids(self, chosen: Chosen) -> None:
        """The ids, a line each."""
        self._begin(self._copy_ids(chosen), chosen, name="copy-ids")

    # --- inside ----------------------------------------------------------------------------------

    def _begin(self, work: Coroutine[Any, Any, None], chosen: Chosen, *, name: str) -> None:
        if self._is_busy or chosen.is_too_many or not self._asker.has_engine:
            work.close()
            return
        self._is_busy = True
        self._asker.spawn(self._do(work), name=name)

    async def _do(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        finally:
            self._is_busy = False

    async def _export(
        self, chosen: Chosen, kind: ExportKind, then: Callable[[Export, int], None]
    ) -> None:
        lines = await self._lines(chosen)
        records: list[Record] = []
        chars = 0
        for line in self._over(lines):
            found = await self._asker.ask(_reading(line.id))
            if found is None:
                return  # it is said in the window
            records += found
            chars += sum(map(weight, found))
            if chars > MOST_CHARS:
                words = QCoreApplication.translate(
                    "Requests", "Together they are larger than {size}. Choose fewer requests."
                )
                self._fail(words.format(size=size(MOST_CHARS)))
                return
        if not records:
            self._fail(
                QCoreApplication.translate("Requests", "None of these requests has a record.")
            )
            return
        said = page_words(records, self._asker.store.state.instances)
        made = await asyncio.to_thread(export, records, kind, said)
        then(made, chosen.count - len(records))

    async def _pin(self, chosen: Chosen, pinned: bool) -> None:
        lines = self._over(await self._lines(chosen))
        ids = [line.id for line in lines if line.pinned is not pinned]
        found = await self._asker.ask(lambda engine: _pin(engine, ids, pinned))
        if found:
            self._asker.store.dispatch(RecordsPinned(frozenset(found), pinned))

    async def _copy_ids(self, chosen: Chosen) -> None:
        lines = await self._lines(chosen)
        QGuiApplication.clipboard().setText("\n".join(line.id for line in lines))

    def _fail(self, words: str) -> None:
        self._asker.store.dispatch(ActionFailed(words))

    def _over(self, lines: Sequence[Summary]) -> list[Summary]:
        """Those that do not run any more."""
        still = running(self._asker.store.state.requests.live)
        return [line for line in lines if line.id not in still]

    async def _lines(self, chosen: Chosen) -> list[Summary]:
        lines = list(chosen.lines)
        view = self._asker.store.state.requests.view
        if view is not None:
            for number, places in groupby(chosen.places, lambda place: place // PAGE_ROWS):
                page = await self._asker.ask(_paging(view, number))
                within = [place % PAGE_ROWS for place in places]
                lines += [page[place] for place in within if page and place < len(page)]
        return lines


def _reading(record_id: str) -> EngineRequest[list[Record]]:
    """Reads one record; none where there is none."""

    async def read(engine: EngineControl) -> list[Record]:
        record = await engine.records.get(record_id)
        return [] if record is None else [record]

    return read


def _paging(view: HistoryView, number: int) -> EngineRequest[tuple[Summary, ...]]:
    """Reads one page of the history as the table has it."""
    query, anchor = view.filter.query(), view.survey.anchor

    async def read(engine: EngineControl) -> tuple[Summary, ...]:
        return await engine.records.stretch(query, anchor, number * PAGE_ROWS, PAGE_ROWS)

    return read


async def _pin(engine: EngineControl, ids: Sequence[str], pinned: bool) -> list[str]:
    return [record_id for record_id in ids if await engine.records.pin(record_id, pinned)]
