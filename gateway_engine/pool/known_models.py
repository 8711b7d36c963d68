"""Whose model a request means, while its instance is away too.

An instance that restarts has no models for a moment. A name that only such a one's models have
still means that one: what was asked of it is not answered by another's model in its place.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from gateway_engine.conversation import ModelId
from gateway_engine.pool.instance import Instance
from gateway_engine.pool.naming import name_models
from gateway_engine.upstreams.contract import UpstreamModel

ResolveModel = Callable[[Sequence[UpstreamModel]], ModelId | None]
"""Which of these models answers this request; None when none does."""

_ANY_OTHER: Final = UpstreamModel(ModelId(""), "", is_default=True)


class KnownModels:
    """What each instance called its models last, under the label it had."""

    def __init__(self) -> None:
        self._told: dict[Instance, tuple[str, tuple[UpstreamModel, ...]]] = {}

    def learn(self, instances: Sequence[Instance]) -> None:
        """Remember what these offer now; those that are no more are forgotten."""
        told = {each: (each.label, each.models) for each in instances if each.models}
        self._told = {
            each: told.get(each) or self._told[each]
            for each in instances
            if each in told or each in self._told
        }

    def meant(
        self, resolve: ResolveModel, candidates: Sequence[Instance], ready: Sequence[Instance]
    ) -> Sequence[Instance]:
        """Those of `candidates` that may answer: all, or only those away whose model is named."""
        if self._named(resolve, ready):
            return candidates
        away = [each for each in candidates if each not in ready]
        return self._named(resolve, away) or candidates

    def _named(self, resolve: ResolveModel, instances: Sequence[Instance]) -> tuple[Instance, ...]:
        """Those that have the model which is called by its name, and not for want of another."""
        known = [each for each in instances if each in self._told]
        models = name_models([self._told[each] for each in known])
        key = resolve([_ANY_OTHER, *(replace(each.model, is_default=False) for each in models)])
        found = {known[each.source] for each in models if key and each.model.key == key}
        return tuple(each for each in known if each in found)
