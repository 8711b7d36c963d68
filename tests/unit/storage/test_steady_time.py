"""What is too old is not judged by a clock that has just jumped."""

from gateway_engine.storage.steady_time import HOLD_S, SLACK_S, SteadyTime

DAY_S = 24 * 3600.0
NOON = 1_800_000_000.0


class Clocks:
    """A wall clock that a test sets, and one that only runs."""

    def __init__(self) -> None:
        self.wall, self.running = NOON, 0.0

    def run(self, seconds: float, *, jump: float = 0.0) -> None:
        """Time passes; the wall clock is set ahead besides."""
        self.running += seconds
        self.wall += seconds + jump

    def steady(self, known: float = 0.0) -> SteadyTime:
        return SteadyTime(lambda: self.wall, lambda: self.running, known=known)


def test_an_honest_clock_is_followed() -> None:
    clocks = Clocks()
    steady = clocks.steady(known=NOON - 60)
    for seconds in (0.0, 5.0, 3600.0, 30 * DAY_S):
        clocks.run(seconds)
        assert steady.now() == clocks.wall


def test_a_jump_ahead_counts_only_when_it_has_lasted() -> None:
    clocks = Clocks()
    steady = clocks.steady()
    clocks.run(10, jump=400 * DAY_S)
    assert steady.now() == NOON + 10
    clocks.run(HOLD_S / 2)
    assert steady.now() == NOON + 10 + HOLD_S / 2
    clocks.run(HOLD_S / 2)
    assert steady.now() == clocks.wall


def test_a_jump_that_is_taken_back_has_never_been() -> None:
    clocks = Clocks()
    steady = clocks.steady()
    clocks.run(10, jump=400 * DAY_S)
    steady.now()
    clocks.run(10, jump=-400 * DAY_S)
    assert steady.now() == clocks.wall == NOON + 20
    clocks.run(HOLD_S, jump=400 * DAY_S)
    assert steady.now() == NOON + 20 + HOLD_S, "the wait begins anew"


def test_a_clock_that_is_wrong_from_the_start_is_told_by_the_newest_record() -> None:
    clocks = Clocks()
    steady = clocks.steady(known=NOON - 60 * DAY_S)
    assert steady.now() == NOON - 60 * DAY_S
    clocks.run(HOLD_S - 1)
    steady.now()
    clocks.run(1)
    assert steady.now() == clocks.wall, "whoever was away for so long is believed in the end"


def test_a_night_and_a_step_back_are_believed_at_once() -> None:
    clocks = Clocks()
    steady = clocks.steady(known=NOON - SLACK_S)
    assert steady.now() == NOON
    clocks.run(1, jump=-5 * DAY_S)
    assert steady.now() == clocks.wall
    assert clocks.steady(known=NOON + 100 * DAY_S).now() == clocks.wall
