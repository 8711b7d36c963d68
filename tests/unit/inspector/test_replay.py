"""Replays: whatever protocol a request came in, another one can ask the same."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.conversation import (
    AudioPart,
    ChatRequest,
    DocumentPart,
    ImagePart,
    JsonFormat,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolChoice,
    ToolChoiceMode,
    ToolResultPart,
    ToolSpec,
)
from gateway_engine.inspector.record import Record
from gateway_engine.inspector.redaction import SecretFinder
from gateway_engine.inspector.replay import PROTOCOLS, NotReplayableError, replay, why_not
from gateway_engine.inspector.replay_bodies import WRITERS
from gateway_engine.inspector.trace import MAX_BODY_BYTES
from gateway_engine.inspector.writing import write_record
from gateway_engine.protocols.anthropic_messages import request as anthropic_messages
from gateway_engine.protocols.ollama import request as ollama
from gateway_engine.protocols.openai_chat import request as openai_chat
from gateway_engine.protocols.openai_responses import request as openai_responses
from tests.unit.inspector.samples import NO_SECRETS, record, trace

PNG = "iVBORw0KGgo="
TOOL = ToolSpec("read", "Reads a file.", {"type": "object", "properties": {"path": {}}})
TALK = (
    Message(Role.SYSTEM, (TextPart("Be brief."),)),
    Message(Role.USER, (TextPart("What is in it?"), ImagePart("image/png", PNG))),
    Message(Role.ASSISTANT, (TextPart("I look."), ToolCallPart("c1", "read", '{"path":"a"}'))),
    Message(Role.TOOL, (ToolResultPart("c1", (TextPart("hello"),)),)),
    Message(Role.ASSISTANT, (TextPart("It says hello."),)),
    Message(Role.USER, (TextPart("And now?"),)),
)
WHOLE = ChatRequest("m", TALK, (TOOL,), max_tokens=100)


def read(protocol: str, body: dict[str, Any]) -> ChatRequest:
    """What the route of `protocol` makes of a body."""
    match protocol:
        case "openai_chat":
            return openai_chat.parse(body).request
        case "openai_responses":
            return openai_responses.parse(body).request
        case "anthropic_messages":
            return anthropic_messages.parse(body).request
        case _:
            return ollama.parse_chat(body).request


def flat(request: ChatRequest) -> list[tuple[str, str]]:
    """Everything said in a conversation, in order, however it is cut into messages."""
    said: list[tuple[str, str]] = []
    for message in request.messages:
        role = "system" if message.role is Role.DEVELOPER else message.role.value
        for part in message.parts:
            match part:
                case TextPart(text):
                    said.append((role, text))
                case ImagePart(media_type, data, url):
                    said.append((f"image {media_type}", data or url))
                case ToolCallPart(call_id, name, arguments):
                    said.append((f"call {call_id} {name}", json.dumps(json.loads(arguments))))
                case ToolResultPart(call_id, content):
                    texts = "\n".join(p.text for p in content if isinstance(p, TextPart))
                    said.append((f"result {call_id}", texts))
                case _:
                    said.append(("other", repr(part)))
    return said


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_written_body_is_read_as_the_same_conversation(protocol: str) -> None:
    path, write = WRITERS[protocol]
    made = write(WHOLE)
    assert made.left_out == ()
    assert path.startswith("/")
    back = read(protocol, json.loads(json.dumps(made.value)))
    assert flat(back) == flat(WHOLE)
    assert [(t.name, t.description) for t in back.tools] == [("read", "Reads a file.")]
    assert back.max_tokens == 100


words = st.text(st.characters(codec="utf-8", min_codepoint=32), min_size=1).filter(str.strip)
parts_of_user: st.SearchStrategy[Part] = words.map(TextPart) | st.just(ImagePart("image/png", PNG))
turns = st.lists(
    st.one_of(
        st.lists(parts_of_user, min_size=1, max_size=3).map(lambda p: Message(Role.USER, tuple(p))),
        words.map(lambda t: Message(Role.ASSISTANT, (TextPart(t),))),
        words.map(lambda t: Message(Role.SYSTEM, (TextPart(t),))),
    ),
    min_size=1,
    max_size=6,
)


@given(messages=turns)
@pytest.mark.parametrize("protocol", ["openai_chat", "openai_responses", "anthropic_messages"])
def test_any_conversation_comes_through(protocol: str, messages: list[Message]) -> None:
    asked = ChatRequest("m", (*messages, Message(Role.USER, (TextPart("?"),))))
    _, write = WRITERS[protocol]
    back = read(protocol, json.loads(json.dumps(write(asked).value)))
    assert flat(back) == flat(asked)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    ("part", "code"),
    [
        (AudioPart("audio/wav"), "audio"),
        (ReasoningPart("hm"), "reasoning"),
        (DocumentPart("a.pdf"), "files"),
    ],
)
def test_what_has_no_place_is_left_out_and_named(protocol: str, part: Part, code: str) -> None:
    asked = ChatRequest("m", (Message(Role.USER, (TextPart("Hi"), part)),))
    made = WRITERS[protocol][1](asked)
    assert made.left_out == (code,)
    assert flat(read(protocol, made.value)) == [("user", "Hi")]


@pytest.mark.parametrize("mode", list(ToolChoiceMode))
@pytest.mark.parametrize("protocol", ["openai_chat", "openai_responses", "anthropic_messages"])
def test_the_choice_of_tools_is_kept(protocol: str, mode: ToolChoiceMode) -> None:
    choice = ToolChoice(mode, "read" if mode is ToolChoiceMode.NAMED else "")
    asked = ChatRequest("m", TALK, (TOOL,), choice, parallel_tool_calls=mode is ToolChoiceMode.NONE)
    back = read(protocol, WRITERS[protocol][1](asked).value)
    assert (back.tool_choice, back.parallel_tool_calls) == (choice, asked.parallel_tool_calls)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_forms_of_json_are_kept(protocol: str) -> None:
    form = JsonFormat({"type": "object", "properties": {"a": {"type": "string"}}}, "form", True)
    asked = ChatRequest("m", TALK, json_format=form)
    back = read(protocol, WRITERS[protocol][1](asked).value)
    assert back.json_format is not None
    assert back.json_format.schema == form.schema


# --- of records ---


def made(body: object, protocol: str = "openai_chat", **fields: Any) -> Record:
    told = trace(protocol=protocol, **fields)
    told.received(body.encode() if isinstance(body, str) else json.dumps(body).encode())
    return write_record(told, NO_SECRETS)


CHAT = {"model": "gpt-4o", "seed": 7, "messages": [{"role": "user", "content": "Hi"}]}


def test_in_its_own_protocol_a_request_goes_as_it_came_but_for_the_model() -> None:
    again = replay(made(CHAT), protocol="openai_chat", model="qwen")
    assert json.loads(again.body) == {**CHAT, "model": "qwen", "stream": True}
    assert (again.path, again.left_out) == ("/v1/chat/completions", ())
    same = replay(made(CHAT), protocol="openai_chat", model="")
    assert json.loads(same.body)["model"] == "gpt-4o"


def test_another_protocol_has_its_own_path_and_headers() -> None:
    again = replay(made(CHAT), protocol="anthropic_messages", model="qwen")
    assert again.path == "/v1/messages"
    assert ("anthropic-version", "2023-06-01") in again.headers
    body = json.loads(again.body)
    assert body["messages"] == [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]
    assert (body["model"], body["stream"]) == ("qwen", True)


def test_betas_are_kept_only_where_they_mean_something() -> None:
    headers = (("anthropic-version", "2024-01-01"), ("anthropic-beta", "x"))
    messages = {**CHAT, "max_tokens": 5}
    its_own = replay(
        made(messages, "anthropic_messages", headers=headers),
        protocol="anthropic_messages",
        model="",
    )
    assert {("anthropic-version", "2024-01-01"), ("anthropic-beta", "x")} <= set(its_own.headers)


def test_a_body_that_goes_on_from_a_stored_one_is_taken_from_the_recorded_conversation() -> None:
    told = trace(protocol="openai_responses")
    told.received(json.dumps({"model": "m", "previous_response_id": "r", "input": "Now?"}).encode())
    told.understood(WHOLE, stream=True)
    again = replay(write_record(told, NO_SECRETS), protocol="openai_chat", model="")
    back = read("openai_chat", json.loads(again.body))
    assert flat(back) == [said for said in flat(WHOLE) if not said[0].startswith("image")]
    assert set(again.left_out) == {"images", "tools"}


@pytest.mark.parametrize(
    ("record_of", "code"),
    [
        (lambda: record(bodies=False), "not_kept"),
        (lambda: made("{" + " " * (MAX_BODY_BYTES + 1)), "cut"),
        (lambda: made("[1, 2]"), "unreadable"),
        (lambda: made("nothing"), "unreadable"),
        (lambda: made({"model": "m", "messages": "?"}), "unreadable"),
    ],
    ids=["figures only", "cut", "a list", "no json", "no messages"],
)
def test_what_cannot_be_sent_again_says_why(record_of: Any, code: str) -> None:
    with pytest.raises(NotReplayableError) as caught:
        replay(record_of(), protocol="anthropic_messages", model="")
    assert caught.value.code == code


def test_a_request_that_lost_a_secret_is_not_sent_again() -> None:
    told = trace()
    told.received(json.dumps({**CHAT, "user": "secret-0123456789"}).encode())
    lost = write_record(told, SecretFinder.of(["secret-0123456789"]))
    assert why_not(lost) == "secrets"
    assert why_not(record()) == ""
    with pytest.raises(NotReplayableError):
        replay(lost, protocol="openai_chat", model="")
