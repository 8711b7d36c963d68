"""How long something took: one form everywhere, whatever rounding does to it."""

import pytest

from desktop.durations import duration, on_scale, time_left


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (0, "0 ms"),
        (0.4, "0 ms"),
        (840, "840 ms"),
        (999.4, "999 ms"),
        (999.6, "1.00 s"),
        (1240, "1.24 s"),
        (9994, "9.99 s"),
        (9996, "10.0 s"),
        (12_400, "12.4 s"),
        (59_940, "59.9 s"),
        (59_960, "1:00 min"),
        (125_000, "2:05 min"),
        (3_599_400, "59:59 min"),
        (3_599_600, "1:00:00 h"),
        (3_725_000, "1:02:05 h"),
    ],
)
def test_three_figures_and_one_unit(ms: float, words: str) -> None:
    assert duration(ms) == words


def test_a_scale_has_one_unit() -> None:
    assert [on_scale(ms, 800) for ms in (0, 200, 800)] == ["0 ms", "200 ms", "800 ms"]
    assert [on_scale(ms, 1200) for ms in (0, 200, 1000)] == ["0 s", "0.2 s", "1 s"]
    assert [on_scale(ms, 3000) for ms in (0, 250, 2500)] == ["0 s", "0.25 s", "2.5 s"]


def test_what_still_takes_is_told_roughly() -> None:
    assert [time_left(s) for s in (0.2, 41.4, 89.9, 90, 400)] == [
        "1 s left",
        "41 s left",
        "90 s left",
        "2 min left",
        "7 min left",
    ]
