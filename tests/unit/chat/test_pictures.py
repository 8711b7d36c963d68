"""Images reach a model that sees them, and leave their place where it does not."""

import logging

import pytest

from gateway_engine.conversation import ImagePart, Message, Role, TextPart, ToolResultPart
from tests.unit.chat.native_upstream import called, gateway, user

CAT, DOG, BROKEN = (ImagePart("image/png", data) for data in ("cat", "dog", "broken"))
LINK = ImagePart(url="https://example.invalid/a.png")


def shows(text: str, *images: ImagePart) -> Message:
    return Message(Role.USER, (TextPart(text), *images))


def said(text: str) -> Message:
    return Message(Role.ASSISTANT, (TextPart(text),))


async def test_images_are_taken_and_named_where_they_belong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with gateway(monkeypatch, ["two"]) as gate:
        await gate.ask(shows("first", CAT), said("ok"), shows("these?", DOG, LINK, CAT), tools=())
        (asked,) = gate.upstream.asked
        assert asked.images == ("up:cat", "up:dog", "up:https://example.invalid/a.png")
        assert gate.upstream.taken == [CAT, DOG, LINK]
        assert "first\n[image 1]" in asked.prompt
        assert "these?\n[image 2]\n[image 3]\n[image 1]" in asked.prompt
        assert "[image]" not in asked.prompt


async def test_one_that_is_refused_leaves_its_place_and_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with gateway(monkeypatch, ["one"]) as gate:
        await gate.ask(shows("these?", BROKEN, DOG), tools=())
        (asked,) = gate.upstream.asked
        assert asked.images == ("up:dog",)
        assert asked.prompt == "these?\n[image]\n[image 1]"
        assert "degraded: cannot read it" in caplog.text


async def test_a_model_that_sees_nothing_is_given_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with gateway(monkeypatch, ["none"], vision=False) as gate:
        await gate.ask(shows("these?", CAT), tools=())
        (asked,) = gate.upstream.asked
        assert (asked.images, asked.prompt) == ((), "these?\n[image]")
        assert not gate.upstream.taken
        assert "degraded: the model m sees no images" in caplog.text


async def test_a_follow_up_brings_only_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    async with gateway(monkeypatch, ["ok"], ["ok"]) as gate:
        await gate.ask(shows("first", CAT), tools=())
        await gate.ask(shows("first", CAT), said("ok"), shows("and?", DOG), tools=())
        asked = gate.upstream.asked[1]
        assert (asked.images, asked.prompt) == (("up:dog",), "and?\n[image 1]")


async def test_images_in_results_are_taken_too(monkeypatch: pytest.MonkeyPatch) -> None:
    async with gateway(monkeypatch, ["ok"]) as gate:
        seen = Message(Role.TOOL, (ToolResultPart("call_9", (CAT,)),))
        await gate.ask(user("look"), called(("call_9", "weather")), seen)
        (asked,) = gate.upstream.asked
        assert asked.images == ("up:cat",)
        assert "```tool result weather\n[image 1]\n```" in asked.prompt
