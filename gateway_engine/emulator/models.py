"""The demo models, as ``config/queryModels`` gives them: a map of scene to list.

Keys start with ``demo-`` so that demo answers can never pass for real ones. The same key appears
in several scenes, as upstream does it; a client has to drop the repetitions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class DemoModel:
    """One model; ``max_input_tokens`` is the limit ``context/usage/sync`` reports."""

    key: str
    name: str
    scenes: tuple[str, ...]
    max_input_tokens: int = 128_000
    reasons: bool = False
    sees: bool = False
    default: bool = False

    def listing(self) -> dict[str, Any]:
        """The model as one entry of a scene."""
        return {
            "key": self.key,
            "displayName": self.name,
            "model": self.key,
            "format": "openai",
            "isReasoning": self.reasons,
            "isVl": self.sees,
            "isDefault": self.default,
            "maxInputTokens": self.max_input_tokens,
            "source": "system",
            "enable": True,
        }


MODELS = (
    DemoModel("demo-auto", "Demo Auto", ("assistant", "chat", "developer", "quest"), default=True),
    DemoModel("demo-coder", "Demo Coder", ("assistant", "chat", "developer", "inline"), 256_000),
    DemoModel("demo-think", "Demo Think", ("assistant", "chat"), 96_000, reasons=True),
    DemoModel("demo-vision", "Demo Vision", ("assistant", "chat"), 64_000, sees=True),
)
DEFAULT_MODEL = MODELS[0]


def scenes() -> dict[str, list[dict[str, Any]]]:
    """The whole answer of ``config/queryModels`` for a signed-in account."""
    names = sorted({scene for model in MODELS for scene in model.scenes})
    return {name: [model.listing() for model in MODELS if name in model.scenes] for name in names}


def find_model(key: str) -> DemoModel | None:
    """The model of that key; no key means the default model, an unknown one None."""
    if not key:
        return DEFAULT_MODEL
    return next((model for model in MODELS if model.key == key), None)
