"""Which upstream model a client's name means, and the list clients see. Pure."""

import fnmatch
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gateway_engine.conversation import Model, ModelId
from gateway_engine.upstreams.contract import UpstreamModel

AGENT_NAMES = frozenset({"agent", "lingma-agent"})
"""Names that mean: the default model, in agent mode."""


def resolve_model(
    asked: str,
    models: Sequence[UpstreamModel],
    *,
    aliases: Mapping[str, str],
    default: str,
) -> ModelId:
    """Return the key of the model that answers to `asked`; "" when upstream lists none.

    A key, display name or upstream's own id (any case) as is, then the aliases (`claude-*=key`,
    first match), then `default`, then upstream's own default, then its first model.
    """
    for name in names_meant(asked, aliases=aliases, default=default):
        found = _named(name, models)
        if found is not None:
            return found
    for model in models:
        if model.is_default:
            return model.key
    return models[0].key if models else ModelId(default)


def names_meant(asked: str, *, aliases: Mapping[str, str], default: str) -> tuple[str, ...]:
    """The names of models that `asked` may stand for; the first that there is, is meant."""
    lowered = asked.lower()
    aliased = (to for name, to in aliases.items() if fnmatch.fnmatchcase(lowered, name.lower()))
    return tuple(name for name in (asked, *aliased, default) if name)


def is_named(name: str, models: Sequence[UpstreamModel]) -> bool:
    """Whether one of `models` is called so, by key, display name or upstream's own id."""
    return _named(name, models) is not None


def _named(name: str, models: Sequence[UpstreamModel]) -> ModelId | None:
    for model in models:
        if model.key == name:
            return model.key
    lowered = name.lower()
    for model in models:
        names = (model.key, model.display_name, model.own_id or model.key)
        if lowered in (each.lower() for each in names):
            return model.key
    return None


def list_models(
    sources: Iterable[tuple[str, Sequence[UpstreamModel]]], aliases: Mapping[str, str]
) -> list[Model]:
    """Return all models once, the default first. `sources` pairs an upstream kind with its
    models.
    """
    found: dict[ModelId, Model] = {}
    for upstream, models in sources:
        for model in models:
            seen = found.get(model.key)
            if seen is None:
                found[model.key] = Model(
                    id=model.key,
                    display_name=model.display_name,
                    upstream=upstream,
                    context_tokens=model.context_tokens,
                    vision=model.vision,
                    reasoning=model.reasoning,
                    is_default=model.is_default,
                    aliases=tuple(
                        name
                        for name, target in aliases.items()
                        if target.lower() in (model.key.lower(), model.display_name.lower())
                    ),
                )
            elif model.is_default and not seen.is_default:
                found[model.key] = replace(seen, is_default=True)
    return sorted(found.values(), key=lambda model: not model.is_default)
