"""Whose model a request means, while its instance is away too.

An instance that restarts has no models for a moment, and one that starts for the first time has
never told any. A name that only such a one's models have still means that one: what was asked of it
is not answered by another's model in its place. Before it has told its models, these are what the
settings call them, and whatever begins with its label where no other instance has that.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from gateway_engine.conversation import InstanceName, ModelId
from gateway_engine.models import is_named
from gateway_engine.pool.instance import Instance
from gateway_engine.pool.naming import name_models
from gateway_engine.upstreams.contract import UpstreamModel

ResolveModel = Callable[[Sequence[UpstreamModel]], ModelId | None]
"""Which of these models answers this request; None when none does."""

_NOTHING: Final[tuple[str, ...]] = ()


class KnownModels:
    """What each instance called its models last, under the label it had."""

    def __init__(self) -> None:
        self._told: dict[Instance, tuple[str, tuple[UpstreamModel, ...]]] = {}
        self._expected: Mapping[InstanceName, Sequence[str]] = {}

    def expect(self, models: Mapping[InstanceName, Sequence[str]]) -> None:
        """These are the names that the settings have for models of instances."""
        self._expected = models

    def learn(self, instances: Sequence[Instance]) -> None:
        """Remember what these offer now; those that are no more are forgotten."""
        told = {each: (each.label, each.models) for each in instances if each.models}
        self._told = {
            each: told.get(each) or self._told[each]
            for each in instances
            if each in told or each in self._told
        }

    def meant(
        self, names: Sequence[str], candidates: Sequence[Instance], ready: Sequence[Instance]
    ) -> Sequence[Instance]:
        """Those of `candidates` that may answer: all, or only those away whose model is named.

        `names` are what the request may mean; the first that anybody has counts.
        """
        away = [each for each in candidates if each not in ready]
        for name in names:
            if self._having(name, ready):
                return candidates
            found = self._having(name, away) or self._expecting(name, away, candidates)
            if found:
                return found
        return candidates

    def _having(self, name: str, instances: Sequence[Instance]) -> tuple[Instance, ...]:
        known = [each for each in instances if each in self._told]
        models = name_models([self._told[each] for each in known])
        found = {known[each.source] for each in models if is_named(name, [each.model])}
        return tuple(each for each in known if each in found)

    def _expecting(
        self, name: str, away: Sequence[Instance], candidates: Sequence[Instance]
    ) -> tuple[Instance, ...]:
        label, slash, model = name.lower().partition("/")
        labelled = [each for each in candidates if slash and each.label.lower() == label]
        found = []
        for each in away:
            if each in self._told:
                continue
            expected = {other.lower() for other in self._expected.get(each.name, _NOTHING)}
            by_label = each in labelled and (model in expected or len(labelled) == 1)
            if name.lower() in expected or by_label:
                found.append(each)
        return tuple(found)
