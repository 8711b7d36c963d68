"""Lingma's events of one turn become the neutral answer: the golden transcripts and the rest."""

from collections.abc import Sequence
from typing import Any

import pytest

from gateway_engine.conversation import ReasoningDelta, TextDelta
from gateway_engine.errors import ContentFilteredError, UpstreamError, UpstreamQuotaError
from gateway_engine.upstreams.contract import Deadlines, TurnEnd, UpstreamUsage
from gateway_engine.upstreams.lingma.turn import LingmaTurn
from tests.golden import lingma_wire

FAILURES = {112: UpstreamQuotaError, 406: ContentFilteredError}
ANSWERS = [name for name in lingma_wire.names() if "status" in lingma_wire.load(name).meaning]


def make_turn(*, whole: bool = False) -> LingmaTurn:
    return LingmaTurn(
        "s-mine", Deadlines(0, 0, 0), whole=whole, send=lambda _: None, clock=lambda: 0.0
    )


async def outcome(turn: LingmaTurn) -> tuple[str, str, TurnEnd]:
    """Reasoning, text and the end."""
    reasoning, text = [], []
    while not isinstance(item := await turn.inbox.take(), TurnEnd):
        assert isinstance(item, Sequence)
        for event in item:
            if isinstance(event, TextDelta):
                text.append(event.text)
            elif isinstance(event, ReasoningDelta):
                reasoning.append(event.text)
    return "".join(reasoning), "".join(text), item


@pytest.mark.parametrize("name", ANSWERS)
async def test_the_golden_answers(name: str) -> None:
    transcript = lingma_wire.load(name)
    turn = make_turn(whole=True)
    for body in transcript.bodies("<<"):
        if "method" in body:
            turn.handle(body["method"], body["params"])
        else:
            turn.asked(body.get("result"))
    meaning = transcript.meaning
    if meaning["status"] in FAILURES:
        with pytest.raises(FAILURES[meaning["status"]]):
            await outcome(turn)
        return
    reasoning, text, end = await outcome(turn)
    if name != "stop":  # stopped by the client: how much was said is open
        assert text.strip() == str(meaning.get("text", text)).strip()
    assert reasoning.strip() == meaning.get("reasoning", "").strip()
    assert end.session_id == meaning.get("session", end.session_id)


async def test_refused_by_the_golden_transcript() -> None:
    turn = make_turn()
    for body in lingma_wire.load("refused").bodies("<<"):
        if "method" not in body and "result" in body:
            turn.asked(body["result"])
    with pytest.raises(UpstreamError):
        await turn.inbox.take()
    assert turn.over_upstream


@pytest.mark.parametrize(
    ("finish", "failure"),
    [
        ({}, None),
        ({"statusCode": None}, None),
        ({"statusCode": 200}, None),
        ({"statusCode": "200"}, None),
        ({"statusCode": 0}, UpstreamError),
        ({"statusCode": 0, "fullAnswer": "text"}, None),
        ({"statusCode": "broken"}, UpstreamError),
        ({"statusCode": [], "reason": {"a": 1}}, UpstreamError),
        ({"statusCode": "--5"}, UpstreamError),
        ({"statusCode": "²"}, UpstreamError),
        ({"statusCode": True}, UpstreamError),
        ({"fullAnswer": 5, "sessionId": 7}, None),
    ],
)
async def test_how_it_finishes(finish: dict[str, Any], failure: type[Exception] | None) -> None:
    turn = make_turn()
    turn.handle("chat/finish", finish)
    assert turn.over_upstream
    if failure is None:
        assert (await outcome(turn))[2].session_id == "s-mine"
    else:
        with pytest.raises(failure):
            await outcome(turn)


async def test_the_session_usage_and_filter_of_the_end() -> None:
    turn = make_turn()
    turn.handle("chat/answer", {"text": "a", "isFiltered": True})
    turn.handle("context/usage/sync", {"usedTokens": 12, "limitTokens": 100})
    turn.handle("context/usage/sync", {"usedTokens": "?"})
    turn.handle("chat/finish", {"sessionId": "s-real"})
    turn.handle("chat/answer", {"text": "late"})
    reasoning, text, end = await outcome(turn)
    assert (reasoning, text) == ("", "a")
    assert end == TurnEnd("s-real", filtered=True, usage=UpstreamUsage(12, 100))


async def test_a_draft_that_had_left() -> None:
    turn = make_turn()
    turn.handle("chat/answer", {"text": "secret draft"})
    await turn.inbox.take()
    turn.handle("chat/answer", {"text": "final", "overwrite": True})
    with pytest.raises(UpstreamError) as caught:
        await turn.inbox.take()
    assert "draft" not in str(caught.value)
    assert not turn.over_upstream


@pytest.mark.parametrize("result", [None, {}, "ok", [], {"isSuccess": True}, {"isSuccess": 0}])
async def test_an_acknowledgement_changes_nothing(result: object) -> None:
    turn = make_turn()
    turn.asked(result)
    turn.handle("chat/somethingNew", {"text": 5})
    assert not turn.inbox.ended
    turn.inbox.close()


JUNK: list[dict[str, Any]] = [
    {},
    {"text": 5},
    {"text": None, "content": []},
    {"usedTokens": "--1"},
]


async def test_junk_in_events_is_passed_over() -> None:
    turn = make_turn()
    for method in ("chat/answer", "chat/think", "context/usage/sync"):
        for params in JUNK:
            turn.handle(method, params)
    turn.handle("chat/finish", {})
    assert (await outcome(turn))[:2] == ("", "")
