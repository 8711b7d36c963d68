"""What families of processes take of the machine: a process, its children and theirs."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class ProcessUsage:
    """One family. `cpu_percent` is of one core since the last look, None at the first one."""

    cpu_percent: float | None
    memory_bytes: int
    processes: int


@dataclass(frozen=True, slots=True)
class _Seen:
    at: float
    cpu_s: Mapping[tuple[int, float], float]


class UsageSampler:
    """Looks when asked. Blocks for some milliseconds: call it in a thread, one call at a time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[int, _Seen] = {}

    def sample(self, pids: Iterable[int]) -> dict[int, ProcessUsage]:
        """The families of these processes; one that is gone is left out."""
        children: dict[int, list[psutil.Process]] = {}
        for process in psutil.process_iter(["ppid"]):
            children.setdefault(process.info["ppid"], []).append(process)
        found = {pid: self._family(pid, children) for pid in pids}
        self._seen = {pid: seen for pid, (_, seen) in found.items() if seen.cpu_s}
        return {pid: usage for pid, (usage, seen) in found.items() if seen.cpu_s}

    def _family(
        self, pid: int, children: Mapping[int, list[psutil.Process]]
    ) -> tuple[ProcessUsage, _Seen]:
        memory, cpu_s = 0, dict[tuple[int, float], float]()
        try:
            waiting = [psutil.Process(pid)]
        except psutil.Error:
            waiting = []
        while waiting:
            process = waiting.pop()
            try:
                with process.oneshot():
                    times, resident = process.cpu_times(), process.memory_info().rss
                    key = (process.pid, process.create_time())
            except psutil.Error:
                continue  # it has ended in between
            memory += resident
            cpu_s[key] = times.user + times.system
            waiting += children.get(process.pid, ())
        now = _Seen(self._clock(), cpu_s)
        return ProcessUsage(self._percent(pid, now), memory, len(cpu_s)), now

    def _percent(self, pid: int, now: _Seen) -> float | None:
        before = self._seen.get(pid)
        if before is None or now.at <= before.at:
            return None
        used = sum(max(0.0, s - before.cpu_s.get(key, 0.0)) for key, s in now.cpu_s.items())
        return round(100 * used / (now.at - before.at), 1)
