"""Async tests and fixtures run as tests/support/async_tests.py says, and can fail."""

import asyncio
import contextvars
from collections.abc import AsyncIterator

import pytest

from tests.unit.house.conftest import InnerRun

ran_in: contextvars.ContextVar[str] = contextvars.ContextVar("ran_in")


@pytest.fixture
async def number() -> int:
    await asyncio.sleep(0)
    return 7


@pytest.fixture
async def child(number: int) -> AsyncIterator[asyncio.Task[int]]:
    async def answer() -> int:
        await asyncio.sleep(0)
        return number

    ran_in.set("fixture")
    async with asyncio.TaskGroup() as group, asyncio.timeout(10):
        yield group.create_task(answer())


@pytest.fixture
def plain(child: asyncio.Task[int]) -> str:
    return child.get_name()


async def test_a_task_group_stays_open_across_a_fixture(
    child: asyncio.Task[int], plain: str
) -> None:
    assert plain == child.get_name()
    assert await child == 7


@pytest.mark.usefixtures("child")
async def test_fixture_and_test_share_the_task_and_its_context() -> None:
    task = asyncio.current_task()
    assert task is not None
    assert task.get_name() == "test"
    assert ran_in.get() == "fixture"


def test_a_sync_test_may_use_what_an_async_fixture_made(number: int) -> None:
    assert number == 7


@pytest.mark.parametrize("value", [1, 2])
async def test_parameters_reach_an_async_test(value: int) -> None:
    assert value in (1, 2)


class TestMethods:
    async def test_in_a_class(self, number: int) -> None:
        assert number == 7


FAILING = """
import asyncio
import pytest

@pytest.fixture
async def cleans_up():
    yield 1
    print("cleaned up")

@pytest.fixture
async def breaks_at_the_end():
    yield 1
    raise ValueError("at the end")

@pytest.fixture
async def yields_twice():
    yield 1
    yield 2

@pytest.fixture
async def never_yields():
    if False:
        yield 1

@pytest.fixture(scope="module")
async def too_wide():
    return 1

@pytest.fixture
async def hangs():
    await asyncio.sleep(60)

@pytest.fixture
async def fails_first():
    raise ValueError("at the start")

async def test_bad_assertion(cleans_up):
    assert cleans_up == 2

async def test_bad_end(breaks_at_the_end):
    pass

async def test_bad_yields_twice(yields_twice):
    pass

async def test_bad_never_yields(never_yields):
    pass

async def test_bad_scope(too_wide):
    pass

async def test_bad_start(fails_first):
    pass

@pytest.mark.deadline(0.05)
async def test_bad_deadline():
    await asyncio.sleep(60)

@pytest.mark.deadline(0.05)
async def test_bad_fixture_deadline(hangs):
    pass

async def test_bad_cancelled():
    raise asyncio.CancelledError

async def test_bad_group():
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(0, 1 / 0))

async def test_fine_timeout_of_its_own():
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await asyncio.sleep(60)

async def test_skipped():
    pytest.skip("no")

async def test_fine():
    pass
"""


def test_failures_in_tests_and_fixtures_are_seen(inner_run: InnerRun) -> None:
    result = inner_run(FAILING, "-rA", "--tb=short")
    text = result.stdout.str()
    bad = {
        line.split("::")[1].split(" ")[0]
        for line in text.splitlines()
        if line.startswith(("ERROR test_inner.py::", "FAILED test_inner.py::"))
    }
    tests = [line.split("(")[0] for line in FAILING.splitlines() if "def test_bad" in line]
    assert bad == {line.removeprefix("async def ") for line in tests}, text
    result.assert_outcomes(passed=4, failed=4, errors=6, skipped=1)
    result.stdout.fnmatch_lines_random(
        ["*cleaned up*", "*the test's deadline of 0.05 s passed*", "*ValueError: at the end*"]
    )
