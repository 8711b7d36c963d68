"""Answers that must be JSON (`response_format`, `output_config.format`): asked for, checked. Pure.

Upstream has no such mode: the model is told, its answer is checked, and it is told once more when
it did not comply (http-api contract §1, "Streaming"). A fence around the JSON is taken off.
"""

import re
from typing import Final

from gateway_engine.conversation import JsonFormat
from gateway_engine.json_text import InvalidJsonError, parse, render
from gateway_engine.tools.repair import Unrepairable, repair_arguments
from gateway_engine.tools.top_level import top_level

_FENCED: Final = re.compile(r"\A\s*```[a-zA-Z]*[ \t]*\r?\n(.*?)\r?\n?```\s*\Z", re.DOTALL)


def teach_format(wanted: JsonFormat) -> str:
    """Return what the prompt says of the form of the answer."""
    text = "Answer with one JSON object and nothing else: no fence, no words before or after it."
    if wanted.schema is not None:
        text += " It must fit this JSON Schema:\n" + render(dict(wanted.schema)).decode()
    return text


def accept_json(answer: str, wanted: JsonFormat) -> str | None:
    """Return the JSON text in `answer`, or None when it is not what was wanted."""
    fenced = _FENCED.match(answer)
    text = fenced[1] if fenced else answer.strip()
    try:
        value = parse(text)
    except InvalidJsonError:
        return None
    if wanted.schema is None:
        return text if isinstance(value, dict) else None
    if wanted.schema.get("type", "object") != "object" or not isinstance(value, dict):
        return text
    return (
        None if isinstance(repair_arguments(text, top_level(wanted.schema)), Unrepairable) else text
    )


def ask_for_json(wanted: JsonFormat) -> str:
    """Return the one firmer request after an answer that was not JSON as wanted."""
    return "Your last answer was not what was asked for. " + teach_format(wanted)
