"""Models in OpenAI's form (API reference, "Models"), with fields of ours beside the vendor's."""

from collections.abc import Sequence
from typing import Any

from gateway_engine.conversation import Model
from gateway_engine.errors import NotFoundError


def find(models: Sequence[Model], name: str) -> Model:
    """Return the model called `name`: by id, else by alias, else by display name in any case."""
    for model in models:
        if model.id == name:
            return model
    for model in models:
        if name in model.aliases:
            return model
    folded = name.casefold()
    for model in models:
        if folded in (model.id.casefold(), model.display_name.casefold()):
            return model
    raise NotFoundError(f"there is no model {name[:200]!r}; GET /v1/models lists those there are")


def listing(models: Sequence[Model], *, created: int) -> dict[str, Any]:
    """Return the list. `created` stands for the release dates, which upstream does not tell."""
    return {"object": "list", "data": [entry(model, created=created) for model in models]}


def entry(model: Model, *, created: int) -> dict[str, Any]:
    """Return one model. `context_length` is null when upstream does not say."""
    return {
        "id": model.id,
        "object": "model",
        "created": created,
        "owned_by": model.upstream,
        "display_name": model.display_name,
        "context_length": model.context_tokens or None,
        "vision": model.vision,
        "reasoning": model.reasoning,
        "aliases": list(model.aliases),
    }
