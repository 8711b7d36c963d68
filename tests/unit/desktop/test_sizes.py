"""Amounts of data: one form everywhere, whatever rounding does to it."""

import pytest

from desktop.sizes import size

MB = 1024 * 1024


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (640, "640 bytes"),
        (999, "999 bytes"),
        (1024, "1.0 KB"),
        (102_348, "99.9 KB"),
        (102_399, "100 KB"),
        (MB - 1, "1.0 MB"),
        (45_000_000, "42.9 MB"),
        (180_000_000, "172 MB"),
        (3 * 1024 * MB, "3.0 GB"),
        (500 * 1024 * MB, "500 GB"),
    ],
)
def test_three_figures_and_one_unit(count: int, words: str) -> None:
    assert size(count) == words
