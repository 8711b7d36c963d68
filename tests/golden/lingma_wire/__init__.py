"""Reads the wire transcripts beside it; the format is described in README.md.

Depends on the standard library alone, so that no codec of ours is judged by itself.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent

Direction = Literal[">>", "<<"]
Json = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One line: a whole frame (``body`` is its JSON) or one raw message (``body`` is None).

    ``data`` are the bytes on the wire; ``text`` says that a raw message is a text message.
    """

    direction: Direction
    data: bytes
    body: Json | None = None
    text: bool = False
    line: int = 0


@dataclass(frozen=True)
class Transcript:
    """One file."""

    name: str
    steps: tuple[Step, ...]
    directives: Mapping[str, str] = field(default_factory=dict)
    meaning: Mapping[str, Any] = field(default_factory=dict)

    def stream(self, direction: Direction) -> bytes:
        """All bytes of one direction."""
        return b"".join(step.data for step in self.steps if step.direction == direction)

    def bodies(self, direction: Direction) -> list[Json]:
        """The JSON of all frames of one direction, those in raw lines included."""
        return [json.loads(body) for body in frame_bodies(self.stream(direction))]


def names() -> list[str]:
    """The transcripts there are."""
    return sorted(path.stem for path in FOLDER.glob("*.wire"))


def load(name: str) -> Transcript:
    """Read one transcript. Raises ValueError on a line that is none."""
    steps: list[Step] = []
    directives: dict[str, str] = {}
    meaning: dict[str, Any] = {}
    content = (FOLDER / f"{name}.wire").read_text(encoding="utf-8")
    for number, line in enumerate(content.split("\n"), 1):
        mark, _, rest = line.partition(" ")
        key, _, value = rest.partition(" ")
        match mark:
            case "" | "#":
                pass
            case "@":
                directives[key] = value
            case "=":
                meaning[key] = json.loads(value)
            case ">>" | "<<":
                body = rest.encode("utf-8")
                steps.append(Step(mark, framed(body), json.loads(rest), True, number))
            case ">>t" | "<<t" | ">>b" | "<<b":
                direction: Direction = ">>" if mark.startswith(">>") else "<<"
                steps.append(Step(direction, unescape(rest), None, mark[2] == "t", number))
            case _:
                raise ValueError(f"{name}.wire:{number}: {line[:40]!r}")
    return Transcript(name, tuple(steps), directives, meaning)


def framed(body: bytes) -> bytes:
    """The body with the usual header."""
    return b"Content-Length: " + str(len(body)).encode("ascii") + b"\r\n\r\n" + body


_ESCAPE = re.compile(rb"\\(r|n|\\|x[0-9a-fA-F]{2})")


def unescape(text: str) -> bytes:
    """The bytes of a raw line."""

    def replace(found: re.Match[bytes]) -> bytes:
        code = found[1]
        if code.startswith(b"x"):
            return bytes([int(code[1:], 16)])
        return {b"r": b"\r", b"n": b"\n", b"\\": b"\\"}[code]

    return _ESCAPE.sub(replace, text.encode("utf-8"))


def frame_bodies(stream: bytes) -> list[bytes]:
    """A slow, obvious reader of a whole stream; a rest that is no whole frame is an error."""
    bodies = []
    while stream:
        head, found, rest = stream.partition(b"\r\n\r\n")
        lines = (line.partition(b":") for line in head.split(b"\r\n"))
        headers = {name.strip().lower(): value.strip() for name, _, value in lines}
        length = int(headers[b"content-length"])
        if not found or len(rest) < length:
            raise ValueError("the stream ends within a frame")
        bodies.append(rest[:length])
        stream = rest[length:]
    return bodies


def meets(expected: Any, actual: Any, captured: dict[str, Any]) -> bool:
    """Whether ``actual`` is what a ``<<`` line asks for; fills in ``captured``."""
    if isinstance(expected, str) and expected.startswith("$"):
        if expected == "$_":
            return True
        return bool(captured.setdefault(expected, actual) == actual)
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            key in actual and meets(value, actual[key], captured) for key, value in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(actual, list)
            and len(expected) == len(actual)
            and all(meets(e, a, captured) for e, a in zip(expected, actual, strict=True))
        )
    return type(expected) is type(actual) and bool(expected == actual)


def fill_in(value: Any, captured: Mapping[str, Any]) -> Any:
    """A ``>>`` body with the captured values in place of their names."""
    if isinstance(value, str):
        return captured.get(value, value)
    if isinstance(value, dict):
        return {key: fill_in(item, captured) for key, item in value.items()}
    if isinstance(value, list):
        return [fill_in(item, captured) for item in value]
    return value


def join_deltas(messages: Iterable[Json]) -> list[Json]:
    """Neighbouring deltas of one kind, request and step as one message."""
    joined: list[Json] = []
    for message in messages:
        spelling = _continues(joined[-1], message) if joined else None
        if spelling is None:
            joined.append(message)
            continue
        last = joined[-1]
        text = last["params"][spelling] + message["params"][spelling]
        joined[-1] = {**last, "params": {**last["params"], spelling: text}}
    return joined


def _continues(last: Json, message: Json) -> str | None:
    """How the text is spelled, when the message goes on where the last one ended."""
    if message.get("method") not in ("chat/answer", "chat/think"):
        return None
    if last.get("method") != message["method"]:
        return None
    before, now = last["params"], message["params"]
    same = all(before.get(key) == now.get(key) for key in ("requestId", "step"))
    if not same or now.get("overwrite") or now.get("isFiltered"):
        return None
    return next((name for name in ("text", "content") if name in before and name in now), None)
