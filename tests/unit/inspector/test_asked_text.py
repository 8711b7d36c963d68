"""What upstream was really asked is found in its messages, whatever its wire calls things."""

import json
from typing import Any

import pytest

from gateway_engine.inspector.asked_text import asked_texts
from gateway_engine.inspector.record import (
    FROM_UPSTREAM,
    SAME_AS,
    TO_UPSTREAM,
    Details,
    Exchange,
    Frame,
    KeptText,
)

PROMPT = "You are careful. " * 20 + "\n\nUser: fix the total"
FOLDER = "/home/li/a folder with a very long name/and another one/workspace of the instance"


def details(*frames: Any, question: str = "fix the total", cut: bool = False) -> Details:
    texts = [f if isinstance(f, str) else json.dumps(f) for f in frames]
    kept = tuple(Frame(10.0, TO_UPSTREAM, KeptText(t, len(t), cut)) for t in texts)
    answer = Frame(20.0, FROM_UPSTREAM, KeptText(json.dumps({"text": PROMPT * 2}), 9))
    talk = {"messages": [{"role": "user", "parts": [{"text": question}]}]}
    return Details(Exchange("POST", "http://h"), talk, frames=(*kept, answer))


@pytest.mark.parametrize(
    ("ask", "question", "expected"),
    [
        ({"params": {"q": PROMPT, "text": SAME_AS.format("params.q"), "d": FOLDER}}, "x", PROMPT),
        ({"params": {"prompt": [{"text": PROMPT}], "cwd": FOLDER * 9}}, "fix the total", PROMPT),
        ({"params": {"prompt": [{"text": "hi"}], "cwd": FOLDER}}, "hi", "hi"),
        ({"params": {"prompt": [{"text": PROMPT}]}}, "said otherwise", PROMPT),
        ({"method": "cancel", "params": {"id": "917c8160"}}, "fix the total", None),
        ([{"text": PROMPT}, SAME_AS.format("0.text")], "", PROMPT),
    ],
    ids=["said once", "holds the question", "short", "longest", "no prompt", "a list"],
)
def test_the_prompt_is_found(ask: Any, question: str, expected: str | None) -> None:
    found = [each.text for each in asked_texts(details(ask, question=question))]
    assert found == ([] if expected is None else [expected])


def test_every_ask_is_told_and_what_was_cut_is_shown_as_far_as_it_goes() -> None:
    asks = asked_texts(details({"q": PROMPT}, {"q": PROMPT + " again"}))
    assert [each.text for each in asks] == [PROMPT, PROMPT + " again"]
    (cut,) = asked_texts(details('{"q": "You are', cut=True))
    assert (cut.text, cut.cut) == ('{"q": "You are', True)
    assert asked_texts(details("no json")) == ()
