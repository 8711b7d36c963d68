"""Stop sequences never leak, limits of tokens are kept, however the answer is cut."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine import stopping
from gateway_engine.conversation import (
    FinishReason,
    ReasoningDelta,
    StreamEvent,
    TextDelta,
    ToolCallFinished,
    ToolCallStarted,
)
from gateway_engine.stopping import (
    AT_ONCE_CHARS,
    AnswerLimits,
    LimitWatch,
    StopMatcher,
    Stopped,
    TokenBudget,
)
from gateway_engine.tokens.vocabulary import count_tokens


def matched(stops: list[str], *pieces: str) -> tuple[str, str]:
    matcher = StopMatcher(stops)
    said = ""
    for piece in pieces:
        text, stop = matcher.feed(piece)
        said += text
        if stop:
            return said, stop
    return said + matcher.flush(), ""


def slowly(stops: list[str], text: str) -> tuple[str, str]:
    for end in range(len(text) + 1):
        ending = [stop for stop in stops if stop and text[:end].endswith(stop)]
        if ending:
            stop = max(ending, key=len)
            return text[: end - len(stop)], stop
    return text, ""


ALPHABET = st.text(alphabet="ab\n", max_size=4)


@given(st.lists(ALPHABET, max_size=3), st.lists(ALPHABET, max_size=10))
def test_it_agrees_with_a_slow_matcher_however_cut(stops: list[str], pieces: list[str]) -> None:
    text = "".join(pieces)
    assert matched(stops, *pieces) == slowly(stops, text)
    assert matched(stops, *text) == slowly(stops, text)


def test_only_what_may_be_a_stop_sequence_is_held_back() -> None:
    matcher = StopMatcher(["\nUser:"])
    assert matcher.feed("hello") == ("hello", "")
    assert matcher.feed(" you\nUs") == (" you", "")
    assert matcher.feed("A") == ("\nUsA", "")


@given(st.text(alphabet="ab c你é\n1", max_size=80), st.integers(0, 30), st.integers(1, 7))
def test_the_budget_is_kept_however_cut(text: str, limit: int, step: int) -> None:
    budget = TokenBudget(limit)
    said = ""
    for at in range(0, len(text), step):
        piece = text[at : at + step]
        fitting = budget.take(piece)
        said += fitting
        if len(fitting) < len(piece):
            break
    assert text.startswith(said)
    assert count_tokens(said) <= limit
    if count_tokens(text) <= limit and step >= len(text):
        assert said == text


def test_a_long_answer_is_cut_near_its_limit() -> None:
    text = "The quick brown fox jumps over the lazy dog. " * 2000
    for step in (5, len(text)):
        budget, said = TokenBudget(5000), ""
        for at in range(0, len(text), step):
            said += budget.take(text[at : at + step])
            if len(said) < at + step:
                break
        assert 4900 <= count_tokens(said) <= 5000


def test_limits_of_a_whole_answer() -> None:
    limits = AnswerLimits(max_tokens=None, stop=("END",))
    assert limits.take([ReasoningDelta("the END"), TextDelta("a E")]) == (
        [ReasoningDelta("the END"), TextDelta("a ")],
        None,
    )
    assert limits.take([TextDelta("ND b")]) == ([], Stopped(FinishReason.STOP_SEQUENCE, "END"))


def test_held_text_comes_before_what_follows_it() -> None:
    limits = AnswerLimits(max_tokens=None, stop=("END",))
    call: list[StreamEvent] = [ToolCallStarted(0, "c", "t"), ToolCallFinished(0)]
    passed, stopped = limits.take([TextDelta("xE"), *call])
    assert (passed, stopped) == ([TextDelta("x"), TextDelta("E"), *call], None)
    assert limits.take([TextDelta("EN")]) == ([], None)
    assert limits.flush() == ([TextDelta("EN")], None)


@pytest.mark.parametrize("reasoning", [False, True])
def test_tokens_of_all_kinds_count(reasoning: bool) -> None:
    limits = AnswerLimits(max_tokens=3, stop=())
    first = ReasoningDelta(" a a") if reasoning else TextDelta(" a a")
    assert limits.take([first]) == ([first], None)
    assert limits.take([TextDelta(" b b b")]) == (
        [TextDelta(" b")],
        Stopped(FinishReason.LENGTH),
    )


@given(st.lists(ALPHABET, max_size=10), st.integers(1, 12))
def test_the_watch_speaks_just_when_the_limits_are_reached(
    pieces: list[str], max_tokens: int
) -> None:
    limits = AnswerLimits(max_tokens=max_tokens, stop=["ab\n"])
    watch = LimitWatch(max_tokens=max_tokens, stop=["ab\n"])
    for piece in pieces:
        batch = [TextDelta(piece)]
        stopped = limits.take(batch)[1]
        assert watch(batch) == (stopped is not None)
        if stopped:
            break


def test_the_watch_counts_no_text_that_would_take_long() -> None:
    assert LimitWatch(max_tokens=None, stop=[])([TextDelta("a" * (AT_ONCE_CHARS + 1))])
    assert not LimitWatch(max_tokens=None, stop=[])([TextDelta("a" * AT_ONCE_CHARS)])


@given(
    st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=6),
    st.text("abc", max_size=12),
    st.integers(1, 5),
)
def test_many_stops_are_found_like_few(stops: list[str], text: str, step: int) -> None:
    pieces = [text[at : at + step] for at in range(0, len(text), step)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stopping, "FEW_STOPS", 0)
        patch.setattr("gateway_engine.sorted_runs.RUN", 2)
        many = matched(stops, *pieces)
    assert many[0] == matched(stops, *pieces)[0]
    assert bool(many[1]) == bool(matched(stops, *pieces)[1])


def test_fifty_thousand_stops_cost_no_more_than_a_few() -> None:
    looked_at = 0

    class Stop(str):
        def __lt__(self, other: str) -> bool:
            nonlocal looked_at
            looked_at += 1
            return str.__lt__(self, other)

        def startswith(self, *given: object) -> bool:
            nonlocal looked_at
            looked_at += 1
            return str.startswith(self, *given)  # type: ignore[arg-type]

    matcher = StopMatcher([Stop(f"s{n}") for n in range(50_000)])
    looked_at = 0
    said = "".join(itertools.chain(*(matcher.feed("is so said, ") for _ in range(100))))
    assert said.count("said") == 100
    assert looked_at < 100 * 12 * 20
