"""The text that upstream was given to answer, found in the messages it was sent. Pure.

No vendor's names are known here. An ask repeats its prompt, which the record says once and refers
to ("the same as …"); else the prompt is the text that holds the last message; else the longest one.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway_engine.inspector.conversation_view import message_text, messages_of
from gateway_engine.inspector.record import SAME_AS, TO_UPSTREAM, Details
from gateway_engine.json_text import InvalidJsonError, parse

LEAST_CHARS: Final = 40
"""A shorter text that holds no message is a name or an id."""
COMPARED_CHARS: Final = 120
_SAME: Final = re.compile(re.escape(SAME_AS.format("PATH")).replace("PATH", "(.+)"))


@dataclass(frozen=True, slots=True)
class AskedText:
    """What was asked `at_ms` after the request came. `cut`: not all of it was kept."""

    at_ms: float
    text: str
    cut: bool = False


def asked_texts(details: Details) -> tuple[AskedText, ...]:
    """Return every text that upstream was asked with, the oldest first."""
    messages = messages_of(details.conversation)
    last = message_text(messages[-1]).strip()[:COMPARED_CHARS] if messages else ""
    found = []
    for frame in details.frames:
        if frame.direction != TO_UPSTREAM:
            continue
        try:
            value = parse(frame.body.text)
        except InvalidJsonError:
            text = frame.body.text if frame.body.cut else ""
        else:
            text = _asked(dict(_texts(value, "")), last)
        if text:
            found.append(AskedText(frame.at_ms, text, frame.body.cut))
    return tuple(found)


def _asked(texts: Mapping[str, str], last: str) -> str:
    referred = Counter(found[1] for t in texts.values() if (found := _SAME.fullmatch(t)))
    for path, _count in referred.most_common(1):
        if path in texts:
            return texts[path]
    plain = [text for text in texts.values() if not _SAME.fullmatch(text)]
    holding = [text for text in plain if last and last in text]
    long = [text for text in plain if len(text) >= LEAST_CHARS and " " in text]
    return max(holding or long, key=len, default="")


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text with where it stands."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, held in value.items():
            yield from _texts(held, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for number, held in enumerate(value):
            yield from _texts(held, f"{path}.{number}" if path else str(number))
