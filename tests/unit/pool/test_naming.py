"""What the models of several upstreams are called."""

from gateway_engine.conversation import ModelId
from gateway_engine.pool.naming import name_models
from gateway_engine.upstreams.contract import UpstreamModel


def models(*keys: str) -> list[UpstreamModel]:
    return [UpstreamModel(ModelId(key), key.upper(), is_default=key == keys[0]) for key in keys]


def test_an_id_is_bare_where_it_is_unique_and_qualified_where_it_is_shared() -> None:
    named = name_models([("lingma", models("auto", "big")), ("qwen-code", models("big", "small"))])
    shown = [(each.model.key, each.source, each.key) for each in named if each.shown]
    assert shown == [
        ("auto", 0, "auto"),
        ("lingma/big", 0, "big"),
        ("qwen-code/big", 1, "big"),
        ("small", 1, "small"),
    ]
    understood = {each.model.key: each.source for each in named if not each.shown}
    assert understood == {"lingma/auto": 0, "big": 1, "qwen-code/small": 1}


def test_instances_of_one_kind_share_their_models() -> None:
    named = name_models([("lingma", models("auto")), ("lingma", models("auto"))])
    assert [(each.model.key, each.source) for each in named if each.shown] == [
        ("auto", 0),
        ("auto", 1),
    ]


def test_a_second_name_is_never_the_default() -> None:
    named = name_models([("a", models("x")), ("b", models("x"))])
    assert [each.model.is_default for each in named] == [True, True, False, False]
    assert all(each.shown for each in named[:2])
