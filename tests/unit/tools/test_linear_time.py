"""No answer, however made, costs more than time in proportion to its length."""

from time import process_time

import pytest

from tests.unit.tools.reading import a_parser

SIZE = 100_000
LIMIT_S = 4.0
"""Ten times what these take; what is quadratic takes longer by far."""

OPEN = "```json action\n"
UNITS = {
    "backticks": "`",
    "single backticks": "`x",
    "four backticks": "````\n",
    "hashes": "#\n",
    "markers": "#Tool Call\n",
    "openers": OPEN,
    "openers with a brace": OPEN + "{",
    "openers with a string": OPEN + '{"a":"',
    "openers with every quote": OPEN + '{"a":"' + OPEN + "{'a':'" + OPEN + "{“a”:“",
    "undeclared calls": OPEN + '{"tool":"no","input":{}}\n```\n',
    "spoilt calls": OPEN + '{"tool":"any","input":{"a":x\n```\n',
    "spoilt and open calls": OPEN + '{"tool":"any","input":{"a":"\n',
    "plain fences": '```json\n{"tool":"ls","input":{}}\n',
    "blank": " \n",
}
INSIDE = {
    "deep braces": (OPEN, "{"),
    "deep objects": (OPEN, '{"a":'),
    "deep arrays": (OPEN + '{"a":', "["),
    "numbers": (OPEN + '{"tool":"any","input":{"a":[', "1,"),
    "keys without end": (OPEN + "{", '"a":1,'),
    "one long key": (OPEN + '{"', "k"),
    "escapes": (OPEN + '{"tool":"any","input":{"a":"', "\\n"),
    "halves of pairs": (OPEN + '{"tool":"any","input":{"a":"', "\\ud83d"),
    "raw line ends": (OPEN + '{"tool":"any","input":{"a":"', "\n"),
    "arguments first": (OPEN + '{"input":{"a":"', "x y"),
    "after the object": (OPEN + '{"tool":"ls"}', "}"),
    "objects in one fence": (OPEN, '{"tool":"ls","input":{}}\n'),
}


@pytest.mark.parametrize("step", [SIZE, 7])
@pytest.mark.parametrize(
    ("head", "unit"), [*(("", unit) for unit in UNITS.values()), *INSIDE.values()]
)
def test_it_is_linear(head: str, unit: str, step: int) -> None:
    text = (head + unit * (SIZE // len(unit)))[:SIZE]
    parser = a_parser()
    start = process_time()
    for at in range(0, len(text), step):
        parser.feed(text[at : at + step])
    parser.finish()
    assert process_time() - start < LIMIT_S
