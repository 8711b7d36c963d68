"""The last replay of a request: what was asked, how far its answer is.

ASKING ──first words──► ANSWERING ──the end came──► DONE
   └──────────┬──────────────┘
 stopped ──► STOPPED    an error, a stream cut off ──► FAILED
"""

from dataclasses import dataclass
from enum import StrEnum


class ReplayPhase(StrEnum):
    """Where a replay is."""

    ASKING = "asking"
    ANSWERING = "answering"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ReplayRun:
    """`of` is the id of the record that was sent again, `record_id` that of its own record.

    `model` and `instance` are what was wished, "" for the same and for any; `model_used` and
    `instance_used` who answered. `left_out` names what the other protocol had no place for.
    """

    of: str
    protocol: str
    model: str = ""
    instance: str = ""
    phase: ReplayPhase = ReplayPhase.ASKING
    answer: str = ""
    left_out: tuple[str, ...] = ()
    status: int = 0
    record_id: str = ""
    model_used: str = ""
    instance_used: str = ""
    first_ms: int = 0
    total_ms: int = 0
    error_code: str = ""
    error_message: str = ""

    @property
    def is_running(self) -> bool:
        """Its answer is still to come."""
        return self.phase in (ReplayPhase.ASKING, ReplayPhase.ANSWERING)


@dataclass(frozen=True, slots=True)
class ReplaySlice:
    """What the window knows of replays."""

    run: ReplayRun | None = None


@dataclass(frozen=True, slots=True)
class ReplayMoved:
    """A replay began, went on or ended."""

    run: ReplayRun


def reduce_replay(_replay: ReplaySlice, event: ReplayMoved) -> ReplaySlice:
    """The slice after `event`."""
    return ReplaySlice(event.run)
