"""What the engine tells its operators when they ask: plain frozen values."""

from dataclasses import dataclass

from gateway_engine.backpressure import BackPressureStats
from gateway_engine.conversation import InstanceName
from gateway_engine.events import InstanceStatus, SmokeStep
from gateway_engine.pulse import Pulse
from gateway_engine.sessions.cache import SessionCacheStats
from gateway_engine.upstreams.processes.usage import ProcessUsage


@dataclass(frozen=True, slots=True)
class EngineStats:
    """The figures of one moment. `requests` counts chat requests since the start, `parked` turns
    that wait for a client's tool results now; `session_cache` is None when sessions are not reused.
    """

    requests: int
    concurrency: BackPressureStats
    pool: tuple[InstanceStatus, ...]
    session_cache: SessionCacheStats | None
    parked: int = 0


@dataclass(frozen=True, slots=True)
class SmokeReport:
    """The steps as far as they were taken: the first that fails is the last."""

    steps: tuple[SmokeStep, ...]

    @property
    def ok(self) -> bool:
        """Whether all of them went well."""
        return all(step.ok for step in self.steps)


@dataclass(frozen=True, slots=True)
class InstanceVitals:
    """How one instance's requests went of late, and what its process takes; None without one."""

    name: InstanceName
    pulse: Pulse
    usage: ProcessUsage | None = None


@dataclass(frozen=True, slots=True)
class Vitals:
    """The figures of one moment. `lag_s` is how late the engine's loop was of late, at worst."""

    at: float
    lag_s: float
    stats: EngineStats
    instances: tuple[InstanceVitals, ...]


@dataclass(frozen=True, slots=True)
class LogTail:
    """The last lines of one upstream: what it printed, and what it wrote to `file`, "" for none."""

    name: InstanceName
    at: float
    printed: tuple[str, ...]
    file: str
    written: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SettingsStanding:
    """How the settings file stands: why it cannot be used as it is, "" when it can; whether it says
    something else than what is in force; what of that counts from the next start only.
    """

    file: str
    problem: str
    changed_on_disk: bool
    at_next_start: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SettingsReadAgain:
    """What reading the settings again has changed: names as in the environment, and instances."""

    changed: tuple[str, ...]
    endpoint_moved: bool
    started: tuple[InstanceName, ...]
    ended: tuple[InstanceName, ...]
    started_again: tuple[InstanceName, ...]
    at_next_start: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EffectiveSetting:
    """A setting as it is in force, ready for JSON. `value` is `***` where a secret is set."""

    value: object
    origin: str
    secret: bool
