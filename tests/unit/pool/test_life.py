"""What befell an instance: what depends on time does not depend on the time of day."""

from gateway_engine.errors import UpstreamQuotaError
from gateway_engine.pool.life import Life

HOUR_S = 3600.0


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def test_a_spent_quota_is_tried_again_in_time_though_the_clock_is_set_back() -> None:
    wall, steady = Clock(1_800_000_000.0), Clock(50.0)
    life = Life(wall, steady)
    life.quota_is_spent(UpstreamQuotaError("no more", retry_after_s=60, passes_soon=True))
    assert life.out_of_quota(now=True) is not None
    wall.now -= 6 * HOUR_S
    steady.now += 59
    assert life.out_of_quota(now=True) is not None
    steady.now += 2
    assert life.out_of_quota(now=True) is None
    assert life.out_of_quota() is not None


def test_a_clock_that_jumps_forward_does_not_end_the_wait() -> None:
    wall, steady = Clock(1_800_000_000.0), Clock(50.0)
    life = Life(wall, steady)
    life.quota_is_spent(UpstreamQuotaError("no more", retry_after_s=60, passes_soon=True))
    wall.now += 6 * HOUR_S
    assert life.out_of_quota(now=True) is not None
