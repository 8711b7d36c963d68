"""A turn's tokens as Chat Completions and legacy Completions count them."""

from typing import Any

from gateway_engine.conversation import Usage


def usage_counts(usage: Usage) -> dict[str, Any]:
    """Return the object `usage`."""
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
    }
