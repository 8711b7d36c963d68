"""The assembler makes one stream of all reasoning channels, overwrites and whole answers too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.conversation import ReasoningDelta, TextDelta
from gateway_engine.upstreams.wire.answer import AnswerAssembler, Delta, OverwriteConflictError


def said(deltas: list[Delta]) -> tuple[str, str]:
    """The text and the reasoning of an answer."""
    return (
        "".join(d.text for d in deltas if isinstance(d, TextDelta)),
        "".join(d.text for d in deltas if isinstance(d, ReasoningDelta)),
    )


def test_all_channels_are_one_reasoning() -> None:
    answer = AnswerAssembler()
    deltas = answer.think("a") + answer.answer("<think>b</think>x\n````think::1\n")
    deltas += answer.answer("c\n````\ny") + answer.finish()
    assert said(deltas) == ("x\ny", "abc")


def test_an_unseen_draft_is_replaced_reasoning_and_all() -> None:
    answer = AnswerAssembler()
    unseen = [*answer.think("t"), *answer.answer("<think>bad</think>draft")]
    deltas = answer.overwrite("<think>good</think>final", len(unseen))
    assert said(deltas + answer.finish()) == ("final", "tgood")


def test_what_was_given_goes_on_from_there() -> None:
    answer = AnswerAssembler()
    given = answer.answer("<think>wh")
    deltas = answer.overwrite("<think>why</think>be", 0) + answer.answer("cause")
    assert said(given + deltas + answer.finish()) == ("because", "why")


def test_given_reasoning_stays_when_the_new_text_has_another() -> None:
    answer = AnswerAssembler()
    given = answer.answer("<think>old</think>x")
    deltas = answer.overwrite("<think>new</think>xy", 0)
    assert said(given + deltas + answer.finish()) == ("xy", "old")


def test_given_text_cannot_be_taken_back() -> None:
    answer = AnswerAssembler()
    answer.answer("abc")
    with pytest.raises(OverwriteConflictError) as caught:
        answer.overwrite("<think>abc</think>", 0)
    assert caught.value.sent == "abc"


def test_a_marker_may_straddle_an_overwrite_and_what_follows() -> None:
    answer = AnswerAssembler()
    deltas = answer.overwrite("<thi", 0) + answer.answer("nk>r</think>x")
    assert said(deltas + answer.finish()) == ("x", "r")


def test_the_full_answer_is_split_and_counts_only_without_text() -> None:
    answer = AnswerAssembler()
    assert said(answer.finish("<think>r</think>x")) == ("x", "r")
    answer = AnswerAssembler()
    deltas = answer.answer("<think>r</think>")
    assert said(deltas + answer.finish("<think>r</think>x")) == ("x", "r")
    answer = AnswerAssembler()
    deltas = answer.answer("a")
    assert said(deltas + answer.finish("<think>r</think>x")) == ("a", "")


def test_reasoning_alone_is_no_text() -> None:
    answer = AnswerAssembler()
    answer.answer("<think>r</think>")
    answer.finish()
    assert not answer.has_text


def test_cards_are_kept_apart() -> None:
    answer = AnswerAssembler()
    deltas = answer.answer("```toolCall::run::c1::DONE\n```\nx")
    assert said(deltas) == ("x", "")
    assert [(card.name, card.call_id) for card in answer.cards] == [("run", "c1")]


PIECES = st.sampled_from(["<think>", "</think>", "````think::1\n", "````\n", "a", "\n", "`", "😀"])


@given(st.lists(PIECES, max_size=12).map("".join), st.integers(0, 40), st.integers(0, 40))
def test_an_overwrite_anywhere_ends_in_the_same_answer(text: str, at: int, upto: int) -> None:
    whole = AnswerAssembler()
    expected = said(whole.answer(text) + whole.finish())
    at, upto = min(at, len(text)), max(min(at, len(text)), min(upto, len(text)))
    answer = AnswerAssembler()
    deltas = answer.answer(text[:at])
    deltas += answer.overwrite(text[:upto], 0)
    deltas += answer.answer(text[upto:]) + answer.finish()
    assert said(deltas) == expected
