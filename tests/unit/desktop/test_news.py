"""What is new is told of every version, in every language of the window alike."""

import re

import resources
from desktop.panels.about_documents import NEWS_LANGUAGES
from gateway_engine.public import __version__
from tests.support.house_rules import ROOT

HEAD = re.compile(r"^## (\S+)", re.MULTILINE)
RELEASED = re.compile(r"^## \[(\d[^]]*)\]", re.MULTILINE)
Shape = dict[str, list[str]]


def shape_of(text: str) -> Shape:
    """Of each version, which kinds of lines it is told in: sections and points."""
    heads = list(HEAD.finditer(text))
    ends = [*(head.start() for head in heads[1:]), len(text)]
    return {
        head[1]: re.findall(r"^(###|-) ", text[head.end() : end], re.MULTILINE)
        for head, end in zip(heads, ends, strict=True)
    }


def test_every_version_is_told_of_in_every_language() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = {__version__, *RELEASED.findall(changelog)}
    shapes = {code: shape_of(resources.text("news", f"{code}.md")) for code in NEWS_LANGUAGES}
    for code, shape in shapes.items():
        assert set(shape) == versions, code
        assert all(shape.values()), f"{code} says nothing of a version"
        assert list(shape) == list(shapes["en"]), code


def test_the_languages_say_the_same_number_of_things() -> None:
    first, *others = (shape_of(resources.text("news", f"{code}.md")) for code in NEWS_LANGUAGES)
    assert all(other == first for other in others)
