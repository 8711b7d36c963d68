"""What clients call the models of several upstreams. Pure.

An id is bare where one upstream has it, and `label/id` where two do. Either spelling is understood
always, so that a name does not change its meaning while an upstream is away.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway_engine.conversation import ModelId
from gateway_engine.upstreams.contract import UpstreamModel


@dataclass(frozen=True, slots=True)
class NamedModel:
    """A model under one of its names. `source` is the upstream's place in the list that was given,
    `key` what that upstream calls it; `shown` tells the name that lists show.
    """

    model: UpstreamModel
    source: int
    key: ModelId
    shown: bool


def name_models(sources: Sequence[tuple[str, Sequence[UpstreamModel]]]) -> list[NamedModel]:
    """Name every model of `sources` (a label and its models each): the shown names first."""
    labels: defaultdict[ModelId, set[str]] = defaultdict(set)
    for label, models in sources:
        for model in models:
            labels[model.key].add(label)
    shown: list[NamedModel] = []
    understood: list[NamedModel] = []
    for source, (label, models) in enumerate(sources):
        for model in models:
            own_id = f"{label}/{model.own_id}" if model.own_id else ""
            qualified = replace(model, key=ModelId(f"{label}/{model.key}"), own_id=own_id)
            shared = len(labels[model.key]) > 1
            first, second = (qualified, model) if shared else (model, qualified)
            shown.append(NamedModel(first, source, model.key, shown=True))
            understood.append(
                NamedModel(replace(second, is_default=False), source, model.key, shown=False)
            )
    return shown + understood
