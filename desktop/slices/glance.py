"""What the tray tells at a glance: how many requests a minute, and what went wrong of late.

The rate is counted between ticks of a timer, never from times of day: a clock that is set does not
move it.
"""

from dataclasses import dataclass, replace

TICK_S = 5
TICKS_A_MINUTE = 12
KEPT_ERRORS = 8


@dataclass(frozen=True, slots=True)
class LastError:
    """One thing that went wrong. `source` names the instance or the request."""

    code: str
    message: str
    at: float
    source: str
    of_instance: bool = False


@dataclass(frozen=True, slots=True)
class Glance:
    """`counts` are the requests of the last ticks, the newest last. Errors: the newest first."""

    counts: tuple[int, ...] = (0,) * TICKS_A_MINUTE
    errors: tuple[LastError, ...] = ()

    @property
    def per_minute(self) -> int:
        """Requests that came within the last minute."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class GlanceTicked:
    """`TICK_S` seconds have passed."""


def with_request(glance: Glance) -> Glance:
    """One more request came."""
    return replace(glance, counts=(*glance.counts[:-1], glance.counts[-1] + 1))


def with_error(glance: Glance, error: LastError) -> Glance:
    """One more thing went wrong."""
    return replace(glance, errors=(error, *glance.errors)[:KEPT_ERRORS])


def after_tick(glance: Glance) -> Glance:
    """Time went on; the same object while nothing is counted."""
    return replace(glance, counts=(*glance.counts[1:], 0)) if any(glance.counts) else glance
