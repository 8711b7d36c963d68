"""Models in both vendors' forms."""

from typing import Any

import pytest

from gateway_engine.conversation import Model, ModelId
from gateway_engine.errors import InvalidRequestError, NotFoundError
from gateway_engine.protocols import anthropic_models, openai_models

QWEN = Model(
    ModelId("qwen/max"),
    "Qwen Max",
    "lingma",
    context_tokens=32768,
    vision=True,
    is_default=True,
    aliases=("claude-sonnet", "gpt-4o"),
)
AUTO = Model(ModelId("org_auto"), "Auto", "lingma")
ALL = [QWEN, AUTO]


@pytest.mark.parametrize("name", ["qwen/max", "gpt-4o", "Qwen Max", "qwen MAX", "QWEN/MAX"])
def test_a_model_is_found_by_any_of_its_names(name: str) -> None:
    assert openai_models.find(ALL, name) is QWEN


@pytest.mark.parametrize("name", ["", "qwen", "GPT-4O", "\udcff"])
def test_an_unknown_model_is_not_found(name: str) -> None:
    with pytest.raises(NotFoundError):
        openai_models.find(ALL, name)


def test_openai_form() -> None:
    listed = openai_models.listing(ALL, created=1800000000)
    assert listed["object"] == "list"
    assert listed["data"][0] == {
        "id": "qwen/max",
        "object": "model",
        "created": 1800000000,
        "owned_by": "lingma",
        "display_name": "Qwen Max",
        "context_length": 32768,
        "vision": True,
        "reasoning": False,
        "aliases": ["claude-sonnet", "gpt-4o"],
    }
    assert listed["data"][1]["context_length"] is None


def pages(**query: str) -> dict[str, Any]:
    return anthropic_models.listing(ALL, anthropic_models.parse_page(query))


@pytest.mark.parametrize(
    ("query", "ids", "has_more"),
    [
        ({}, ["qwen/max", "claude-sonnet", "gpt-4o", "org_auto"], False),
        ({"limit": "2"}, ["qwen/max", "claude-sonnet"], True),
        ({"limit": "2", "after_id": "claude-sonnet"}, ["gpt-4o", "org_auto"], False),
        ({"limit": "2", "before_id": "org_auto"}, ["claude-sonnet", "gpt-4o"], True),
        ({"limit": "2", "before_id": "claude-sonnet"}, ["qwen/max"], False),
        ({"after_id": "org_auto"}, [], False),
        ({"limit": "1000"}, ["qwen/max", "claude-sonnet", "gpt-4o", "org_auto"], False),
    ],
)
def test_anthropic_pages(query: dict[str, str], ids: list[str], has_more: bool) -> None:
    page = pages(**query)
    assert [model["id"] for model in page["data"]] == ids
    assert page["has_more"] is has_more
    assert page["first_id"] == (ids[0] if ids else None)
    assert page["last_id"] == (ids[-1] if ids else None)
    assert all(model["type"] == "model" for model in page["data"])


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "1001"},
        {"limit": "-1"},
        {"limit": "x"},
        {"limit": "٣"},
        {"limit": "9" * 5000},
        {"after_id": "a", "before_id": "b"},
    ],
)
def test_a_bad_page_is_named(query: dict[str, str]) -> None:
    with pytest.raises(InvalidRequestError):
        pages(**query)
