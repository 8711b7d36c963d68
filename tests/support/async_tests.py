"""Runs `async def` tests and fixtures: one loop and one task for each test, and a deadline.

Fixtures, test and clean-up run in the same task, so a TaskGroup or a timeout may stay open across a
fixture's `yield`. The loop is made only for tests that need it. When the test and its fixtures are
done, a task that still lives is a failure.

A fixture is asynchronous when its function is: `@pytest.fixture async def engine(): ... yield ...`.
Only function scope. `@pytest.mark.deadline(seconds)` replaces the default of DEADLINE_S, which
holds for the test and for each fixture's set-up and clean-up apart.
"""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any

import pytest

DEADLINE_S = 30.0
# A transport that was closed or a task that was cancelled ends within the loop's next rounds.
ROUNDS_TO_SETTLE = 5

Job = tuple[Coroutine[Any, Any, Any], float, "asyncio.Future[Any]"]


class TestLoop:
    """A loop with one long-lived task in which all coroutines of a test run, one after another."""

    __test__ = False

    def __init__(self) -> None:
        self._runner = asyncio.Runner(debug=False)
        self._loop = self._runner.get_loop()
        self._jobs: asyncio.Queue[Job | None] = asyncio.Queue()
        self._worker = self._loop.create_task(self._work(), name="test")

    def run(self, coroutine: Coroutine[Any, Any, Any], deadline_s: float) -> Any:
        """Run the coroutine in the test's task; TimeoutError after the deadline."""
        done: asyncio.Future[Any] = self._loop.create_future()
        self._jobs.put_nowait((coroutine, deadline_s, done))
        return self._loop.run_until_complete(done)

    def close(self) -> list[str]:
        """Close the loop and say which tasks were left over."""
        try:
            leftovers = self._loop.run_until_complete(self._settle())
        finally:
            self._runner.close()
        return leftovers

    async def _settle(self) -> list[str]:
        own = {self._worker, asyncio.current_task()}
        for _ in range(ROUNDS_TO_SETTLE):
            await asyncio.sleep(0)
        leftovers = [repr(task) for task in asyncio.all_tasks() if task not in own]
        self._jobs.put_nowait(None)
        await self._worker
        return leftovers

    async def _work(self) -> None:
        while (job := await self._jobs.get()) is not None:
            coroutine, deadline_s, done = job
            try:
                async with asyncio.timeout(deadline_s) as limit:
                    result = await coroutine
            except TimeoutError as error:
                if limit.expired():
                    error.add_note(f"the test's deadline of {deadline_s:g} s passed")
                done.set_exception(error)
            # Whatever a test raises, pytest's own outcomes included, belongs to pytest.
            except BaseException as error:  # noqa: BLE001
                done.set_exception(error)
            else:
                done.set_result(result)
            del job, coroutine, done


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line("markers", f"deadline(seconds): of an async test, not {DEADLINE_S:g}")


@pytest.fixture
def test_loop() -> Iterator[TestLoop]:
    """The loop of this test; asked for by the hooks below when something is asynchronous."""
    loop = TestLoop()
    yield loop
    leftovers = loop.close()
    if leftovers:
        pytest.fail("left-over tasks:\n  " + "\n  ".join(leftovers), pytrace=False)


def _deadline_s(node: pytest.Item) -> float:
    marker = node.get_closest_marker("deadline")
    return float(marker.args[0]) if marker else DEADLINE_S


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run an `async def` test in the test's loop."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    loop: TestLoop = pyfuncitem._request.getfixturevalue("test_loop")
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    loop.run(pyfuncitem.obj(**arguments), _deadline_s(pyfuncitem))
    return True


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Iterator[None]:
    """Replace an asynchronous fixture function, for this set-up, by one that pytest understands."""
    function: Callable[..., Any] = fixturedef.func
    is_generator = inspect.isasyncgenfunction(function)
    if not is_generator and not inspect.iscoroutinefunction(function):
        return (yield)
    if fixturedef.scope != "function":
        pytest.fail(f"the async fixture {fixturedef.argname} must have function scope")
    loop: TestLoop = request.getfixturevalue("test_loop")
    deadline_s = _deadline_s(request.node)

    def in_loop(**arguments: object) -> Any:
        if not is_generator:
            return loop.run(function(**arguments), deadline_s)
        steps: AsyncIterator[Any] = function(**arguments)

        def finish() -> None:
            if loop.run(_next_or_end(steps), deadline_s) is not _END:
                pytest.fail(f"the async fixture {fixturedef.argname} yielded twice")

        value = loop.run(_next_or_end(steps), deadline_s)
        if value is _END:
            pytest.fail(f"the async fixture {fixturedef.argname} did not yield")
        request.addfinalizer(finish)
        return value

    # pytest reads the function from the definition; there is no hook to pass another one.
    vars(fixturedef)["func"] = in_loop
    try:
        return (yield)
    finally:
        vars(fixturedef)["func"] = function


_END = object()


async def _next_or_end(steps: AsyncIterator[Any]) -> Any:
    return await anext(steps, _END)
