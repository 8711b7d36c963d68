"""The selection language of the misbehaviours."""

import pytest

from gateway_engine.emulator.scenario import (
    SCENARIOS,
    Choice,
    Scenario,
    ScenarioError,
    parse_choice,
)


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("burst", Choice("burst", None)),
        ("slow_start", Choice("slow_start", 3.0)),
        ("slow_start=0.5", Choice("slow_start", 0.5)),
        ("crash_on_prompt=1", Choice("crash_on_prompt", None, starts=1)),
        ("crash_on_prompt@3", Choice("crash_on_prompt", None, prompt=3)),
        ("mid_stream_close@2=abort*1", Choice("mid_stream_close", "abort", 2, 1)),
        ("json_info", Choice("json_info", "file")),
        ("tool_shape=data.toolCall", Choice("tool_shape", "data.toolCall")),
    ],
)
def test_one_item(text: str, choice: Choice) -> None:
    assert parse_choice(text) == choice


@pytest.mark.parametrize("text", ["nonsense", "slow_start=soon", "json_info=xml", "burst@", "=1"])
def test_what_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError):
        Scenario.parse(text)


def test_a_list_with_spaces() -> None:
    scenario = Scenario.parse(" burst , quota=429 ,, ")
    assert "burst" in scenario
    assert scenario.number("quota") == 429
    assert scenario.number("slow_start") == 0
    assert "quota" not in Scenario.parse("")


def test_for_one_prompt_only() -> None:
    scenario = Scenario.parse("quota@2,burst")
    assert ["quota" in scenario.for_prompt(number) for number in (1, 2, 3)] == [False, True, False]
    assert "burst" in scenario.for_prompt(1)


def test_used_up_starts() -> None:
    scenario = Scenario.parse("crash_on_prompt=2,burst")
    assert "crash_on_prompt" in scenario.after_starts({"crash_on_prompt": 1})
    assert "crash_on_prompt" not in scenario.after_starts({"crash_on_prompt": 2})
    assert "burst" in scenario.after_starts({"burst": 99})


def test_every_scenario_is_selectable_and_explained() -> None:
    for name, kind in SCENARIOS.items():
        assert kind.about
        assert name in Scenario.parse(name)
        for word in kind.words:
            assert Scenario.parse(f"{name}={word}").word(name) == word
