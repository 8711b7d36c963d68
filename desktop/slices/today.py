"""Requests of this day, by the user's own midnight."""

from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class Today:
    """Requests since local midnight."""

    day: date = date.min
    total: int = 0
    failed: int = 0


def count(today: Today, at: float, *, total: int = 0, failed: int = 0) -> Today:
    """Count requests and failures of `at`; with another day it begins anew."""
    day = date.fromtimestamp(at)  # noqa: DTZ012 - the user's own midnight is meant
    base = today if today.day == day else Today(day=day)
    return replace(base, total=base.total + total, failed=base.failed + failed)
