"""A legacy Completions body as a ChatRequest (OpenAI API reference, "Create completion").

The prompt becomes one user message: upstream knows chat models only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway_engine.conversation import ChatRequest, Message, Role, TextPart
from gateway_engine.protocols.request_fields import (
    Changes,
    as_object,
    as_text,
    invalid,
    names,
    optional_bool,
    optional_count,
    optional_text,
    required_text,
    text_list,
)

_USED: Final = names("model prompt stream stream_options max_tokens stop n user echo")
_REFUSED: Final = names(
    "suffix logprobs best_of temperature top_p seed presence_penalty frequency_penalty logit_bias"
)


@dataclass(frozen=True, slots=True)
class ParsedCompletion:
    """What the client wants answered, and how. `echo` is what stands before the answer's text."""

    request: ChatRequest
    stream: bool
    include_usage: bool
    echo: str


def parse(body: Mapping[str, Any]) -> ParsedCompletion:
    """Return the request in `body`. Raises InvalidRequestError, which names the field."""
    changes = Changes()
    model = required_text(body, "model", "model")
    prompt = _prompt(body.get("prompt"))
    if optional_count(body, "n", "n") not in (None, 1):
        raise invalid("n", "only one answer per request is supported; ask again for another")
    stop = body.get("stop")
    options = as_object(body.get("stream_options") or {}, "stream_options")
    changes.drop_others(body, _USED, _REFUSED)
    return ParsedCompletion(
        request=ChatRequest(
            model=model,
            messages=(Message(Role.USER, (TextPart(prompt),)),),
            max_tokens=optional_count(body, "max_tokens", "max_tokens"),
            stop=text_list([stop] if isinstance(stop, str) else stop, "stop"),
            user=optional_text(body, "user", "user"),
            changes=changes.listed(),
            reasoning_shown=False,
        ),
        stream=optional_bool(body, "stream", "stream", default=False),
        include_usage=optional_bool(
            options, "include_usage", "stream_options.include_usage", default=False
        ),
        echo=prompt if optional_bool(body, "echo", "echo", default=False) else "",
    )


def _prompt(value: Any) -> str:
    if value is None:
        raise invalid("prompt", "is required")
    if isinstance(value, list):
        if any(isinstance(item, int | list) for item in value):
            raise invalid("prompt", "token numbers cannot be read here; send text")
        if len(value) != 1:
            raise invalid("prompt", "only one prompt per request is supported; ask once for each")
        value = value[0]
    text = as_text(value, "prompt")
    if not text.strip():
        raise invalid("prompt", "must not be empty")
    return text
