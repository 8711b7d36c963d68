"""What the parser says of an answer: the neutral stream events, and two things only chat reads."""

from dataclasses import dataclass

from gateway_engine.conversation import (
    TextDelta,
    ToolCallArguments,
    ToolCallFinished,
    ToolCallStarted,
)


@dataclass(frozen=True, slots=True)
class ArgumentsBroken:
    """A call began and its arguments cannot be had from this answer.

    `emitted` is the part that was already sent on: strict JSON up to where it stops. No
    ToolCallFinished follows for this index; whoever asks the model again for the arguments sends
    the rest and that event (see `arguments_retry`), or fails the turn.
    """

    index: int
    call_id: str
    name: str
    emitted: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Warned:
    """Something for the request's record. `detail` never holds what the model wrote."""

    code: str
    detail: str = ""


ParserEvent = (
    TextDelta | ToolCallStarted | ToolCallArguments | ToolCallFinished | ArgumentsBroken | Warned
)
