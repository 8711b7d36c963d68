"""Lists of TOML keep the layout that their user gave them."""

import random
import tomllib
from typing import Any

import pytest

from gateway_engine.splicing import toml_lists

WRITTEN = """\
port = 1
instances = [ # all of them
    # the first
    { name="One", kind = "acp",  command='qwen' }, # quick
    { name = "Two", args = ["a", "b"] },
    {name="Three"} # slow
] # end
model = "x"
"""
ONE, TWO, THREE = (
    {"name": "One", "kind": "acp", "command": "qwen"},
    {"name": "Two", "args": ["a", "b"]},
    {"name": "Three"},
)


def changed(text: str, *values: Any) -> str:
    done = toml_lists.put(text, "instances", list(values))
    assert tomllib.loads(done)["instances"] == list(values)
    return done


def test_a_change_of_one_entry_touches_its_value_alone() -> None:
    done = changed(WRITTEN, ONE, {**TWO, "args": ["c"]}, THREE)
    assert done == WRITTEN.replace('["a", "b"]', '["c"]')


def test_what_goes_from_a_map_and_comes_to_it_leaves_the_rest_as_written() -> None:
    done = changed(WRITTEN, {"name": "One", "kind": "acp", "mode": "plan"}, TWO, THREE)
    was, now = "  command='qwen' }", '  mode = "plan" }'
    assert done == WRITTEN.replace(was, now)


def test_one_more_stands_on_a_line_of_its_own() -> None:
    done = changed(WRITTEN, ONE, TWO, THREE, {"name": "Four"})
    assert done == WRITTEN.replace(
        '{name="Three"} # slow\n', '{name="Three"}, # slow\n    { name = "Four" }\n'
    )


def test_entries_move_with_their_comments() -> None:
    done = changed(WRITTEN, TWO, ONE, THREE)
    first = '    # the first\n    { name="One", kind = "acp",  command=\'qwen\' }, # quick\n'
    second = '    { name = "Two", args = ["a", "b"] },\n'
    assert done == WRITTEN.replace(first + second, second + first)


def test_comments_of_what_goes_outlive_it_above_the_list() -> None:
    done = changed(WRITTEN, TWO, THREE)
    first = '    # the first\n    { name="One", kind = "acp",  command=\'qwen\' }, # quick\n'
    kept = WRITTEN.replace(first, "")
    assert done == kept.replace("instances =", "# the first\n# quick\ninstances =")


@pytest.mark.parametrize(
    ("text", "values", "done"),
    [
        ('v = ["a", "b"]\n', ["b", "c"], 'v = ["b", "c"]\n'),
        ('v = [ "a" ]\n', ["a", "b"], 'v = [ "a", "b" ]\n'),
        ('v=["a",\n  "b",\n]\n', ["a", "b", "c"], 'v=["a",\n  "b",\n  "c",\n]\n'),
        ('v=["a",\r\n  "b"\r\n]\r\n', ["b"], 'v=["b"\r\n]\r\n'),
        ('v = [\n  "a"\n  , "b"\n]\n', ["a", "c"], 'v = [\n  "a"\n  , "c"\n]\n'),
        ("v = []\n", ["c"], 'v = ["c"]\n'),
        ("v = [ # none\n]\n", ["c"], '# none\nv = ["c"]\n'),
        ('v = ["a"]\n', [], "v = []\n"),
        ('v = ["""a\n#,]""", "b"]\n', ["b"], 'v = ["b"]\n'),
        ("w = 1\n", ["c"], 'w = 1\nv = ["c"]\n'),
    ],
)  # fmt: skip
def test_small_lists_in_their_own_hand(text: str, values: list[str], done: str) -> None:
    assert toml_lists.put(text, "v", values) == done


def drawn(draw: random.Random) -> tuple[str, list[Any], set[str]]:
    """A list at random: its text, what it says, and its comments."""
    comments: set[str] = set()

    def comment() -> str:
        comments.add(f"# note {len(comments)}, ]")
        return f"# note {len(comments) - 1}, ]"

    text, values, count = "v = [", [], draw.randrange(1, 6)
    for number in range(count):
        kinds: list[Any] = [f"s{number} # no", {"name": f"n{number}", "args": ["x", "]"]}]
        value = draw.choice([*kinds, {"name": "n"}])
        values.append(value)
        if draw.random() < 0.3:
            text += f" {comment()}\n"
        text += draw.choice(["", " ", "\n  ", "\n"])
        text += f'"{value}"' if isinstance(value, str) else written(value, draw)
        text += draw.choice(["", "", " ", "\n"])
        text += "," if number < count - 1 or draw.random() < 0.3 else ""
        if draw.random() < 0.3:
            text += f" {comment()}\n"
    return text + draw.choice(["", "\n", " "]) + "] # end\nw = 1\n", values, comments


def written(value: dict[str, Any], draw: random.Random) -> str:
    gap = draw.choice(["", " "])
    pairs = [f"{name}{gap}={gap}{str(inner).replace(chr(39), chr(34))}" if name == "args"
             else f'{name}{gap}={gap}"{inner}"' for name, inner in value.items()]  # fmt: skip
    return "{" + gap + f",{gap}".join(pairs) + gap + "}"


@pytest.mark.parametrize("seed", range(40))
def test_whatever_becomes_of_a_list_nothing_else_is_lost(seed: int) -> None:
    draw = random.Random(seed)
    for _round in range(25):
        text, values, comments = drawn(draw)
        assert tomllib.loads(text)["v"] == values, text
        wanted = [v for v in values if draw.random() < 0.7]
        draw.shuffle(wanted)
        if draw.random() < 0.5:
            wanted.insert(draw.randrange(len(wanted) + 1), draw.choice(["new", {"name": "new"}]))
        done = toml_lists.put(text, "v", wanted)
        assert tomllib.loads(done) == {"v": wanted, "w": 1}, text
        assert {each for each in comments if each in done} == comments, (text, done)
        assert toml_lists.put(text, "v", values) == text
