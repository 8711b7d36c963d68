"""Answers of a model for hypothesis: prose, calls of every form, and what only looks like them."""

import json
from typing import Any

from hypothesis import strategies as st

PROSE = (
    "Let me look.", "`ls` it", "a ``b`` c", "# Heading", "## Tool Call", "#Tool Calls\n",
    "#tool call here\n", "{\"tool\": \"ls\"}", "x\r\ny", "\n\n", "  ", "读取文件 ✅", "#", "##",
    "`", "``",
    "```python\nprint('hi')\n```\n", "```\ncode\n```\n", "```json\n{\"a\": 1}\n```\n",
    "```json\n[1, 2]\n```\n", "```js", "```json actions\n{}\n```\n", "```action movie```",
    "The fence is ```json action.", "\ufeff", "\t#Tool", "~~~\n", "}", "```jsonc\n{}\n```\n",
)  # fmt: skip

words = st.sampled_from(
    ["a", "b/c.py", 'q"q', "back\\slash", "```", "```json action\n{", "#Tool Call\n", "{", "}}",
     "\n", "\t", "é", "你好", "😀", "", "</tool>", "\u2028", "a\r\nb"]
)  # fmt: skip
texts = st.lists(words, max_size=4).map("".join)
scalars = st.one_of(texts, st.integers(-5, 10**6), st.booleans(), st.none(), st.just(1.5))
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)),
    max_leaves=6,
)


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A declared tool and arguments that fit its schema."""
    name = draw(st.sampled_from(["read_file", "ls", "any"]))
    if name == "read_file":
        arguments: dict[str, Any] = {"path": draw(texts)}
        if draw(st.booleans()):
            arguments["limit"] = draw(st.integers(0, 9))
        return name, arguments
    return name, draw(st.dictionaries(words, values, max_size=3))


@st.composite
def written_calls(draw: st.DrawFn) -> str:
    """A call in one of the grammar's forms, on lines of its own."""
    name, arguments = draw(calls())
    return written(draw, name, arguments)


@st.composite
def near_misses(draw: st.DrawFn) -> str:
    """What looks like a call and names no declared tool, or has no tool at all."""
    _, arguments = draw(calls())
    if draw(st.booleans()):
        return written(draw, draw(st.sampled_from(["nope", "Read_File", "", "ls "])), arguments)
    body = json.dumps(draw(st.sampled_from([{"path": "a"}, {}, {"tool": 1}, {"tool": None}])))
    return f"```json action\n{body}\n```\n"


def written(draw: st.DrawFn, name: str, arguments: dict[str, Any]) -> str:
    ascii_only = draw(st.booleans())
    indent = draw(st.sampled_from([None, 2]))
    given: Any = arguments
    if draw(st.integers(0, 4)) == 0:
        given = json.dumps(arguments, ensure_ascii=ascii_only)
    pairs = [
        (draw(st.sampled_from(["tool", "name"])), name),
        (draw(st.sampled_from(["parameters", "arguments", "input"])), given),
    ]
    if draw(st.booleans()):
        pairs.reverse()
    body = json.dumps(dict(pairs), ensure_ascii=ascii_only, indent=indent)
    line_end = draw(st.sampled_from(["\n", "\n", "\r\n", " \n"]))
    ticks = "`" * draw(st.sampled_from([3, 3, 3, 4, 6]))
    opener = draw(st.sampled_from(["json action", "action", "json", "#", "#```"]))
    if opener == "#":
        marker = draw(st.sampled_from(["#Tool Call", "#tool call:", "#TOOL CALL :"]))
        return f"{marker}{line_end}{body}{line_end}"
    if opener == "#```":
        marker = draw(st.sampled_from(["#Tool Call", "#tool call:"]))
        info = draw(st.sampled_from(["", "json", "json action"]))
        return f"{marker}{line_end}{ticks}{info}{line_end}{body}{line_end}{ticks}{line_end}"
    return f"{ticks}{opener}{line_end}{body}{line_end}{ticks}{line_end}"


@st.composite
def answers(draw: st.DrawFn) -> str:
    """Prose, calls and near misses in any order; what must open a line does."""
    pieces: list[str] = []
    for kind in draw(st.lists(st.sampled_from("pppcn"), max_size=7)):
        if kind == "p":
            piece = draw(st.sampled_from(PROSE))
            if pieces and pieces[-1].endswith("`") and piece.startswith("`"):
                pieces.append(" ")  # no longer runs of backticks: they would quote what follows
            pieces.append(piece)
            continue
        if pieces and not pieces[-1].endswith("\n"):
            pieces.append("\n")
        pieces.append(draw(written_calls() if kind == "c" else near_misses()))
    return "".join(pieces)


FRAGMENTS = (
    "```", "````", "`", "json", " action", "action", "\n", "\r\n", " ", "#Tool Call", "#", ":",
    "{", "}", "[", "]", ",", '"', "'", "“", "”", "\\", "\\n", "\\u", "00e9", "\\ud83d", "tool",
    '"tool"', '"tool":"ls"', '"name":"any"', '"parameters":', '"input":{', '"a":1', "null",
    "True", "x", "读", "\ufeff", '{"tool":"read_file","parameters":{"path":"', '"}}', "\t", "\\d",
)  # fmt: skip

noise = st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join)
