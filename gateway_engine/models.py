"""Which upstream model a client's name means (http-api contract §3), and the list clients see.
Pure.
"""

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

    A key or display name (any case) as is, then the aliases (`claude-*=key`, first match), then
    `default`, then upstream's own default, then its first model.
    """
    exact = _named(asked, models)
    if exact is not None:
        return exact
    lowered = asked.lower()
    for pattern, target in aliases.items():
        if fnmatch.fnmatchcase(lowered, pattern.lower()):
            aliased = _named(target, models)
            if aliased is not None:
                return aliased
    preferred = _named(default, models) if default else None
    if preferred is not None:
        return preferred
    for model in models:
        if model.is_default:
            return model.key
    return models[0].key if models else ModelId(default)


def is_named(name: str, models: Sequence[UpstreamModel]) -> bool:
    """Whether one of `models` is called so, by key or display name."""
    return _named(name, models) is not None


def _named(name: str, models: Sequence[UpstreamModel]) -> ModelId | None:
    for model in models:
        if model.key == name:
            return model.key
    lowered = name.lower()
    for model in models:
        if lowered in (model.key.lower(), model.display_name.lower()):
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
