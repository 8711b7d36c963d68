"""The parts of one engine that follow its settings while it runs, and what a new plan changes.

    plan -> difference -> door, limits, sessions, answers (at once) | endpoint | instances

What a request began with holds for it to its end.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from secrets import token_urlsafe
from typing import Any

from gateway_engine.accounts.credentials import LocalSecrets
from gateway_engine.chat.service import ChatService
from gateway_engine.config import Effect, Settings
from gateway_engine.conversation import InstanceName
from gateway_engine.engine_rules import (
    back_pressure,
    chat_rules,
    door_rules,
    resize,
    session_cache,
)
from gateway_engine.plan import EnginePlan
from gateway_engine.pool.pool import Pool
from gateway_engine.server.access import Keys, admin_keys
from gateway_engine.server.service import DoorRules
from gateway_engine.smoke import SmokeTest
from gateway_engine.upstreams.kind import InstancePlan


@dataclass(frozen=True, slots=True)
class Difference:
    """What another plan changes: settings by name, and instances that come, go or start again."""

    names: tuple[str, ...]
    listener: bool = False
    added: tuple[InstanceName, ...] = ()
    removed: tuple[InstanceName, ...] = ()
    renewed: tuple[InstanceName, ...] = ()

    def of(self, effect: Effect) -> tuple[str, ...]:
        """The settings whose change counts from then on."""
        effects = {f.name: f.metadata["effect"] for f in fields(Settings)}
        return tuple(name for name in self.names if effects[name] is effect)


def difference(before: EnginePlan, after: EnginePlan) -> Difference:
    """Compare two plans."""
    old = {plan.name: _run_by(plan, before.settings) for plan in before.instances}
    new = {plan.name: _run_by(plan, after.settings) for plan in after.instances}
    return Difference(
        names=changed_names(before.settings, after.settings),
        listener=(before.settings.host, before.settings.port)
        != (after.settings.host, after.settings.port),
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        renewed=tuple(name for name in new if name in old and old[name] != new[name]),
    )


def changed_names(before: Settings, after: Settings) -> tuple[str, ...]:
    """The settings that differ."""
    return tuple(
        f.name for f in fields(Settings) if getattr(before, f.name) != getattr(after, f.name)
    )


def _run_by(plan: InstancePlan, settings: Settings) -> tuple[Any, ...]:
    """Everything that this instance's process was started with."""
    process = replace(plan, title="", account=None)
    return (process, *(getattr(settings, name) for name in plan.settings_used))


class LiveSettings:
    """What answers requests as the settings want it. `secrets` are the desktop's own."""

    def __init__(
        self,
        plan: EnginePlan,
        pool: Pool,
        *,
        secrets: LocalSecrets | None,
        client_keys: Callable[[], Keys],
        clock: Callable[[], float],
        hide: Callable[[str], str],
    ) -> None:
        self._pool = pool
        self._own = secrets
        self._client_keys = client_keys
        self._clock = clock
        # Without a window nobody may have set a token: commands then need one of their own.
        self._command_keys: Keys = () if secrets else (("command", token_urlsafe(32)),)
        self._read_keys(plan.settings)
        self.door: DoorRules = self._door(plan)
        self._expect_models(plan)
        rules = chat_rules(plan)
        self.pressure = back_pressure(plan, pool)
        self.sessions = session_cache(plan, pool, clock)
        self.chat = ChatService(
            pool, rules, pressure=self.pressure, sessions=self.sessions, hide=hide
        )
        self.smoke = SmokeTest(
            pool,
            self.pressure,
            deadlines=rules.deadlines,
            queue_timeout_s=rules.queue_timeout_s,
            default_model=rules.default_model,
            clock=clock,
            hide=hide,
        )

    def follow(self, plan: EnginePlan) -> None:
        """This plan holds from now on."""
        settings = plan.settings
        self._expect_models(plan)
        self._read_keys(settings)
        door = self._door(plan)
        self.door.access, self.door.limits = door.access, door.limits
        self.pressure.follow(
            max_in_flight=settings.gateway_max_in_flight,
            max_queue=settings.gateway_max_queue,
            queue_timeout_s=settings.gateway_queue_timeout_sec,
        )
        if not settings.session_reuse_enabled:
            self.sessions = None
        elif self.sessions is None:
            self.sessions = session_cache(plan, self._pool, self._clock)
        else:
            resize(self.sessions, settings)
        rules = chat_rules(plan)
        self.chat.follow(rules, self.sessions)
        self.smoke.follow(
            deadlines=rules.deadlines,
            queue_timeout_s=rules.queue_timeout_s,
            default_model=rules.default_model,
        )

    @property
    def runtime_keys(self) -> Keys:
        """What this user's commands call the internal routes with, the best first."""
        return (*self._command_keys, *self.admin_keys)

    def _door(self, plan: EnginePlan) -> DoorRules:
        return door_rules(plan, self.keys, self.admin_keys, self._command_keys, self._client_keys)

    def _expect_models(self, plan: EnginePlan) -> None:
        self._pool.expect_models({item.name: item.outline.models for item in plan.instances})

    def _read_keys(self, settings: Settings) -> None:
        admin_token = settings.admin_token
        keys = [(f"key-{n}", key) for n, key in enumerate(settings.api_keys, 1)]
        if self._own is not None:
            admin_token = admin_token or self._own.admin_token
            if self._own.api_key not in settings.api_keys:
                keys.append(("desktop", self._own.api_key))
        self.keys: Keys = tuple(keys)
        self.admin_keys: Keys = admin_keys(admin_token, self.keys, headless=self._own is None)
