"""How far a download is: bytes, speed, time left. Told at most ten times a second. Pure."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

TELL_EVERY_S: Final = 0.1
SPEED_WINDOW_S: Final = 5.0


class InstallStep(StrEnum):
    """What is being done now."""

    CHECKING = "checking"
    DOWNLOADING = "downloading"
    UNPACKING = "unpacking"


@dataclass(frozen=True, slots=True)
class InstallProgress:
    """`bytes_total` is 0 and `seconds_left` None while unknown; speed in bytes a second."""

    step: InstallStep
    bytes_done: int = 0
    bytes_total: int = 0
    bytes_per_s: float = 0.0
    seconds_left: float | None = None


OnProgress = Callable[[InstallProgress], None]


class Speedometer:
    """Turns byte counts into progress that is worth telling."""

    def __init__(self, step: InstallStep, tell: OnProgress, clock: Callable[[], float]) -> None:
        self._step = step
        self._tell = tell
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()
        self._told_at = -TELL_EVERY_S

    def reset(self) -> None:
        """Forget the speed: what follows begins anew or elsewhere."""
        self._seen.clear()

    def at(self, done: int, total: int, *, last: bool = False) -> None:
        """`done` of `total` bytes are there; `last` is told whatever the time."""
        now = self._clock()
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[0][0] > SPEED_WINDOW_S:
            self._seen.popleft()
        if not last and now - self._told_at < TELL_EVERY_S:
            return
        self._told_at = now
        began, first = self._seen[0]
        speed = max(0.0, (done - first) / (now - began)) if now > began else 0.0
        left = (total - done) / speed if total and speed else None
        self._tell(InstallProgress(self._step, done, total, speed, left))
