"""What a conversation costs: Qwen's own template, within 95 to 110 %."""

import json
from collections.abc import Generator

import pytest

from gateway_engine.conversation import (
    ChatRequest,
    DocumentPart,
    ImagePart,
    Message,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)
from gateway_engine.tokens.conversation import count_request, count_steps, size_of
from gateway_engine.tokens.vocabulary import count_tokens, countable_pieces, load_vocabulary
from tests.support.steps import finish

MARKERS = 3
SCHEMA = {
    "type": "object",
    "properties": {"path": {"type": "string", "description": "file to read"}},
    "required": ["path"],
}
CHINESE = "请读取这个文件，然后告诉我里面的函数是做什么的。" * 5
CODE = "def f(x: int) -> int:\n    return x ** 2  # 平方\n\n" * 12


def chatml(*turns: tuple[str, str]) -> int:
    """The true count, markers as one token each."""
    total = 0
    for role, text in turns:
        total += 1 + count_tokens(f"{role}\n") + count_tokens(text) + 1 + count_tokens("\n")
    return total + 1 + count_tokens("assistant\n")


def text(role: Role, content: str) -> Message:
    return Message(role, (TextPart(content),))


def test_texts_are_counted_as_the_template_frames_them() -> None:
    request = ChatRequest(
        "m", (text(Role.SYSTEM, "Be brief."), text(Role.USER, CHINESE), text(Role.ASSISTANT, CODE))
    )
    assert count_request(request) == chatml(
        ("system", "Be brief."), ("user", CHINESE), ("assistant", CODE)
    )


# Qwen2.5's chat template, as its tokenizer_config.json has it.
TOOLS_HEAD = (
    "\n\n# Tools\n\nYou may call one or more functions to assist with the user query.\n\n"
    "You are provided with function signatures within <tools></tools> XML tags:\n<tools>"
)
TOOLS_TAIL = (
    "\n</tools>\n\nFor each function call, return a json object with function name and arguments"
    " within <tool_call></tool_call> XML tags:\n<tool_call>\n"
    '{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call>'
)


@pytest.mark.parametrize("how_many", [1, 5, 25])
def test_tools_calls_and_results_are_near_the_template(how_many: int) -> None:
    tools = tuple(
        ToolSpec(f"read_file_{n}", "Read one file. " * 8, SCHEMA) for n in range(how_many)
    )
    arguments = '{"path": "src/main.py"}'
    request = ChatRequest(
        "m",
        (
            text(Role.USER, CHINESE),
            Message(Role.ASSISTANT, (ToolCallPart("call_1", "read_file_0", arguments),)),
            Message(Role.TOOL, (ToolResultPart("call_1", (TextPart(CODE),)),)),
        ),
        tools=tools,
    )
    lines = [
        json.dumps(
            {
                "type": "function",
                "function": {"name": t.name, "description": t.description, "parameters": t.schema},
            }
        )
        for t in tools
    ]
    system = TOOLS_HEAD + "".join(f"\n{line}" for line in lines) + TOOLS_TAIL
    call = f'<tool_call>\n{{"name": "read_file_0", "arguments": {arguments}}}\n</tool_call>'
    result = f"<tool_response>\n{CODE}\n</tool_response>"
    true = chatml(("system", system), ("user", CHINESE), ("assistant", call), ("user", result))
    assert 0.95 * true <= count_request(request) <= 1.10 * true


def test_reasoning_of_earlier_turns_and_pictures_cost_little() -> None:
    plain = ChatRequest("m", (text(Role.USER, "hi"),))
    more = (TextPart("hi"), ReasoningPart("long " * 99), ImagePart(data="A" * 9999))
    assert count_request(ChatRequest("m", (Message(Role.USER, more),))) < count_request(plain) + 10


def test_the_size_is_known_without_counting() -> None:
    assert size_of(ChatRequest("m", (text(Role.USER, "abc"),))) == 3
    assert load_vocabulary() is load_vocabulary()


def test_in_steps_the_count_is_the_same() -> None:
    parts = (
        TextPart("words and 字 " * 9000),
        ImagePart("image/png", "AAAA"),
        ReasoningPart("hm " * 90_000),
        DocumentPart("a.txt", "line\n" * 20_000),
        DocumentPart("b.pdf"),
        ToolCallPart("c", "write", '{"a": "' + "x " * 50_000 + '"}'),
        ToolResultPart("c", (TextPart("out " * 30_000), ImagePart(), TextPart("end"))),
        TextPart("short"),
    )
    request = ChatRequest(
        "m",
        tuple(Message(Role.USER, (part,)) for part in parts),
        tools=(ToolSpec("t", "d", SCHEMA),),
    )
    taken = 0

    def counted() -> Generator[None, None, int]:
        nonlocal taken
        steps = count_steps(request)
        while True:
            try:
                yield next(steps)
            except StopIteration as done:
                return int(done.value)
            taken += 1

    assert finish(counted()) == count_request(request)
    assert taken > len(parts) + 5  # within the long ones, too


@pytest.mark.parametrize(
    "text", ["word " * 40_000, "字" * 140_000, "x" * 140_000, "a\n  b\t" * 30_000]
)
def test_a_long_text_is_counted_in_pieces_as_in_one(text: str) -> None:
    pieces = list(countable_pieces(text))
    assert "".join(pieces) == text
    whole = len(load_vocabulary().encode_ordinary(text))
    assert len(pieces) > 1
    assert whole <= count_tokens(text) <= whole + 2 * len(pieces)
