"""What the window knows of the instances' health beyond their states: figures, logs, tests.

All of it was asked for, by somebody who looked: nothing here comes by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from gateway_engine.public import InstanceName, LogTail, SmokeReport, Vitals

KEPT_LINES = 4000


@dataclass(frozen=True, slots=True)
class InstanceTest:
    """A test of one instance. `report` comes at its end; `error` when it broke off, one line."""

    began_at: float
    report: SmokeReport | None = None
    error: str = ""

    @property
    def runs(self) -> bool:
        """It is under way."""
        return self.report is None and not self.error


@dataclass(frozen=True, slots=True)
class HealthSlice:
    """`open` is the instance whose page is shown, None for all of them; `at_log` that its log is to
    be in view. `tail` is the log that was looked at last; the others are forgotten.
    """

    open: InstanceName | None = None
    at_log: bool = False

    vitals: Vitals | None = None
    tail: LogTail | None = None
    tests: Mapping[InstanceName, InstanceTest] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VitalsTaken:
    """The engine told its figures."""

    vitals: Vitals


@dataclass(frozen=True, slots=True)
class LogTailRead:
    """The engine told the end of an instance's log."""

    tail: LogTail


@dataclass(frozen=True, slots=True)
class InstanceTestBegan:
    """The user has an instance tested."""

    name: InstanceName
    at: float


@dataclass(frozen=True, slots=True)
class InstanceTestEnded:
    """The test came to its end: `report`, or `error` when it broke off."""

    name: InstanceName
    report: SmokeReport | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class InstanceOpened:
    """The user looks into one instance, at its log perhaps; None: at all of them."""

    name: InstanceName | None
    at_log: bool = False


HealthEvent = VitalsTaken | LogTailRead | InstanceTestBegan | InstanceTestEnded | InstanceOpened


def reduce_health(health: HealthSlice, event: HealthEvent) -> HealthSlice:
    """The slice after `event`."""
    match event:
        case VitalsTaken(vitals):
            return replace(health, vitals=vitals)
        case LogTailRead(tail):
            return replace(health, tail=_continued(health.tail, tail))
        case InstanceOpened(name, at_log):
            return replace(health, open=name, at_log=at_log)
        case InstanceTestBegan(name, at):
            return _with_test(health, name, InstanceTest(at))
        case InstanceTestEnded(name, report, error):
            began = health.tests.get(name)
            test = InstanceTest(began.began_at if began else 0.0, report, error)
            return _with_test(health, name, test)
        case _:
            assert_never(event)


def _with_test(health: HealthSlice, name: InstanceName, test: InstanceTest) -> HealthSlice:
    return replace(health, tests={**health.tests, name: test})


def _continued(known: LogTail | None, new: LogTail) -> LogTail:
    """The same log read again: what is known goes on with what is new, so that a reader can stay
    where he is."""
    if known is None or (known.name, known.file) != (new.name, new.file):
        return new
    return replace(
        new,
        printed=joined(known.printed, new.printed),
        written=joined(known.written, new.written),
    )


def joined(known: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    """`known` continued by `new`, where `new` begins within it; else `new`."""
    if known == new or not new:
        return new
    for start, line in enumerate(known):
        if line == new[0] and known[start:] == new[: len(known) - start]:
            whole = known[:start] + new
            return whole if len(whole) <= KEPT_LINES else new
    return new
