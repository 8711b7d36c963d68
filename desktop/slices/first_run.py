"""The first run: a few steps from nothing to a streamed answer. They may be left and resumed.

UNSEEN ──shown──► OPEN ──left──► LEFT ──shown──► OPEN ──finished──► DONE ──shown──► OPEN
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never


class FirstRunStep(StrEnum):
    """The steps, in order."""

    WELCOME = "welcome"
    PROGRAM = "program"
    SIGN_IN = "sign_in"
    CLIENT = "client"
    ANSWER = "answer"


class FirstRunState(StrEnum):
    """Whether the steps are on the screen, and whether they were finished once."""

    UNSEEN = "unseen"
    OPEN = "open"
    LEFT = "left"
    DONE = "done"


STEPS = tuple(FirstRunStep)


@dataclass(frozen=True, slots=True)
class FirstRun:
    """Where the user is. `agents` are the ACP agents found on PATH: name, title, program. `choice`
    is what was chosen here: "auto" is the Lingma program that is found, else "demo" or an agent's
    name. `is_fixed`: settings or command line name what answers, and nothing here changes it.
    """

    state: FirstRunState = FirstRunState.UNSEEN
    step: FirstRunStep = FirstRunStep.WELCOME
    program: str = ""
    agents: tuple[tuple[str, str, str], ...] = ()
    choice: str = "auto"
    is_fixed: bool = False

    @property
    def is_open(self) -> bool:
        """The steps are what the window shows."""
        return self.state is FirstRunState.OPEN


@dataclass(frozen=True, slots=True)
class FirstRunRemembered:
    """An earlier start got this far."""

    state: FirstRunState
    step: FirstRunStep


@dataclass(frozen=True, slots=True)
class FirstRunShown:
    """The steps are shown, where they were left, or from the beginning."""


@dataclass(frozen=True, slots=True)
class FirstRunMoved:
    """The user went to another step."""

    step: FirstRunStep


@dataclass(frozen=True, slots=True)
class FirstRunLeft:
    """The user wants to see the window first."""


@dataclass(frozen=True, slots=True)
class FirstRunFinished:
    """The last step is done."""


@dataclass(frozen=True, slots=True)
class ProgramsFound:
    """What could answer on this computer; the fields are those of `FirstRun`."""

    program: str
    agents: tuple[tuple[str, str, str], ...]
    choice: str
    is_fixed: bool


FirstRunEvent = (
    FirstRunRemembered
    | FirstRunShown
    | FirstRunMoved
    | FirstRunLeft
    | FirstRunFinished
    | ProgramsFound
)


def reduce_first_run(run: FirstRun, event: FirstRunEvent) -> FirstRun:
    """The first run after `event`."""
    match event:
        case FirstRunRemembered(state, step):
            return replace(run, state=state, step=step)
        case FirstRunShown():
            step = FirstRunStep.WELCOME if run.state is FirstRunState.DONE else run.step
            return replace(run, state=FirstRunState.OPEN, step=step)
        case FirstRunMoved(step):
            return replace(run, step=step)
        case FirstRunLeft():
            return replace(run, state=FirstRunState.LEFT) if run.is_open else run
        case FirstRunFinished():
            return replace(run, state=FirstRunState.DONE, step=FirstRunStep.WELCOME)
        case ProgramsFound(program, agents, choice, is_fixed):
            return replace(run, program=program, agents=agents, choice=choice, is_fixed=is_fixed)
        case _:
            assert_never(event)
