"""Results go on with the calls they answer, whatever a client adds to the arguments."""

from gateway_engine.chat.left_behind import Course
from gateway_engine.chat.returned_results import calls_made, returned_results
from gateway_engine.conversation import (
    ChatRequest,
    Message,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)

EDIT = ToolSpec(
    "edit",
    "",
    {"type": "object", "properties": {"path": {}, "all": {"type": "boolean", "default": False}}},
)
ASKED = Message(Role.USER, (TextPart("go"),))
RESULT = Message(Role.TOOL, (ToolResultPart("1", (TextPart("done"),)),))


def calling(arguments: str) -> Message:
    return Message(Role.ASSISTANT, (ToolCallPart("1", "edit", arguments),))


def goes_on(made_with: str, sent_back: str, *, declared: tuple[ToolSpec, ...] = (EDIT,)) -> bool:
    made = calls_made(ChatRequest("m", (ASKED,), (EDIT,)), calling(made_with), ("1",), "k")
    later = ChatRequest("m", (ASKED, calling(sent_back), RESULT), declared)
    returned = returned_results(later, "k")
    assert returned is not None
    return returned.answers(made)


def test_a_default_that_was_added_or_left_out_is_the_same_call() -> None:
    assert goes_on('{"path": "a"}', '{"all": false, "path": "a"}')
    assert goes_on('{"path": "a", "all": false}', '{"path": "a"}')
    assert not goes_on('{"path": "a"}', '{"all": true, "path": "a"}')
    assert not goes_on('{"path": "a"}', '{"path": "b"}')


def test_without_the_tools_arguments_must_be_as_they_were() -> None:
    assert goes_on('{"path": "a", "all": false}', '{"path": "a", "all": false}', declared=())
    assert goes_on('{"path": "a"}', '{"path": "a"}', declared=())
    assert not goes_on('{"path": "a"}', '{"path": "a", "all": true}', declared=())


def test_new_instructions_beside_the_results_are_more_than_results() -> None:
    made = calls_made(ChatRequest("m", (ASKED,), (EDIT,)), calling("{}"), ("1",), "k")
    reminder = Message(Role.SYSTEM, (TextPart("be brief"),))
    later = ChatRequest("m", (ASKED, calling("{}"), RESULT, reminder), (EDIT,))
    returned = returned_results(later, "k")
    assert returned is not None
    assert not returned.answers(made)
    assert Course(later, "k").leaves_behind(made)
