"""How long an instance that ended waits before it is started again."""

from typing import Final

MAX_BACKOFF_S: Final = 60.0


def backoff_s(failures: int) -> float:
    """Seconds to wait before the next start, after `failures` ends in a row (first: none)."""
    return 0.0 if failures <= 1 else min(MAX_BACKOFF_S, 2.0 ** (failures - 2))
