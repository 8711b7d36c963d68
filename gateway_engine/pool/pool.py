"""The choice between instances: who answers this turn, and who waits until somebody can.

Ready instances that have the model: the one the caller prefers, else least in flight first, then in
turn; those that do not answer now or are out of quota only when there is no other. A request waits
for an instance that is starting or reconnecting, never for one that a person stopped; when none is
ready or coming, the error says why. A model whose instance is away is not replaced by another's.
"""

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final

from gateway_engine.conversation import InstanceName, ModelId
from gateway_engine.errors import (
    BusyError,
    GatewayError,
    LoginRequiredError,
    UpstreamForbiddenError,
    UpstreamUnavailableError,
)
from gateway_engine.events import InstanceState, LifeStep
from gateway_engine.models import is_named
from gateway_engine.pool.instance import UP, Instance
from gateway_engine.pool.known_models import KnownModels, ResolveModel
from gateway_engine.pool.naming import name_models
from gateway_engine.tasks import TaskOwner
from gateway_engine.upstreams.contract import Upstream, UpstreamModel

logger = logging.getLogger(__name__)

RETRY_AFTER_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Lease:
    """The choice of an instance for one turn. `generation` says which of its upstreams this is."""

    instance: Instance
    upstream: Upstream
    model: ModelId
    generation: int

    @contextmanager
    def held(self) -> Iterator[None]:
        """Count a turn as in flight here, within the block, and let the instance know its end."""
        self.instance.acquire()
        try:
            yield
        except GatewayError as error:
            self.instance.failed(error)
            raise
        else:
            self.instance.went_well()
        finally:
            self.instance.release()


Prefer = Callable[[Sequence[Lease]], Lease | None]
"""Which of the instances that can answer should: the session's owner, the user's last; or none."""


class Pool:
    """All instances. Everything is called on the engine's loop."""

    def __init__(self) -> None:
        self.instances: tuple[Instance, ...] = ()
        self._tasks = TaskOwner("pool")
        self._lives: dict[Instance, TaskOwner] = {}
        self._ends: dict[Instance, asyncio.Event] = {}
        self._turn = itertools.count()
        self._waiters: set[asyncio.Future[None]] = set()
        self._known_models = KnownModels()

    def expect_models(self, models: Mapping[InstanceName, Sequence[str]]) -> None:
        """These are the names that the settings have for models of instances."""
        self._known_models.expect(models)

    def changed(self) -> None:
        """Something about an instance changed: those who wait look again."""
        self._known_models.learn(self.instances)
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    def start(self) -> None:
        """Keep the instances alive from now on."""
        for instance in self.instances:
            self._begin(instance)

    async def stop(self) -> None:
        """End all instances."""
        await self._tasks.aclose()
        # Cancelled all at once, then waited for: each takes its time to end its process.
        async with asyncio.TaskGroup() as group:
            for life in self._lives.values():
                group.create_task(life.aclose())
        self._lives.clear()
        self.changed()

    def adopt(
        self,
        instances: tuple[Instance, ...],
        *,
        renewed: Sequence[Instance],
        on_gone: Callable[[Instance], None],
        drain_s: float,
    ) -> None:
        """Let these be the instances from now on: new ones start, `renewed` ones start again.

        Those that are left out take no further turn; `on_gone` is told when one has ended. One that
        is there again meanwhile begins then: of a name and its folder there is one at a time.
        """
        before, self.instances = self.instances, instances
        for instance in before:
            if instance not in instances:
                self._ends[instance] = asyncio.Event()
                work = self._end(instance, on_gone, drain_s)
                self._tasks.spawn(work, name=f"{instance.name}/end")
        for instance in instances:
            if instance not in before:
                self._begin(instance)
        for instance in renewed:
            self._tasks.spawn(_renew(instance, drain_s), name=f"{instance.name}/renew")
        self.changed()

    def _begin(self, instance: Instance) -> None:
        life = self._lives[instance] = TaskOwner("pool")
        earlier = [ended for each, ended in self._ends.items() if each.name == instance.name]
        life.spawn(_run_after(earlier, instance), name=instance.name)

    async def _end(
        self, instance: Instance, on_gone: Callable[[Instance], None], drain_s: float
    ) -> None:
        await _drain(instance, drain_s)
        life = self._lives.get(instance)
        if life is not None:
            await life.aclose()
            self._lives.pop(instance, None)
        on_gone(instance)
        self._ends.pop(instance).set()

    @asynccontextmanager
    async def lease(
        self,
        resolve: ResolveModel,
        *,
        timeout_s: float,
        names: Sequence[str] = (),
        prefer: Prefer | None = None,
        avoid: Instance | None = None,
        gone: Upstream | None = None,
        only: Instance | None = None,
    ) -> AsyncIterator[Lease]:
        """Hold the best instance for one turn. Raises GatewayErrors of those that cannot be had.

        `avoid` is taken only when no other can answer. `gone` was seen dead: it is not taken even
        before its instance has noticed, and its instance counts as coming. `only` this one will do.
        `names` are what the request may call the model: one of an instance that is away is waited
        for.
        """
        lease = await self._choose(resolve, timeout_s, names, prefer, avoid, gone, only)
        with lease.held():
            yield lease

    async def wait_until_up(self, instance: Instance, *, timeout_s: float) -> None:
        """Return once this instance's process answers, signed in or not.

        Raises UpstreamUnavailableError when it does not run and is not coming, or not in time.
        """
        try:
            async with asyncio.timeout(timeout_s or None):
                while instance.coming:
                    await self._change()
        except TimeoutError:
            raise _not_up(instance, f"{instance.state.value} for {timeout_s:g} s") from None
        if instance.state not in UP:
            raise _not_up(instance, instance.state.value)

    def offered(self) -> list[tuple[str, UpstreamModel]]:
        """The models of the ready instances with their upstream's kind, as clients call them."""
        ready = [each for each in self.instances if each.upstream is not None]
        named = name_models([(each.label, each.models) for each in ready])
        return [(ready[each.source].kind, each.model) for each in named if each.shown]

    def lacks_model(self, name: str) -> bool:
        """Whether every instance has told its models and none of them is called so."""
        told = [(each.label, each.models) for each in self.instances]
        is_known = bool(told) and all(models for _, models in told)
        return is_known and not is_named(name, [each.model for each in name_models(told)])

    async def wait_for_models(self, *, timeout_s: float) -> None:
        """Return once an instance is ready. Raises like `lease`."""
        await self._choose(_any_model, timeout_s)

    def absence(self) -> GatewayError | None:
        """Why no instance can answer now; None while one can."""
        if any(instance.upstream is not None for instance in self.instances):
            return None
        if any(instance.coming for instance in self.instances):
            return self._not_yet("is ready yet")
        return self._why_none(self.instances)

    async def _choose(
        self,
        resolve: ResolveModel,
        timeout_s: float,
        names: Sequence[str] = (),
        prefer: Prefer | None = None,
        avoid: Instance | None = None,
        gone: Upstream | None = None,
        only: Instance | None = None,
    ) -> Lease:
        wanted = self.instances if only is None else (only,)
        try:
            async with asyncio.timeout(timeout_s or None):
                while True:
                    ready = [each for each in wanted if each.upstream not in (None, gone)]
                    candidates = self._known_models.meant(names, wanted, ready)
                    lease = self._best(candidates, resolve, prefer, avoid, gone)
                    if lease is not None:
                        return lease
                    if not any(
                        instance.coming or (gone is not None and instance.upstream is gone)
                        for instance in candidates
                    ):
                        raise self._why_none(candidates)
                    await self._change()
        except TimeoutError:
            raise self._not_yet(f"became ready within {timeout_s:g} s") from None

    def _best(
        self,
        candidates: Sequence[Instance],
        resolve: ResolveModel,
        prefer: Prefer | None,
        avoid: Instance | None,
        gone: Upstream | None,
    ) -> Lease | None:
        ready = [
            (each, up)
            for each in candidates
            if (up := each.upstream) is not None and up is not gone
        ]
        # A name is resolved among the models of all: an instance without that model is no choice.
        named = name_models([(instance.label, up.models) for instance, up in ready])
        model = resolve([each.model for each in named]) if ready else None
        if model is None:
            return None
        keys = {each.source: each.key for each in named if each.model.key == model}
        found = [
            Lease(instance, upstream, keys.get(source, model), instance.generation)
            for source, (instance, upstream) in enumerate(ready)
            if not upstream.models or source in keys
        ]
        found = [lease for lease in found if lease.instance is not avoid] or found
        found = [lease for lease in found if not lease.instance.doubtful] or found
        if not found:
            return None
        preferred = prefer(found) if prefer is not None else None
        if preferred is not None:
            return preferred
        least = min(lease.instance.in_flight for lease in found)
        idle = [lease for lease in found if lease.instance.in_flight == least]
        return idle[next(self._turn) % len(idle)]

    async def _change(self) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await waiter
        finally:
            self._waiters.discard(waiter)

    def _not_yet(self, what: str) -> GatewayError:
        messages = (instance.status().last_error_message for instance in self.instances)
        reason = next((f": {message}" for message in messages if message), "")
        return UpstreamUnavailableError(f"no upstream instance {what}{reason}; see /healthz")

    def _why_none(self, candidates: Sequence[Instance]) -> GatewayError:
        statuses = [instance.status() for instance in candidates]
        for status in statuses:
            if status.state is InstanceState.NEEDS_LOGIN:
                if status.last_error == "upstream_forbidden":
                    return UpstreamForbiddenError(status.last_error_message)
                return LoginRequiredError(
                    status.last_error_message or f"{status.name} is not signed in: sign in first"
                )
        if any(status.state is InstanceState.READY for status in statuses):
            return BusyError(
                "no ready instance has this model now; choose another", retry_after_s=RETRY_AFTER_S
            )
        for status in statuses:
            if status.stopped:
                return UpstreamUnavailableError(
                    f"no upstream instance is running: {status.name} was stopped by hand; start it"
                    " again in the gateway's window"
                )
            if status.last_error_message:
                return UpstreamUnavailableError(
                    f"no upstream instance is running: {status.last_error_message}"
                )
        return UpstreamUnavailableError(
            "no Lingma program was found; run `lingma-gateway upstream install`, set LINGMA_BIN, or"
            " start with --upstream demo to try it"
        )


async def _run_after(earlier: Sequence[asyncio.Event], instance: Instance) -> None:
    for ended in earlier:
        await ended.wait()
    await instance.run()


async def _renew(instance: Instance, drain_s: float) -> None:
    generation = instance.generation
    await _drain(instance, drain_s)
    if instance.generation == generation and not instance.stopped:
        instance.restart(LifeStep.SETTINGS_CHANGED)


async def _drain(instance: Instance, drain_s: float) -> None:
    left = await instance.turns.drain(drain_s)
    if left:
        logger.warning("%s: %d turns are ended: they took too long", instance.name, left)


def _not_up(instance: Instance, what: str) -> UpstreamUnavailableError:
    message = instance.status().last_error_message
    return UpstreamUnavailableError(f"{instance.name} is {what}{f': {message}' if message else ''}")


def _any_model(models: Sequence[UpstreamModel]) -> ModelId | None:
    return ModelId(models[0].key if models else "")
