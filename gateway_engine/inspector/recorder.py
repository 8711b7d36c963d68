"""Where records are made: off the path of the requests, in batches, one after another.

    begin -> (the request runs) -> finish -> queue -> thread: redacted -> history -> listeners

The queue is bounded: when requests end faster than they can be written, bodies are given up first,
then lines, and the log says so. Whoever reads sees everything that had finished before.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final, Protocol

from gateway_engine.conversation import Change, ChatRequest
from gateway_engine.inspector.query import RecordPage, RecordQuery, Survey
from gateway_engine.inspector.record import Record, Summary, search_text
from gateway_engine.inspector.redaction import Secrets
from gateway_engine.inspector.trace import Arrival, Trace
from gateway_engine.inspector.writing import write_record
from gateway_engine.tasks import TaskOwner

logger = logging.getLogger(__name__)

BATCH_DELAY_S: Final = 0.1
MAX_BATCH: Final = 64
MAX_WAITING: Final = 2000
MAX_WAITING_BYTES: Final = 64 * 1024 * 1024
MAX_UNREAD: Final = 256
CLOSE_TIMEOUT_S: Final = 2.0


class History(Protocol):
    """Keeps records. Trouble with the storage is logged, and not raised but by `wipe` and `pin`."""

    async def add(self, records: Sequence[Record]) -> None:
        """Keep these; the newest is last."""
        ...

    async def find(self, query: RecordQuery) -> RecordPage:
        """Return one page, the newest first."""
        ...

    async def get(self, record_id: str) -> Record | None:
        """Return one record, None when there is none (any more)."""
        ...

    async def survey(self, query: RecordQuery, locate: str = "") -> Survey:
        """Return how many there are, and where the record `locate` is among them."""
        ...

    async def stretch(
        self, query: RecordQuery, anchor: int, offset: int, limit: int
    ) -> tuple[Summary, ...]:
        """Return what stands from `offset` on in what was surveyed at `anchor`."""
        ...

    async def pin(self, record_id: str, pinned: bool) -> bool:
        """Let this record outlive the tidying, or not; False when there is none. Raises
        GatewayError."""
        ...

    async def wipe(self) -> None:
        """Forget everything, on the disk too. Raises GatewayError when not all of it could be."""
        ...


class Listening:
    """One listener's unread lines. When it falls too far behind it is let go: `lost` is True."""

    def __init__(self) -> None:
        self._unread: deque[Summary] = deque()
        self._news = asyncio.Event()
        self._over = False
        self.lost = False

    def put(self, summary: Summary) -> None:
        """Something new; ignored once it is over."""
        if self._over:
            return
        if len(self._unread) >= MAX_UNREAD:
            self.lost = True
            self.end()
            return
        self._unread.append(summary)
        self._news.set()

    def end(self) -> None:
        """Nothing more comes."""
        self._over = True
        self._news.set()

    async def take(self) -> Summary | None:
        """Wait for the next line; None when it is over."""
        while not self._unread and not self._over:
            self._news.clear()
            await self._news.wait()
        return self._unread.popleft() if self._unread else None


class Recorder:
    """Makes records of requests and shows them. Everything is called on one loop.

    `explain` lists what rendering a conversation changes; `bodies` False keeps lines only. `tell`
    is given each line that was written, its number, and what a search finds it by.
    """

    def __init__(
        self,
        history: History,
        secrets: Secrets,
        *,
        bodies: bool,
        clock: Callable[[], float],
        explain: Callable[[ChatRequest], Iterable[Change]] = lambda _: (),
        tell: Callable[[Summary, int, str], None] = lambda *_: None,
    ) -> None:
        self.history = history
        self._secrets = secrets
        self._bodies = bodies
        self._clock = clock
        self._explain = explain
        self._tell = tell
        self._told = 0
        self._tasks = TaskOwner("recorder")
        self._waiting: deque[tuple[Trace, int]] = deque()
        self._waiting_bytes = 0
        self._finished = self._written = 0
        self._lost = 0
        self._writing = False
        self._progress = asyncio.Event()
        """Set, and replaced, after every batch and when there is none to write any more."""
        self._hurry = asyncio.Event()
        self._listeners: set[Listening] = set()
        self._closed = False

    def keep_bodies(self, bodies: bool) -> None:
        """Whether records of requests that come from now on hold what was said."""
        self._bodies = bodies

    def begin(self, arrival: Arrival) -> Trace:
        """A request came; the trace goes along with it."""
        return Trace(arrival, self._clock, bodies=self._bodies)

    def finish(self, trace: Trace) -> None:
        """The request is over. Never waits, never raises."""
        if self._closed or len(self._waiting) >= MAX_WAITING:
            self._lost += 1
            return
        if self._waiting_bytes + trace.weight > MAX_WAITING_BYTES:
            trace.forget_bodies()
        # As it weighs now: until it is sealed, what comes late may still be added to it.
        weight = trace.weight
        self._waiting_bytes += weight
        self._waiting.append((trace, weight))
        self._finished += 1
        if not self._writing:
            self._writing = True
            self._tasks.spawn(self._write(), name="write")

    async def find(self, query: RecordQuery) -> RecordPage:
        """Return one page, the newest first."""
        await self.flush()
        return await self.history.find(query)

    async def get(self, record_id: str) -> Record | None:
        """Return one record."""
        await self.flush()
        return await self.history.get(record_id)

    async def survey(self, query: RecordQuery, locate: str = "") -> Survey:
        """Return what `query` finds now, to be read by `stretch`."""
        await self.flush()
        found = await self.history.survey(query, locate)
        # One thread serves the history's jobs and one loop hears of them, in order: what it holds
        # is what has been told of.
        return replace(found, recorded=self._told, bodies=self._bodies)

    async def stretch(
        self, query: RecordQuery, anchor: int, offset: int, limit: int
    ) -> tuple[Summary, ...]:
        """Return lines of what was surveyed at `anchor`, from `offset` on."""
        return await self.history.stretch(query, anchor, offset, limit)

    async def pin(self, record_id: str, pinned: bool) -> bool:
        """Let this record outlive the tidying, or not; False when there is none."""
        await self.flush()
        return await self.history.pin(record_id, pinned)

    async def wipe(self) -> None:
        """Forget everything that was recorded so far."""
        await self.flush()
        await self.history.wipe()

    async def flush(self) -> None:
        """Return when everything that had finished is written, whatever finishes meanwhile."""
        finished = self._finished
        while self._writing and self._written < finished:
            self._hurry.set()
            await self._progress.wait()

    @contextmanager
    def listen(self) -> Iterator[Listening]:
        """Hear of every record from now on."""
        listening = Listening()
        self._listeners.add(listening)
        try:
            yield listening
        finally:
            self._listeners.discard(listening)

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    async def aclose(self) -> None:
        """Write what waits, for at most CLOSE_TIMEOUT_S, and take nothing more."""
        self._closed = True
        for listening in self._listeners:
            listening.end()
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self.flush()
        except TimeoutError:
            logger.warning("stopping: %d records were not written", len(self._waiting))
        await self._tasks.aclose()

    async def _write(self) -> None:
        """Write everything that waits; ends when nothing does."""
        try:
            while self._waiting:
                if len(self._waiting) < MAX_BATCH and not self._closed:
                    await self._gather()
                self._hurry.clear()
                batch: list[Trace] = []
                for _ in range(min(MAX_BATCH, len(self._waiting))):
                    trace, weight = self._waiting.popleft()
                    self._waiting_bytes -= weight
                    trace.seal()
                    batch.append(trace)
                made = await asyncio.to_thread(self._make, batch)
                await self.history.add([record for record, _ in made])
                for record, searched in made:
                    self._told += 1
                    self._tell(record.summary, self._told, searched)
                    for listening in self._listeners:
                        listening.put(record.summary)
                self._written += len(batch)
                self._tell_progress()
                self._say_lost()
        finally:
            # What a failure took along is not waited for.
            self._written = self._finished - len(self._waiting)
            self._writing = False
            self._tell_progress()

    def _tell_progress(self) -> None:
        self._progress.set()
        self._progress = asyncio.Event()

    async def _gather(self) -> None:
        """Give what follows shortly a chance to go along, unless somebody waits to read."""
        try:
            async with asyncio.timeout(BATCH_DELAY_S):
                await self._hurry.wait()
        except TimeoutError:
            return

    def _make(self, batch: Sequence[Trace]) -> list[tuple[Record, str]]:
        """Each record with what a search finds it by."""
        finder = self._secrets.finder()
        made: list[tuple[Record, str]] = []
        for trace in batch:
            try:
                if trace.bodies and trace.request is not None:
                    trace.changes.update(dict.fromkeys(self._explain(trace.request)))
                record = write_record(trace, finder)
                made.append((record, search_text(record)))
            except Exception:
                # Whatever a client sent to break this: the others' records are worth more.
                logger.exception("a request could not be recorded: %s", trace.arrival.request_id)
        return made

    def _say_lost(self) -> None:
        if self._lost:
            logger.warning("%d requests ended too fast to be recorded", self._lost)
            self._lost = 0
