"""Every reason for a change that the engine gives has words of its own in the window."""

import ast
from collections.abc import Iterator
from pathlib import Path

from desktop import change_wording
from gateway_engine.public import Change

ENGINE = Path(__file__).parents[3] / "gateway_engine"
MADE_BY = {"Change": 3, "dropped": 2, "degraded": 2, "Warned": 0}
"""The place of the code among the arguments of each call that notes a change."""
PASSED_ON = {"code", "w"}
"""What holds a code that another call has given."""


def noted() -> Iterator[tuple[str, ast.expr | None]]:
    """Where the engine notes a change, and the code it gives."""
    for path in sorted(ENGINE.rglob("*.py")):
        if "connect" in path.parts or path.name == "record.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in MADE_BY:
                where = f"{path.name}:{node.lineno}"
                place = MADE_BY[name]
                yield where, node.args[place] if len(node.args) > place else None


def test_every_change_has_a_code_and_every_code_has_words() -> None:
    found = dict(noted())
    assert len(found) > 30
    assert [where for where, code in found.items() if code is None] == []
    codes = {c.value for c in found.values() if isinstance(c, ast.Constant)} | {"unknown_field"}
    others = {ast.unparse(c) for c in found.values() if c is not None} - {repr(c) for c in codes}
    assert others <= PASSED_ON | {"change.code"}
    for code in codes:
        change = Change("x", "dropped", "an English sentence", str(code))
        assert change_wording.reason(change) != "an English sentence", code


def test_what_has_no_words_is_told_in_english() -> None:
    assert change_wording.reason(Change("x", "dropped", "Because.", "new_code")) == "Because."
    assert change_wording.reason(Change("x", "dropped", "Because.")) == "Because."
    assert change_wording.action("new_action") == "new_action"
