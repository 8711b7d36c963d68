"""What a request asks for, before anything is done about it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway_engine.chat.left_behind import Course
from gateway_engine.chat.returned_results import CallsMade, ReturnedResults, returned_results
from gateway_engine.conversation import ChatRequest
from gateway_engine.prompt import render_parts
from gateway_engine.sessions.quoted_reasoning import with_reasoning_apart
from gateway_engine.sessions.volatile import without_volatile_lines


@dataclass(frozen=True, slots=True)
class AskedFor:
    """`request` is without what no model needs; `empty`: it says nothing. `returned` are results it
    brings, `course` shows which conversations it leaves behind.
    """

    request: ChatRequest
    empty: bool
    returned: ReturnedResults | None
    course: Course


def look_at(request: ChatRequest, key_id: str, made: Sequence[CallsMade] = ()) -> AskedFor:
    """Return what `request` asks for. `made`: calls of which its course will be asked soon."""
    request = plain(request)
    course = Course(request, key_id)
    if any(render_parts(message.parts).strip() for message in request.messages):
        if made:
            course.prepare(made)
        return AskedFor(request, False, returned_results(request, key_id), course)
    return AskedFor(request, True, None, course)


def plain(request: ChatRequest) -> ChatRequest:
    """Return the request without what clients put into texts that no model needs."""
    return with_reasoning_apart(without_volatile_lines(request))
