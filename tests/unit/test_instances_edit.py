"""Instances added, changed, taken out and moved: comments stay, and nothing else changes."""

import tomllib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway_engine.config import load_settings
from gateway_engine.instances_edit import InstanceEntry, arranged
from gateway_engine.setting_values import InstanceSettings
from gateway_engine.splicing.edits import RefusedEditError
from gateway_engine.splicing.toml_tables import arrange

FILE = """# my settings
port = 9000 # mine

# the company's
[[instances]] # first
name = "work" # called so
mode = ""
env.TOKEN = "t" # secret

[model_aliases]
"gpt-*" = "m" # an alias
# of nobody

# at home
# in the cellar
[[instances]]
name = "home"
kind = "acp"
command = "opencode"
args = [
  "--x", # why
]

[[instances]]
name = "third"
[instances.env]
A = "1" # a
# the end
"""


def of(text: str) -> tuple[InstanceSettings, ...]:
    """The instances that `text` holds, as a start reads them."""
    from pathlib import Path

    loaded = load_settings(file=Path("f"), environ={}, dotenv=None, cli={}, text=text)
    found: tuple[InstanceSettings, ...] = loaded.in_file.get("instances", ())
    return found


def entries(text: str, *order: int) -> list[InstanceEntry]:
    """Entries that keep these places, in this order."""
    present = of(text)
    return [InstanceEntry(present[place], place) for place in order]


def comments(text: str) -> list[str]:
    return sorted(line.partition("#")[2] for line in text.splitlines() if "#" in line)


def test_an_entry_moves_with_its_comments() -> None:
    done = arranged(FILE, of(FILE), entries(FILE, 2, 0, 1))
    assert [each.name for each in of(done)] == ["third", "work", "home"]
    assert comments(done) == comments(FILE)
    assert '# the company\'s\n[[instances]] # first\nname = "work"' in done
    assert '# at home\n# in the cellar\n[[instances]]\nname = "home"' in done
    assert done.endswith("# the end\n")
    assert tomllib.loads(done)["model_aliases"] == {"gpt-*": "m"}
    assert arranged(FILE, of(FILE), entries(FILE, 0, 1, 2)) == FILE


def test_everything_at_once() -> None:
    present = of(FILE)
    home = replace(present[1], models=("qwen",), args=(), env={"K": "v=w"})
    new = InstanceSettings("new", id="inst-9", work_dir="w")
    wanted = [InstanceEntry(new), InstanceEntry(present[2], 2), InstanceEntry(home, 1)]
    done = arranged(FILE, present, wanted)
    assert of(done) == (new, present[2], home)
    assert "# at home\n# in the cellar\n[[instances]]" in done
    assert "port = 9000 # mine" in done
    assert arranged(done, of(done), []) == arranged(done, of(done), ())
    assert of(arranged(done, of(done), [])) == ()


def test_a_list_on_one_line_is_arranged_too() -> None:
    text = 'instances = [{ name = "a" }, { name = "b" }] # two\nport = 1\n'
    done = arranged(text, of(text), entries(text, 1, 0))
    assert done == 'instances = [{ name = "b" }, { name = "a" }] # two\nport = 1\n'
    assert arranged(text, of(text), entries(text, 1)).startswith('instances = [{ name = "b" }]')


def test_the_last_line_may_have_no_end() -> None:
    text = '[[instances]]\nname = "a"\n[[instances]]\nname = "b"'
    done = arrange(text, "instances", [1, 0])
    assert done == '[[instances]]\nname = "b"\n[[instances]]\nname = "a"'
    with pytest.raises(RefusedEditError):
        arrange(text, "instances", [0, 0])


NAMES = ("a", "b", "c d", "é", "名")
instances = st.builds(
    InstanceSettings,
    name=st.sampled_from(NAMES),
    args=st.lists(st.sampled_from(("", "-x", 'say "hi"', "%")), max_size=2).map(tuple),
    env=st.dictionaries(st.sampled_from(("A", "B C", "Ü")), st.sampled_from(("", "1", "'x'"))),
    work_dir=st.sampled_from(("", "w")),
)
lines = st.sampled_from(("", "# of nobody", "\t# tab", "port = 1", '[model_aliases]\n"x" = "y"'))


@st.composite
def files(draw: Any) -> str:
    """A file with instances in it, written in any of the usual ways."""
    newline = draw(st.sampled_from(("\n", "\r\n")))
    parts: list[str] = [draw(st.sampled_from(("", "\ufeff"))) + "# head"]
    seen: set[str] = set()
    for own in draw(st.lists(instances, max_size=4, unique_by=lambda each: each.name)):
        gap = draw(lines)
        if gap.partition(" ")[0] not in seen and not (seen and gap.startswith("port")):
            seen.add(gap.partition(" ")[0])
            parts += gap.split("\n")
        parts += ["", *draw(st.sampled_from(((), ("# above",), ("# one", " # two"))))]
        parts.append(draw(st.sampled_from(("[[instances]]", "[[ instances ]] # h"))))
        seen.add("[[")
        parts.append(f"name = '{own.name}' # n")
        if own.args:
            parts.append("args = [" + ", ".join(f"'{a}'" for a in own.args) + ",\n ]")
        if own.work_dir:
            parts.append(f'"work_dir" = "{own.work_dir}"')
        pairs = [f'"{name}" = "{value}"' for name, value in own.env.items()]
        if pairs and draw(st.booleans()):
            parts += ["[instances.env] # e", *pairs]
        else:
            parts += [f"env.{pair}" for pair in pairs]
    end: str = draw(st.sampled_from(("", newline)))
    body: str = newline.join("\n".join(parts).split("\n")) + end
    return body


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_whatever_is_wanted_of_whatever_file(data: Any) -> None:
    text = data.draw(files())
    present = of(text)
    kept = data.draw(st.permutations(range(len(present))))
    kept = kept[: data.draw(st.integers(0, len(kept)))]
    wanted = [InstanceEntry(present[place], place) for place in kept]
    names = {entry.settings.name for entry in wanted}
    for own in data.draw(st.lists(instances, max_size=2, unique_by=lambda each: each.name)):
        if own.name not in names:
            wanted.insert(data.draw(st.integers(0, len(wanted))), InstanceEntry(own))
            names.add(own.name)
    if kept:
        place = next(n for n, entry in enumerate(wanted) if entry.place is not None)
        other = replace(wanted[place].settings, mode="", work_dir="other", args=("z",), env={})
        wanted[place] = replace(wanted[place], settings=other)
    done = arranged(text, present, wanted)
    assert of(done) == tuple(entry.settings for entry in wanted)
    rest = tomllib.loads(text.removeprefix("\ufeff"))
    again = tomllib.loads(done.removeprefix("\ufeff"))
    rest.pop("instances", None)
    again.pop("instances", None)
    assert again == rest
    assert done.startswith("\ufeff") == text.startswith("\ufeff")
    if len(kept) == len(present):
        missing = set(comments(text)) - set(comments(done))
        assert missing <= {" e"}, "only the header that an empty table had may go"
