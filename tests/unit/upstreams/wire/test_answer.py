"""One turn's answer: what a client sees is what upstream said in the end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.conversation import ReasoningDelta, TextDelta
from gateway_engine.upstreams.wire.answer import AnswerAssembler, Delta, OverwriteConflictError


def text_of(deltas: list[Delta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))


def reasoning_of(deltas: list[Delta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, ReasoningDelta))


def utf16_units(text: str) -> list[str]:
    """The text as a program counts it that thinks in UTF-16: halves of pairs on their own."""
    raw = text.encode("utf-16-le")
    return [
        raw[n : n + 2]
        .decode("utf-16-le", "surrogatepass")
        .encode("utf-8", "surrogatepass")
        .decode("utf-8", "surrogatepass")
        for n in range(0, len(raw), 2)
    ]


@given(st.text(alphabet="a界🚀`\n<", max_size=40))
def test_characters_cut_in_half_come_out_whole(text: str) -> None:
    answer = AnswerAssembler()
    deltas = [delta for unit in utf16_units(text) for delta in answer.answer(unit)]
    deltas += answer.finish()
    assert text_of(deltas) == text
    for delta in deltas:
        assert delta.text
        delta.text.encode("utf-8")


def test_reasoning_cut_in_half_comes_out_whole() -> None:
    answer = AnswerAssembler()
    deltas = [*answer.think("\ud83d"), *answer.answer("x"), *answer.think("\ude80")]
    deltas += answer.finish()
    assert (reasoning_of(deltas), text_of(deltas)) == ("🚀", "x")


def test_half_a_character_that_never_gets_its_other_half() -> None:
    answer = AnswerAssembler()
    assert answer.answer("a\ud83d") == [TextDelta("a")]
    assert answer.has_text
    assert answer.answer("b") == [TextDelta("\ufffdb")]
    assert answer.answer("\ud83d") == []
    assert answer.finish() == [TextDelta("\ufffd")]


class TestOverwrite:
    def test_nothing_sent_yet(self) -> None:
        answer = AnswerAssembler()
        draft = [*answer.answer("a draft"), *answer.answer(" more")]
        assert answer.overwrite("final", len(draft)) == [TextDelta("final")]
        assert answer.answer("!") == [TextDelta("!")]

    def test_all_sent_and_extended(self) -> None:
        answer = AnswerAssembler()
        answer.answer("one")
        assert answer.overwrite("one two", 0) == [TextDelta(" two")]
        assert answer.overwrite("one two", 0) == []
        assert answer.overwrite("one two three", 0) == [TextDelta(" three")]

    def test_a_part_sent(self) -> None:
        answer = AnswerAssembler()
        answer.answer("one ")
        answer.answer("tow")
        assert answer.overwrite("one two", 1) == [TextDelta("two")]

    @pytest.mark.parametrize("other", ["", "on", "two", "One more"])
    def test_what_was_sent_cannot_be_taken_back(self, other: str) -> None:
        answer = AnswerAssembler()
        answer.answer("one")
        with pytest.raises(OverwriteConflictError) as caught:
            answer.overwrite(other, 0)
        assert (caught.value.sent, caught.value.replacement) == ("one", other)

    def test_to_nothing_before_it_was_sent(self) -> None:
        answer = AnswerAssembler()
        answer.answer("gone")
        assert answer.overwrite("", 1) == []
        assert not answer.has_text

    def test_a_half_character_before_it_is_void(self) -> None:
        answer = AnswerAssembler()
        answer.answer("a\ud83d")
        assert answer.overwrite("a\U0001f680", 0) == [TextDelta("🚀")]

    def test_it_may_end_in_half_a_character(self) -> None:
        answer = AnswerAssembler()
        deltas = [*answer.overwrite("a\ud83d", 0), *answer.answer("\ude80"), *answer.finish()]
        assert text_of(deltas) == "a🚀"

    def test_reasoning_in_the_text_is_not_said_twice(self) -> None:
        answer = AnswerAssembler()
        first = [*answer.answer("<think>a b</think>"), *answer.answer("dra")]
        assert (reasoning_of(first), text_of(first)) == ("a b", "dra")
        second = answer.overwrite("<think>a b c</think>final", 1)
        assert (reasoning_of(second), text_of(second)) == (" c", "final")

    def test_reasoning_of_its_own_channel_stays(self) -> None:
        answer = AnswerAssembler()
        answer.think("hm")
        answer.answer("draft")
        assert answer.overwrite("final", 1) == [TextDelta("final")]


class TestFullAnswer:
    def test_it_counts_when_no_text_came(self) -> None:
        answer = AnswerAssembler()
        answer.think("hm")
        assert answer.finish("whole") == [TextDelta("whole")]
        assert answer.has_text

    def test_it_is_nothing_when_text_came(self) -> None:
        answer = AnswerAssembler()
        answer.answer("text")
        assert answer.finish("whole") == []

    def test_a_held_half_counts_as_text(self) -> None:
        answer = AnswerAssembler()
        answer.answer("\ud83d")
        assert answer.finish("whole") == [TextDelta("\ufffd")]

    def test_its_reasoning_is_taken_out(self) -> None:
        deltas = AnswerAssembler().finish("````think::12\nhm\n````\n\nwhole")
        assert (reasoning_of(deltas), text_of(deltas)) == ("hm", "whole")

    def test_its_reasoning_is_not_said_twice(self) -> None:
        answer = AnswerAssembler()
        deltas = [*answer.answer("<think>hm"), *answer.finish("<think>hm</think>whole")]
        assert (reasoning_of(deltas), text_of(deltas)) == ("hm", "whole")


def test_the_empty_answer() -> None:
    answer = AnswerAssembler()
    assert not answer.has_text
    assert [*answer.answer(""), *answer.think(""), *answer.finish()] == []
