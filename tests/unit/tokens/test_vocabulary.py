"""Counts are Qwen's own, and cost no more than the text is long."""

import functools
import gzip
import hashlib
import random
import time
from importlib import resources

import pytest
import tiktoken
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway_engine.tokens import vocabulary
from gateway_engine.tokens.vocabulary import (
    MAX_RUN,
    count_tokens,
    forget_vocabulary,
    load_vocabulary,
    read_ranks,
)

# Qwen's published pattern, without our limit on repetitions.
PUBLISHED = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


@functools.cache
def published() -> tiktoken.Encoding:
    return tiktoken.Encoding(
        "p", pat_str=PUBLISHED, mergeable_ranks=read_ranks(), special_tokens={}
    )


def test_the_file_is_the_pinned_one() -> None:
    packed = resources.files("gateway_engine.tokens").joinpath(vocabulary.VOCABULARY_FILE)
    content = gzip.decompress(packed.read_bytes())
    assert hashlib.sha256(content).hexdigest() == vocabulary.VOCABULARY_SHA256


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Hello world", [9707, 1879]),
        ("你好", [108386]),
        ("12345", [16, 17, 18, 19, 20]),
        ("I'm", [40, 2776]),
    ],
)
def test_known_texts_have_their_known_tokens(text: str, tokens: list[int]) -> None:
    assert load_vocabulary().encode_ordinary(text) == tokens


def test_the_vocabulary_is_whole() -> None:
    assert load_vocabulary().n_vocab == 151_643


def test_what_was_forgotten_is_read_again() -> None:
    before = load_vocabulary()
    forget_vocabulary()
    assert count_tokens("Hello world") == 2
    assert load_vocabulary() is not before


def test_nothing_costs_nothing_and_markers_are_text() -> None:
    assert count_tokens("") == 0
    assert count_tokens("<|im_start|>") > 1
    assert count_tokens("\ud83d") >= 1


def test_composed_and_decomposed_characters_count_alike() -> None:
    assert count_tokens("e\u0301t\u00e9") == count_tokens("\u00e9t\u00e9")


@given(st.text(max_size=MAX_RUN))
def test_without_long_runs_the_count_is_the_published_one(text: str) -> None:
    assert load_vocabulary().encode_ordinary(text) == published().encode_ordinary(text)


@settings(max_examples=25)
@given(
    st.sampled_from(["abcdefgh", "aeiou", "的一是不了人", "!-=*", " ", "\n ", "😀é"]), st.randoms()
)
def test_a_cut_costs_at_most_one_token(alphabet: str, chance: random.Random) -> None:
    text = "".join(chance.choices(alphabet, k=chance.randrange(100, 1200)))
    cuts = len(text) // MAX_RUN + 1
    true = len(published().encode_ordinary(text))
    counted = len(load_vocabulary().encode_ordinary(text))
    assert true - 1 <= counted <= true + cuts


ORDINARY = (
    "def greet(name: str) -> str:\n    return f'Hello, {name}!'  # says hello\n"
    "网关把本机的灵码进程变成一个接口。It serves two protocols, streams and tools.\n"
)


def seconds(text: str) -> float:
    best = 9.0
    for _ in range(5):
        began = time.process_time()
        count_tokens(text)
        best = min(best, time.process_time() - began)
    return best


@pytest.mark.parametrize("unit", ["a", "中", " ", "\n", "!", "é", "ab", " \n", "7", "\u0301\u0316"])
def test_any_text_costs_no_more_than_twice_its_size_in_ordinary_text(unit: str) -> None:
    ordinary = (ORDINARY * 3000)[:200_000]
    text = (unit * 200_000)[:200_000]
    allowed = 2.0 * len(text.encode()) / len(text)  # wide characters are more bytes to merge
    assert seconds(text) < allowed * seconds(ordinary) + 0.005
