"""Long work in steps, done all at once."""

from typing import TypeVar

from gateway_engine.sidework import Steps

T = TypeVar("T")


def finish(steps: Steps[T]) -> T:
    """Return what `steps` return or raise."""
    while True:
        try:
            next(steps)
        except StopIteration as done:
            result: T = done.value
            return result
