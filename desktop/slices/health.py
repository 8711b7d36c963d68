"""What the window knows of the instances' health beyond their states: figures, logs, tests.

All of it was asked for, by somebody who looked; only tests that others ask for come by themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from gateway_engine.public import (
    SMOKE_STEPS,
    InstanceName,
    InstanceRemoved,
    InstanceTested,
    LogTail,
    SmokeReport,
    SmokeStep,
    Vitals,
)

KEPT_LINES = 4000


@dataclass(frozen=True, slots=True)
class InstanceTest:
    """A test of one instance: the `steps` taken and the one under way, "" before the first.

    `report` comes at its end; `error` when it broke off, one line.
    """

    began_at: float
    report: SmokeReport | None = None
    error: str = ""
    steps: tuple[SmokeStep, ...] = ()
    running: str = ""

    @property
    def runs(self) -> bool:
        """It is under way."""
        return self.report is None and not self.error

    @property
    def is_cut(self) -> bool:
        """It ended before its time: nobody waited for it any more."""
        report = self.report
        return report is not None and report.ok and len(report.steps) < len(SMOKE_STEPS)


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


def reduce_health(
    health: HealthSlice, event: HealthEvent | InstanceTested | InstanceRemoved
) -> HealthSlice:
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
            begun = health.tests.get(name)
            if begun is None:  # the instance has gone meanwhile
                return health
            taken = report.steps if report is not None else begun.steps
            ended = replace(begun, report=report, error=error, steps=taken, running="")
            return _with_test(health, name, ended)
        case InstanceTested(name, at, steps, running):
            known = health.tests.get(name)
            if known is None or not known.runs:
                known = InstanceTest(at)  # somebody asked by HTTP
            whole = None if running else SmokeReport(steps)
            gone_on = replace(known, steps=steps, running=running, report=whole)
            return _with_test(health, name, gone_on)
        case InstanceRemoved(name):
            return _without(health, name)
        case _:
            assert_never(event)


def _without(health: HealthSlice, name: InstanceName) -> HealthSlice:
    """Nothing of an instance that is gone; whoever looks into it sees all the others again."""
    is_open = health.open == name
    return replace(
        health,
        open=None if is_open else health.open,
        at_log=health.at_log and not is_open,
        tail=None if health.tail is not None and health.tail.name == name else health.tail,
        tests={key: test for key, test in health.tests.items() if key != name},
    )


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
