"""Reasoning and cards leave the answer text, nothing else does, however the text is cut."""

import itertools
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.upstreams.wire.reasoning import (
    MAX_HEADER,
    AnswerReasoning,
    AnswerText,
    Item,
    NativeCard,
    ReasoningSplitter,
)


def split(*pieces: str) -> list[Item]:
    splitter = ReasoningSplitter()
    items = [item for piece in pieces for item in splitter.feed(piece)]
    return joined(items + splitter.finish())


def joined(items: list[Item]) -> list[Item]:
    """The same items with neighbours of one kind made one."""
    out: list[Item] = []
    for item in items:
        match (out[-1] if out else None), item:
            case AnswerText(a), AnswerText(b):
                out[-1] = AnswerText(a + b)
            case AnswerReasoning(a), AnswerReasoning(b):
                out[-1] = AnswerReasoning(a + b)
            case _:
                out.append(item)
    return out


T, R = AnswerText, AnswerReasoning

CASES: dict[str, tuple[str, list[Item]]] = {
    "nothing": ("", []),
    "plain": ("hello\nworld", [T("hello\nworld")]),
    "tag": ("<think>why\n</think>\n\nbecause", [R("why"), T("because")]),
    "tag after breaks": ("\n\n<think>\nwhy</think>a", [R("why"), T("a")]),
    "tag at a later line": ("a\n<think>r</think>\nb", [T("a\n"), R("r"), T("\nb")]),
    "fence": ("````think::1234\nwhy\n````\n\nbecause", [R("why"), T("because")]),
    "fence without a number": ("````think::\r\nwhy\r\n````\r\nx", [R("why"), T("x")]),
    "fence closed behind text": ("````think::1\nwhy````\nx", [R("why"), T("x")]),
    "code in the fence": ("````think::1\n```py\n1\n```\n````\nx", [R("```py\n1\n```"), T("x")]),
    "more ticks do not close": ("````think::1\na\n`````\nb\n````\nx", [R("a\n`````\nb"), T("x")]),
    "endless tag": ("<think>why", [R("why")]),
    "endless fence": ("````think::1\nwhy\n```", [R("why\n```")]),
    "half an end": ("<think>why</thin", [R("why</thin")]),
    "two in a row": ("<think>a</think>\n<think>b</think>\nc", [R("ab"), T("c")]),
    "both forms": ("<think>a</think>\n````think::1\nb\n````\nc", [R("ab"), T("c")]),
    "prose": (
        "the <think> tag opens, </think> closes",
        [T("the <think> tag opens, </think> closes")],
    ),
    "indented": ("  <think>a</think>", [T("  <think>a</think>")]),
    "in code": ("```\n<think>a</think>\n```\n", [T("```\n<think>a</think>\n```\n")]),
    "in tilde code": ("~~~xml\n<think>\n~~~\nb", [T("~~~xml\n<think>\n~~~\nb")]),
    "card in code": (
        "````md\n```toolCall::a::b\n```\n````",
        [T("````md\n```toolCall::a::b\n```\n````")],
    ),
    "after code": ("```\nx\n```\n<think>a</think>b", [T("```\nx\n```\n"), R("a"), T("b")]),
    "inline ticks open no code": (
        "```a``` b\n<think>r</think>c",
        [T("```a``` b\n"), R("r"), T("c")],
    ),
    "other tag": ("<thinking>a</thinking>", [T("<thinking>a</thinking>")]),
    "other fence": ("````python\n1\n````\n", [T("````python\n1\n````\n")]),
    "five ticks": ("`````think::1\na\n`````", [T("`````think::1\na\n`````")]),
    "half an opening": ("````think::12", [T("````think::12")]),
    "only breaks": ("\n\n", [T("\n\n")]),
    "breaks before text": ("\n\nx", [T("\n\nx")]),
    "card": (
        "I look.\n```toolCall::read_file::call_1::FINISHED\n{}\n```\nDone.",
        [T("I look.\n"), NativeCard("read_file", "call_1", "FINISHED", "{}\n"), T("Done.")],
    ),
    "card without status": ("```toolCall::a::b\n```\nx", [NativeCard("a", "b", "", ""), T("x")]),
    "endless card": ("```toolCall::a::b\nx", [NativeCard("a", "b", "", "x")]),
    "card header at the end": ("```toolCall::a::b::INIT", [NativeCard("a", "b", "INIT", "")]),
    "no card": ("```toolCall::a\nx\n```", [T("```toolCall::a\nx\n```")]),
}


@pytest.mark.parametrize("case", CASES)
def test_a_known_text_is_split(case: str) -> None:
    text, expected = CASES[case]
    assert split(text) == expected


@pytest.mark.parametrize("case", CASES)
def test_every_cut_gives_the_same(case: str) -> None:
    text, expected = CASES[case]
    assert split(*text) == expected
    for at in range(len(text) + 1):
        assert split(text[:at], text[at:]) == expected


# --- against a slow, obvious splitter ---

TAG = re.compile(r"<think>[\r\n]*+(.*?)(?:(?:\r?\n)?</think>|\Z)", re.DOTALL)
FENCE = re.compile(
    r"````think::[0-9]*[ \t]{0,16}\r?\n[\r\n]*+(.*?)"
    r"(?:(?:\r?\n)?(?<!`)````(?!`)[ \t]{0,16}(?:\r?\n|\Z)|\Z)",
    re.DOTALL,
)
CARD = re.compile(
    r"```toolCall::([^\s`:]+)::([^\s`:]+)(?:::([^\s`:]*))?[ \t]{0,16}(?:\r?\n|\Z)"
    r"((?:(?!```[ \t]{0,16}\r?(?:\n|\Z))[^\n]*(?:\n|\Z))*?)(?:```[ \t]{0,16}\r?(?:\n|\Z)|\Z)"
)
CODE = re.compile(r" {0,3}(`{3,}|~{3,})([^\n]*)")


def slowly(text: str) -> list[Item]:
    items: list[Item] = []
    said, code, after = "", "", False
    at = 0

    def flush() -> None:
        nonlocal said
        if said:
            items.append(AnswerText(said))
        said = ""

    while at < len(text):
        if not code:
            any_text = any(isinstance(item, AnswerText) for item in items)
            if not any_text and after and text[at] in "\r\n" and not said:
                at += 1
                continue
            tag, fence = TAG.match(text, at), FENCE.match(text, at)
            card = CARD.match(text, at)
            found = tag or fence or card
            if found is not None:
                if any_text or said.strip("\r\n") or len(said) > 16:
                    flush()
                said = ""
                if card is not None:
                    items.append(NativeCard(card[1], card[2], card[3] or "", card[4]))
                elif found[1]:
                    items.append(AnswerReasoning(found[1]))
                at, after = found.end(), True
                continue
        if not said and not after and not items and text[at] in "\r\n":
            while at < len(text) and text[at] in "\r\n":
                said += text[at]
                at += 1
            continue
        end = text.find("\n", at) + 1 or len(text)
        line, at = text[at:end], end
        said += line
        mark = CODE.match(line.rstrip("\r\n"))
        if mark is not None and line.endswith("\n"):
            if code:
                same = mark[1][0] == code[0] and len(mark[1]) >= len(code)
                code = "" if same and not mark[2].strip(" \t\r") else code
            elif mark[1][0] == "~" or "`" not in mark[2]:
                code = mark[1]
    flush()
    return joined(items)


PIECES = st.sampled_from(
    [
        *("<think>", "</think>", "<", "<th", "think>", "````think::12\n", "````think::", "````"),
        *("```", "`", "~~~", "\n", "\n\n", "\r\n", "\r", " ", "a", "bc d", "你好", "12", "::"),
        *(
            "```toolCall::run::c1::DONE\n",
            "```toolCall::",
            "run::c1",
            "```\n",
            "````\n",
            "\n````\n",
        ),
    ]
)
TEXTS = st.lists(PIECES, max_size=24).map("".join)


@given(TEXTS)
def test_it_agrees_with_a_slow_splitter(text: str) -> None:
    assert split(text) == slowly(text)


@given(TEXTS, st.lists(st.integers(0, 200), max_size=12))
def test_any_cuts_give_the_same_as_the_whole(text: str, cuts: list[int]) -> None:
    bounds = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = [text[a:b] for a, b in itertools.pairwise(bounds)]
    assert split(*pieces) == split(text)
    assert split(*text) == split(text)


@given(st.text(alphabet="ab<`\n~ 你", max_size=200).filter(lambda t: "<think>" not in t))
def test_text_without_markers_is_kept_byte_for_byte(text: str) -> None:
    assert "".join(item.text for item in split(*text) if isinstance(item, AnswerText)) == text


# --- what is held, and what it costs ---


def test_text_is_held_back_only_while_it_may_be_a_marker() -> None:
    splitter = ReasoningSplitter()
    assert splitter.feed("a <th") == [AnswerText("a <th")]
    assert splitter.feed("\n<thi") == [AnswerText("\n")]
    assert splitter.feed("s") == [AnswerText("<this")]
    assert splitter.feed("\n```") == [AnswerText("\n")]
    assert splitter.feed("py") == [AnswerText("```py")]


def test_reasoning_flows_at_once() -> None:
    splitter = ReasoningSplitter()
    assert splitter.feed("<think>a") == [AnswerReasoning("a")]
    assert splitter.feed("b\nc</") == [AnswerReasoning("b\nc")]
    assert splitter.feed("x") == [AnswerReasoning("</x")]


@pytest.mark.parametrize(
    "line", ["plain\n", "    indented\n", "\n", "\tx ` <think>\n", "    ```\n"]
)
@pytest.mark.parametrize("indent", ["", "   "])
def test_lines_that_mean_nothing_are_passed_over_and_no_others(line: str, indent: str) -> None:
    before = f"a\n{line * 50}{indent}```\n{line * 3}<think>code</think>\n{indent}```\n{line * 50}"
    text = f"{before}<think>why</think>\n{line * 2}end"
    expected = [T(before), R("why"), T(f"\n{line * 2}end")]
    assert split(text) == expected
    assert split(*text) == expected


def test_a_header_that_never_ends_is_text() -> None:
    text = "```toolCall::" + "a" * MAX_HEADER
    splitter = ReasoningSplitter()
    assert splitter.feed(text) == [AnswerText(text)]


@pytest.mark.parametrize(
    "unit",
    [
        "<",
        "`",
        "\n",
        "\n<",
        "<think>",
        "````think::1\n",
        "\n````",
        "\r\n```toolCall::a",
        " ",
        "```\n",
    ],
)
@pytest.mark.parametrize("head", ["", "<think>", "````think::1\n", "```toolCall::a::b\n"])
def test_the_work_is_linear(unit: str, head: str) -> None:
    def cost(size: int, step: int) -> float:
        text = head + (unit * size)[:size]
        splitter = ReasoningSplitter()
        began = time.process_time()
        for at in range(0, len(text), step):
            splitter.feed(text[at : at + step])
        splitter.finish()
        return time.process_time() - began

    for step in (1, 40_000):
        # A quadratic one would take sixteen times as long for four times the text.
        small = min(cost(10_000, step) for _ in range(2))
        assert cost(40_000, step) < 10 * small + 0.05
