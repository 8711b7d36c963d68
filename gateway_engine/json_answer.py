"""Answers that must be JSON (`response_format`, `output_config.format`): asked for, checked. Pure.

Upstream has no such mode: the model is told, its answer is checked, and it is told once more when
it did not comply. What can only mean one thing is put right without asking: a fence or words around
the one object there is, a trailing comma, a number in quotes where the schema wants a number.
"""

import re
from collections.abc import Iterator
from typing import Final

from gateway_engine.conversation import JsonFormat
from gateway_engine.json_text import InvalidJsonError, parse, render
from gateway_engine.tools.lenient_json import LenientReader
from gateway_engine.tools.repair import Repaired, repair_arguments
from gateway_engine.tools.schema_fit import fits
from gateway_engine.tools.top_level import top_level

_FENCED: Final = re.compile(r"\A\s*```[a-zA-Z]*[ \t]*\r?\n(.*?)\r?\n?```\s*\Z", re.DOTALL)
_MAX_TRIES: Final = 8
"""Braces at which an object may begin, before it is given up."""


def teach_format(wanted: JsonFormat) -> str:
    """Return what the prompt says of the form of the answer."""
    text = "Answer with one JSON object and nothing else: no fence, no words before or after it."
    if wanted.schema is not None:
        text += " It must fit this JSON Schema:\n" + render(dict(wanted.schema)).decode()
    return text


def accept_json(answer: str, wanted: JsonFormat) -> str | None:
    """Return the JSON text in `answer`, or None when it is not what was wanted."""
    for text in _candidates(answer):
        fitting = _fitting(text, wanted)
        if fitting is not None:
            return fitting
    return None


def ask_for_json(wanted: JsonFormat) -> str:
    """Return the one firmer request after an answer that was not JSON as wanted."""
    return "Your last answer was not what was asked for. " + teach_format(wanted)


def _candidates(answer: str) -> Iterator[str]:
    fenced = _FENCED.match(answer)
    yield fenced[1] if fenced else answer.strip()
    among_words = _only_object(answer)
    if among_words is not None:
        yield among_words


def _only_object(answer: str) -> str | None:
    """Return the one object that stands in `answer`; None when there are more or none."""
    found: str | None = None
    at = answer.find("{")
    tries = 0
    while at >= 0:
        tries += 1
        if tries > _MAX_TRIES:
            return None
        reader = LenientReader()
        end = at
        while end < len(answer) and not reader.done and not reader.broken:
            end = reader.feed(answer, end, [])
        if reader.done:
            if found is not None:
                return None
            found = answer[at:end]
        at = answer.find("{", end if reader.done else at + 1)
    return found


def _fitting(text: str, wanted: JsonFormat) -> str | None:
    """Return `text`, mended where it has one meaning, when that is what was wanted."""
    schema = wanted.schema
    try:
        value = parse(text)
    except InvalidJsonError:
        fits_as_it_is = False
    else:
        fits_as_it_is = isinstance(value, dict) if schema is None else fits(value, schema)
    if fits_as_it_is:
        return text
    outcome = repair_arguments(text, top_level(schema or {}))
    if not isinstance(outcome, Repaired):
        return None
    return outcome.text if schema is None or fits(parse(outcome.text), schema) else None
