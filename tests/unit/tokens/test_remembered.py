"""A text that comes again is not counted again, and nothing of it is kept."""

import gc
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.tokens.remembered import SHORT_CHARS, CountMemory, count_remembered
from gateway_engine.tokens.vocabulary import count_tokens


class Counting:
    """Counts characters and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, text: str) -> int:
        self.asked.append(text)
        return len(text)


def test_a_long_text_is_counted_once() -> None:
    count = Counting()
    memory = CountMemory(count)
    text = "x" * SHORT_CHARS
    assert [memory(text), memory("".join(["x"] * SHORT_CHARS))] == [SHORT_CHARS, SHORT_CHARS]
    assert count.asked == [text]


def test_short_texts_are_not_kept() -> None:
    memory = CountMemory(Counting())
    assert memory("x" * (SHORT_CHARS - 1)) == SHORT_CHARS - 1
    assert len(memory) == 0


def test_the_longest_unused_goes_first() -> None:
    count = Counting()
    memory = CountMemory(count, most=2)
    first, second, third = (letter * SHORT_CHARS for letter in "abc")
    for text in (first, second, first, third, first, second):
        memory(text)
    assert count.asked == [first, second, third, second]
    assert len(memory) == 2


def test_no_text_is_kept() -> None:
    memory = CountMemory(len)
    memory("a secret " * SHORT_CHARS)
    held = [item for item in gc.get_referents(*memory._known.items()) if isinstance(item, str)]
    assert held == []
    assert [len(key) for key in memory._known] == [16]


def test_threads_agree() -> None:
    memory = CountMemory(len, most=8)
    texts = [f"{n % 20} " * SHORT_CHARS for n in range(400)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(memory, texts)) == [len(text) for text in texts]
    assert len(memory) == 8


@given(st.text(min_size=1, max_size=30))
def test_the_figures_are_the_vocabulary_s(piece: str) -> None:
    text = piece * (SHORT_CHARS // len(piece) + 1)
    assert count_remembered(text) == count_tokens(text) == count_remembered(text)
