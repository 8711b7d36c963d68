"""Which model a client's name means."""

import pytest

from gateway_engine.conversation import ModelId
from gateway_engine.models import list_models, resolve_model
from gateway_engine.pool.naming import name_models
from gateway_engine.upstreams.contract import UpstreamModel

ALPHA = UpstreamModel(ModelId("alpha"), "Alpha One")
BETA = UpstreamModel(ModelId("beta"), "Beta", is_default=True, vision=True)
GAMMA = UpstreamModel(ModelId("GAMMA"), "alpha")
ALL = (ALPHA, BETA, GAMMA)
ALIASES = {"gpt-4o": "alpha", "Claude-*": "alpha one", "gone-*": "nobody", "gone-x": "alpha"}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("alpha", "alpha"),
        ("ALPHA", "alpha"),
        ("alpha one", "alpha"),
        ("gamma", "GAMMA"),
        ("gpt-4o", "alpha"),
        ("GPT-4O", "alpha"),
        ("claude-sonnet-4", "alpha"),
        ("gone-x", "alpha"),
        ("gone-y", "beta"),
        ("agent", "beta"),
        ("lingma-agent", "beta"),
        ("unknown", "beta"),
        ("", "beta"),
        ("[", "beta"),
    ],
)
def test_the_order_of_names(asked: str, found: str) -> None:
    assert resolve_model(asked, ALL, aliases=ALIASES, default="") == found


def test_a_model_is_meant_by_the_id_its_upstream_has_for_it() -> None:
    coder = UpstreamModel(ModelId("coder"), "Coder", own_id="coder(qwen-oauth)")
    named = [each.model for each in name_models([("lingma", ALL), ("qwen-code", (coder,))])]
    for asked, found in (
        ("coder(qwen-oauth)", "coder"),
        ("CODER(Qwen-OAuth)", "coder"),
        ("qwen-code/coder(qwen-oauth)", "qwen-code/coder"),
        ("coder(other)", "beta"),
        ("", "beta"),
    ):
        assert resolve_model(asked, named, aliases={}, default="") == found


def test_the_default_setting_comes_before_upstreams_default() -> None:
    assert resolve_model("x", ALL, aliases={}, default="Alpha One") == "alpha"
    assert resolve_model("x", ALL, aliases={}, default="nobody") == "beta"
    assert resolve_model("beta", ALL, aliases={}, default="alpha") == "beta"


def test_with_no_default_the_first_and_with_no_models_what_is_set() -> None:
    assert resolve_model("x", (GAMMA, ALPHA), aliases={}, default="") == "GAMMA"
    assert resolve_model("x", (), aliases={}, default="") == ""
    assert resolve_model("x", (), aliases={}, default="set") == "set"


def test_the_list_has_each_once_the_default_first() -> None:
    listed = list_models([("lingma", (ALPHA, GAMMA)), ("lingma", (ALPHA, BETA))], ALIASES)
    assert [model.id for model in listed] == ["beta", "alpha", "GAMMA"]
    assert listed[0].is_default
    assert listed[0].vision
    assert listed[1].aliases == ("gpt-4o", "Claude-*", "gone-x")
    assert list_models([], {}) == []
