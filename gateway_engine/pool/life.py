"""What happened to one instance of late, and what is doubtful about it since."""

import time
from collections import deque
from collections.abc import Callable
from typing import Final

from gateway_engine.errors import UpstreamQuotaError
from gateway_engine.events import LifeEvent, LifeStep, QuotaSpent

KEPT_EVENTS: Final = 40


class Life:
    """The last KEPT_EVENTS events, the oldest first."""

    def __init__(
        self, wall_clock: Callable[[], float], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall_clock = wall_clock
        self._clock = clock
        self._try_again_at = 0.0
        self._events: deque[LifeEvent] = deque(maxlen=KEPT_EVENTS)
        self._spent: QuotaSpent | None = None
        self._signed_in: bool | None = None
        self._who = ""
        self.events: tuple[LifeEvent, ...] = ()
        """All of them; the same object while nothing happens."""

    def note(
        self, step: LifeStep, code: str = "", detail: str = "", exit_code: int | None = None
    ) -> None:
        """This happened now."""
        self._events.append(LifeEvent(self._wall_clock(), step, code, detail, exit_code))
        self.events = tuple(self._events)
        if step is LifeStep.STARTED:
            self._signed_in = None

    def login_is(self, *, usable: bool, code: str, who: str) -> None:
        """The account can be used, or not for the reason `code`: noted where that is news."""
        if usable is not self._signed_in and (self._signed_in is not None or not usable):
            self.note(
                LifeStep.SIGNED_IN if usable else LifeStep.SIGNED_OUT, code, who if usable else ""
            )
        if usable and who != self._who:
            self._spent = None  # another account has a quota of its own
        self._signed_in = usable
        self._who = who if usable else self._who

    def quota_is_spent(self, error: UpstreamQuotaError) -> None:
        """Upstream refused a turn for its quota."""
        if self._spent is None:
            self.note(LifeStep.QUOTA_SPENT, error.code, str(error))
        now = self._wall_clock()
        self._try_again_at = self._clock() + error.retry_after_s
        self._spent = QuotaSpent(now, now + error.retry_after_s, str(error))

    def quota_is_back(self) -> None:
        """A turn went well."""
        if self._spent is not None:
            self.note(LifeStep.QUOTA_BACK)
        self._spent = None

    def out_of_quota(self, *, now: bool = False) -> QuotaSpent | None:
        """The last refusal, until a turn goes well; with `now` until it is worth another try."""
        # Not by the time of day: a clock that is set back would keep the instance out for hours.
        if now and self._spent is not None and self._clock() >= self._try_again_at:
            return None
        return self._spent
