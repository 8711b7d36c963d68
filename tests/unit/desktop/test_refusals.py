"""Every refusal of the engine that can reach the window has words there."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop import refusals
from gateway_engine.public import GatewayError, Refusal, Wrong
from gateway_engine.setting_values import SettingProblem

ROOT = Path(__file__).parents[3] / "gateway_engine"
UNKNOWN = "the engine's own sentence"
RAISED_FOR_THE_WINDOW = (
    "config.py",
    "plan.py",
    "upstreams/acp/agent_plan.py",
    "upstreams/lingma/kind.py",
    "programs.py",
    "settings_file.py",
    "settings_checks.py",
    "settings_desk.py",
)
SPECIAL = {"wrong_value", "given_bundle", "bad_setting"}
"""Tested below, and what the accounts' page words itself."""


def coded() -> Iterator[tuple[str, str, dict[str, str]]]:
    """File, code and facts of every SettingsError, and of every error with a `reason`."""
    for name in RAISED_FOR_THE_WINDOW:
        for node in ast.walk(ast.parse((ROOT / name).read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            given = {each.arg: each.value for each in node.keywords if each.arg}
            if node.func.id in ("SettingsError", "NewerSettingsError"):
                code = node.args[1] if len(node.args) > 1 else None
                facts = given
            elif "reason" in given:
                code, held = given["reason"], given.get("facts")
                keys = held.keys if isinstance(held, ast.Dict) else []
                facts = {str(ast.literal_eval(key)): key for key in keys if key is not None}
            else:
                continue
            if isinstance(code, ast.Constant):
                yield name, str(code.value), dict.fromkeys(facts, "x")


def test_every_code_has_words_made_of_its_facts() -> None:
    found = list(coded())
    assert len({code for _, code, _ in found}) > 20
    for file, code, facts in found:
        if code not in SPECIAL:
            said = refusals.words(Refusal(code, UNKNOWN, facts))
            assert said != UNKNOWN, f"{file}: {code} with {sorted(facts)}"
            assert "{" not in said


@pytest.mark.parametrize("wrong", Wrong)
def test_a_wrong_value_is_worded_by_its_setting(wrong: Wrong) -> None:
    problem = SettingProblem(wrong, "must be otherwise", low=0, high=65535)
    facts = {"name": "port", "source": "environment", **problem.facts}
    said = refusals.words(Refusal("wrong_value", UNKNOWN, facts))
    assert said.startswith("Port (PORT, from the environment): ")


def test_a_bundle_that_cannot_be_used() -> None:
    for why in ("unreadable", "unsafe", "too_large", "no_login", "passphrase_needed"):
        facts = {"name": "lingma_session_bundle_file", "file": "/a/b", "why": why}
        assert "/a/b" in refusals.words(Refusal("given_bundle", UNKNOWN, facts))
        said = refusals.words(Refusal("given_bundle", UNKNOWN, {**facts, "file": ""}))
        assert said != UNKNOWN


def test_what_is_not_known_here_is_shown_as_it_is() -> None:
    assert refusals.of_error(GatewayError(UNKNOWN)) == UNKNOWN
    assert refusals.words(Refusal("no_toml", UNKNOWN, {})) == UNKNOWN, "facts are missing"
    assert refusals.words(Refusal("wrong_value", UNKNOWN, {"name": "no such"})) == UNKNOWN
    facts = {"file": "{braces}", "why": "{0}"}
    assert "{braces}" in refusals.words(Refusal("unreadable", UNKNOWN, facts))
