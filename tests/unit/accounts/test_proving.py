"""A password that was kept before it was tried goes when the site refuses it."""

import pytest

from gateway_engine.accounts.proving import ProvingPasswords
from tests.support.held_passwords import HeldPasswords

Kept = dict[str, tuple[str, str]]
OLD, FIRST, SECOND = ("ann", "old"), ("ann", "first"), ("bob", "second")


@pytest.fixture
def kept() -> Kept:
    return {}


@pytest.fixture
def proving(kept: Kept) -> ProvingPasswords:
    return ProvingPasswords(HeldPasswords(kept))


def test_refused_it_goes(kept: Kept, proving: ProvingPasswords) -> None:
    proving.keep("inst-0", FIRST)
    proving.keep("inst-1", FIRST)
    assert kept == {"inst-0": FIRST, "inst-1": FIRST}
    proving.refused("inst-0", FIRST)
    assert kept == {"inst-1": FIRST}


def test_what_was_there_before_comes_back(kept: Kept, proving: ProvingPasswords) -> None:
    kept["inst-0"] = OLD
    for wrong in (FIRST, SECOND):
        proving.keep("inst-0", wrong)
    assert kept["inst-0"] == SECOND
    proving.refused("inst-0", SECOND)
    assert kept["inst-0"] == OLD


def test_the_same_once_more_is_no_better(kept: Kept, proving: ProvingPasswords) -> None:
    proving.keep("inst-0", FIRST)
    proving.keep("inst-0", FIRST)
    proving.refused("inst-0", FIRST)
    assert kept == {}


def test_taken_it_stays_though_a_later_one_is_refused(
    kept: Kept, proving: ProvingPasswords
) -> None:
    proving.keep("inst-0", FIRST)
    proving.proven("inst-0", FIRST)
    proving.refused("inst-0", FIRST)
    assert kept["inst-0"] == FIRST
    proving.keep("inst-0", SECOND)
    proving.proven("inst-0", FIRST)
    proving.refused("inst-0", FIRST)  # another than the one on trial: nothing is known of that
    assert kept["inst-0"] == SECOND
    proving.refused("inst-0", SECOND)
    assert kept["inst-0"] == FIRST
