"""What a person at the window asks of the instances: their vitals, their logs, to stop and start.

Looking has a price, so it is paid only while somebody looks: processes are sampled when `vitals` is
called, and the instances are watched more closely for a few seconds after each `look`.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gateway_engine.conversation import InstanceName
from gateway_engine.engine_report import InstanceVitals, LogTail, Vitals
from gateway_engine.events import EngineEvent
from gateway_engine.file_tail import tail_lines
from gateway_engine.inspector.redaction import Redactor, Secrets
from gateway_engine.operations import Operations
from gateway_engine.pulse import Pulses
from gateway_engine.upstreams.processes.usage import UsageSampler

MAX_TAIL_BYTES: Final = 512 * 1024
MAX_TAIL_LINES: Final = 2000
MAX_LINE_CHARS: Final = 2000


class InstanceCare:
    """Everything is called on the engine's loop. `take` wants every event."""

    def __init__(
        self, operations: Operations, secrets: Secrets, *, wall_clock: Callable[[], float]
    ) -> None:
        self._operations = operations
        self._secrets = secrets
        self._wall_clock = wall_clock
        self._pulses = Pulses()
        self._sampler = UsageSampler()
        self._sampling = asyncio.Lock()

    def take(self, event: EngineEvent) -> None:
        """Note one event."""
        self._pulses.take(event)

    def look(self) -> None:
        """Somebody looks at the instances now: what befalls one is to be known within 2 s."""
        for instance in self._operations.every_instance():
            instance.look()

    async def stop(self, name: InstanceName) -> None:
        """End this instance's upstream; it rests until `start`. Raises NotFoundError."""
        await self._operations.instance(name).stop()

    async def start(self, name: InstanceName) -> None:
        """Start it again after `stop`. Raises NotFoundError."""
        self._operations.instance(name).start()

    async def vitals(self) -> Vitals:
        """The figures of this moment; whoever asks for them looks at the instances."""
        self.look()
        now = self._wall_clock()
        statuses = self._operations.instances()
        async with self._sampling:
            pids = [status.pid for status in statuses if status.pid]
            used = await asyncio.to_thread(self._sampler.sample, pids)
        return Vitals(
            at=now,
            lag_s=self._operations.lag.worst_s,
            stats=self._operations.stats(),
            instances=tuple(
                InstanceVitals(status.name, self._pulses.of(status.name, now), used.get(status.pid))
                for status in statuses
            ),
        )

    async def log_tail(self, name: InstanceName, lines: int) -> LogTail:
        """The last lines this instance's upstream printed and wrote to its log, without secrets.

        Raises NotFoundError.
        """
        instance = self._operations.instance(name)
        count = max(1, min(lines, MAX_TAIL_LINES))
        printed = instance.output(count)
        file = instance.log_file
        written = await asyncio.to_thread(_last_lines, file, count) if file is not None else []
        redactor = Redactor(self._secrets.finder())
        cleaned = await asyncio.to_thread(
            lambda: [
                tuple(redactor.stream(part, "log", by_name=True)) for part in (printed, written)
            ]
        )
        return LogTail(name, self._wall_clock(), cleaned[0], str(file or ""), cleaned[1])


def _last_lines(file: Path, count: int) -> list[str]:
    # Nothing where it has not written a log yet, or never does.
    return [line[:MAX_LINE_CHARS] for line in tail_lines(file, MAX_TAIL_BYTES)[-count:]]
