"""Finding the last user text in whatever was rendered, and what it asks for."""

import pytest

from gateway_engine.emulator.instructions import Instruction, ToolUse, find_instruction, read_prompt

TRANSCRIPTS = [
    "System: be kind\n\nUser: first\n\nAssistant: ok\n\nUser: count to 3",
    "[system]\nbe kind\n\n[user]\nfirst\n\n[assistant]\nok\n\n[user]\ncount to 3\n",
    "<system>be kind</system>\n<user>first</user>\n<assistant>ok</assistant>\n"
    "<user>\ncount to 3\n</user>",
    "### System\nbe kind\n### User\nfirst\n### Assistant\nok\n### User\ncount to 3",
    "<|im_start|>user\nfirst<|im_end|>\n<|im_start|>assistant\nok<|im_end|>\n"
    "<|im_start|>user\ncount to 3<|im_end|>\n<|im_start|>assistant\n",
    "**User**: first\n\n**Assistant**: ok\n\n**User**: count to 3",
    "Be kind.\n\nBelow is the conversation so far.\n\nUser:\nfirst\n\nAssistant:\nok\n\n"
    "User:\ncount to 3",
    "用户：你好\n助手：好\n用户：count to 3",
    "Human: first\n\nAssistant: ok\n\nHuman: <system-reminder>\necho: no\n</system-reminder>\n"
    "count to 3\n\nAssistant:",
]


@pytest.mark.parametrize("transcript", TRANSCRIPTS)
def test_last_user_text(transcript: str) -> None:
    prompt = read_prompt(transcript)
    assert prompt.user_text == "count to 3"
    assert prompt.tool_result is None


@pytest.mark.parametrize(
    "result",
    [
        "Tool: sunny",
        "Tool result (call_1): sunny",
        "Tool result:\n[result of tool call call_1]\nsunny",
        "[error of tool call call_1]\nsunny",
        "[tool result call_1]\nsunny",
        "<tool_result>\nsunny\n</tool_result>",
        "### Tool result\nsunny",
        "Function: sunny",
    ],
)
def test_a_tool_result_after_the_user(result: str) -> None:
    prompt = read_prompt(f"User: call tool weather {{}}\n\nAssistant: I will.\n\n{result}")
    assert prompt.tool_result == "sunny"
    assert prompt.user_text == "call tool weather {}"


@pytest.mark.parametrize(
    "text",
    [
        "Tools:\n- weather\n#Tool Call\n{...}\n\n[tool contract] read it\nUser: hello",
        "### Tool calls\nuse them\n\nUser: hello",
    ],
)
def test_a_contract_is_no_result(text: str) -> None:
    prompt = read_prompt(text)
    assert prompt.tool_result is None
    assert prompt.user_text == "hello"


def test_contracts_are_noticed() -> None:
    assert read_prompt("Answer with ```json action\n{}\n```\nUser: hi").teaches_tools
    assert not read_prompt("User: hi").teaches_tools


@pytest.mark.parametrize(
    ("text", "instruction"),
    [
        ("echo: a\nb: c\n", Instruction("echo", text="a\nb: c\n")),
        ("ECHO:x", Instruction("echo", text="x")),
        ("复述：你好", Instruction("echo", text="你好")),
        ("count to 20", Instruction("count", number=20)),
        ("Please do this.\ncount to 20", Instruction("count", number=20)),
        ("count to 20 every 5 ms", Instruction("count", number=20, second=5)),
        ("数到 3", Instruction("count", number=3)),
        ("repeat 200 tokens", Instruction("repeat", number=200)),
        ("recite markdown", Instruction("recite")),
        ("think about rain", Instruction("think", text="rain")),
        ("big 4m", Instruction("big", number=4 * 1024 * 1024)),
        ("big 10", Instruction("big", number=10)),
        ("history", Instruction("history")),
        ("error 429", Instruction("error", number=429)),
        ("error 500 after 2", Instruction("error", number=500, second=2)),
        ("refuse: no", Instruction("refuse", text="no")),
        ("sleep 50 ms", Instruction("sleep", number=50)),
        ("call tool f", Instruction("call", tools=(ToolUse("f", {}),))),
        (
            'call tool f {"a": {"b": "}"}} and g {} please',
            Instruction("call", tools=(ToolUse("f", {"a": {"b": "}"}}), ToolUse("g", {}))),
        ),
        ('native tool a.b-c {"x":1}', Instruction("native", tools=(ToolUse("a.b-c", {"x": 1}),))),
    ],
)
def test_instructions(text: str, instruction: Instruction) -> None:
    assert find_instruction(text) == instruction


@pytest.mark.parametrize(
    "text", ["hello", "the history of rain", "I count to 3 often", "an error 5", ""]
)
def test_no_instruction(text: str) -> None:
    assert find_instruction(text) is None


def test_an_instruction_at_the_start_is_the_whole_prompt() -> None:
    text = "echo: User: not a role\nAssistant: neither"
    assert read_prompt(text).user_text == text
