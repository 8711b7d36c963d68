"""Models and the version in Ollama's form (Ollama, docs/api.md).

Editors read capabilities and context length from /api/show before they offer a model.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from gateway_engine.conversation import Model

API_VERSION: Final = "0.24.0"
"""The version of Ollama whose API this follows: clients refuse to talk to ones that are too old."""

_FAMILY: Final = "qwen"
_FOREVER: Final = "2318-01-01T00:00:00Z"


def tags(models: Sequence[Model], *, since: float) -> dict[str, Any]:
    """Return the list of /api/tags. `since` (seconds since the epoch) stands for their dates."""
    return {"models": [_entry(model, since) for model in models]}


def running(models: Sequence[Model], *, since: float) -> dict[str, Any]:
    """Return the list of /api/ps: upstream has all its models at hand."""
    loaded = []
    for model in models:
        entry = _entry(model, since)
        del entry["modified_at"]
        context = model.context_tokens
        loaded.append({**entry, "expires_at": _FOREVER, "size_vram": 0, "context_length": context})
    return {"models": loaded}


def show(model: Model, *, since: float) -> dict[str, Any]:
    """Return what /api/show tells of `model`."""
    info: dict[str, Any] = {
        "general.architecture": _FAMILY,
        "general.basename": model.display_name,
        "general.parameter_count": 0,
    }
    if model.context_tokens:
        info[f"{_FAMILY}.context_length"] = model.context_tokens
    capabilities = ["completion", "tools"]
    if model.vision:
        capabilities.append("vision")
    if model.reasoning:
        capabilities.append("thinking")
    return {
        "license": "",
        "modelfile": f"FROM {model.id}\n",
        "parameters": "",
        "template": "{{ .Prompt }}",
        "details": _details(),
        "model_info": info,
        "capabilities": capabilities,
        "modified_at": _date(since),
    }


def _entry(model: Model, since: float) -> dict[str, Any]:
    return {
        "name": model.id,
        "model": model.id,
        "modified_at": _date(since),
        "size": 0,
        "digest": hashlib.sha256(model.id.encode("utf-8", "replace")).hexdigest(),
        "details": _details(),
    }


def _details() -> dict[str, Any]:
    return {
        "parent_model": "",
        "format": "remote",
        "family": _FAMILY,
        "families": [_FAMILY],
        "parameter_size": "",
        "quantization_level": "",
    }


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
