"""A conversation as one text."""

from gateway_engine.conversation import (
    AudioPart,
    ChatRequest,
    DocumentPart,
    ImagePart,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from gateway_engine.prompt import render_follow_up, render_parts, render_prompt


def prompt(*turns: tuple[Role, str]) -> str:
    messages = tuple(Message(role, (TextPart(text),)) for role, text in turns)
    return render_prompt(ChatRequest("m", messages))


def test_a_lone_question_goes_as_it_is() -> None:
    assert prompt((Role.USER, "hi\n there ")) == "hi\n there "


def test_instructions_come_first_wherever_they_stand() -> None:
    said = prompt((Role.USER, "hi"), (Role.DEVELOPER, "later"), (Role.SYSTEM, "be kind"))
    assert said == "later\n\nbe kind\n\nhi"
    assert prompt((Role.SYSTEM, ""), (Role.USER, "hi")) == "hi"


def test_what_is_ordered_in_the_middle_stays_there() -> None:
    turns = [
        (Role.SYSTEM, "be kind"),
        (Role.USER, "one"),
        (Role.ASSISTANT, "two"),
        (Role.USER, "three"),
        (Role.DEVELOPER, "be brief"),
        (Role.SYSTEM, ""),
    ]
    said = prompt(*turns)
    assert said.startswith("be kind\n\n")
    assert said.endswith("User:\nthree\n\nSystem:\nbe brief")


def test_an_answer_that_the_client_began_is_to_be_gone_on_with() -> None:
    said = prompt((Role.USER, "as JSON"), (Role.ASSISTANT, '{"a":'))
    assert said.startswith("Below is the conversation so far. Its last message is your own answer")
    assert said.endswith('Assistant:\n{"a":')
    assert "Answer its last message" in prompt((Role.USER, "a"), (Role.ASSISTANT, " "))


def follow_up(*messages: Message) -> str:
    return render_follow_up(ChatRequest("m", messages))


def test_a_follow_up_may_hold_new_instructions() -> None:
    calls = (ToolCallPart("1", "ls", "{}"),)
    before = (Message(Role.USER, (TextPart("go"),)), Message(Role.ASSISTANT, calls))
    listed = Message(Role.TOOL, (ToolResultPart("1", (TextPart("a.txt"),)),))
    reminder = Message(Role.SYSTEM, (TextPart("be brief"),))
    assert follow_up(*before, listed, reminder) == (
        "Tool result:\n```tool result ls\na.txt\n```\n\nSystem:\nbe brief"
    )


def test_a_longer_conversation_names_its_roles_in_order() -> None:
    said = prompt(
        (Role.SYSTEM, "be kind"),
        (Role.USER, "one"),
        (Role.ASSISTANT, "two"),
        (Role.TOOL, "three"),
        (Role.USER, "four"),
    )
    # A tool's turn that answers no call is the user's.
    parts = ["be kind", "User:\none", "Assistant:\ntwo", "User:\nthree", "User:\nfour"]
    places = [said.index(part) for part in parts]
    assert places == sorted(places)
    assert said.endswith("User:\nfour")


def test_nothing_asked_is_nothing() -> None:
    assert prompt() == ""
    assert prompt((Role.USER, "")) == ""


def test_every_kind_of_part() -> None:
    parts: list[Part] = [
        TextPart("text"),
        TextPart(""),
        ImagePart(data="aGk="),
        AudioPart(),
        DocumentPart("a.txt", "content"),
        DocumentPart("b.pdf"),
        DocumentPart(),
        ReasoningPart("hidden"),
        ToolCallPart("c-1", "weather", '{"city":"x"}'),
        ToolResultPart("c-1", (TextPart("sunny"), ImagePart())),
        ToolResultPart("c-2", (TextPart("no"),), is_error=True),
    ]
    assert render_parts(parts, {"c-1": "weather"}).splitlines() == [
        "text",
        "[image]",
        "[audio]",
        "content",
        "[file: b.pdf]",
        "[file: unnamed]",
        "```json action",
        '{"tool": "weather", "parameters": {"city":"x"}}',
        "```",
        "```tool result weather",
        "sunny",
        "[image]",
        "```",
        "```tool error ",
        "no",
        "```",
    ]


def test_a_follow_up_says_only_what_is_new() -> None:
    calls = tuple(ToolCallPart(call_id, "weather", "{}") for call_id in ("a", "b"))
    results = [ToolResultPart(call_id, (TextPart(f"of {call_id}"),)) for call_id in ("b", "a")]
    request = ChatRequest(
        "m",
        (
            Message(Role.USER, (TextPart("asked before"),)),
            Message(Role.ASSISTANT, (TextPart("said before"), *calls)),
            *(Message(Role.TOOL, (result,)) for result in results),
        ),
    )
    said = render_follow_up(request)
    assert "before" not in said
    assert said.index("of a") < said.index("of b")
    assert said.count("```tool result weather") == 2
