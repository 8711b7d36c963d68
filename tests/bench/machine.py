"""What the machine itself takes: a second process that does nothing but wake up, and says when
it was not woken. A silence that it shares with the program under measurement was not the program's
(a virtual machine that is not given its processors, another program's load)."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

_WATCH: Final = """
import sys, time
last = time.perf_counter()
while True:
    time.sleep(0.004)
    now = time.perf_counter()
    if now - last > float(sys.argv[1]):
        print(last, now, flush=True)
    last = now
"""


class MachineWatch:
    """Counts, per span of `time.perf_counter`, how much of it no program was woken in.

    Both processes read the same monotonic clock (Linux, macOS and Windows keep one for all
    processes; `time.perf_counter` is that clock).
    """

    def __init__(self, folder: Path, *, from_s: float = 0.02) -> None:
        self._told = folder / "machine.txt"
        self._from_s = from_s

    def __enter__(self) -> Self:
        with self._told.open("wb") as told:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _WATCH, str(self._from_s)], stdout=told
            )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def taken_s(self, begin: float, end: float) -> float:
        """The seconds between the two moments in which this process's twin was not woken."""
        taken = 0.0
        for line in self._told.read_text().splitlines():
            with suppress(ValueError):  # the line that is being written
                first, last = (float(word) for word in line.split())
                taken += max(0.0, min(end, last) - max(begin, first))
        return taken
